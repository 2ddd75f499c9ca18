"""Marketplaces as the simulated Amazon knows them.

A second table beside `amazon_orders.model.marketplaces`, on purpose: a wrong id there must not be right here too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One marketplace, with what `getMarketplaceParticipations` tells about it."""

    country: str
    id: str
    region: str
    currency: str
    language: str
    domain: str

    @property
    def name(self) -> str:
        return self.domain.removeprefix("www.").capitalize()

    @property
    def decimals(self) -> int:
        """Digits after the point of its currency."""
        return 0 if self.currency == "JPY" else 2


PLACES: tuple[Place, ...] = (
    Place("CA", "A2EUQ1WTGCTBG2", "na", "CAD", "en_CA", "www.amazon.ca"),
    Place("US", "ATVPDKIKX0DER", "na", "USD", "en_US", "www.amazon.com"),
    Place("MX", "A1AM78C64UM0Y8", "na", "MXN", "es_MX", "www.amazon.com.mx"),
    Place("BR", "A2Q3Y263D00KWC", "na", "BRL", "pt_BR", "www.amazon.com.br"),
    Place("IE", "A28R8C7NBKEWEA", "eu", "EUR", "en_IE", "www.amazon.ie"),
    Place("ES", "A1RKKUPIHCS9HS", "eu", "EUR", "es_ES", "www.amazon.es"),
    Place("GB", "A1F83G8C2ARO7P", "eu", "GBP", "en_GB", "www.amazon.co.uk"),
    Place("FR", "A13V1IB3VIYZZH", "eu", "EUR", "fr_FR", "www.amazon.fr"),
    Place("BE", "AMEN7PMS3EDWL", "eu", "EUR", "fr_BE", "www.amazon.com.be"),
    Place("NL", "A1805IZSGTT6HS", "eu", "EUR", "nl_NL", "www.amazon.nl"),
    Place("DE", "A1PA6795UKMFR9", "eu", "EUR", "de_DE", "www.amazon.de"),
    Place("IT", "APJ6JRA9NG5V4", "eu", "EUR", "it_IT", "www.amazon.it"),
    Place("SE", "A2NODRKZP88ZB9", "eu", "SEK", "sv_SE", "www.amazon.se"),
    Place("ZA", "AE08WJ6YKNBMC", "eu", "ZAR", "en_ZA", "www.amazon.co.za"),
    Place("PL", "A1C3SOZRARQ6R3", "eu", "PLN", "pl_PL", "www.amazon.pl"),
    Place("EG", "ARBP9OOSHTCHU", "eu", "EGP", "ar_EG", "www.amazon.eg"),
    Place("TR", "A33AVAJ2PDY3EV", "eu", "TRY", "tr_TR", "www.amazon.com.tr"),
    Place("SA", "A17E79C6D8DWNP", "eu", "SAR", "ar_SA", "www.amazon.sa"),
    Place("AE", "A2VIGQ35RCS4UG", "eu", "AED", "en_AE", "www.amazon.ae"),
    Place("IN", "A21TJRUUN4KGV", "eu", "INR", "en_IN", "www.amazon.in"),
    Place("SG", "A19VAU5U5O7RUS", "fe", "SGD", "en_SG", "www.amazon.sg"),
    Place("AU", "A39IBJ37TRP1C6", "fe", "AUD", "en_AU", "www.amazon.com.au"),
    Place("JP", "A1VC38T7YXB528", "fe", "JPY", "ja_JP", "www.amazon.co.jp"),
)

BY_COUNTRY: dict[str, Place] = {place.country: place for place in PLACES}
BY_ID: dict[str, Place] = {place.id: place for place in PLACES}

HOSTS: dict[str, str] = {f"sellingpartnerapi-{region}.amazon.com": region for region in ("na", "eu", "fe")}
LWA_HOST = "api.amazon.com"

NON_AMAZON: dict[str, str] = {
    "DE": "A38D8NSA03LJTC",
    "ES": "AFQLKURYRPEL8",
    "FR": "A1ZFFQZ3HTUKT9",
    "IT": "A62U237T8HV6N",
    "GB": "AZMDEXL2RVFNN",
    "CA": "A1MQXOICRS2Z7M",
    "MX": "A3H6HPSLHAK3XG",
    "US": "A2ZV50J4W1RKNI",
}
"""Ids under which Amazon lists a seller's orders from outside Amazon; a search for one is refused."""

LONG_MEMORY = frozenset({"JP", "AU", "SG"})
"""Where orders stay visible for longer than two years."""
