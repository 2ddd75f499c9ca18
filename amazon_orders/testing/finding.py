"""Promises about finding orders: this is what repairs an unknown outcome, so it has to be true at this moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..model import Placed, StoreOrder
from .desk import Desk, Resting, promise
from .orders import new_key


class FindingOrders:
    """`store_find_orders`."""

    def test_an_order_is_found_by_its_key_at_once(self, desk: Desk) -> None:
        order, placed = desk.given()
        promise(
            desk.asked(order.amazon_order_id) == (placed.ref,),
            "store_find_orders does not find an order right after it was placed: it would be placed a second time",
        )

    def test_a_key_without_an_order_has_none(self, desk: Desk) -> None:
        desk.given()
        promise(
            not desk.asked(new_key()),
            "store_find_orders answered orders for a key that none has: the filter did nothing",
        )

    def test_many_keys_are_found_in_one_question(self, desk: Desk) -> None:
        (first, _), (last, _) = _found(desk), _found(desk)
        keys = [first.amazon_order_id, *(new_key() for _ in range(98)), last.amazon_order_id]
        found = desk.hooks.store_find_orders(keys, desk.since)
        promise(
            set(found) == {first.amazon_order_id, last.amazon_order_id},
            f"store_find_orders found {len(found)} of 2 orders among 100 keys, as many as a page has",
        )

    def test_every_order_under_a_key_is_told(self, desk: Desk) -> None:
        order, placed = _found(desk)
        double = desk.does("double", placed.ref)
        promise(
            set(desk.asked(order.amazon_order_id)) == {placed.ref, double},
            "store_find_orders hid one of two orders under one key: nobody would ever see the double",
        )

    def test_the_oldest_order_under_a_key_is_told_first(self, desk: Desk) -> None:
        order, placed = _found(desk)
        desk.does("double", placed.ref)
        promise(
            desk.asked(order.amazon_order_id)[0] == placed.ref,
            "store_find_orders did not tell the oldest order under a key first",
        )

    def test_a_cancelled_order_is_found(self, desk: Desk) -> None:
        _found(desk)
        order, placed = desk.cancelled()
        promise(
            desk.asked(order.amazon_order_id) == (placed.ref,),
            "store_find_orders hides cancelled orders: a cancelled one would be placed again",
        )

    def test_an_order_is_found_since_long_ago(self, desk: Desk) -> None:
        order, _ = _found(desk)
        found = desk.hooks.store_find_orders([order.amazon_order_id], datetime.now(UTC) - timedelta(days=400))
        promise(
            order.amazon_order_id in found,
            "store_find_orders found nothing since 400 days ago, though the order is new",
        )

    def test_since_is_about_the_shops_own_time(self, desk: Desk) -> None:
        _found(desk)
        long_ago = datetime.now(UTC) - timedelta(days=40)
        order, placed = desk.given(placed_at=long_ago, updated_at=long_ago)
        promise(
            desk.asked(order.amazon_order_id) == (placed.ref,),
            "store_find_orders compares since with the time at Amazon: an old order that was placed just now is hidden",
        )


def _found(desk: Desk) -> tuple[StoreOrder, Placed]:
    """A plain order that `store_find_orders` finds."""
    order, placed = desk.given()
    if desk.asked(order.amazon_order_id) != (placed.ref,):
        raise Resting("store_find_orders does not find a plain order")
    return order, placed
