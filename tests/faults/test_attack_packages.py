"""Packages under attack: numbers that others use, ledgers that are older than Amazon, records nobody can read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

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
