"""Promises about orders that Amazon cancelled."""

from __future__ import annotations

from ..errors import StoreError, StoreRejected
from ..model import StoreOrder
from .desk import Desk, Resting, promise


class CancellingOrders:
    """`store_cancel_order`."""

    def test_an_order_is_cancelled(self, desk: Desk) -> None:
        order, placed = desk.given()
        promise(_cancel(desk, order, placed.ref), "store_cancel_order answered False for an order that is still there")
        if desk.can("orders"):
            desk.is_now(placed.ref, "cancelled", "store_cancel_order answered True and did not cancel")

    def test_cancelling_again_is_true(self, desk: Desk) -> None:
        order, placed = desk.cancelled()
        promise(
            _cancel(desk, order, placed.ref), "store_cancel_order answered False for an order that it had cancelled"
        )

    def test_cancelling_gives_the_stock_back(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        before = desk.available()
        desk.cancelled()
        promise(
            desk.available() == before,
            f"store_cancel_order did not give back what the order held: {before} before it, {desk.available()} now",
        )

    def test_cancelling_again_gives_no_stock_back(self, desk: Desk) -> None:
        order, placed = desk.cancelled()
        before = desk.available()
        _cancel(desk, order, placed.ref)
        promise(desk.available() == before, "store_cancel_order gave stock back twice for one order")

    def test_cancelling_what_took_no_stock_gives_none_back(self, desk: Desk) -> None:
        order, placed = desk.given(affects_stock=False, fulfilled_by="amazon")
        before = desk.available()
        _cancel(desk, order, placed.ref)
        promise(desk.available() == before, "store_cancel_order gave back stock that the order never took")

    def test_it_is_too_late_to_cancel_what_has_left(self, desk: Desk) -> None:
        order, placed = desk.given()
        desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "0034")
        promise(
            not _cancel(desk, order, placed.ref),
            "store_cancel_order answered True for an order that has left the house",
        )

    def test_it_is_too_late_to_cancel_once_a_parcel_has_left(self, desk: Desk) -> None:
        order, placed = desk.given(desk.line(quantity=3))
        desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "0034")
        promise(
            not _cancel(desk, order, placed.ref),
            "store_cancel_order cancelled a whole order of which one parcel has left the house",
        )

    def test_an_unknown_order_is_not_cancelled(self, desk: Desk) -> None:
        try:
            desk.hooks.store_cancel_order("no-such-order", "Cancelled by the buyer", "999-0000000-0000000/cancel")
        except StoreRejected:
            return
        except StoreError as error:
            promise(False, f"store_cancel_order did not refuse an unknown reference with StoreRejected: {error}")
        promise(False, "store_cancel_order answered for a reference that the shop does not have")


def _cancel(desk: Desk, order: StoreOrder, ref: str) -> bool:
    try:
        return desk.hooks.store_cancel_order(ref, "Cancelled by the buyer", f"{order.amazon_order_id}/cancel")
    except StoreRejected as refusal:
        raise Resting(f"store_cancel_order refused: {refusal}") from refusal
