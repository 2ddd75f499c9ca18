"""Promises about a page of orders that is placed at once."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import StoreError, StoreRejected
from ..model import Placed, StoreOrder
from .desk import Desk, Resting, promise
from .orders import line


class PlacingPages:
    """`store_place_orders`, optional."""

    def test_what_a_page_says_is_placed_is_in_the_shop(self, desk: Desk) -> None:
        page = _page(desk, *(desk.order() for _ in range(5)))
        outcomes = _placed(desk, page)
        lost = [key for key, outcome in outcomes.items() if isinstance(outcome, Placed) and not desk.under(key)]
        promise(not lost, f"store_place_orders answered Placed for {len(lost)} of 5 orders that are not in the shop")

    def test_a_page_takes_orders(self, desk: Desk) -> None:
        page = _page(desk, *(desk.order() for _ in range(30)))
        outcomes = _placed(desk, page)
        count = sum(isinstance(outcome, Placed) for outcome in outcomes.values())
        promise(count == 30, f"store_place_orders placed {count} of 30 plain orders")

    def test_a_refused_order_does_not_spoil_its_page(self, desk: Desk) -> None:
        good, bad, last = desk.order(), desk.order(line("no-such-product")), desk.order()
        try:
            outcomes = _placed(desk, _page(desk, good, bad, last))
        except StoreRejected as refusal:
            promise(False, f"store_place_orders refused a whole page because of one order: {refusal}")
        kinds = [type(outcomes.get(order.amazon_order_id)) for order in (good, bad, last)]
        promise(
            kinds == [Placed, StoreRejected, Placed],
            f"store_place_orders answered {', '.join(kind.__name__ for kind in kinds)} for a page whose second order "
            "alone has an unknown product",
        )

    def test_a_refused_order_of_a_page_leaves_nothing(self, desk: Desk) -> None:
        bad = desk.order(desk.line(), line("no-such-product"))
        try:
            outcomes = _placed(desk, _page(desk, bad))
        except StoreError as error:
            raise Resting("the page was not taken") from error
        if not isinstance(outcomes.get(bad.amazon_order_id), StoreRejected):
            raise Resting("the order was not refused")
        promise(
            not desk.under(bad.amazon_order_id), "store_place_orders answered StoreRejected for an order that it wrote"
        )

    def test_what_a_page_leaves_out_can_be_placed_alone(self, desk: Desk) -> None:
        page = _page(desk, *(desk.order() for _ in range(4)))
        outcomes = _placed(desk, page)
        for key, order in page.items():
            if key not in outcomes:  # unknown: the library looks the key up, and places what is not there
                if not desk.asked(key):
                    desk.place(order)
                count = len(desk.under(key))
                promise(
                    count == 1,
                    f"a key that store_place_orders left out was looked up and placed, and has {count} orders: what "
                    "it leaves out has to be found, or not be there",
                )

    def test_a_page_may_come_again(self, desk: Desk) -> None:
        page = _page(desk, desk.order(), desk.order())
        first = _placed(desk, page)
        again = _placed(desk, page)
        promise(again == first, "store_place_orders answered a page that came again otherwise than before")
        count = max(len(desk.under(key)) for key in page)
        promise(count <= 1, f"store_place_orders placed a page again: the shop has {count} orders under one key")

    def test_a_page_may_hold_a_known_key(self, desk: Desk) -> None:
        known, placed = desk.given()
        new = desk.order()
        try:
            outcomes = _placed(desk, _page(desk, known, new))
        except StoreError as error:
            promise(False, f"store_place_orders did not take a page of which one order is known: {error}")
        promise(
            outcomes.get(known.amazon_order_id) == placed
            and isinstance(outcomes.get(new.amazon_order_id), Placed | None),
            "store_place_orders did not answer a known key as store_place_order did",
        )


def _page(desk: Desk, *orders: StoreOrder) -> dict[str, StoreOrder]:
    desk.needs("store_place_orders")
    return {order.amazon_order_id: order for order in orders}


def _placed(desk: Desk, page: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
    return desk.hooks.store_place_orders(page)
