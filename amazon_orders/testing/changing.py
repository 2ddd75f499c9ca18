"""Promises about one thing that changes of an order. False is always an honest answer; True has to be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from unittest import SkipTest

from ..errors import StoreError, StoreRejected
from ..model import (
    Address,
    CancelUnits,
    ChangeAddress,
    OrderChange,
    Placed,
    PutOnHold,
    ShippedByAmazon,
    StoreOrder,
    TakeOffHold,
)
from .desk import Desk, promise
from .orders import NAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Unheard:
    """A kind of change that a later version may add."""


class ChangingOrders:
    """`store_change_order`, optional."""

    def test_a_hold_holds(self, desk: Desk) -> None:
        order, placed = _given(desk)
        desk.change(placed.ref, PutOnHold(reason="The buyer asked to cancel"), f"{order.amazon_order_id}/change/1")
        desk.is_now(placed.ref, "on_hold", "store_change_order answered True to PutOnHold and did not hold")

    def test_a_hold_ends(self, desk: Desk) -> None:
        order, placed = _given(desk, on_hold="The buyer asked to cancel")
        desk.change(placed.ref, TakeOffHold(), f"{order.amazon_order_id}/change/1")
        desk.is_now(placed.ref, "new", "store_change_order answered True to TakeOffHold and the order is held")

    def test_an_address_changes(self, desk: Desk) -> None:
        order, placed = _given(desk)
        change = ChangeAddress(recipient=Address(name=NAME, line1="Ring 1", city="Wien", country="AT"))
        desk.change(placed.ref, change, f"{order.amazon_order_id}/change/1")
        country = desk.seen(placed.ref).country
        promise(
            country == "AT", f"store_change_order answered True to ChangeAddress, and the order goes to {country!r}"
        )

    def test_cancelled_units_leave_the_order(self, desk: Desk) -> None:
        placed = _units_cancelled(desk)
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(units == 2, f"store_change_order answered True to CancelUnits of 1 of 3, and {units} are left")

    def test_cancelled_units_leave_the_order_once(self, desk: Desk) -> None:
        placed = _units_cancelled(desk, times=2)
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(
            units != 1, "store_change_order made one change twice under one key: 1 unit of 3 was cancelled, 1 is left"
        )

    def test_cancelling_units_ends_at_the_new_total(self, desk: Desk) -> None:
        total = desk.seen(_units_cancelled(desk, new_total="19.99").ref).total
        promise(total == Decimal("19.99"), f"store_change_order had to end at 19.99, and the shop has {total}")

    def test_cancelled_units_go_back_to_stock(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        plain = desk.holds(2)
        before = desk.available()
        _units_cancelled(desk)
        held = before - desk.available()
        promise(
            held == plain,
            f"1 of 3 units was cancelled, and the order holds {held} units of stock, one of 2 units holds {plain}",
        )

    def test_what_amazon_shipped_is_not_shipped_again(self, desk: Desk) -> None:
        order, placed = _given(desk)
        change = ShippedByAmazon(lines={}, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
        desk.change(placed.ref, change, f"{order.amazon_order_id}/change/1")
        desk.is_now(placed.ref, "shipped", "store_change_order answered True to ShippedByAmazon, and nothing has left")

    def test_a_kind_that_the_adapter_does_not_know_is_false(self, desk: Desk) -> None:
        order, placed = _given(desk)
        change = cast(OrderChange, Unheard())
        try:
            made = desk.hooks.store_change_order(placed.ref, change, f"{order.amazon_order_id}/change/1")
        except StoreError as error:
            promise(False, f"store_change_order failed at a kind of change that a later version may add: {error}")
        promise(not made, "store_change_order answered True to a kind of change that it cannot know")

    def test_it_is_too_late_to_hold_what_has_left(self, desk: Desk) -> None:
        order, placed = _given(desk)
        desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "0034")
        made = desk.hooks.store_change_order(placed.ref, PutOnHold(reason="x"), f"{order.amazon_order_id}/change/1")
        promise(not made, "store_change_order answered True to PutOnHold for an order that has left the house")

    def test_an_unknown_order_is_not_changed(self, desk: Desk) -> None:
        desk.needs("store_change_order")
        try:
            made = desk.hooks.store_change_order("no-such-order", TakeOffHold(), "999-0000000-0000000/change/1")
        except StoreRejected:
            return
        except StoreError as error:
            promise(False, f"store_change_order did not refuse an unknown reference with StoreRejected: {error}")
        promise(not made, "store_change_order answered True for a reference that the shop does not have")


def _given(desk: Desk, *lines: Any, **more: Any) -> tuple[StoreOrder, Placed]:
    desk.needs("store_change_order")
    return desk.given(*lines, **more)


def _units_cancelled(desk: Desk, *, times: int = 1, new_total: str = "20.00") -> Placed:
    """An order of which one unit of three was cancelled."""
    order, placed = _given(desk, desk.line("30.00", 3))
    change = CancelUnits(
        lines={order.lines[0].order_item_id: 1}, new_total=Decimal(new_total), reason="Cancelled by the buyer"
    )
    for attempt in range(times):
        made = desk.hooks.store_change_order(placed.ref, change, f"{order.amazon_order_id}/change/1")
        if attempt == 0 and not made:
            raise SkipTest("store_change_order answers False to CancelUnits: not supported")
    return placed
