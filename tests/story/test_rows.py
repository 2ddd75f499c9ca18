"""Rows of `tests/unit/rules/rows.py` that only a whole run can prove: what the store ends with, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Placed, StoreOrder
from amazon_orders.sandbox import Line
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.world import World, world

FEEDS = {"createFeedDocument", "createFeed"}


def later(shop: World, hours: float = 1 / 12) -> None:
    shop.clock.advance(timedelta(hours=hours))
    shop.sync()


def stock(shop: World, sku: str) -> int:
    ((units,),) = shop.look("SELECT stock FROM products WHERE sku = ?", sku)
    return int(units)


@pytest.mark.rule("21")
def test_an_order_whose_amounts_do_not_add_up_keeps_its_units_while_a_person_looks(shop: World) -> None:
    order_id = shop.seller.place(Line(sku="MUG-WHITE", quantity=3, item="20.00"))
    with shop.seller.change(order_id) as order:
        order["proceeds"]["grandTotal"]["amount"] = "25.00"
    later(shop)
    row = shop.app.orders.get(order_id)
    assert (row.status, row.reason) == ("held", "UNBALANCED")
    assert stock(shop, "MUG-WHITE") == 997


@pytest.mark.rule("29")
def test_an_unpaid_order_that_amazon_shows_again_and_again_holds_its_units_once(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    for day in range(3):
        with shop.seller.change(order_id) as order:
            order["fulfillment"]["deliverByWindow"] = {"latestDateTime": f"2026-12-0{day + 1}T12:00:00Z"}
        later(shop)
    assert stock(shop, "MUG-WHITE") == 997


@pytest.mark.rule("30")
def test_an_unpaid_order_that_ends_in_silence_after_eight_days_gives_its_units_back_within_a_day(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    for _ in range(8):
        later(shop, hours=24)
    assert stock(shop, "MUG-WHITE") == 997
    shop.seller.cancel_silently(order_id)
    for _ in range(5):
        later(shop, hours=6)
    assert stock(shop, "MUG-WHITE") == 1000
    assert (shop.status(order_id), shop.app.orders.get(order_id).reason) == ("skipped", "CANCELLED")


class NetStore(PlainStore):
    """Computes 19 % on net prices of whole cents, as many stores do, and so cannot reach every price."""

    levels = True

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        cent = Decimal("0.01")
        nets = [(line.total.gross / Decimal("1.19")).quantize(cent, ROUND_HALF_UP) for line in order.lines]
        reached = sum(((net * Decimal("1.19")).quantize(cent, ROUND_HALF_UP) for net in nets), order.shipping.gross)
        placed = PlainStore.store_place_order(self, order=order, key=key)
        rounding = order.total - reached if self.levels else Decimal(0)
        if rounding:
            with self.connected() as connection:
                connection.execute(
                    "INSERT INTO order_lines (order_id, sku, quantity, total) VALUES (?,'ROUNDING',1,?)",
                    (placed.ref, str(rounding)),
                )
        return Placed(ref=placed.ref, total=reached + rounding)


@pytest.fixture
def net(tmp_path: Path) -> Iterator[tuple[World, NetStore]]:
    store = NetStore(tmp_path / "net.db")
    store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect()
        yield shop, store


@pytest.mark.rule("28")
def test_a_price_that_a_store_of_net_prices_cannot_reach_ends_at_amazons_total_by_a_rounding_line(
    net: tuple[World, NetStore],
) -> None:
    shop, store = net
    order_id = shop.seller.place(Line(sku="MUG-WHITE", item="30.03"))
    later(shop)
    with store.connected() as connection:
        lines = connection.execute("SELECT sku, total FROM order_lines").fetchall()
    assert lines == [("MUG-WHITE", "30.03"), ("ROUNDING", "-0.01")]
    row = shop.app.orders.get(order_id)
    assert (row.status, row.reason, row.store_total) == ("placed", None, Decimal("30.03"))


@pytest.mark.rule("28")
def test_a_store_of_net_prices_that_does_not_level_the_cent_is_found_out(net: tuple[World, NetStore]) -> None:
    shop, store = net
    store.levels = False
    order_id = shop.seller.place(Line(sku="MUG-WHITE", item="30.03"))
    later(shop)
    (entry,) = shop.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order_id, "TOTAL_DIFFERS")
    assert "30.04" in entry.detail
    assert "30.03" in entry.detail


class Pager:
    """Hears of orders at risk."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    @hookimpl
    def on_order_at_risk(self, amazon_order_id: str, reason: str) -> None:
        self.heard.append((amazon_order_id, reason))


def listening(hooks: Hooks) -> Pager:
    pager = Pager()
    hooks.register(pager, "pager")
    return pager


@pytest.mark.rule("49")
def test_a_buyers_request_that_the_store_cannot_follow_is_for_a_person_and_heard_once(tmp_path: Path) -> None:
    store = PlainStore(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    hooks = plain_hooks(store)
    pager = listening(hooks)
    with world(tmp_path, stores={"shop": hooks}) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        later(shop)
        shop.seller.request_cancel(order_id)
        later(shop)
        later(shop)
        (entry,) = shop.app.orders.inbox()
        assert (entry.amazon_order_id, entry.reason) == (order_id, "BUYER_REQUESTS_CANCEL")
        assert pager.heard == [(order_id, "BUYER_REQUESTS_CANCEL")]


def ship(shop: World, order_id: str) -> None:
    """The shop's staff sends all of an order."""
    side = Shop.open(shop.shop_file)
    side.ship(str(shop.app.orders.get(order_id).store_ref), carrier="DHL", tracking=f"T-{order_id}")
    side.close()


def confirmed(shop: World) -> list[str]:
    """The orders of which Amazon was told a package, by whatever road: one entry for each time."""
    assert not FEEDS & set(shop.amazon.calls.by_operation)
    return [call.params["orderId"] for call in shop.amazon.calls.of("confirmShipment")]


@pytest.mark.rule("68")
def test_a_store_that_keeps_no_key_gets_an_order_once_though_its_connection_was_made_anew(tmp_path: Path) -> None:
    store = PlainStore(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        later(shop)
        shop.app.connections.remove("de")
        shop.connect(name="again")
        later(shop)
        with store.connected() as connection:
            assert connection.execute("SELECT external_id FROM orders").fetchall() == [(order_id,)]
        assert [row.status for row in shop.app.orders.list(connection="again")] == ["placed"]


@pytest.mark.rule("52")
def test_a_parcel_of_an_order_that_amazon_cancelled_is_never_confirmed(shop: World) -> None:
    gone, good = shop.seller.place("MUG-WHITE"), shop.seller.place("MUG-WHITE")
    later(shop)
    ship(shop, gone)
    ship(shop, good)
    shop.seller.cancel(gone)
    for _ in range(3):
        later(shop)
    assert [entry.reason for entry in shop.app.orders.inbox()] == ["CANCELLED_AFTER_SHIPPING"]
    assert confirmed(shop) == [good]


@pytest.mark.rule("55")
def test_a_parcel_that_amazon_told_us_of_is_not_told_back_to_it(shop: World) -> None:
    theirs, ours = shop.seller.place("MUG-WHITE"), shop.seller.place("MUG-WHITE")
    later(shop)
    shop.seller.ship(theirs)
    later(shop)
    ship(shop, ours)
    for _ in range(3):
        later(shop)
    assert len(shop.look("SELECT id FROM shipments")) == 2
    assert confirmed(shop) == [ours]
