"""A process is killed in the middle of a write, at any moment: all of it is there, or nothing."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url

from amazon_orders.ledger import Cursor, Ledger, upgrade
from amazon_orders.ledger.database import Database
from amazon_orders.ledger.schema import REVISIONS, metadata
from tests.unit.ledger.made import KEY, Clock, an_order, number

KILLS = 40
PAGE = 40


def killed_after(seconds: float, act: Callable[[], None]) -> bool:
    """Do `act` in a child and kill it after `seconds`; whether it was still at it."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def sound(url: str) -> None:
    """SQLite's own check of the file."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(make_url(url).database or "")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


@pytest.mark.crash
def test_a_page_is_recorded_whole_with_its_cursor_or_not_at_all(url: str) -> None:
    Ledger.open(url, key=KEY, now=Clock()).close()
    draw = random.Random(7)
    caught = 0

    def work_on(first: int) -> None:
        ledger = Ledger.open(url, key=KEY, now=Clock())
        for page in range(first, first + 1000):
            ids = [number(page * PAGE + count) for count in range(PAGE)]
            ledger.claims.take("shop", "de", {order_id: order_id for order_id in ids}, page)
            with ledger.transaction():
                ledger.orders.record([an_order(order_id, raw=b"x" * 2000, store_ref=str(page)) for order_id in ids])
                ledger.cursors.save(Cursor(connection="de", flow="orders", counters={"pages": page + 1}))

    for _ in range(KILLS):
        with Ledger.open(url, key=KEY, now=Clock()) as ledger:
            cursor = ledger.cursors.get("de", "orders")
            pages = cursor.counters["pages"] if cursor else 0
            ids = [number(count) for count in range(pages * PAGE)]
            for start in range(0, len(ids), 1000):
                assert len(ledger.orders.recall("de", ids[start : start + 1000])) == len(ids[start : start + 1000])
            following = [number(pages * PAGE + count) for count in range(PAGE)]
            assert ledger.orders.recall("de", following) == {}, "records without their cursor"
            assert len(ledger.claims.get("shop", following)) in (0, PAGE), "half a page of claims"
            assert ledger.claims.open("shop", ids[-PAGE:]) == {}
        caught += killed_after(draw.uniform(0.02, 0.12), partial(work_on, pages))
        sound(url)
    assert caught > KILLS // 2, "the children were too fast to be killed at work"
    assert pages > 3, "no page was ever finished"


@pytest.mark.crash
@pytest.mark.parametrize("way", ["at once", "by migrations"])
def test_an_upgrade_that_is_killed_leaves_the_ledger_upgraded_or_untouched(tmp_path: Path, way: str) -> None:
    draw = random.Random(11)
    untouched = upgraded = 0
    for attempt in range(20):
        url = f"sqlite:///{tmp_path}/{attempt}.db"

        def make(url: str = url) -> None:
            database = Database(url)
            if way == "at once":
                upgrade.prepare(database)
                return
            with database.writing() as work:
                upgrade.run_migrations(work.connection)
                work.wrote = True

        # Later and later, since nobody knows how long a busy machine takes: some die early, some are done.
        killed_after(0.002 * 1.42**attempt * draw.uniform(0.7, 1.3), make)
        database = Database(url)
        with database.reading() as work:
            names = {
                row[0]
                for row in work.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()
            }
        if names:
            assert set(metadata.tables) <= names
            assert upgrade.version_of(database) == REVISIONS[-1]
            upgraded += 1
        else:
            untouched += 1
        database.close()
        sound(url)
        Ledger.open(url, key=KEY, now=Clock()).close()
    assert untouched, "no child was killed before it was done"
    assert upgraded, "no child was ever done"
