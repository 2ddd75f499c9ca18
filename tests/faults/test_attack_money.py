"""Money under attack: a refund is given once, and never more than the store gave."""

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


def shipped(shop: Depot) -> tuple[str, str]:
    """An order that Amazon shows as shipped, and its only item."""
    order = shop.placed(("MUG-WHITE", 2))
    (item,) = shop.items(order)
    shop.ship(order)
    shop.settle(2)
    return order, item


def keep_ledger(shop: Depot) -> None:
    shop.world.app.close()
    for file in shop.world.folder.glob("ledger.db*"):
        shutil.copy(file, file.with_name(f"old-{file.name}"))
    shop.world.restart()


def restore_ledger(shop: Depot) -> None:
    shop.world.app.close()
    for file in shop.world.folder.glob("ledger.db*"):
        file.unlink()
    for file in shop.world.folder.glob("old-ledger.db*"):
        file.rename(file.with_name(file.name.removeprefix("old-")))
    shop.world.restart()


class TestOldLedger:
    def test_a_refund_that_the_ledger_forgot_is_given_once(self, shop: Depot) -> None:
        order, item = shipped(shop)
        other = shop.placed(("CAP-BLACK", 1))
        keep_ledger(shop)
        shop.refund(order, {item: "1.00"})
        shop.settle(3)
        before = [refund.components for refund in shop.seller.refunds(order)]
        assert len(before) == 1
        restore_ledger(shop)
        shop.ship(other)  # the ledger numbers its commands otherwise now
        shop.settle(4)
        assert [refund.components for refund in shop.seller.refunds(order)] == before

    def test_another_refund_of_the_same_item_is_given_as_well(self, shop: Depot) -> None:
        order, item = shipped(shop)
        keep_ledger(shop)
        shop.refund(order, {item: "1.00"})
        shop.settle(3)
        restore_ledger(shop)
        shop.warehouse.refunds.insert(0, shop.warehouse.refunds.pop())
        shop.refund(order, {item: "2.00"})
        shop.warehouse.refunds.reverse()
        shop.settle(4)
        amounts = sorted(sum(refund.components.values()) for refund in shop.seller.refunds(order))
        assert [str(amount) for amount in amounts] == ["1.00", "2.00"]
