"""A parcel that Amazon took and does not show: never sent again but for a new word of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .way_back import Depot, depot

DAY = 86400


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def lost(shop: Depot) -> str:
    """An order whose parcel Amazon took three looks ago, and nothing came of it."""
    order = shop.placed()
    shop.seller.ignore_confirmations(order)
    shop.ship(order)
    shop.settle()
    assert shop.commands(order) == [("confirm", "unknown")]
    assert shop.inbox() == [(order, "NOT_VERIFIED")]
    return order


def test_it_is_never_sent_again_by_itself(shop: Depot) -> None:
    order = lost(shop)
    shop.seller.heed_confirmations()
    shop.settle(4, DAY)
    assert len(shop.seller.confirmations(order)) == 1
    assert (order, "NOT_VERIFIED") in shop.inbox()


def test_another_tracking_number_is_sent_for_the_same_package_and_settles_it(shop: Depot) -> None:
    order = lost(shop)
    shop.seller.heed_confirmations()
    shop.edit(shop.warehouse.shipments[0], tracking="ANOTHER-1")
    shop.settle()
    assert shop.packages(order) == [("1", "ANOTHER-1")]
    assert ("confirm", "verified") in shop.commands(order)
    assert shop.inbox() == []


def test_done_by_hand_in_seller_central_it_is_settled(shop: Depot) -> None:
    order = lost(shop)
    shop.seller.ship(order, tracking=shop.warehouse.shipments[0].tracking)
    shop.settle()
    assert shop.inbox() == []
    assert len(shop.seller.confirmations(order)) == 1
