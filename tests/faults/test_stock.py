"""Stock under trouble: feeds that fail, answers that get lost, quotas that end, a clock that stands still."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.model import FlowReport
from amazon_orders.sandbox import Fault
from amazon_orders.sync import publishing
from tests.story.world import World, world

MUG = "MUG-WHITE"
HOUR = 3600.0
MANY = 41


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A shop in which a change of all its parts is too much for single calls."""
    monkeypatch.setattr(publishing, "BY_CALL", MANY - 1)
    with world(tmp_path) as shop:
        stocked(shop, MANY)
        yield shop


def stocked(shop: World, parts: int) -> None:
    """So many parts are in the shop and at Amazon, and both agree."""
    made = Shop.open(shop.shop_file)
    made.add_products({"sku": f"PART-{number}", "title": "part", "stock": 7} for number in range(parts))
    made.close()
    for number in range(parts):
        shop.seller.list_item(f"PART-{number}", 7)
    shop.connect()
    settle(shop, 3)


def run(shop: World, seconds: float = 300, **options: Any) -> FlowReport:
    shop.clock.advance(seconds)
    return shop.sync(**options).connections[0].flows[-1]


def change(shop: World, count: int) -> None:
    """Every part has so many now."""
    with closing(sqlite3.connect(shop.shop_file)) as database, database:
        database.execute("UPDATE products SET stock = ? WHERE sku LIKE 'PART-%'", (count,))


def quantities(shop: World) -> set[int | None]:
    return {shop.seller.quantity(f"PART-{number}") for number in range(MANY)}


def state(shop: World, sku: str) -> str:
    return str(next(row.state for row in shop.app.stock.list("de") if row.seller_sku == sku))


def history(shop: World, sku: str) -> list[int | None]:
    return [change.quantity for change in shop.seller.quantity_history(sku) if change.why in ("patched", "feed")]


def settle(shop: World, runs: int = 4) -> None:
    for _ in range(runs):
        run(shop)


def test_fifteen_hundred_go_by_call_and_one_more_by_feed(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        stocked(shop, 1_501)
        change(shop, 9)
        shop.set_stock("PART-0", 7)
        while run(shop).throttled:
            pass
        assert len(history(shop, "PART-1500")) == 1
        assert shop.seller.feeds() == []
        change(shop, 8)
        assert "patchListingsItem" not in run(shop).calls
        settle(shop)
        (feed,) = shop.seller.feeds()
        assert len(feed.marketplace_ids) == 1
        assert {shop.seller.quantity(f"PART-{number}") for number in range(1_501)} == {8}


class TestByFeed:
    def test_many_go_in_one_feed_of_one_marketplace(self, many: World) -> None:
        change(many, 9)
        assert "patchListingsItem" not in run(many).calls
        settle(many)
        (feed,) = many.seller.feeds()
        assert len(feed.marketplace_ids) == 1
        assert quantities(many) == {9}
        assert history(many, "PART-0") == [9]

    def test_what_amazon_refuses_is_told_by_sku_and_the_rest_is_taken(self, many: World) -> None:
        many.seller.block_listing("PART-3")
        change(many, 9)
        settle(many)
        assert (state(many, "PART-3"), many.seller.quantity("PART-3")) == ("refused", 7)
        assert many.seller.quantity("PART-4") == 9
        assert len(many.seller.feeds()) == 1

    def test_a_newer_quantity_is_not_overtaken_by_the_one_in_the_feed(self, many: World) -> None:
        many.seller.feed_delay = 1200
        change(many, 9)
        run(many)
        many.set_stock("PART-0", 2)
        settle(many, 8)
        assert history(many, "PART-0") == [9, 2]
        assert many.seller.quantity("PART-0") == 2

    @pytest.mark.parametrize("fate", ["fatal_feed", "hanging_feed"])
    def test_a_feed_that_ends_badly_is_followed_by_what_is_right_then(self, many: World, fate: str) -> None:
        many.amazon.faults.add(Fault(kind=fate, operation="createFeed"))
        change(many, 9)
        run(many)
        change(many, 8)
        settle(many, 2)
        many.clock.advance(25 * HOUR)
        settle(many, 5)
        assert quantities(many) == {8}

    @pytest.mark.parametrize("operation", ["createFeedDocument", "createFeed", "getFeed", "getFeedDocument"])
    @pytest.mark.parametrize("kind", ["lost_answer", "503", "429", "cut_json"])
    def test_every_step_that_fails_once(self, many: World, operation: str, kind: str) -> None:
        many.amazon.faults.add(Fault(kind=kind, operation=operation))
        change(many, 9)
        settle(many, 6)
        assert quantities(many) == {9}

    def test_a_damaged_report_is_no_proof_and_the_right_quantity_is_sent_again(self, many: World) -> None:
        change(many, 9)
        run(many)
        many.amazon.faults.add(Fault(kind="cut_json", operation="download"))
        settle(many, 3)
        many.set_stock("PART-0", 3)
        settle(many, 6)
        assert many.seller.quantity("PART-0") == 3
        assert quantities(many) == {9, 3}

    def test_no_more_than_five_feeds_are_made_in_five_minutes(
        self, many: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(publishing, "BY_CALL", 1)
        monkeypatch.setattr(publishing, "MOST_LISTINGS", 3)
        change(many, 9)
        done = run(many)
        assert len(many.seller.feeds()) == 5
        assert done.next_due is not None
        for _ in range(12):
            run(many, 120)
        made = sorted(feed.created_ms for feed in many.seller.feeds())
        assert len(made) > 10
        assert all(later - earlier >= 300_000 for earlier, later in zip(made, made[5:], strict=False))
        settle(many, 8)
        assert quantities(many) == {9}

    def test_a_fall_goes_by_call_while_feeds_cannot_be_looked_at(self, many: World) -> None:
        change(many, 9)
        run(many)
        many.amazon.faults.add(Fault(kind="503", operation="getFeed", times=None))
        many.set_stock(MUG, 2)
        run(many)
        assert many.seller.quantity(MUG) == 2


class TestByCall:
    @pytest.fixture
    def shop(self, tmp_path: Path) -> Iterator[World]:
        with world(tmp_path) as made:
            made.connect()
            settle(made, 3)
            yield made

    def test_an_answer_that_got_lost_is_sent_again_if_it_is_still_right(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="lost_answer", operation="patchListingsItem"))
        shop.set_stock(MUG, 5)
        run(shop)
        assert state(shop, MUG) == "unknown"
        shop.set_stock(MUG, 4)
        run(shop)
        assert history(shop, MUG) == [5, 4]
        assert state(shop, MUG) == "accepted"

    def test_after_three_calls_without_an_answer_the_rest_waits(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="lost_answer", operation="patchListingsItem", times=None))
        for (sku,) in shop.look("SELECT sku FROM products LIMIT 20"):
            shop.set_stock(sku, 500)
        done = run(shop)
        assert done.calls["patchListingsItem"] <= 3
        assert done.error is not None
        assert done.error["code"] == "amazon_unavailable"
        shop.amazon.faults.clear()
        settle(shop, 2)
        assert all(shop.seller.quantity(sku) == 500 for (sku,) in shop.look("SELECT sku FROM products LIMIT 20"))

    def test_a_moment_without_a_token_is_waited_for(self, shop: World) -> None:
        for (sku,) in shop.look("SELECT sku FROM products LIMIT 30"):
            shop.set_stock(sku, 500)
        done = run(shop)
        assert (done.sent, done.throttled) == (30, 0)

    def test_a_clock_that_stands_still_ends_the_run_in_peace(self, shop: World) -> None:
        for (sku,) in shop.look("SELECT sku FROM products LIMIT 30"):
            shop.set_stock(sku, 500)
        shop.app.pause = lambda _: None
        done = run(shop)
        assert (done.sent, done.throttled, done.error) == (5, 1, None)
        assert done.next_due is not None
        assert shop.app.ledger.connections.next_due("de") == done.next_due
        shop.app.pause = shop.clock.sleep
        assert run(shop).sent == 25
        assert shop.app.ledger.connections.next_due("de") is None

    def test_throttled_by_amazon(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="429", operation="patchListingsItem"))
        shop.set_stock(MUG, 5)
        done = run(shop)
        assert (done.throttled, done.error) == (1, None)
        run(shop)
        assert shop.seller.quantity(MUG) == 5

    def test_orders_that_failed_let_quantities_only_fall(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="503", operation="searchOrders", times=None))
        shop.clock.advance(HOUR)
        shop.set_stock(MUG, 2000)
        run(shop)
        assert history(shop, MUG) == []
        shop.amazon.faults.clear()
        run(shop)
        assert history(shop, MUG) == [2000]

    def test_a_store_that_gives_no_answer_changes_nothing(self, shop: World) -> None:
        moved = shop.shop_file.with_suffix(".away")
        shop.app.close()
        shop.shop_file.rename(moved)
        shop.shop_file.mkdir()
        done = run(shop)
        assert done.error is not None
        shop.app.close()
        shop.shop_file.rmdir()
        moved.rename(shop.shop_file)
        shop.restart()
        assert run(shop).error is None
        assert history(shop, MUG) == []

    def test_a_listing_report_that_is_cut_off_is_left_out(self, shop: World) -> None:
        shop.clock.advance(24 * HOUR)
        run(shop)
        shop.amazon.faults.add(Fault(kind="cut_connection", operation="download", times=3))
        done = run(shop)
        assert done.error is None
        shop.set_stock(MUG, 3)
        settle(shop, 3)
        assert shop.seller.quantity(MUG) == 3
