"""Amazon's marketplaces as data: ids, regions, currencies, hosts, and whether prices there include tax.

Ids and hosts: developer documentation of the Selling Partner API, "Marketplace IDs". Whether prices include tax is
official for the EU and the US only; for the others it is what sellers see, so it decides nothing that the sum of an
order can decide.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Amazon marketplace."""

    country: str
    """ISO 3166 code, the name used everywhere in this library: `DE`."""
    id: str
    """Amazon's marketplace id."""
    region: str
    """`na`, `eu` or `fe`: which endpoint serves it."""
    currency: str
    domain: str
    seller_central: str
    """Host of the page where a seller grants access."""
    prices_include_tax: bool
    """Whether item prices usually include tax."""
    amazon_collects_tax: bool = False
    """Whether Amazon usually owes the tax, assumed only where it does not say (US marketplace facilitator laws)."""


@dataclass(frozen=True, slots=True)
class Region:
    """One Amazon region: an endpoint that serves several marketplaces."""

    name: str
    endpoint: str


_EU = "sellercentral-europe.amazon.com"

MARKETPLACES: dict[str, Marketplace] = {
    row.country: row
    for row in (
        Marketplace("CA", "A2EUQ1WTGCTBG2", "na", "CAD", "amazon.ca", "sellercentral.amazon.ca", False),
        Marketplace("US", "ATVPDKIKX0DER", "na", "USD", "amazon.com", "sellercentral.amazon.com", False, True),
        Marketplace("MX", "A1AM78C64UM0Y8", "na", "MXN", "amazon.com.mx", "sellercentral.amazon.com.mx", True),
        Marketplace("BR", "A2Q3Y263D00KWC", "na", "BRL", "amazon.com.br", "sellercentral.amazon.com.br", True),
        Marketplace("IE", "A28R8C7NBKEWEA", "eu", "EUR", "amazon.ie", _EU, True),
        Marketplace("ES", "A1RKKUPIHCS9HS", "eu", "EUR", "amazon.es", _EU, True),
        Marketplace("GB", "A1F83G8C2ARO7P", "eu", "GBP", "amazon.co.uk", _EU, True),
        Marketplace("FR", "A13V1IB3VIYZZH", "eu", "EUR", "amazon.fr", _EU, True),
        Marketplace("BE", "AMEN7PMS3EDWL", "eu", "EUR", "amazon.com.be", "sellercentral.amazon.com.be", True),
        Marketplace("NL", "A1805IZSGTT6HS", "eu", "EUR", "amazon.nl", "sellercentral.amazon.nl", True),
        Marketplace("DE", "A1PA6795UKMFR9", "eu", "EUR", "amazon.de", _EU, True),
        Marketplace("IT", "APJ6JRA9NG5V4", "eu", "EUR", "amazon.it", _EU, True),
        Marketplace("SE", "A2NODRKZP88ZB9", "eu", "SEK", "amazon.se", "sellercentral.amazon.se", True),
        Marketplace("ZA", "AE08WJ6YKNBMC", "eu", "ZAR", "amazon.co.za", "sellercentral.amazon.co.za", True),
        Marketplace("PL", "A1C3SOZRARQ6R3", "eu", "PLN", "amazon.pl", "sellercentral.amazon.pl", True),
        Marketplace("EG", "ARBP9OOSHTCHU", "eu", "EGP", "amazon.eg", "sellercentral.amazon.eg", True),
        Marketplace("TR", "A33AVAJ2PDY3EV", "eu", "TRY", "amazon.com.tr", "sellercentral.amazon.com.tr", True),
        Marketplace("SA", "A17E79C6D8DWNP", "eu", "SAR", "amazon.sa", "sellercentral.amazon.sa", True),
        Marketplace("AE", "A2VIGQ35RCS4UG", "eu", "AED", "amazon.ae", "sellercentral.amazon.ae", True),
        Marketplace("IN", "A21TJRUUN4KGV", "eu", "INR", "amazon.in", "sellercentral.amazon.in", True),
        Marketplace("SG", "A19VAU5U5O7RUS", "fe", "SGD", "amazon.sg", "sellercentral.amazon.sg", True),
        Marketplace("AU", "A39IBJ37TRP1C6", "fe", "AUD", "amazon.com.au", "sellercentral.amazon.com.au", True),
        Marketplace("JP", "A1VC38T7YXB528", "fe", "JPY", "amazon.co.jp", "sellercentral.amazon.co.jp", True),
    )
}

BY_ID: dict[str, Marketplace] = {row.id: row for row in MARKETPLACES.values()}

REGIONS: dict[str, Region] = {
    "na": Region("na", "https://sellingpartnerapi-na.amazon.com"),
    "eu": Region("eu", "https://sellingpartnerapi-eu.amazon.com"),
    "fe": Region("fe", "https://sellingpartnerapi-fe.amazon.com"),
}

TOKEN_ENDPOINT = "https://api.amazon.com/auth/o2/token"  # noqa: S105 - an address, not a secret
"""Login with Amazon: one host for all regions."""
