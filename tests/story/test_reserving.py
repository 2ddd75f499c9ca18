"""Units of orders that the shop does not have yet: held once, given back once, used up once by the order itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite import open_store
from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.hooks import Hooks, hookimpl
from tests.story.world import World, world


def stock(shop: World, sku: str = "MUG-WHITE") -> int:
    ((units,),) = shop.look("SELECT stock FROM products WHERE sku = ?", sku)
    return int(units)


def later(shop: World, seconds: int = 300):
    shop.clock.advance(seconds)
    return shop.sync().connections[0].flows[0]


@pytest.mark.rule("29")
def test_a_pending_order_holds_its_units_once(shop: World) -> None:
    shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    assert stock(shop) == 997
    later(shop)
    later(shop, 7200)
    assert stock(shop) == 997


def test_a_pending_order_that_is_cancelled_gives_its_units_back_once(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    shop.seller.cancel(order_id)
    later(shop)
    assert stock(shop) == 1000
    later(shop, 7200)
    assert stock(shop) == 1000
    assert shop.status(order_id) == "skipped"


@pytest.mark.rule("30")
def test_a_pending_order_that_amazon_cancels_silently_gives_its_units_back(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    shop.clock.advance(6 * 24 * 3600)
    shop.seller.cancel_silently(order_id)
    later(shop)
    assert stock(shop) == 1000
    assert shop.status(order_id) == "skipped"


def test_a_paid_order_uses_up_what_it_held(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    shop.seller.pay(order_id)
    assert later(shop).placed == 1
    assert stock(shop) == 997
    later(shop, 7200)
    assert stock(shop) == 997


@pytest.mark.rule("31")
def test_the_last_units_go_to_the_order_that_held_them(shop: World) -> None:
    shop.set_stock("MUG-WHITE", 3)
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    assert stock(shop) == 0
    shop.seller.pay(order_id)
    later(shop)
    assert stock(shop) == 0
    assert shop.status(order_id) == "placed"


def test_an_order_that_waits_for_a_person_holds_the_units_it_could_match(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 2), "NO-SUCH-THING")
    later(shop)
    assert shop.status(order_id) == "held"
    assert stock(shop) == 998
    shop.add_product("NO-SUCH-THING")
    later(shop)
    assert shop.status(order_id) == "placed"
    assert stock(shop) == 998


def test_reservations_can_be_switched_off(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        shop.connect(reserve_pending=False)
        shop.seller.place(("MUG-WHITE", 3), pending=True)
        later(shop)
        assert stock(shop) == 1000


def test_amazons_own_stock_is_never_the_shops(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        shop.connect(fulfillment="all")
        shop.seller.place(("MUG-WHITE", 3), pending=True, fulfilled_by="AMAZON")
        later(shop)
        assert stock(shop) == 1000


@pytest.mark.rule("34")
def test_stock_only_takes_sold_units_once_and_creates_no_order(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        shop.connect(level="stock_only")
        order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
        later(shop)
        assert stock(shop) == 997
        shop.seller.pay(order_id)
        later(shop)
        assert stock(shop) == 997
        with shop.seller.change(order_id) as order:
            order["orderItems"][0]["quantityOrdered"] = 2
            order["orderItems"][0]["fulfillment"]["quantityUnfulfilled"] = 2
        later(shop)
        assert stock(shop) == 998
        shop.seller.cancel(order_id)
        later(shop)
        assert stock(shop) == 1000
        assert shop.shop_orders() == {}


@pytest.mark.rule("35", "36")
def test_stock_only_keeps_what_was_shipped_and_ignores_what_had_left_before(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        before = shop.seller.place(("CAP-BLACK", 2))
        shop.seller.ship(before)
        shop.clock.advance(3600)
        shop.connect(level="stock_only")
        order_id = shop.seller.place(("MUG-WHITE", 3))
        later(shop)
        shop.seller.ship(order_id)
        later(shop)
        first_seen_shipped = shop.seller.place(("TEE-BLACK-L", 1))
        shop.seller.ship(first_seen_shipped)
        later(shop)
        assert (stock(shop, "MUG-WHITE"), stock(shop, "CAP-BLACK"), stock(shop, "TEE-BLACK-L")) == (997, 1000, 999)


@pytest.mark.rule("35")
def test_stock_only_puts_nothing_back_for_goods_that_the_buyer_returns(tmp_path: Path) -> None:
    """What comes back is on the shelf when the shop has counted it, and may be broken."""
    with world(tmp_path) as shop:
        shop.connect(level="stock_only")
        order_id = shop.seller.place(("MUG-WHITE", 3))
        later(shop)
        shop.seller.ship(order_id)
        later(shop)
        shop.seller.deliver(order_id)
        later(shop)
        shop.seller.refund(order_id, reason="CustomerReturn")
        with shop.seller.change(order_id):
            pass  # the record comes by once more
        assert later(shop).seen > 0
        later(shop, 25 * 3600)
        assert stock(shop) == 997
        shop.set_stock("MUG-WHITE", 1000)
        later(shop)
        assert stock(shop) == 1000, "as it was counted"


class Fragile:
    """The sqlite shop, whose stock moves and orders fail as told."""

    unique_reference, reserves, checks_stock, needs_address = True, True, True, False

    def __init__(self, path: Path) -> None:
        self.inner = open_store({"path": str(path)})
        self.moves: list[dict] = []
        self.silent = False
        self.refuse_orders = False

    @hookimpl
    def store_find_products(self, attribute, values):
        return self.inner.store_find_products(attribute=attribute, values=values)

    @hookimpl
    def store_find_orders(self, keys, since):
        return self.inner.store_find_orders(keys=keys)

    @hookimpl
    def store_place_order(self, order, key):
        if self.refuse_orders:
            raise StoreRejected("closed today")
        return self.inner.store_place_order(order=order, key=key)

    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return self.inner.store_cancel_order(ref=ref, reason=reason, key=key)

    @hookimpl
    def store_adjust_stock(self, adjustments):
        self.moves.append(dict(adjustments))
        self.inner.store_adjust_stock(adjustments=adjustments)
        if self.silent:
            raise StoreUnavailable("no answer")

    @hookimpl
    def store_list_stock(self, since, attribute):
        return []

    @hookimpl
    def store_list_shipments(self, since):
        return []


@pytest.fixture
def fragile(tmp_path: Path):
    with world(tmp_path) as shop:
        store, hooks = Fragile(shop.shop_file), Hooks("shop")
        hooks.register(store, "fragile")
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect()
        yield shop, store
        store.inner.close()


def test_a_move_without_an_answer_is_asked_again_under_its_key_and_counts_once(fragile) -> None:
    shop, store = fragile
    store.silent = True
    shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    store.silent = False
    later(shop)
    later(shop)
    assert stock(shop) == 997
    assert len(store.moves) == 2
    assert store.moves[0].keys() == store.moves[1].keys()


@pytest.mark.rule("32")
def test_an_order_that_the_store_refuses_keeps_its_units_and_comes_in_later(fragile) -> None:
    shop, store = fragile
    shop.set_stock("MUG-WHITE", 3)
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop)
    store.refuse_orders = True
    shop.seller.pay(order_id)
    later(shop)
    later(shop)
    assert shop.status(order_id) == "held"
    assert stock(shop) == 0
    store.refuse_orders = False
    later(shop)
    assert shop.status(order_id) == "placed"
    assert stock(shop) == 0
