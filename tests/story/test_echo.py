"""What Amazon shows because the shop did it: the shop is not asked to do it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.model import ShippedByAmazon

from .way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def test_the_shops_own_parcels_are_not_told_to_it(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    shop.ship(order)
    shop.settle(3)
    assert shop.status(order) == "SHIPPED"
    assert shop.commands(order) == [("confirm", "verified")]
    assert shop.warehouse.told == []


def test_nor_is_its_own_cancellation_and_the_order_counts_as_cancelled(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    shop.cancel(order)
    shop.settle(3)
    assert shop.status(order) == "CANCELLED"
    assert shop.app.orders.get(order).status == "cancelled"
    assert shop.warehouse.told == []


def test_nor_are_units_that_it_called_off(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 3))
    (item,) = shop.items(order)
    shop.ship(order, {item: 1})
    shop.cancel(order, {item: 2})
    shop.settle(6)
    assert shop.commands(order) == [("confirm", "verified"), ("cancel_units", "verified")]
    assert shop.warehouse.told == []


def test_of_what_left_elsewhere_it_hears_that_alone(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 3))
    (item,) = shop.items(order)
    shop.ship(order, {item: 1})
    shop.settle(2)
    shop.seller.ship(order, {item: 2}, carrier="GLS", tracking="44510982")
    shop.settle(2)
    (told,) = shop.warehouse.told
    assert isinstance(told, ShippedByAmazon)
    assert (dict(told.lines), told.carrier, told.tracking) == ({item: 2}, "GLS", "44510982")


def test_what_amazon_did_is_told(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 1))
    shop.seller.cancel(order)
    shop.settle(1)
    assert shop.warehouse.told == ["cancel"]
