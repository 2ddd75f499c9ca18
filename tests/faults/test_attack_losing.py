"""Parcels that could get lost: late records, orders that the ledger learns of late, keys that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, TextClause, create_engine, text

from tests.story.way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


@contextmanager
def ledger_of(shop: Depot) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{shop.world.folder / 'ledger.db'}")
    try:
        with engine.begin() as ledger:
            yield ledger
    finally:
        engine.dispose()


def told(statement: str, order: str) -> tuple[TextClause, dict[str, str]]:
    return text(statement), {"id": order}


class TestLate:
    def test_a_record_that_the_store_commits_late_is_found_within_a_day(self, shop: Depot) -> None:
        order, other = shop.placed(), shop.placed()
        dated = shop.clock.now()
        shop.clock.advance(3600)
        shop.ship(other)
        shop.settle(2)
        shop.ship(order, updated_at=dated, shipped_at=dated)  # a long import has ended
        for _ in range(30):
            shop.run(3600)
        assert shop.commands(order) == [("confirm", "verified")]
        assert len(shop.seller.confirmations(other)) == 1

    def test_a_parcel_of_an_order_that_the_ledger_learns_of_later_is_found_then(self, shop: Depot) -> None:
        order, other = shop.placed(), shop.placed()
        with ledger_of(shop) as ledger:  # as after a crash between the store's commit and the ledger's
            (ref,) = ledger.execute(*told("SELECT store_ref FROM ao_orders WHERE amazon_order_id = :id", order)).one()
            ledger.execute(*told("UPDATE ao_orders SET store_ref = NULL WHERE amazon_order_id = :id", order))
        shop.ship(order)
        shop.run()
        for _ in range(3):
            shop.clock.advance(1200)
            shop.ship(other, {shop.items(other)[0]: 1}) if not shop.commands(other) else None
            shop.run()
        assert shop.commands(order) == []
        with ledger_of(shop) as ledger:
            ledger.execute(*told(f"UPDATE ao_orders SET store_ref = {ref} WHERE amazon_order_id = :id", order))
        for _ in range(30):
            shop.run(3600)
        assert shop.commands(order) == [("confirm", "verified")]
        assert len(shop.seller.confirmations(order)) == 1


class TestEqualParcels:
    def test_two_equal_parcels_by_feed_are_each_proved_by_a_package_of_their_own(self, tmp_path: Path) -> None:
        with depot(tmp_path, settings={"untracked": "feed"}) as shop:
            order = shop.placed(("MUG-WHITE", 2))
            (item,) = shop.items(order)
            shop.ship(order, {item: 1}, tracking="")
            shop.settle(3)
            assert shop.commands(order) == [("confirm", "verified")]
            shop.seller.taken.ignored.add(order)
            shop.ship(order, {item: 1}, tracking="")
            shop.settle(4)
            assert len(shop.packages(order)) == 1
            assert shop.commands(order)[1] != ("confirm", "verified"), "Amazon shows one package only"
