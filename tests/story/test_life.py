"""An order in the shop changes at Amazon: the shop follows, each change once, and a person hears what it refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import ChangeAddress, PutOnHold
from amazon_orders.sandbox import Line
from tests.story.world import World, world


def flow(report):
    return report.connections[0].flows[0]


def bought(shop: World, *lines) -> str:
    order_id = shop.seller.place(*lines or ("MUG-WHITE",))
    shop.clock.advance(300)
    shop.sync()
    return order_id


def later(shop: World):
    shop.clock.advance(300)
    return flow(shop.sync())


def in_shop(shop: World, order_id: str) -> tuple[str, str, str | None]:
    ((status, total, hold),) = shop.look(
        "SELECT status, total, hold_reason FROM orders WHERE external_id = ?", order_id
    )
    return status, total, hold


def stock(shop: World, sku: str) -> int:
    ((units,),) = shop.look("SELECT stock FROM products WHERE sku = ?", sku)
    return int(units)


@pytest.mark.rule("33")
def test_a_cancelled_order_is_cancelled_in_the_shop_once_and_its_units_come_back(shop: World) -> None:
    order_id = bought(shop, ("MUG-WHITE", 3))
    assert stock(shop, "MUG-WHITE") == 997
    shop.seller.cancel(order_id)
    assert later(shop).cancelled == 1
    assert in_shop(shop, order_id)[0] == "cancelled"
    assert stock(shop, "MUG-WHITE") == 1000
    assert shop.status(order_id) == "cancelled"
    assert later(shop).cancelled == 0
    assert stock(shop, "MUG-WHITE") == 1000


@pytest.mark.rule("52")
def test_a_cancellation_that_came_after_the_parcel_left_is_for_a_person(shop: World) -> None:
    order_id = bought(shop)
    ref = str(shop.app.orders.get(order_id).store_ref)
    side = Shop.open(shop.shop_file)
    side.ship(ref, carrier="DHL", tracking="T1")
    side.close()
    shop.seller.cancel(order_id)
    later(shop)
    assert in_shop(shop, order_id)[0] == "shipped"
    (entry,) = shop.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order_id, "CANCELLED_AFTER_SHIPPING")
    assert ref in entry.detail


@pytest.mark.rule("49")
def test_a_buyers_request_to_cancel_holds_the_order_and_its_end_releases_it(shop: World) -> None:
    order_id = bought(shop)
    shop.seller.request_cancel(order_id)
    assert later(shop).changed == 1
    status, _, hold = in_shop(shop, order_id)
    assert status == "on_hold"
    assert "buyer asked" in str(hold)
    assert shop.app.orders.get(order_id).reason == "BUYER_REQUESTS_CANCEL"
    with shop.seller.change(order_id) as order:
        for item in order["orderItems"]:
            item.pop("cancellation", None)
    later(shop)
    assert in_shop(shop, order_id)[0] == "new"
    assert shop.app.orders.get(order_id).reason is None


@pytest.mark.rule("49")
def test_an_order_whose_buyer_asked_first_goes_in_held_and_is_cancelled_later(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    shop.seller.request_cancel(order_id)
    assert later(shop).placed == 1
    assert in_shop(shop, order_id)[0] == "on_hold"
    order = shop.app.orders.get(order_id)
    assert (order.status, order.reason) == ("placed", "BUYER_REQUESTS_CANCEL")
    shop.seller.cancel(order_id)
    later(shop)
    assert in_shop(shop, order_id)[0] == "cancelled"


def test_one_unit_of_three_is_cancelled_and_the_shop_ends_at_amazons_new_total(shop: World) -> None:
    order_id = bought(shop, Line(sku="MUG-WHITE", quantity=3, item="30.00"))
    with shop.seller.change(order_id) as order:
        item = order["orderItems"][0]
        item["quantityOrdered"] = 2
        item["fulfillment"]["quantityUnfulfilled"] = 2
        for money in (item["proceeds"]["proceedsTotal"], item["proceeds"]["breakdowns"][0]["subtotal"]):
            money["amount"] = "20.00"
        order["proceeds"]["grandTotal"]["amount"] = "20.00"
    assert later(shop).changed == 1
    assert Decimal(in_shop(shop, order_id)[1]) == Decimal("20.00")
    assert stock(shop, "MUG-WHITE") == 998
    assert shop.app.orders.get(order_id).store_total == Decimal("20.00")


def test_an_order_shipped_in_seller_central_is_shipped_in_the_shop(shop: World) -> None:
    order_id = bought(shop)
    shop.seller.ship(order_id)
    assert later(shop).changed == 1
    assert in_shop(shop, order_id)[0] == "shipped"
    later(shop)
    assert len(shop.look("SELECT id FROM shipments")) == 1


@pytest.mark.rule("53")
def test_an_address_that_is_withdrawn_changes_nothing(shop: World) -> None:
    order_id = bought(shop)
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"].pop("addressLine1")
    assert later(shop).changed == 0 or shop.app.orders.inbox() == []
    assert shop.app.orders.inbox() == []


@pytest.mark.rule("54")
def test_a_new_address_that_the_shop_cannot_take_is_for_a_person(shop: World) -> None:
    order_id = bought(shop)
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["addressLine1"] = "CANARY Street 9"
    later(shop)
    (entry,) = shop.app.orders.inbox()
    assert entry.reason == "ADDRESS_CHANGED"
    assert "CANARY" not in str(entry)
    assert "CANARY" not in str(shop.app.orders.get(order_id).as_dict())


class Ears:
    """Listens, and fails the first calls of a change."""

    def __init__(self) -> None:
        self.heard: list[tuple] = []

    @hookimpl
    def on_order_changed(self, amazon_order_id, kind):
        self.heard.append((amazon_order_id, kind))

    @hookimpl
    def on_order_cancelled(self, amazon_order_id, reason):
        self.heard.append((amazon_order_id, "cancelled", reason))


@pytest.fixture
def heard(tmp_path: Path):
    """A world whose shop is the sqlite one behind hooks of our own, with a listener."""
    ears, hooks = Ears(), Hooks("shop")
    with world(tmp_path) as shop:
        hooks.load("sqlite", {"path": str(shop.shop_file)})
        hooks.register(ears, "ears")
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect()
        yield shop, ears, hooks
    hooks.close()


def test_listeners_hear_of_each_change_once(heard) -> None:
    shop, ears, _ = heard
    order_id = bought(shop)
    shop.seller.request_cancel(order_id)
    later(shop)
    later(shop)
    shop.seller.cancel(order_id)
    later(shop)
    later(shop)
    assert [event[:2] for event in ears.heard] == [(order_id, "put_on_hold"), (order_id, "cancelled")]
    assert "buyer" in ears.heard[1][2]


class Silent:
    """A store whose changes get no answer until it is told to work."""

    needs_address = True
    unique_reference = True

    def __init__(self, inner) -> None:
        self.inner = inner
        self.answers = False
        self.keys: list[str] = []
        self.changes: list[object] = []

    def __getattr__(self, name):
        return getattr(self.inner, name)

    @hookimpl
    def store_find_products(self, attribute, values):
        return self.inner.store_find_products(attribute=attribute, values=values)

    @hookimpl
    def store_find_orders(self, keys, since):
        return self.inner.store_find_orders(keys=keys)

    @hookimpl
    def store_place_order(self, order, key):
        return self.inner.store_place_order(order=order, key=key)

    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return self._maybe(key, reason)

    @hookimpl
    def store_change_order(self, ref, change, key):
        return self._maybe(key, change)

    @hookimpl
    def store_list_stock(self, since, attribute):
        return []

    @hookimpl
    def store_list_shipments(self, since):
        return []

    def _maybe(self, key, change) -> bool:
        self.keys.append(key)
        if not self.answers:
            raise StoreUnavailable("no answer")
        self.changes.append(change)
        return True


@pytest.fixture
def silent(tmp_path: Path):
    from amazon_orders.adapters.sqlite import open_store

    with world(tmp_path) as shop:
        store = Silent(open_store({"path": str(shop.shop_file)}))
        hooks = Hooks("shop")
        hooks.register(store, "silent")
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect()
        yield shop, store
        store.inner.close()


def test_a_change_without_an_answer_is_asked_again_under_the_same_key(silent) -> None:
    shop, store = silent
    order_id = bought(shop)
    shop.seller.request_cancel(order_id)
    assert later(shop).failed == 1
    assert shop.status(order_id) == "placed"
    shop.clock.advance(120)
    shop.sync()
    store.answers = True
    shop.clock.advance(timedelta(minutes=6))
    shop.sync()
    shop.clock.advance(timedelta(days=2))
    shop.sync()
    assert len(store.changes) == 1
    assert isinstance(store.changes[0], PutOnHold)
    assert set(store.keys) == {f"{order_id}/change/1"}
    assert shop.app.orders.get(order_id).reason == "BUYER_REQUESTS_CANCEL"


def test_another_change_never_gets_the_key_of_one_without_an_answer(silent) -> None:
    shop, store = silent
    order_id = bought(shop)
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["addressLine1"] = "First Street 1"
    later(shop)
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["addressLine1"] = "Second Street 2"
    store.answers = True
    later(shop)
    assert [type(change) for change in store.changes] == [ChangeAddress]
    assert store.changes[0].recipient.line1 == "Second Street 2"
    assert store.keys[-1] == f"{order_id}/change/2"
    assert f"{order_id}/change/2" not in store.keys[:-1]


def test_a_dry_run_plans_the_changes_and_makes_none(shop: World) -> None:
    cancelled, asked = bought(shop), bought(shop)
    shop.seller.cancel(cancelled)
    shop.seller.request_cancel(asked)
    shop.clock.advance(300)
    plan = shop.sync(dry_run=True).plan
    assert {(entry.amazon_order_id, entry.action, entry.detail) for entry in plan if entry.action == "change"} == {
        (asked, "change", "put_on_hold")
    }
    assert [entry.amazon_order_id for entry in plan if entry.action == "cancel"] == [cancelled]
    assert in_shop(shop, cancelled)[0] == in_shop(shop, asked)[0] == "new"
