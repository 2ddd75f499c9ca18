"""A marketplace moves from one connection to another while the store has not taken all of its orders."""

from __future__ import annotations

from pathlib import Path

from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Placed, StoreOrder
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.world import world


class Down(PlainStore):
    down = True

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        if self.down:
            raise StoreUnavailable("no route")
        return PlainStore.store_place_order(self, order=order, key=key)


def test_an_order_that_its_first_connection_never_placed_comes_in_by_the_next(tmp_path: Path) -> None:
    store = Down(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect("one", marketplaces=["DE", "FR"])
        order_id = shop.seller.place("MUG-WHITE", marketplace="DE")
        shop.clock.advance(300)
        shop.sync()
        assert shop.status(order_id) == "failed"
        shop.app.connections.set("one", {"marketplaces": ["FR"]})
        shop.connect("two", marketplaces=["DE"])
        store.down = False
        for _ in range(3):
            shop.clock.advance(3600)
            shop.sync()
        with store.connected() as connection:
            assert connection.execute("SELECT external_id FROM orders").fetchall() == [(order_id,)]
