"""Buyers' data is there while an order needs it, and gone in time: erased by every sync, and by `purge` with proof."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.sandbox.clock import iso
from tests.story.command_line import CommandLine
from tests.story.world import World

DAY = 86400


def tokens(folder: Path, name: str = "ledger.db") -> dict[str, bytes]:
    """What the ledger's file holds encrypted of each order, past the library."""
    with closing(sqlite3.connect(folder / name)) as ledger:
        return dict(ledger.execute("SELECT amazon_order_id, token FROM ao_orders WHERE token IS NOT NULL"))


def on_disk(folder: Path, name: str = "ledger.db") -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith(name))


def latest_delivery(shop: World, order_id: str) -> datetime:
    window = shop.seller.order(order_id)["fulfillment"]["deliverByWindow"]
    return datetime.fromisoformat(window["latestDateTime"])


def order(shop: World, *lines: str, **options: Any) -> str:
    order_id = shop.seller.place(*lines, **options)
    shop.clock.advance(300)
    return order_id


def advance_to(shop: World, moment: datetime) -> None:
    shop.clock.advance((moment - shop.clock.now()).total_seconds())


def test_a_sync_erases_what_was_delivered_a_month_ago_and_leaves_no_byte(shop: World) -> None:
    order_id = order(shop, "MUG-WHITE")
    shop.sync()
    token = tokens(shop.folder)[order_id]
    until = latest_delivery(shop, order_id) + timedelta(days=30)
    advance_to(shop, until - timedelta(minutes=1))
    shop.sync()
    assert set(tokens(shop.folder)) == {order_id}
    advance_to(shop, until)
    shop.sync()
    assert tokens(shop.folder) == {}
    assert token[20:60] not in on_disk(shop.folder)
    assert shop.status(order_id) == "placed"
    assert shop.shop_orders()[order_id]


def test_an_order_that_arrived_early_goes_early(shop: World) -> None:
    order_id = order(shop, "MUG-WHITE")
    shop.sync()
    shop.seller.ship(order_id)
    with shop.seller.change(order_id) as changed:
        changed["packages"][0]["packageStatus"] = {"status": "DELIVERED"}
        changed["packages"][0]["shipTime"] = iso(shop.clock.now())
    arrived = shop.clock.now()
    shop.clock.advance(300)
    shop.sync()
    assert arrived < latest_delivery(shop, order_id)
    advance_to(shop, arrived + timedelta(days=30, minutes=1))
    shop.sync()
    assert tokens(shop.folder) == {}


def test_a_held_order_keeps_it_for_sixty_days_at_most_and_can_still_be_placed_afterwards(shop: World) -> None:
    order_id = order(shop, "NEW-THING")
    with shop.seller.change(order_id) as changed:
        changed["fulfillment"].pop("deliverByWindow")
    shop.clock.advance(300)
    shop.sync()
    assert set(tokens(shop.folder)) == {order_id}
    shop.clock.advance(59 * DAY)
    shop.sync()
    assert set(tokens(shop.folder)) == {order_id}
    shop.clock.advance(DAY)
    shop.sync()
    assert tokens(shop.folder) == {}
    shop.add_product("NEW-THING")
    shop.clock.advance(DAY)  # an order without a record is read from Amazon once a day
    shop.sync()
    assert shop.status(order_id) == "placed", "the record is read from Amazon again"
    assert tokens(shop.folder) == {}


def test_an_order_that_is_never_placed_keeps_none(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE", fulfilled_by="AMAZON")
    shop.clock.advance(300)
    shop.app.connections.set("de", {"fulfillment": "all"})
    shop.sync()
    mine = shop.app.orders.get(order_id).status
    shop.app.connections.set("de", {"fulfillment": "merchant"})
    skipped = shop.seller.generate(5, cancelled=1.0, imbalance=False)
    shop.sync()
    assert {shop.status(one) for one in skipped} <= {"skipped", "cancelled"}
    never = {one for one in skipped if shop.status(one) == "skipped"}
    assert never
    assert not never & set(tokens(shop.folder))
    assert mine in ("placed", "skipped", "held")


def test_a_dry_run_erases_nothing(shop: World) -> None:
    order(shop, "MUG-WHITE")
    shop.sync()
    shop.clock.advance(90 * DAY)
    shop.sync(dry_run=True)
    assert len(tokens(shop.folder)) == 1


def test_without_a_key_nothing_is_kept_and_orders_arrive_with_their_address(shop: World) -> None:
    (shop.folder / "ao.key").unlink()
    (shop.folder / "ledger.db").unlink(missing_ok=True)
    shop.app.close()
    from amazon_orders.app import App
    from amazon_orders.settings import Config

    config = Config.from_mapping(
        {
            "ledger": {"url": "sqlite:///keyless.db"},
            "lwa": {"client_id": shop.amazon.client_id, "client_secret": shop.amazon.client_secret},
            "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
        },
        folder=shop.folder,
    )
    shop.app = App(config, now=shop.clock.now, pause=shop.clock.sleep, adapter=shop.amazon.transport())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORY_TOKEN", "Atzr|story")
        shop.connect(refresh_token="env:STORY_TOKEN")
        order_id = order(shop, "MUG-WHITE")
        shop.sync()
    assert order_id in shop.shop_orders()
    assert tokens(shop.folder, "keyless.db") == {}
    street = shop.seller.order(order_id)["recipient"]["deliveryAddress"]["addressLine1"]
    assert street.encode() not in on_disk(shop.folder, "keyless.db")


def test_erasing_costs_no_commit_where_nothing_is_due(shop: World) -> None:
    order(shop, "MUG-WHITE")
    shop.sync()
    before = shop.app.ledger.commits
    shop.app.purge()
    assert shop.app.ledger.commits - before <= 1


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    return made


KEYS = ["as_of", "erased", "kept", "overdue", "next_erase", "clean"]


class TestPurge:
    def test_the_proof_has_this_shape(self, line: CommandLine) -> None:
        line.buy("MUG-WHITE")
        line.must("sync")
        proof = line.document("purge", "--prove")
        assert list(proof) == [*KEYS, "ages", "oldest"]
        assert (proof["erased"], proof["kept"], proof["overdue"], proof["clean"]) == (0, 1, 0, True)
        assert proof["ages"] == {"0-7": 1, "8-14": 0, "15-30": 0, "31-60": 0, "61-90": 0, "over 90": 0}
        assert proof["as_of"].endswith("Z")
        assert list(line.document("purge")) == KEYS

    def test_another_time_can_be_tried(self, line: CommandLine) -> None:
        line.buy("MUG-WHITE")
        line.must("sync")
        next_erase = line.document("purge")["next_erase"]
        almost = (datetime.fromisoformat(next_erase) - timedelta(seconds=1)).isoformat()
        assert line.document("purge", "--as-of", almost)["erased"] == 0
        assert line.document("purge", "--as-of", next_erase)["erased"] == 1
        assert tokens(line.folder, "amazon-orders.db") == {}
        assert line.document("purge", "--prove")["ages"]["0-7"] == 0

    def test_it_says_so_in_words(self, line: CommandLine) -> None:
        line.buy("MUG-WHITE")
        line.must("sync")
        said = line.must("purge", "--prove").stdout
        assert "of 0 orders was erased, of 1 it is kept, 0 are overdue" in said
        assert "0-7" in said

    @pytest.mark.parametrize("time", ["soon", "2026-13-01", ""])
    def test_what_is_no_time_is_refused(self, line: CommandLine, time: str) -> None:
        result = line.run("purge", "--as-of", time)
        assert result.exit_code == 2
        assert "is not a time" in result.stderr

    def test_the_document_is_json(self, line: CommandLine) -> None:
        assert json.loads(line.must("purge", "--json").stdout)["kept"] == 0
