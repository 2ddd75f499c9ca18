"""An order changes between the call that placed it unheard and the run that finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.database import Database
from amazon_orders.adapters.sqlite.store import SqliteStore
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Placed, StoreOrder
from tests.story.world import World, world


class Killed(BaseException):
    """The process is gone."""


class Dying(SqliteStore):
    """The small shop, in a process that dies after it has written."""

    def __init__(self, path: Path, dying: list[bool]) -> None:
        super().__init__(Database(path))
        self.dying = dying

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        placed = SqliteStore.store_place_order(self, order=order, key=key)
        if self.dying:
            raise Killed
        return placed


def fewer(shop: World, order_id: str) -> None:
    with shop.seller.change(order_id) as order:
        (item,) = order["orderItems"]
        item["fulfillment"]["quantityUnfulfilled"] = 2


def test_units_that_were_cancelled_before_the_order_was_found_are_not_told_as_if_the_shop_knew(tmp_path: Path) -> None:
    dying = [True]
    hooks = Hooks("shop")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        hooks.register(Dying(shop.shop_file, dying), "sqlite")
        hooks.check()
        shop.connect()
        order_id = shop.seller.place(("MUG-WHITE", 3))
        shop.clock.advance(300)
        with pytest.raises(Killed):
            shop.sync()
        dying.clear()
        shop.restart()
        fewer(shop, order_id)
        shop.clock.advance(300)
        shop.sync()
        assert shop.look("SELECT total FROM orders") == [("37.50",)], "the control: the shop was given three"
        order = shop.app.orders.get(order_id)
        assert (order.status, order.store_total) == ("placed", None)
        assert [(entry.amazon_order_id, entry.reason) for entry in shop.app.orders.inbox()] == [
            (order_id, "TOTAL_DIFFERS")
        ]


def test_an_order_that_did_not_change_is_found_without_a_word(tmp_path: Path) -> None:
    dying = [True]
    hooks = Hooks("shop")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        hooks.register(Dying(shop.shop_file, dying), "sqlite")
        shop.connect()
        order_id = shop.seller.place(("MUG-WHITE", 3))
        shop.clock.advance(300)
        with pytest.raises(Killed):
            shop.sync()
        dying.clear()
        shop.restart()
        shop.sync()
        assert str(shop.app.orders.get(order_id).store_total) == "37.50"
        assert list(shop.app.orders.inbox()) == []
