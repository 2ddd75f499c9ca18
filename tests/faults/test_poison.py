"""One order, one product or one plugin that goes wrong stops itself alone: the other orders go in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.sandbox import Fault
from tests.stores.plain import PlainStore
from tests.story.world import World, world


def flow(report):
    return report.connections[0].flows[0]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


@pytest.mark.parametrize("kind", ["500", "empty_200"])
def test_an_order_that_amazon_cannot_show_alone_keeps_no_new_order_out(shop: World, kind: str) -> None:
    (bad,) = shop.seller.generate(1, imbalance=False)
    shop.seller.spoil(bad, lambda order: order.pop("createdTime"))
    assert flow(shop.sync()).failed == 1
    shop.amazon.faults.add(Fault(operation="getOrder", kind=kind, nth=1, times=1000))
    new = shop.seller.place("MUG-WHITE")
    shop.clock.advance(600)
    shop.sync()
    assert new in shop.shop_orders()


class Plugged(PlainStore):
    @hookimpl
    def store_find_products(self, attribute, values):
        if any("BAD" in value for value in values):
            raise StoreRejected("a SKU has a sign that is not allowed")
        return PlainStore.store_find_products(self, attribute=attribute, values=values)


def test_a_catalogue_that_refuses_one_sku_still_finds_the_others(tmp_path: Path) -> None:
    store = Plugged(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    hooks = Hooks("shop")
    hooks.register(store, "plain")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        shop.connect()
        good, bad = shop.seller.place("MUG-WHITE"), shop.seller.place("BAD")
        shop.clock.advance(300)
        assert flow(shop.sync()).error is None
        assert shop.status(good) == "placed"
        assert shop.status(bad) in ("failed", "held")


class Refuses:
    def __init__(self, bad):
        self.bad = bad

    def _raise(self, order):
        if order.amazon_order_id in self.bad:
            raise StoreRejected("not this one")


class Accepts(Refuses):
    @hookimpl
    def rule_accept_order(self, order):
        self._raise(order)


class Resolves:
    def __init__(self, bad):
        self.bad = bad

    @hookimpl
    def rule_resolve_sku(self, line):
        if line.seller_sku == "CAP-BLACK":
            raise StoreUnavailable("the price list is down")


class Ships(Refuses):
    @hookimpl
    def rule_shipping_method(self, order):
        self._raise(order)


class Revises(Refuses):
    @hookimpl
    def rule_store_order(self, order):
        self._raise(order)


@pytest.mark.parametrize("kind", [Accepts, Resolves, Ships, Revises])
def test_a_plugin_that_refuses_one_order_lets_the_others_in(tmp_path: Path, kind: type) -> None:
    store = PlainStore(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    bad: set[str] = set()
    hooks = Hooks("shop")
    hooks.register(store, "plain")
    hooks.register(kind(bad), "rules")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        shop.connect()
        good, poisoned = shop.seller.place("MUG-WHITE"), shop.seller.place("CAP-BLACK")
        bad.add(poisoned)
        shop.clock.advance(300)
        assert flow(shop.sync()).error is None
        assert shop.status(good) == "placed"
        assert shop.status(poisoned) in ("failed", "held")


def test_held_orders_without_a_kept_record_do_not_starve_those_that_failed(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        shop.connect()
        held = [shop.seller.place("UNKNOWN") for _ in range(25)]
        last = shop.seller.place("LATER")
        shop.clock.advance(300)
        shop.sync()
        assert {shop.status(order_id) for order_id in [*held, last]} == {"held"}
        with shop.app.ledger._database.writing() as work:
            work.connection.exec_driver_sql("UPDATE ao_orders SET token = NULL")
            work.wrote = True
        shop.add_product("LATER")
        for _ in range(26):  # without a record an order is read again once a day
            shop.clock.advance(3600)
            shop.sync()
        assert shop.status(last) == "placed"


class Fragile(PlainStore):
    """Moves stock; loses its answer or refuses a product when told to."""

    lost = False
    gone: frozenset[str] = frozenset()

    @hookimpl
    def store_adjust_stock(self, adjustments):
        if self.lost:
            raise StoreUnavailable("the answer was lost")
        if any(move.seller_sku in self.gone for move in adjustments.values()):
            raise StoreRejected("there is no such product")


def test_a_stock_move_that_the_store_refuses_for_good_keeps_no_new_order_out(tmp_path: Path) -> None:
    store = Fragile(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    hooks = Hooks("shop")
    hooks.register(store, "plain")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        shop.connect()
        shop.seller.place("CAP-BLACK", pending=True)
        shop.clock.advance(300)
        store.lost = True
        shop.sync()
        store.lost, store.gone = False, frozenset({"CAP-BLACK"})
        new = shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        assert flow(shop.sync()).error is None
        assert shop.status(new) == "placed"


def test_a_reservation_that_the_store_refuses_leaves_the_others_of_its_page(tmp_path: Path) -> None:
    store = Fragile(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    store.gone = frozenset({"CAP-BLACK"})
    hooks = Hooks("shop")
    hooks.register(store, "plain")
    with world(tmp_path, stores={"shop": hooks}) as shop:
        shop.connect()
        good, bad = shop.seller.place("MUG-WHITE", pending=True), shop.seller.place("CAP-BLACK", pending=True)
        shop.clock.advance(300)
        shop.sync()
        held = shop.app.ledger.reservations.of("shop", [good, bad])
        assert [(row.seller_sku, row.told) for row in held[good]] == [("MUG-WHITE", 1)]
        assert [row.told for row in held[bad]] == [0]
        assert [entry.amazon_order_id for entry in shop.app.orders.inbox()] == [bad]


def test_an_order_that_can_be_read_at_last_is_known_as_placed(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.seller.spoil(order_id, lambda order: order.pop("createdTime"))
    assert flow(shop.sync()).failed == 1
    shop.seller.spoil(order_id, None)  # and Amazon says nothing of a change
    shop.clock.advance(3600)
    shop.sync()
    assert shop.shop_orders().keys() == {order_id}
    assert shop.status(order_id) == "placed"
    assert shop.app.orders.get(order_id).trace[-1]["rule"] == "place"


@pytest.mark.parametrize("told", ["3" * 201, "3" * 1_000_000, "306-\x1b[2J", "", 306, None])
def test_an_order_whose_id_cannot_be_read_is_named_by_its_digest(shop: World, told: object) -> None:
    bad, good = shop.seller.place("MUG-WHITE"), shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.seller.spoil(bad, lambda order: order.update(orderId=told))
    assert flow(shop.sync()).failed == 1
    (row,) = shop.app.orders.list(status="failed")
    assert row.amazon_order_id.startswith("unreadable-")
    assert len(row.amazon_order_id) < 40
    (health,) = shop.app.health().connections
    assert health.unreadable == 1
    assert shop.shop_orders().keys() == {good}


def test_an_order_that_amazon_shows_alone_without_its_id_is_tried_no_more_than_any_other(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.seller.spoil(order_id, lambda order: order.pop("createdTime"))
    assert flow(shop.sync()).failed == 1
    shop.seller.spoil(order_id, lambda order: order.pop("orderId"))
    for _ in range(10):
        shop.clock.advance(24 * 3600)
        shop.sync()
    assert shop.status(order_id) == "held"
    assert shop.app.orders.get(order_id).reason == "UNREADABLE"
