"""Whether a tax is at a rate of a country: tax, net, country, what may be rounded -> yes or no."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amazon_orders.rules import VAT_RATES
from amazon_orders.rules.vat_rates import is_a_rate

CASES: dict[str, tuple[str, str, str, str, bool]] = {
    "at the usual rate": ("19.00", "100.00", "DE", "0", True),
    "at the lower rate": ("7.00", "100.00", "DE", "0", True),
    "at another country's rate": ("21.00", "100.00", "DE", "0", False),
    "as far off as may be rounded": ("19.01", "100.00", "DE", "0.01", True),
    "as far off as may be rounded, below": ("18.99", "100.00", "DE", "0.01", True),
    "further off": ("19.02", "100.00", "DE", "0.01", False),
    "on less than a euro": ("0.19", "1.00", "DE", "0", True),
    "on half a euro": ("0.10", "0.50", "DE", "0.01", True),
    "on nothing": ("0.01", "0.00", "DE", "0.01", False),
    "on less than nothing": ("-19.00", "-100.00", "DE", "0", False),
    "in a country of which no rate is known": ("19.00", "100.00", "ZZ", "100", False),
}


@pytest.mark.parametrize(("tax", "net", "country", "tolerance", "wanted"), CASES.values(), ids=CASES)
def test_is_a_rate(tax: str, net: str, country: str, tolerance: str, wanted: bool) -> None:
    assert is_a_rate(Decimal(tax), Decimal(net), country, Decimal(tolerance)) == wanted


def test_rates_are_fractions() -> None:
    assert VAT_RATES["DE"] == (Decimal("0.19"), Decimal("0.07"))
    assert VAT_RATES["CH"] == (Decimal("0.081"), Decimal("0.038"), Decimal("0.026"))
    assert all(Decimal("0.01") <= rate <= Decimal("0.4") for rates in VAT_RATES.values() for rate in rates)
