"""SIGKILL at every point between what the shop did and Amazon's proof: Amazon is told each thing exactly once.

The points are every commit of the ledger and every call to Amazon, before it is sent and after it was carried out. The
simulated Amazon lives on in the parent; the worker that dies is a process of its own.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from requests.adapters import HTTPAdapter
from sqlalchemy import event
from sqlalchemy.engine import Engine

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.app import App
from tests.story.world import World, world

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

EVERY = int(os.environ.get("CRASH_EVERY", "1"))
"""1: every point; 3: every third."""
KILLED, DONE = "killed", "done"
LEAST = (6, 2, 2)
"""Points of each stage, at least: that the test does not end before it has begun."""


class Deadly(HTTPAdapter):
    """Carries requests, and kills its process before or after the nth."""

    def __init__(self, when: str, number: int) -> None:
        super().__init__()
        self.when, self.left = when, number

    def send(self, *args: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left == 0 and self.when == "before a call":
            _die()
        answer = super().send(*args, **named)
        if self.left == 0 and self.when == "after a call":
            _die()
        return answer


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at_commit(number: int) -> None:
    """Kill this process just before its nth commit."""
    left = [number]

    def count(_connection: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            _die()

    event.listen(Engine, "commit", count)


def run(shop: World, when: str = "", number: int = 0) -> str:
    """One sync in a process of its own, killed at a point or not."""
    pid = os.fork()
    if not pid:
        try:
            if when == "before a commit":
                _at_commit(number)
            app = App(shop.app.config, now=shop.clock.now, pause=shop.clock.sleep, adapter=Deadly(when, number))
            report = app.sync()
            os._exit(0 if not report.errors else 3)
        except BaseException:  # noqa: BLE001 - whatever it is, the child never runs its parent's clean-up
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return KILLED
    assert os.waitstatus_to_exitcode(status) == 0, "a run that nobody killed failed"
    return DONE


@contextmanager
def at_http(folder: Path) -> Iterator[World]:
    with world(folder) as shop, shop.amazon.serve() as url:
        shop.connect(endpoint=url, token_endpoint=f"{url}/auth/o2/token", publish_stock=False)
        shop.app.close()  # a child must not inherit an open database
        yield shop


class Round:
    """Three orders and what the shop does with them: two parcels, a cancellation, a refund."""

    def __init__(self, shop: World, number: int) -> None:
        self.shop = shop
        self.parcels, self.cancelled, self.refunded = (shop.seller.place(("MUG-WHITE", count)) for count in (3, 1, 2))
        self.code = f"{number:06}"
        shop.clock.advance(180)
        assert run(shop) == DONE
        warehouse = Shop.open(shop.shop_file)
        try:
            (item,) = (row["orderItemId"] for row in shop.seller.order(self.parcels)["orderItems"])
            for part, units in enumerate((1, 2)):
                tracking = f"{self.code}000{part}"
                warehouse.ship(self._ref(self.parcels), {item: units}, "DHL", "", tracking, shop.clock.now())
            warehouse.cancel(self._ref(self.cancelled), None, "out of stock")
            warehouse.ship(self._ref(self.refunded), None, "DHL", "", f"{self.code}0009", shop.clock.now())
            (refunded,) = (row["orderItemId"] for row in shop.seller.order(self.refunded)["orderItems"])
            warehouse.refund(self._ref(self.refunded), {refunded: 1}, "5.00", "dent")
        finally:
            warehouse.close()

    def _ref(self, order: str) -> str:
        ((ref,),) = self.shop.look("SELECT id FROM orders WHERE external_id = ?", order)
        return str(ref)

    def settle(self) -> None:
        """Runs that nobody kills, until everything has had its time."""
        for _ in range(5):
            self.shop.clock.advance(420)
            assert run(self.shop) == DONE

    def check(self) -> None:
        seller = self.shop.seller
        packages = {order: seller.order(order).get("packages", []) for order in (self.parcels, self.refunded)}
        assert sorted(package["trackingNumber"] for package in packages[self.parcels]) == [
            f"{self.code}0000",
            f"{self.code}0001",
        ]
        assert [package["trackingNumber"] for package in packages[self.refunded]] == [f"{self.code}0009"]
        (cancelled,) = seller.cancellations(self.cancelled)
        assert (cancelled.reason, cancelled.whole, cancelled.refunded_everything) == ("NoInventory", True, False)
        (refund,) = seller.refunds(self.refunded)
        assert str(refund.paid) == "5.00"
        assert self.shop.look("SELECT status FROM orders WHERE external_id = ?", self.cancelled) == [("cancelled",)]


@pytest.mark.parametrize("stage", [0, 1, 2], ids=["when it is sent", "when it is proved", "when reports are read"])
@pytest.mark.parametrize("when", ["before a commit", "before a call", "after a call"])
def test_killed_anywhere_on_the_way_amazon_is_told_once(tmp_path: Path, when: str, stage: int) -> None:
    with at_http(tmp_path) as shop:
        number = points = 0
        while True:
            number += EVERY
            this = Round(shop, number)
            for step in range(3):
                died = run(shop, when, number) if step == stage else run(shop)
                points += died == KILLED
                if step == stage:
                    last = died
                shop.clock.advance(420)
            this.settle()
            this.check()
            if last == DONE:
                break
        assert points >= LEAST[stage] // EVERY, "the way is longer than that"
