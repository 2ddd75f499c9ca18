"""Thousands of orders as Amazon would send them, read as the client reads them, under every way to handle tax."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from amazon_orders.amazon import INCLUDED, raw_order
from amazon_orders.model import Connection, Hold, Order, Place, Reason, minor_unit
from amazon_orders.sandbox import SimulatedAmazon
from tests.unit.rules.build import decide
from tests.unit.rules.equations import sides
from tests.unit.rules.promises import SETTINGS, keeps_its_promises

ZERO = Decimal(0)
REGIONS = {"eu": ("DE", "FR", "GB", "IT", "ES", "NL", "PL"), "na": ("US", "CA"), "fe": ("JP",)}
EACH = {"eu": 1700, "na": 1300, "fe": 200}
REGIMES = {
    "gross", "vat inside", "net and vat", "ioss inside", "ioss on top",
    "seller tax", "facilitator in total", "facilitator outside total", "no tax",
}  # fmt: skip


@dataclass(frozen=True)
class Sold:
    """An order as it was read, and what is known of it without reading it."""

    order: Order
    regime: str
    total: Decimal
    """Amazon's grand total."""
    off_by: Decimal
    """What of it no row explains."""
    tax: Decimal
    """All tax rows."""

    @property
    def amazon_collects(self) -> bool:
        """Whether the tax is Amazon's to pay."""
        return self.regime.startswith(("ioss", "facilitator"))

    @property
    def tax_in_total(self) -> Decimal:
        """What of the tax rows is part of Amazon's total."""
        return ZERO if self.regime == "facilitator outside total" else self.tax


@cache
def sold(region: str) -> list[Sold]:
    found = []
    seller = SimulatedAmazon(seed=7).add_seller(region=region, marketplaces=REGIONS[region])
    for order_id in seller.generate(EACH[region]):
        document = seller.order(order_id)
        drawn = seller.drawn(order_id)
        read = raw_order(json.dumps(document).encode(), INCLUDED).order()
        found.append(Sold(read, drawn.regime, drawn.total + drawn.off_by, drawn.off_by, tax_of(document)))
    return found


def tax_of(document: dict[str, Any]) -> Decimal:
    rows = [row for item in document["orderItems"] for row in item["proceeds"]["breakdowns"] if row["type"] == "TAX"]
    return sum((Decimal(row["subtotal"]["amount"]) for row in rows), ZERO)


def leaves(one: Sold, chosen: Connection) -> Decimal:
    """What of Amazon's total is not in the store's, by the settings' own definition; less than zero: what comes in."""
    if one.amazon_collects:
        return one.tax_in_total - (one.tax if chosen.marketplace_tax == "line" else ZERO)
    # Where prices have no tax in them, tax that is ignored is lost; elsewhere the store computes it inside.
    return one.tax if chosen.ignore_amazon_tax and one.regime == "seller tax" else ZERO


def test_every_way_to_tell_an_orders_money_is_drawn_often() -> None:
    every = [one for region in REGIONS for one in sold(region)]
    drawn = Counter(one.regime for one in every)
    assert drawn.keys() == REGIMES
    assert min(drawn.values()) >= 30
    assert len(every) >= 3000
    assert sum(bool(one.off_by) for one in every) >= 60


@pytest.mark.parametrize("region", REGIONS)
def test_every_order_ends_at_amazons_total_less_what_is_not_the_sellers(region: str) -> None:
    placed = 0
    for one in sold(region):
        unit = minor_unit(one.order.currency)
        for chosen in SETTINGS:
            decision = decide(one.order, chosen)
            if abs(one.off_by) > unit:
                check_held(decision, one)
                decision = decide(one.order, replace(chosen, unbalanced="adjust"))
            assert isinstance(decision, Place), decision
            check(decision, one, chosen)
            placed += 1
    assert placed == EACH[region] * len(SETTINGS)


def check(decision: Place, one: Sold, chosen: Connection) -> None:
    keeps_its_promises(decision)
    drafted = decision.order
    _, right = sides(decision.balance.equation)
    assert right == drafted.amazon_total == one.total
    assert drafted.total + leaves(one, chosen) == right
    assert drafted.marketplace_tax == (one.tax if one.amazon_collects else ZERO)
    unexplained = [fee for fee in drafted.fees if fee.kind in ("rounding", "adjustment")]
    assert sum((fee.gross for fee in unexplained), ZERO) == one.off_by
    rounding = abs(one.off_by) == minor_unit(drafted.currency)
    assert (Reason.ROUNDED in decision.flags) == rounding
    assert (Reason.ADJUSTED in decision.flags) == (bool(one.off_by) and not rounding)
    assert decision.balance.balanced == (Reason.ADJUSTED not in decision.flags)


def check_held(decision: object, one: Sold) -> None:
    assert isinstance(decision, Hold), decision
    assert decision.reason == Reason.UNBALANCED
    assert decision.balance is not None
    left, right = sides(decision.balance.equation)
    assert left == right == one.total
