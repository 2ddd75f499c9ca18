"""Promises about keys: the same key has the same effect once, for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from unittest import SkipTest

from ..errors import StoreRejected, StoreUnavailable
from ..model import Placed, StoreOrder
from .desk import Desk, Resting, promise
from .in_step import InStep

ROUNDS = 3
"""How often two workers meet. What they find prepared at their first meeting may keep them apart."""
ENOUGH_SECONDS = 3.0
"""No further round begins after this long: a shop may be slow."""


class RepeatingKeys:
    """`key` of `store_place_order`."""

    def test_a_known_key_gets_the_same_answer(self, desk: Desk) -> None:
        order, placed = desk.given()
        again = desk.place(order)
        promise(again == placed, f"store_place_order answered {again} under a known key, and {placed} before")

    def test_a_known_key_places_nothing_even_if_the_order_changed(self, desk: Desk) -> None:
        order, _ = desk.given()
        desk.place(replace(order, lines=(replace(order.lines[0], title="Another title"),)))
        count = len(desk.under(order.amazon_order_id))
        promise(count == 1, f"store_place_order placed a known key again: the shop has {count} orders under it")

    def test_a_known_key_takes_no_stock(self, desk: Desk) -> None:
        order, _ = desk.given()
        before = desk.available()
        desk.place(order)
        promise(desk.available() == before, "store_place_order took stock again under a known key")

    def test_a_cancelled_order_keeps_its_key(self, desk: Desk) -> None:
        order, placed = desk.cancelled()
        again = desk.place(order)
        promise(
            again.ref == placed.ref and len(desk.under(order.amazon_order_id)) == 1,
            "store_place_order placed an order anew because the first one under its key was cancelled",
        )

    def test_two_workers_with_one_key_place_one_order(self, desk: Desk) -> None:
        if not desk.hooks.unique_reference:
            raise SkipTest("the adapter says unique_reference = False: the library looks for doubles itself")
        end = time.monotonic() + ENOUGH_SECONDS
        for _ in range(ROUNDS):
            order = desk.order()
            placed = _together(desk, {1: order, 2: order})
            count = len(desk.under(order.amazon_order_id))
            if not count:
                raise Resting("the order of two workers is not in the shop")
            promise(
                count == 1 and len({one.ref for one in placed}) <= 1,
                f"two workers placed one key at once, and the shop has {count} orders though unique_reference = True",
            )
            if time.monotonic() > end:
                return

    def test_two_workers_with_two_keys_place_two_orders(self, desk: Desk) -> None:
        first, second = desk.order(), desk.order()
        placed = _together(desk, {1: first, 2: second})
        refs = {ref for order in (first, second) for ref in desk.under(order.amazon_order_id)}
        if not refs:
            raise Resting("the orders of two workers are not in the shop")
        promise(
            len({one.ref for one in placed}) == len(placed) <= len(refs),
            "two workers placed two orders at once, and they got one reference or one of them was lost",
        )


def _together(desk: Desk, orders: Mapping[int, StoreOrder]) -> list[Placed]:
    """Place the orders at the same moment; what a thread got, unless it was told that the shop is not there."""
    steps = InStep(len(orders))
    placed: list[Placed] = []
    failed: list[Exception] = []

    def work(order: StoreOrder) -> None:
        try:
            with steps.taken():
                placed.append(desk.place(order))
        except StoreUnavailable:
            pass  # unknown: the library looks before it tries again
        except Exception as error:  # noqa: BLE001 - a thread's error is told by the check
            failed.append(error)

    workers = [threading.Thread(target=work, args=(order,)) for order in orders.values()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    for error in failed:
        promise(
            not (placed and isinstance(error, StoreRejected)),
            "store_place_order refused one of two workers that placed at once. Where the shop refuses the second of "
            f"two writers, look for the key again and answer the first one's Placed: {error}",
        )
        promise(False, f"store_place_order failed where two threads called it at once: {error}")
    if not placed:
        raise Resting("neither of two workers could place its order")
    return placed
