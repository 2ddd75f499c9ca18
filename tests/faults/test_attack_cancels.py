"""Cancellations under attack: an order of which a parcel left is never cancelled as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.sandbox import Fault
from tests.story.way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def test_a_parcel_that_left_while_the_cancellation_waited_for_its_feed_stops_it(shop: Depot) -> None:
    order = shop.placed()
    shop.cancel(order)
    shop.amazon.faults.add(Fault(kind="429", operation="createFeedDocument", times=1))
    shop.run()
    assert shop.seller.cancellations(order) == []
    shop.ship(order)
    for _ in range(5):
        shop.run(420)
    assert shop.seller.cancellations(order) == []
    assert shop.status(order) == "SHIPPED"


def test_a_parcel_without_tracking_has_left_as_well(shop: Depot) -> None:
    order = shop.placed()
    (item,) = shop.items(order)
    shop.ship(order, {item: 1}, tracking="")
    shop.run()
    assert shop.commands(order) == [("confirm", "held")]
    shop.cancel(order)
    for _ in range(5):
        shop.run(420)
    assert [made for made in shop.seller.cancellations(order) if made.whole] == []
    assert shop.status(order) != "CANCELLED"


def test_in_the_same_run_too(shop: Depot) -> None:
    order = shop.placed()
    shop.ship(order, carrier="", tracking="")
    shop.cancel(order)
    for _ in range(5):
        shop.run(420)
    assert shop.status(order) != "CANCELLED"
