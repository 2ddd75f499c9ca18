"""Which units an order holds before the store has it: facts -> units, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amazon_orders.model import Hold, Match, Package, Place, Reason, Reserve, Skip
from amazon_orders.rules import concerns_stock, counted_already, held_units
from tests.unit.rules.build import NOON, connection, line, order, placed
from tests.unit.rules.rows import named

WAITS = Reserve()
HELD = Hold(reason=Reason.UNBALANCED)
NOT_TAKEN = Skip(reason=Reason.STOCK_ONLY)
SKIPPED = Skip(reason=Reason.BEFORE_START)
PLACED = placed(order(line(quantity=3)))
MATCHES = (
    Match(seller_sku="SKU-1", product="7", title="", matched_by="exact", value="SKU-1"),
    Match(seller_sku="SKU-2", product="8", title="", matched_by="alias", value="SKU-2", units=3),
)
THREE = {"item of SKU-1": ("7", "SKU-1", 3)}
FBA = {"fulfilled_by": "AMAZON"}
OFF = {"reserve_pending": False}

Decided = Place | Hold | Skip | Reserve | None
HOLDS: dict[str, tuple[dict[str, Any], dict[str, Any], Decided, dict[str, Any], bool]] = {
    "an unpaid order holds its units": ({"status": "PENDING"}, {}, WAITS, THREE, True),
    "an order that waits for a person holds its units": ({}, {}, HELD, THREE, False),
    "an unpaid order holds none where that is switched off": ({"status": "PENDING"}, OFF, WAITS, {}, False),
    "an order that waits for a person holds none where that is switched off": ({}, OFF, HELD, {}, False),
    "an order that is no one's holds none": ({}, {}, SKIPPED, {}, False),
    "an order in the store holds none beside it": ({}, {}, PLACED, {}, False),
    "nothing decided holds none": ({}, {}, None, {}, False),
    "with stock_only a sold order keeps its units": ({}, {}, NOT_TAKEN, THREE, True),
    "with stock_only a sold order keeps its units, whatever becomes of unpaid ones": ({}, OFF, NOT_TAKEN, THREE, True),
    "with stock_only a shipped order keeps its units": ({"status": "SHIPPED"}, {}, NOT_TAKEN, THREE, True),
    "with stock_only a cancelled order gives them back": ({"status": "CANCELLED"}, {}, NOT_TAKEN, {}, True),
    "Amazon's own stock is never held for an unpaid order": ({**FBA, "status": "PENDING"}, {}, WAITS, {}, False),
    "Amazon's own stock is never held with stock_only": (FBA, {}, NOT_TAKEN, {}, False),
}
ROWS = {
    "an order that waits for a person holds its units": "21",
    "an unpaid order holds its units": "29",
    "with stock_only a sold order keeps its units": "34",
    "with stock_only a cancelled order gives them back": "34",
    "with stock_only a shipped order keeps its units": "35",
}


@pytest.mark.parametrize(("facts", "settings", "decision", "units", "concerned"), named(HOLDS, ROWS))
def test_what_an_order_holds(
    facts: dict[str, Any], settings: dict[str, Any], decision: Decided, units: dict[str, Any], concerned: bool
) -> None:
    of = order(line(quantity=3), **facts)
    assert held_units(of, decision, connection(**settings), MATCHES) == units
    assert concerns_stock(of, decision, connection(**settings)) == concerned


def test_packs_are_multiplied_and_lines_without_product_or_unit_hold_nothing() -> None:
    of = order(
        line(sku="SKU-2", quantity=2),
        line(sku="NO-PRODUCT"),
        replace(line(sku="SKU-1"), quantity_unfulfilled=0),
        line(sku="SKU-1", quantity=1, item_id="another"),
    )
    assert held_units(of, HELD, connection(), MATCHES) == {
        "item of SKU-2": ("8", "SKU-2", 6),
        "another": ("7", "SKU-1", 1),
    }


DAY = timedelta(days=1)
PARCEL = (Package(package_reference_id="1", shipped_at=NOON - DAY),)
COUNTED: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "left before the connection was added": ({"status": "SHIPPED", "packages": PARCEL}, {"added_at": NOON}, True),
    "left at the moment it was added": ({"status": "SHIPPED", "packages": PARCEL}, {"added_at": NOON - DAY}, False),
    "left after it was added": ({"status": "SHIPPED", "packages": PARCEL}, {"added_at": NOON - 2 * DAY}, False),
    "no parcel: Amazon's last change counts": (
        {"status": "SHIPPED", "updated_at": NOON - DAY}, {"added_at": NOON}, True,
    ),
    "has not left": ({"updated_at": NOON - DAY}, {"added_at": NOON}, False),
    "nobody knows when it was added": ({"status": "SHIPPED", "packages": PARCEL}, {"added_at": None}, False),
}  # fmt: skip
COUNTED_ROWS = {"left before the connection was added": "36", "left after it was added": "36"}


@pytest.mark.parametrize(("facts", "settings", "counted"), named(COUNTED, COUNTED_ROWS))
def test_the_shelf_was_counted_without_what_had_left(
    facts: dict[str, Any], settings: dict[str, Any], counted: bool
) -> None:
    assert counted_already(order(line(), **facts), connection(**settings)) == counted
