"""What happens at Amazon, or in the settings, while it is open whether the store has an order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from amazon_orders.errors import ConfigError, StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Placed, StoreOrder
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.world import World, world


class Killed(BaseException):
    """The process is gone, whatever it was about to do."""


class Interrupted(PlainStore):
    """`trouble` runs after the store has written, before anybody hears of it."""

    trouble: Callable[[], None] = staticmethod(lambda: None)

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        placed = PlainStore.store_place_order(self, order=order, key=key)
        self.trouble()
        return placed


def opened(folder: Path, store: PlainStore) -> AbstractContextManager[World]:
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    return world(folder, stores={"shop": plain_hooks(store)})


def flow(report):
    return report.connections[0].flows[0]


def states(store: PlainStore) -> list[tuple[str, str]]:
    with store.connected() as connection:
        return connection.execute("SELECT external_id, status FROM orders ORDER BY id").fetchall()


def dies() -> None:
    raise Killed


def loses() -> None:
    raise StoreUnavailable("the answer was lost")


@pytest.mark.parametrize("trouble", [dies, loses], ids=["the process died", "the answer was lost"])
def test_an_order_that_was_placed_unheard_and_is_cancelled_before_the_next_run_is_cancelled_in_the_store(
    tmp_path: Path, trouble: Callable[[], None]
) -> None:
    store = Interrupted(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        store.trouble = trouble
        try:
            shop.sync()
        except Killed:
            shop.restart()
        assert states(store) == [(order_id, "new")], "the control: the store has it"
        store.trouble = lambda: None
        shop.seller.cancel(order_id)
        shop.clock.advance(45 if trouble is loses else 300)
        shop.sync()
        shop.clock.advance(300)
        shop.sync()
        assert states(store) == [(order_id, "cancelled")]
        assert shop.status(order_id) == "cancelled"


def test_an_order_that_was_placed_unheard_is_known_although_its_product_is_gone_by_the_next_run(
    tmp_path: Path,
) -> None:
    store = Interrupted(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        store.trouble = dies
        with pytest.raises(Killed):
            shop.sync()
        shop.restart()
        store.trouble = lambda: None
        with store.connected() as connection:
            connection.execute("DELETE FROM products WHERE sku = 'MUG-WHITE'")
        shop.sync()
        assert shop.status(order_id) == "placed"


def test_a_connection_that_has_orders_in_one_store_never_tells_another_store_of_them(tmp_path: Path) -> None:
    one, other = PlainStore(tmp_path / "one.db"), PlainStore(tmp_path / "other.db")
    for store in (one, other):
        store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(one), "other": plain_hooks(other)}) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        shop.sync()
        with other.connected() as connection:  # somebody else's order under the same reference
            connection.execute("INSERT INTO orders (external_id, total, status) VALUES ('web-1', '9.00', 'new')")
        with pytest.raises(ConfigError, match="has orders in store shop"):
            shop.app.connections.set("de", {"store": "other"})
        shop.seller.cancel(order_id)
        shop.clock.advance(300)
        shop.sync()
        assert states(other) == [("web-1", "new")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"fulfillment": "merchant"}, {"fulfillment": "all"}),
        ({"marketplaces": ["FR"]}, {"marketplaces": ["DE", "FR"]}),
        ({"level": "stock_only"}, {"level": "orders_and_stock"}),
        ({"sync_from": "2026-11-20T12:30:00+00:00"}, {"sync_from": "2026-11-01T00:00:00+00:00"}),
    ],
    ids=["fulfilment", "marketplaces", "level", "sync_from"],
)
def test_orders_that_only_the_settings_kept_out_come_in_when_the_settings_are_wider(
    tmp_path: Path, before: dict, after: dict
) -> None:
    with world(tmp_path) as shop:
        shop.connect(**before)
        by = "AMAZON" if "fulfillment" in before else "MERCHANT"
        order_id = shop.seller.place("MUG-WHITE", marketplace="DE", fulfilled_by=by)
        shop.seller.ship(order_id)
        shop.clock.advance(3 * 86400)
        shop.sync()
        assert order_id not in shop.shop_orders()
        shop.app.connections.set("de", after)
        shop.clock.advance(3600)
        shop.sync()
        assert order_id in shop.shop_orders()
