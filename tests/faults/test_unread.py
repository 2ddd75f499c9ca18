"""A record that cannot be read, of an order that is in the store: what is known of the order stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.world import World, world


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


def spoiled(order) -> None:
    order["lastUpdatedTime"] = "yesterday"


def test_what_is_known_of_an_order_in_the_shop_stays_while_its_record_cannot_be_read(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3))
    shop.clock.advance(300)
    shop.sync()
    before = shop.app.orders.get(order_id).as_dict()
    shop.seller.spoil(order_id, spoiled)
    with shop.seller.change(order_id):
        pass
    shop.seller.spoil(order_id, spoiled)
    shop.clock.advance(300)
    shop.sync()
    after = shop.app.orders.get(order_id).as_dict()
    kept = ("marketplace", "currency", "amazon_total", "store_total", "store_ref", "status", "amazon_status", "lines")
    assert after["reason"] == "UNREADABLE"
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_units_that_were_cancelled_while_the_record_could_not_be_read_are_taken_out_later(shop: World) -> None:
    order_id = shop.seller.place(("MUG-WHITE", 3))
    shop.clock.advance(300)
    shop.sync()
    with shop.seller.change(order_id) as order:
        (item,) = order["orderItems"]
        item["fulfillment"]["quantityUnfulfilled"] = 2
        (item_id,) = [item["orderItemId"]]
    shop.seller.spoil(order_id, spoiled)
    shop.clock.advance(300)
    shop.sync()
    shop.seller.spoil(order_id, None)
    with shop.seller.change(order_id):
        pass
    shop.clock.advance(600)
    shop.sync()
    shop.clock.advance(600)
    shop.sync()
    assert shop.look("SELECT quantity FROM order_lines WHERE external_id = ?", item_id) == [(2,)]


def test_a_cancelled_order_stays_cancelled_while_its_record_cannot_be_read(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.sync()
    shop.seller.cancel(order_id)
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "cancelled"
    with shop.seller.change(order_id):
        pass
    shop.seller.spoil(order_id, spoiled)
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "cancelled"
