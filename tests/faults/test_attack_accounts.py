"""Connections under attack: removed, added again, two on one store, one in trouble beside one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.hooks import hookimpl
from amazon_orders.model import Carrier, Shipment
from tests.story.way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def add(shop: Depot, name: str) -> None:
    shop.world.connect(name, publish_stock=False)


@pytest.mark.parametrize("name", ["de", "again"])
def test_a_connection_that_is_removed_and_added_again_sends_nothing_twice(shop: Depot, name: str) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    (item,) = shop.items(order)
    shop.ship(order, {item: 1})
    shop.settle(2)
    shop.refund(order, {item: "1.00"})
    shop.settle(3)
    before = (len(shop.seller.confirmations(order)), len(shop.seller.refunds(order)))
    assert before == (1, 1)
    shop.app.connections.remove("de")
    add(shop, name)
    shop.ship(order, {item: 1})
    for _ in range(8):
        shop.run(420)
    assert len(shop.seller.refunds(order)) == 1
    assert len(shop.packages(order)) == 2
    assert len([made for made in shop.seller.confirmations(order) if not made.edit]) == 2


def test_open_commands_of_a_connection_that_was_off_for_a_while_go_on(shop: Depot) -> None:
    order = shop.placed()
    shop.ship(order, tracking="")
    shop.run()
    shop.app.connections.set("de", {"active": False})
    for _ in range(10):
        shop.clock.advance(86_400)
    shop.app.connections.set("de", {"active": True, "untracked": "feed"})
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified")]


def test_a_connection_that_only_follows_stock_for_a_while_loses_no_parcel(shop: Depot) -> None:
    order = shop.placed()
    shop.app.connections.set("de", {"level": "stock_only"})
    shop.ship(order)
    for _ in range(10):
        shop.run(86_400)
    shop.app.connections.set("de", {"level": "orders_and_stock"})
    shop.settle()
    assert shop.commands(order) == [("confirm", "verified")]


@pytest.mark.parametrize("carrier", [Carrier(code=code) for code in ("", " ", "Other", "X" * 500)], ids=repr)
def test_a_plugin_that_names_no_carrier_stops_no_other_parcel(tmp_path: Path, carrier: Carrier) -> None:
    class Plugin:
        @hookimpl
        def rule_carrier(self, shipment: Shipment) -> Carrier | None:
            return carrier if shipment.id == "s1" else None

    with depot(tmp_path, Plugin()) as shop:
        order, other = shop.placed(), shop.placed()
        shop.ship(order, carrier="")
        shop.clock.advance(1)
        shop.ship(other)
        said = [shop.run(420).as_dict() for _ in range(4)]
        assert shop.commands(other) == [("confirm", "verified")]
        assert "library_bug" not in repr(said)
        assert shop.commands(order)


@pytest.mark.parametrize("amount", ["0.001", "0.00", "0.004", "0.005", "1E-9", "1E+9", "-1", "NaN", "Infinity"])
def test_an_odd_amount_keeps_no_other_refund_back(shop: Depot, amount: str) -> None:
    order, other = shop.placed(), shop.placed()
    shop.ship(order)
    shop.ship(other)
    shop.settle(2)
    shop.refund(order, {shop.items(order)[0]: amount})
    shop.refund(other, {shop.items(other)[0]: "1.00"})
    said = [shop.run(420).as_dict() for _ in range(4)]
    assert "library_bug" not in repr(said), said
    assert len(shop.seller.refunds(other)) == 1
    assert sum(sum(each.components.values()) for each in shop.seller.refunds(order)) <= 1
