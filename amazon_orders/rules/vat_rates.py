"""VAT and GST rates by country, only to tell two readings of an order apart; never to compute a tax.

Sources: the European Commission's "Taxes in Europe" database for the EU; the tax authorities' own pages for the others.
As of 2026. A rate that is missing costs a hold, a rate that is out of date costs nothing.
"""

from __future__ import annotations

from decimal import Decimal

_RATES = {
    "AE": "5",
    "AT": "20 13 10",
    "AU": "10",
    "BE": "21 12 6",
    "BG": "20 9",
    "CH": "8.1 3.8 2.6",
    "CY": "19 9 5 3",
    "CZ": "21 12",
    "DE": "19 7",
    "DK": "25",
    "EE": "24 13 9",
    "EG": "14 5",
    "ES": "21 10 4",
    "FI": "25.5 14 13.5 10",
    "FR": "20 10 5.5 2.1",
    "GB": "20 5",
    "GR": "24 13 6",
    "HR": "25 13 5",
    "HU": "27 18 5",
    "IE": "23 13.5 9 4.8",
    "IN": "40 28 18 12 5 3",
    "IT": "22 10 5 4",
    "JP": "10 8",
    "LI": "8.1 3.8 2.6",
    "LT": "21 12 9 5",
    "LU": "17 14 8 3",
    "LV": "21 12 5",
    "MC": "20 10 5.5 2.1",
    "MT": "18 12 7 5",
    "MX": "16 8",
    "NL": "21 9",
    "NO": "25 15 12",
    "NZ": "15",
    "PL": "23 8 5",
    "PT": "23 13 6",
    "RO": "21 11",
    "SA": "15",
    "SE": "25 12 6",
    "SG": "9",
    "SI": "22 9.5 5",
    "SK": "23 19 5",
    "TR": "20 10 1",
    "ZA": "15",
}

VAT_RATES: dict[str, tuple[Decimal, ...]] = {
    country: tuple(Decimal(rate).scaleb(-2) for rate in rates.split()) for country, rates in _RATES.items()
}
"""Country code -> the rates goods are sold at, as fractions: `Decimal("0.19")`."""


def is_a_rate(tax: Decimal, net: Decimal, country: str, tolerance: Decimal) -> bool:
    """Whether `tax` on `net` is one of the country's rates, give or take `tolerance` in money."""
    return net > 0 and any(abs(tax - net * rate) <= tolerance for rate in VAT_RATES.get(country, ()))
