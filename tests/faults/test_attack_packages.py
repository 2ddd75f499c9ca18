"""Packages under attack: numbers that others use, ledgers that are older than Amazon, records nobody can read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.model import LineQuantity
from amazon_orders.sandbox import Fault
from tests.story.way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def shown(shop: Depot, order: str) -> dict[str, str]:
    return dict(shop.packages(order))


class TestNumbers:
    def test_a_package_made_in_seller_central_is_not_overwritten(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        shop.seller.ship(order, {item: 1}, tracking="SELLERCENTRAL1")
        shop.run()
        shop.ship(order, {item: 1}, tracking="OURS1")
        shop.settle()
        assert sorted(shown(shop, order).values()) == ["OURS1", "SELLERCENTRAL1"]

    def test_nor_one_that_was_made_after_ours_was_decided(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        first = shop.ship(order, {item: 1}, tracking="")
        shop.run()
        assert shop.commands(order) == [("confirm", "held")]
        shop.seller.ship(order, {item: 1}, tracking="SELLERCENTRAL1")
        shop.run()
        shop.edit(first, tracking="OURS1")
        shop.settle()
        assert sorted(shown(shop, order).values()) == ["OURS1", "SELLERCENTRAL1"]

    def test_a_ledger_that_is_older_than_amazon_does_not_overwrite_what_it_forgot(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        shop.world.app.close()
        folder = shop.world.folder
        for file in folder.glob("ledger.db*"):
            shutil.copy(file, folder / f"old-{file.name}")
        shop.world.restart()
        shop.ship(order, {item: 1}, tracking="FIRST")
        shop.settle(2)
        assert shown(shop, order) == {"1": "FIRST"}
        shop.world.app.close()
        for file in folder.glob("ledger.db*"):
            file.unlink()
        for file in folder.glob("old-ledger.db*"):
            file.rename(folder / file.name.removeprefix("old-"))
        shop.world.restart()
        shop.ship(order, {item: 1}, tracking="SECOND")
        shop.settle()
        assert sorted(shown(shop, order).values()) == ["FIRST", "SECOND"]
        assert len([made for made in shop.seller.confirmations(order) if not made.edit]) == 2


class TestMeanwhile:
    def test_two_parcels_under_one_tracking_number_are_two_packages(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        shop.ship(order, {item: 1}, tracking="SAME")
        shop.settle(2)
        shop.ship(order, {item: 1}, tracking="SAME")
        shop.settle(3)
        assert len(shop.packages(order)) == 2

    def test_a_parcel_that_is_edited_while_its_answer_is_lost_ends_as_edited(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 2))
        (item,) = shop.items(order)
        first = shop.ship(order, {item: 1}, tracking="T1")
        shop.amazon.faults.add(Fault(kind="lost_answer", operation="confirmShipment"))
        shop.run()
        shop.edit(first, tracking="T2")
        shop.run(60)
        shop.settle(6)
        assert [t for _, t in shop.packages(order)] == ["T2"]
        assert shop.commands(order)[-1] == ("confirm", "verified")
        assert shop.inbox() == []

    def test_a_parcel_that_grows_after_it_was_sent_leaves_the_rest_to_the_next(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 3))
        (item,) = shop.items(order)
        first = shop.ship(order, {item: 1}, tracking="T1")
        shop.run()
        shop.edit(first, lines=(LineQuantity(order_item_id=item, quantity=2),))
        shop.ship(order, {item: 1}, tracking="T3")
        shop.settle(6)
        assert shop.status(order) == "SHIPPED"

    def test_an_order_is_not_cancelled_while_the_answer_about_its_parcel_is_lost(self, shop: Depot) -> None:
        order = shop.placed(("MUG-WHITE", 3))
        shop.amazon.faults.add(Fault(kind="lost_answer", operation="confirmShipment", times=5))
        shop.ship(order)
        shop.cancel(order)
        for _ in range(8):
            shop.run(420)
        assert shop.status(order) == "SHIPPED"
