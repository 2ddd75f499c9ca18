"""Promises about parcels that left the shop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..errors import StoreError
from ..model import Placed, StoreOrder
from .desk import Desk, promise

PARCELS = "store_list_shipments"
MARGIN = timedelta(seconds=5)
"""How far the shop's clock may be off."""


class TellingParcels:
    """`store_list_shipments`."""

    def test_where_nothing_has_left_no_parcel_is_told(self, desk: Desk) -> None:
        _, placed = desk.given()
        try:
            found = desk.told(PARCELS, placed.ref)
        except StoreError as error:
            promise(False, f"{PARCELS} fails where nothing has left: {error}")
        promise(not found, f"{PARCELS} tells a parcel of an order of which nothing has left")

    def test_a_parcel_is_told_under_its_orders_reference(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        promise(desk.told(PARCELS, placed.ref), f"{PARCELS} does not tell a parcel under the reference of Placed.ref")

    def test_a_parcel_carries_its_tracking(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        parcel = desk.first(PARCELS, placed.ref)
        promise(
            parcel.tracking == "00340434", f"{PARCELS} tells a parcel without the tracking number that it left with"
        )

    def test_a_parcel_carries_its_carrier(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        parcel = desk.first(PARCELS, placed.ref)
        promise(parcel.carrier == "DHL", f"{PARCELS} tells the carrier {parcel.carrier!r}, the parcel left with 'DHL'")

    def test_a_parcel_keeps_its_id(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        first, again = desk.first(PARCELS, placed.ref), desk.first(PARCELS, placed.ref)
        promise(first.id == again.id, f"{PARCELS} tells one parcel under two ids: it would be confirmed twice")

    def test_a_parcel_is_told_at_its_own_time(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        changed = desk.first(PARCELS, placed.ref).updated_at
        promise(
            desk.told(PARCELS, placed.ref, changed), f"{PARCELS} leaves out a parcel whose updated_at is just since"
        )

    def test_a_parcel_is_told_by_its_last_change(self, desk: Desk) -> None:
        before = datetime.now(UTC) - MARGIN
        _, placed = _shipped(desk)
        changed = desk.first(PARCELS, placed.ref).updated_at
        promise(changed >= before, f"{PARCELS} tells an updated_at before the parcel left: the next run would miss it")

    def test_a_part_that_left_is_told_as_a_part(self, desk: Desk) -> None:
        order, placed = desk.given(desk.line(quantity=3))
        desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "00340434")
        units = sum(line.quantity for line in desk.first(PARCELS, placed.ref).lines)
        promise(units == 1, f"1 of 3 units left, and {PARCELS} tells {units or 'all'} of them")

    def test_a_line_that_left_is_named(self, desk: Desk) -> None:
        order, placed = desk.given(desk.line(quantity=3))
        item = order.lines[0].order_item_id
        desk.does("ship", placed.ref, {item: 2}, "DHL", "Paket", "00340434")
        lines = desk.first(PARCELS, placed.ref).lines
        promise(
            all(
                line.order_item_id == item or (not line.order_item_id and line.product == desk.product.ref)
                for line in lines
            ),
            f"{PARCELS} names a line by neither its order item id nor its product",
        )

    def test_two_parcels_are_two(self, desk: Desk) -> None:
        order, placed = desk.given(desk.line(quantity=3))
        for units, tracking in ((1, "00340434"), (2, "00340435")):
            desk.does("ship", placed.ref, {order.lines[0].order_item_id: units}, "DHL", "Paket", tracking)
        desk.first(PARCELS, placed.ref)
        ids = {parcel.id for parcel in desk.told(PARCELS, placed.ref)}
        promise(len(ids) == 2, f"two parcels of one order left, and {PARCELS} tells {len(ids)}")

    def test_parcels_of_the_shops_own_orders_disturb_nothing(self, desk: Desk) -> None:
        _, placed = _shipped(desk)
        desk.first(PARCELS, placed.ref)
        desk.does("ship", desk.does("sell", desk.product.ref), {}, "DHL", "Paket", "00340436")
        try:
            found = desk.told(PARCELS, placed.ref)
        except StoreError as error:
            promise(False, f"{PARCELS} failed at a parcel of an order that is not Amazon's: {error}")
        promise(found, f"{PARCELS} does not tell Amazon's parcel beside one of the shop's own")


def _shipped(desk: Desk) -> tuple[StoreOrder, Placed]:
    """An order that left whole."""
    order, placed = desk.given()
    desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "00340434")
    return order, placed
