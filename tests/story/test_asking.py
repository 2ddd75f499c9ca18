"""What a person can ask for about one order: read it again, leave it alone, let it go on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amazon_orders.errors import ConfigError, NotFound
from amazon_orders.sandbox import Line
from tests.story.world import World


def flow(report):
    return report.connections[0].flows[0]


def later(shop: World, seconds: int = 300):
    shop.clock.advance(seconds)
    return flow(shop.sync())


def test_an_order_that_no_search_shows_is_recovered_by_its_id(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    shop.seller.hide_for(order_id, 10**6)
    later(shop)
    assert shop.shop_orders() == {}
    assert flow(shop.app.orders.recover(order_id)).placed == 1
    assert set(shop.shop_orders()) == {order_id}
    assert flow(shop.app.orders.recover(order_id)).placed == 0
    assert len(shop.look("SELECT id FROM orders")) == 1


def test_an_order_that_amazon_does_not_know_is_said_to_be_unknown(shop: World) -> None:
    with pytest.raises(NotFound, match="303-0000000-0000000"):
        shop.app.orders.recover("303-0000000-0000000")


def test_an_ignored_order_stays_out_gives_its_units_back_and_can_be_taken_up_again(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 2), "NO-SUCH-THING")
    later(shop)
    assert shop.look("SELECT stock FROM products WHERE sku = 'MUG-WHITE'") == [(998,)]
    shop.app.orders.ignore(order_id, reason="a test order\nof ours")
    order = shop.app.orders.get(order_id)
    assert (order.status, order.reason) == ("skipped", "IGNORED")
    assert order.trace[-1]["detail"] == "a test order of ours"
    assert shop.look("SELECT stock FROM products WHERE sku = 'MUG-WHITE'") == [(1000,)]
    shop.add_product("NO-SUCH-THING")
    with shop.seller.change(order_id):
        pass
    later(shop)
    later(shop, 7200)
    assert shop.shop_orders() == {}
    shop.app.orders.retry(order_id)
    assert set(shop.shop_orders()) == {order_id}


def test_an_order_in_the_store_is_not_ignored(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    later(shop)
    with pytest.raises(ConfigError, match="cancel it in the store"):
        shop.app.orders.ignore(order_id, reason="x")


def test_an_order_that_the_buyer_wanted_to_cancel_is_released_once(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    later(shop)
    shop.seller.request_cancel(order_id)
    later(shop)
    assert shop.look("SELECT status FROM orders") == [("on_hold",)]
    shop.app.orders.release(order_id)
    assert shop.look("SELECT status FROM orders") == [("new",)]
    with shop.seller.change(order_id):
        pass
    later(shop)
    later(shop, 7200)
    assert shop.look("SELECT status FROM orders") == [("new",)]
    assert shop.app.orders.get(order_id).reason is None


def test_an_order_that_does_not_add_up_is_placed_at_amazons_total_when_a_person_says_so(shop: World) -> None:
    order_id = shop.seller.place(Line(sku="MUG-WHITE", item="20.00", total="20.00"))
    with shop.seller.change(order_id) as order:
        order["proceeds"]["grandTotal"]["amount"] = "25.00"
    later(shop)
    assert shop.app.orders.get(order_id).reason == "UNBALANCED"
    with pytest.raises(ConfigError, match="not in the store"):
        shop.app.orders.release(order_id)
    shop.app.orders.release(order_id, as_amazon_total=True)
    assert {key: Decimal(total) for key, (_, total) in shop.shop_orders().items()} == {order_id: Decimal("25.00")}
    assert shop.look("SELECT total FROM order_lines WHERE kind = 'adjustment'") == [("5.00",)]
    assert shop.app.connections.get("de").unbalanced == "hold"
