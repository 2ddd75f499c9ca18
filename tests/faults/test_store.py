"""A store that refuses, raises, hangs or loses its answer: nothing is lost or silently doubled, the others go in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Placed, StoreOrder
from tests.faults.test_crash import external_ids
from tests.stores.plain import PagedPlainStore, PlainStore, plain_hooks
from tests.story.world import World, world

Trouble = Callable[[str, Callable[[], Placed]], Placed]


class Troubled(PlainStore):
    """Takes orders one by one; `trouble` decides what becomes of each call."""

    trouble: Trouble = staticmethod(lambda key, place: place())

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        return self.trouble(key, lambda: PlainStore.store_place_order(self, order=order, key=key))


class TroubledPage(PagedPlainStore):
    """Takes pages; `trouble` decides what becomes of each order of a page, and of each order alone."""

    trouble: Trouble = staticmethod(lambda key, place: place())

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        return self.trouble(key, lambda: PlainStore.store_place_order(self, order=order, key=key))

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed]:
        return {key: self.store_place_order(order=order, key=key) for key, order in orders.items()}


KINDS = pytest.mark.parametrize("kind", [Troubled, TroubledPage], ids=["one by one", "page by page"])


def opened(folder: Path, store: PlainStore) -> AbstractContextManager[World]:
    store.add_products(["MUG-WHITE"])
    return world(folder, stores={"shop": plain_hooks(store)})


def flow(report):
    return report.connections[0].flows[0]


def bought(shop: World, count: int = 8) -> list[str]:
    shop.connect()
    ids = [shop.seller.place("MUG-WHITE") for _ in range(count)]
    shop.clock.advance(300)
    return ids


@KINDS
def test_an_order_that_the_store_refuses_is_held_alone_and_goes_in_later(tmp_path: Path, kind) -> None:
    store = kind(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop)

        def refuses(key, place):
            if key == ids[3]:
                raise StoreRejected("no such tax class")
            return place()

        store.trouble = refuses
        report = flow(shop.sync())
        assert (report.placed, report.held, report.error) == (7, 1, None)
        held = shop.app.orders.get(ids[3])
        assert (held.status, held.reason) == ("held", "STORE_REJECTED")
        assert "no such tax class" in " ".join(step["detail"] for step in held.trace)
        store.trouble = lambda key, place: place()
        shop.app.orders.retry(held=True)
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)


@KINDS
def test_an_adapter_that_stumbles_over_one_order_still_takes_the_others(tmp_path: Path, kind) -> None:
    store = kind(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop)

        def stumbles(key, place):
            if key == ids[3]:
                raise ZeroDivisionError("secret of a customer")
            return place()

        store.trouble = stumbles
        report = flow(shop.sync())
        assert (report.placed, report.failed, report.error) == (7, 1, None)
        failed = shop.app.orders.get(ids[3])
        assert (failed.status, failed.reason) == ("failed", "FAILING")
        assert "secret of a customer" not in str(failed.as_dict())
        store.trouble = lambda key, place: place()
        shop.clock.advance(120)
        shop.sync()
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)


@KINDS
def test_an_order_that_fails_five_times_waits_for_a_person(tmp_path: Path, kind) -> None:
    store = kind(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop, 1)

        def stumbles(key, place):
            raise ZeroDivisionError

        store.trouble = stumbles
        for minutes in (0, 1, 5, 30, 120, 480):
            shop.clock.advance(minutes * 60 + 1)
            shop.sync()
        order = shop.app.orders.get(ids[0])
        assert (order.status, order.reason) == ("held", "FAILING")


@KINDS
def test_an_answer_that_is_lost_after_the_store_wrote_makes_no_second_order(tmp_path: Path, kind) -> None:
    store = kind(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop)
        lost = set(ids[2:5])

        def forgets(key, place):
            placed = place()
            if key in lost:
                lost.discard(key)
                raise StoreUnavailable("connection reset")
            return placed

        store.trouble = forgets
        for _ in range(3):
            shop.sync()
            shop.clock.advance(600)
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)
        assert {shop.status(order_id) for order_id in ids} == {"placed"}


@KINDS
def test_a_store_that_is_down_ends_the_run_and_nothing_is_passed_over(tmp_path: Path, kind) -> None:
    store = kind(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop)

        def down(key, place):
            raise StoreUnavailable("no route")

        store.trouble = down
        report = flow(shop.sync())
        if kind is Troubled:
            assert report.error is not None
            assert report.error["code"] == "store_unavailable"
        assert external_ids(tmp_path / "plain.db")() == Counter()
        store.trouble = lambda key, place: place()
        shop.clock.advance(600)
        shop.sync()
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)


def hung(tmp_path: Path, shop: World, store: Troubled, *, before_writing: bool) -> list[str]:
    """The first worker hangs in a page for longer than its lease; a second one does the work meanwhile."""
    ids = bought(shop)
    second = World.__new__(World)
    second.__dict__.update(shop.__dict__)
    hanging = [ids[4]]

    def hangs(key, place):
        if key not in hanging:
            return place()
        hanging.clear()
        placed = None if before_writing else place()
        shop.clock.advance(120)
        second.app = second._open()
        # The first worker is alive, so the second must wait for the lease; by now it has lapsed.
        assert flow(second.sync()).error is None
        second.app.close()
        return placed or place()

    store.trouble = hangs
    report = flow(shop.sync())
    assert report.error is not None
    assert report.error["code"] == "lease_lost"
    return ids


def test_a_worker_that_hangs_after_writing_is_replaced_and_nothing_is_doubled(tmp_path: Path) -> None:
    store = Troubled(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = hung(tmp_path, shop, store, before_writing=False)
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)
        assert flow(shop.sync()).error is None
        assert {shop.status(order_id) for order_id in ids} == {"placed"}


def test_a_double_that_a_frozen_worker_made_is_shown_within_one_sync(tmp_path: Path) -> None:
    store = Troubled(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = hung(tmp_path, shop, store, before_writing=True)
        doubled = [key for key, count in external_ids(tmp_path / "plain.db")().items() if count > 1]
        assert doubled == [ids[4]], "the control: without uniqueness a frozen worker doubles"
        shop.sync()
        entries = [entry for entry in shop.app.orders.inbox() if entry.reason == "DOUBLE"]
        assert [entry.amazon_order_id for entry in entries] == doubled
        refs = [row[0] for row in shop_rows(tmp_path, doubled[0])]
        assert len(refs) == 2
        assert all(str(ref) in entries[0].detail for ref in refs)


def shop_rows(folder: Path, order_id: str) -> list[tuple[int]]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "plain.db")) as shop:
        return shop.execute("SELECT id FROM orders WHERE external_id = ?", (order_id,)).fetchall()


def test_a_catalogue_that_stumbles_over_one_sku_still_finds_the_others(tmp_path: Path) -> None:
    class Catalogue(PlainStore):
        @hookimpl
        def store_find_products(self, attribute, values):
            if "BAD" in values:
                raise KeyError("BAD")
            return PlainStore.store_find_products(self, attribute=attribute, values=values)

    store = Catalogue(tmp_path / "plain.db")
    with opened(tmp_path, store) as shop:
        ids = bought(shop, 5)
        bad = shop.seller.place("BAD")
        shop.clock.advance(300)
        report = flow(shop.sync())
        assert (report.placed, report.failed) == (5, 1)
        assert external_ids(tmp_path / "plain.db")() == Counter(ids)
        assert shop.status(bad) == "failed"


def test_a_store_that_ends_at_another_total_is_shown_with_the_total_it_has(tmp_path: Path) -> None:
    class Rounds(PlainStore):
        @hookimpl
        def store_place_order(self, order: StoreOrder, key: str) -> Placed:
            placed = PlainStore.store_place_order(self, order=order, key=key)
            return Placed(ref=placed.ref, total=order.total - Decimal("0.01"))

    with opened(tmp_path, Rounds(tmp_path / "plain.db")) as shop:
        (order_id,) = bought(shop, 1)
        shop.sync()
        order = shop.app.orders.get(order_id)
        assert order.amazon_total is not None
        assert order.store_total == order.amazon_total - Decimal("0.01")
        assert (order.status, order.reason) == ("placed", "TOTAL_DIFFERS")
        assert order.trace[-1]["outcome"] == "TOTAL_DIFFERS"
        assert [entry.reason for entry in shop.app.orders.inbox()] == ["TOTAL_DIFFERS"]


def test_an_order_that_is_not_in_the_store_has_no_total_there(tmp_path: Path) -> None:
    store = Troubled(tmp_path / "plain.db")

    def stumbles(key, place):
        raise ZeroDivisionError

    store.trouble = stumbles
    with opened(tmp_path, store) as shop:
        (order_id,) = bought(shop, 1)
        shop.sync()
        assert shop.app.orders.get(order_id).store_total is None


def test_a_store_that_does_not_refuse_a_double_gets_its_orders_one_by_one(tmp_path: Path) -> None:
    pages: list[int] = []

    class Paged(PagedPlainStore):
        unique_reference = False

        @hookimpl
        def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed]:
            pages.append(len(orders))
            return PagedPlainStore.store_place_orders(self, orders=orders)

    for unique, seen in ((False, []), (True, [8])):
        Paged.unique_reference = unique
        folder = tmp_path / str(unique)
        folder.mkdir()
        with opened(folder, Paged(folder / "plain.db")) as shop:
            ids = bought(shop)
            shop.sync()
            assert external_ids(folder / "plain.db")() == Counter(ids)
            assert pages == seen
