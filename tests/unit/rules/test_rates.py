"""Rates of tax: whether an amount is at one of a country's, and what that says of tax that Amazon collects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import Address, Hold, Order, Place, Reason
from amazon_orders.rules import VAT_RATES
from amazon_orders.rules.vat_rates import is_a_rate
from tests.unit.rules.build import decide, line, order

# tax, net, country, what may be rounded
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


def imported(item: str, tax: Any, *, marketplace: str = "DE", **rows: Any) -> Order:
    """An order whose tax Amazon collects, and whose total tells not whether it holds it."""
    return order(line(item, tax=tax, by_amazon=True, **rows), marketplace=marketplace)


# Item and tax are such that the sum is the same either way. -> reading, or None where no rate of the country fits.
BY_RATE: dict[str, tuple[Order, str | None]] = {
    "at the lower rate, inside": (imported("107.00", "7.00"), "inside"),
    "at the lower rate, outside": (imported("100.00", "7.00"), "apart"),
    "a rounded cent is no other rate": (imported("119.00", "19.01", quantity=2), "inside"),
    "a cent too many is another rate": (imported("119.00", "19.01"), None),
    "each unit may round": (imported("119.00", "19.02", quantity=4), "inside"),
    "each unit may round, and no more": (imported("119.00", "19.03", quantity=4), None),
    "each amount may round": (imported("100.00", "19.01", shipping="19.00"), "inside"),
    "a discount is off before the tax": (imported("129.00", "19.00", discount="10.00"), "inside"),
    "a discount is off before the tax outside": (imported("110.00", "19.00", discount="10.00"), "apart"),
    "the item's own tax tells where shipping has another rate": (
        imported("119.00", ("19.35", {"item": "19.00", "shipping": "0.35"}), shipping="5.35"), "inside",
    ),
    "the item's own tax tells where shipping has another rate, outside": (
        imported("100.00", ("19.35", {"item": "19.00", "shipping": "0.35"}), shipping="5.00"), "apart",
    ),
    "the item's own discount is off before its own tax": (
        imported(
            "129.00", ("19.35", {"item": "19.00", "shipping": "0.35"}), shipping="5.35",
            discount=("10.00", {"item": "10.00"}),
        ), "inside",
    ),
    "the tax of shipping alone tells nothing of the item": (
        imported("100.00", ("21.00", {"shipping": "21.00"}), shipping="19.00"), None,
    ),
    "yen are whole": (imported("1105", "100", marketplace="JP"), "inside"),
    "a country of which no rate is known": (
        order(line("119.00", tax="19.00", by_amazon=True), recipient=Address(country="ZZ")), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "reading"), BY_RATE.values(), ids=BY_RATE)
def test_the_rate_tells_whether_tax_that_amazon_collects_is_inside(of: Order, reading: str | None) -> None:
    decision = decide(of)
    assert isinstance(decision, Place | Hold)
    assert decision.balance is not None
    assert decision.balance.reading == reading
    if reading is None:
        assert isinstance(decision, Hold)
        assert decision.reason == Reason.TAX_READING
