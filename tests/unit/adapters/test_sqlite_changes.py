"""What Amazon changes about an order reaches the demo shop once, or is refused as too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders import Hooks
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import StoreRejected
from amazon_orders.model import (
    Address,
    CancelUnits,
    ChangeAddress,
    OrderChange,
    PutOnHold,
    ShippedByAmazon,
    StockAdjustment,
    TakeOffHold,
)
from tests.stores.orders import line, order
from tests.unit.adapters.conftest import Look
from tests.unit.adapters.test_sqlite_placing import KEY, adds_up

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
CANCEL = f"{KEY}/cancel"


def change(n: int) -> str:
    return f"{KEY}/change/{n}"


@pytest.fixture
def ref(hooks: Hooks) -> str:
    """Three blue mugs at 10.00 and two red ones at 5.00, delivery 4.99."""
    lines = [line("1", "30.00", 3, "11", tax="4.79"), line("2", "10.00", 2, "12", tax="1.60")]
    return hooks.store_place_order(order(KEY, lines, shipping="4.99", shipping_tax="0.80"), KEY).ref


def stock(look: Look) -> list[int]:
    return [units for (units,) in look("SELECT stock FROM products WHERE id < 3 ORDER BY id")]


def status(look: Look) -> tuple[Any, ...]:
    return look("SELECT status, hold_reason FROM orders")[0]


def test_cancelling_gives_the_stock_back_once(hooks: Hooks, ref: str, look: Look) -> None:
    assert stock(look) == [7, 8]
    assert hooks.store_cancel_order(ref, "buyer changed their mind", CANCEL) is True
    assert hooks.store_cancel_order(ref, "buyer changed their mind", CANCEL) is True
    assert hooks.store_cancel_order(ref, "again, under another key", f"{CANCEL}/2") is True
    assert status(look) == ("cancelled", None)
    assert stock(look) == [10, 10]
    assert look("SELECT line_id, quantity, reason FROM cancellations") == [(None, None, "buyer changed their mind")]


def test_cancelling_an_order_that_took_no_stock_gives_none_back(hooks: Hooks, look: Look) -> None:
    ref = hooks.store_place_order(order(KEY, [line("1", quantity=3)], affects_stock=False), KEY).ref
    assert hooks.store_cancel_order(ref, "no reason", CANCEL)
    assert stock(look) == [10, 10]


LEFT: dict[str, Callable[[Shop, str], object]] = {
    "all of it has left": lambda shop, ref: shop.ship(ref),
    "a part of it has left": lambda shop, ref: shop.ship(ref, {"11": 1}),
}


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_cancelling_is_too_late_once_something_has_left(
    hooks: Hooks, shop: Shop, ref: str, look: Look, leave: Callable[[Shop, str], object]
) -> None:
    leave(shop, ref)
    before = look("SELECT * FROM orders")
    assert hooks.store_cancel_order(ref, "too late", CANCEL) is False
    assert look("SELECT * FROM orders") == before
    assert stock(look) == [7, 8]
    assert look("SELECT * FROM cancellations") == []


@pytest.mark.parametrize("unknown", ["2", "01", "S000001", ""])
def test_an_order_that_the_shop_does_not_have(hooks: Hooks, ref: str, unknown: str) -> None:
    with pytest.raises(StoreRejected, match=f"no order '{unknown}'"):
        hooks.store_cancel_order(unknown, "no reason", CANCEL)
    with pytest.raises(StoreRejected, match=f"no order '{unknown}'"):
        hooks.store_change_order(unknown, TakeOffHold(), change(1))


def test_a_hold_is_put_and_taken_off(hooks: Hooks, ref: str, look: Look) -> None:
    assert hooks.store_change_order(ref, PutOnHold(reason="buyer wants to cancel"), change(1)) is True
    assert status(look) == ("on_hold", "buyer wants to cancel")
    assert hooks.store_change_order(ref, TakeOffHold(), change(2)) is True
    assert status(look) == ("new", None)


def test_a_change_that_is_told_again_does_not_undo_a_later_one(hooks: Hooks, ref: str, look: Look) -> None:
    hold = PutOnHold(reason="buyer wants to cancel")
    hooks.store_change_order(ref, hold, change(1))
    hooks.store_change_order(ref, TakeOffHold(), change(2))
    assert hooks.store_change_order(ref, hold, change(1)) is True
    assert status(look) == ("new", None)


def test_taking_off_a_hold_that_is_not_there_is_done(hooks: Hooks, ref: str) -> None:
    assert hooks.store_change_order(ref, TakeOffHold(), change(1)) is True


UNITS: dict[str, tuple[dict[str, int], str, list[tuple[Any, ...]], str | None, list[int]]] = {
    "units of one line": (
        {"11": 2},
        "24.99",
        [("11", 1, "10.00", "1.60", "item"), ("12", 2, "10.00", "1.60", "item")],
        "4.00",
        [9, 8],
    ),
    "a whole line": (
        {"12": 2},
        "34.99",
        [("11", 3, "30.00", "4.79", "item"), ("12", 0, "0.00", "0.00", "item")],
        "5.59",
        [7, 10],
    ),
    "units of two lines": (
        {"11": 1, "12": 1},
        "29.99",
        [("11", 2, "20.00", "3.19", "item"), ("12", 1, "5.00", "0.80", "item")],
        "4.79",
        [8, 9],
    ),
    "a total that is not in proportion gets one adjustment": (
        {"11": 2},
        "25.49",
        [
            ("11", 1, "10.00", "1.60", "item"),
            ("12", 2, "10.00", "1.60", "item"),
            (None, 1, "0.50", None, "adjustment"),
        ],
        None,
        [9, 8],
    ),
}


@pytest.mark.parametrize(("units", "total", "lines", "tax", "left"), UNITS.values(), ids=UNITS)
def test_units_are_cancelled(
    hooks: Hooks,
    ref: str,
    look: Look,
    units: dict[str, int],
    total: str,
    lines: list[tuple[Any, ...]],
    tax: str | None,
    left: list[int],
) -> None:
    wanted = CancelUnits(lines=units, new_total=Decimal(total), reason="sold out")
    assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert look("SELECT external_id, quantity, total, tax, kind FROM order_lines ORDER BY id") == lines
    assert look("SELECT total, tax, status FROM orders") == [(total, tax, "new")]
    assert stock(look) == left
    assert look("SELECT count(*), sum(quantity) FROM cancellations") == [(len(units), sum(units.values()))]
    adds_up(look)


def test_units_are_cancelled_twice_under_two_keys(hooks: Hooks, ref: str, look: Look) -> None:
    for n, total in ((1, "34.99"), (2, "24.99")):
        wanted = CancelUnits(lines={"11": 1}, new_total=Decimal(total), reason="sold out")
        assert hooks.store_change_order(ref, wanted, change(n)) is True
    assert look("SELECT quantity FROM order_lines WHERE external_id = '11'") == [(1,)]
    assert stock(look) == [9, 8]
    adds_up(look)


def test_cancelling_the_last_units_cancels_the_order(hooks: Hooks, ref: str, look: Look) -> None:
    wanted = CancelUnits(lines={"11": 3, "12": 2}, new_total=Decimal("0.00"), reason="sold out")
    assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert status(look) == ("cancelled", None)
    adds_up(look)


def test_cancelling_what_has_not_left_finishes_the_order(hooks: Hooks, shop: Shop, ref: str, look: Look) -> None:
    shop.ship(ref, {"11": 3})
    wanted = CancelUnits(lines={"12": 2}, new_total=Decimal("34.99"), reason="sold out")
    assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert status(look) == ("shipped", None)


def test_a_package_sent_elsewhere_is_written_once(hooks: Hooks, ref: str, look: Look) -> None:
    wanted = ShippedByAmazon(lines={"11": 1}, carrier="DHL", tracking="0034012345", shipped_at=AT)
    for _ in range(2):
        assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert look("SELECT carrier, tracking, shipped_at FROM shipments") == [
        ("DHL", "0034012345", "2026-11-21T08:00:00.000Z")
    ]
    assert look("SELECT line_id, quantity FROM shipment_lines") == [(1, 1)]
    assert status(look) == ("new", None)


def test_an_order_shipped_elsewhere_is_shipped_here(hooks: Hooks, ref: str, look: Look) -> None:
    wanted = ShippedByAmazon(lines={}, carrier="DHL", tracking="", shipped_at=AT)
    assert hooks.store_change_order(ref, wanted, change(1)) is True
    assert look("SELECT line_id, quantity FROM shipment_lines") == [(1, 3), (2, 2)]
    assert status(look) == ("shipped", None)
    # Told once more under another key: all has left already, nothing is written.
    assert hooks.store_change_order(ref, wanted, change(2)) is True
    assert look("SELECT count(*) FROM shipments") == [(1,)]


def elsewhere(units: int) -> ShippedByAmazon:
    return ShippedByAmazon(lines={"11": units}, carrier="DHL", tracking="", shipped_at=AT)


TOO_LATE: dict[str, tuple[str, OrderChange]] = {
    "holding what has left": ("ship", PutOnHold(reason="x")),
    "holding what is cancelled": ("cancel", PutOnHold(reason="x")),
    "releasing what is cancelled": ("cancel", TakeOffHold()),
    "cancelling units that have left": ("ship", CancelUnits(lines={"11": 1}, new_total=Decimal(1), reason="x")),
    "cancelling units of what is cancelled": ("cancel", CancelUnits(lines={"11": 1}, new_total=Decimal(1), reason="x")),
    "cancelling more units than there are": ("", CancelUnits(lines={"11": 4}, new_total=Decimal(1), reason="x")),
    "cancelling no units": ("", CancelUnits(lines={}, new_total=Decimal(1), reason="x")),
    "shipping what is cancelled": ("cancel", elsewhere(1)),
    "shipping more units than there are": ("", elsewhere(4)),
    "an address, which this shop does not keep": ("", ChangeAddress(recipient=Address(city="Bonn"))),
}


@pytest.mark.parametrize(("before", "wanted"), TOO_LATE.values(), ids=TOO_LATE)
def test_what_is_not_possible_is_said_and_changes_nothing(
    hooks: Hooks, shop: Shop, ref: str, look: Look, before: str, wanted: OrderChange
) -> None:
    if before:
        getattr(shop, before)(ref)
    tables = ("orders", "order_lines", "shipments", "cancellations", "stock_moves", "amazon_changes", "products")
    was = [look(f"SELECT * FROM {table}") for table in tables]
    assert hooks.store_change_order(ref, wanted, change(1)) is False
    assert [look(f"SELECT * FROM {table}") for table in tables] == was


def test_a_line_that_the_order_does_not_have(hooks: Hooks, ref: str) -> None:
    with pytest.raises(StoreRejected, match="no line '13'"):
        hooks.store_change_order(ref, CancelUnits(lines={"13": 1}, new_total=Decimal(1), reason="x"), change(1))


def move(product: str = "1", delta: int = -2) -> StockAdjustment:
    return StockAdjustment(
        product=product, seller_sku="MUG", amazon_order_id=KEY, order_item_id="11", delta=delta, reason="reserve"
    )


def test_stock_moves_once_under_its_key(hooks: Hooks, look: Look) -> None:
    hooks.store_adjust_stock({f"{KEY}/11/reserve/1": move(), f"{KEY}/12/reserve/1": move("2", -1)})
    hooks.store_adjust_stock({f"{KEY}/11/reserve/1": move(), f"{KEY}/11/release/2": move(delta=1)})
    assert stock(look) == [9, 9]
    assert look("SELECT key, product_id, delta, reason FROM stock_moves ORDER BY rowid") == [
        (f"{KEY}/11/reserve/1", 1, -2, "reserve"),
        (f"{KEY}/12/reserve/1", 2, -1, "reserve"),
        (f"{KEY}/11/release/2", 1, 1, "reserve"),
    ]


def test_moves_are_made_together_or_not_at_all(hooks: Hooks, look: Look) -> None:
    with pytest.raises(StoreRejected, match="no product '99'"):
        hooks.store_adjust_stock({"a": move(), "b": move("99")})
    assert stock(look) == [10, 10]
    assert look("SELECT * FROM stock_moves") == []


def test_what_amazon_told_us_is_listed_under_its_key(hooks: Hooks, shop: Shop, ref: str) -> None:
    # So that it is known again and not told to Amazon as news.
    hooks.store_change_order(ref, elsewhere(1), change(1))
    hooks.store_change_order(
        ref, CancelUnits(lines={"11": 1, "12": 1}, new_total=Decimal("29.99"), reason="x"), change(2)
    )
    shop.ship(ref, {"12": 1})
    assert [parcel.id for parcel in hooks.store_list_shipments(SINCE)] == [change(1), "2"]
    assert [each.id for each in hooks.store_list_cancellations(SINCE)] == [f"{change(2)}/1", f"{change(2)}/2"]


def test_a_cancelled_order_is_listed_under_its_key(hooks: Hooks, ref: str) -> None:
    hooks.store_cancel_order(ref, "no longer wanted", CANCEL)
    assert [(each.id, each.lines) for each in hooks.store_list_cancellations(SINCE)] == [(CANCEL, ())]
