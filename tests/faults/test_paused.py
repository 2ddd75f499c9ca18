"""A worker that sleeps longer than its lease holds: what another one has sent meanwhile stays the last word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from amazon_orders.app import App
from tests.story.way_back import Depot, depot

LONG = 3600
"""Seconds; a lease holds for minutes."""


class Sleeper:
    """A clock whose process sleeps at the first look after something is on record in the ledger, while others work."""

    def __init__(self, yard: Depot, query: str, meanwhile: Callable[[], object]) -> None:
        self.yard, self.query, self.meanwhile, self.slept = yard, query, meanwhile, False

    def now(self) -> datetime:
        if not self.slept and self._is_on_record():
            self.slept = True
            self.meanwhile()
        return self.yard.clock.now()

    def _is_on_record(self) -> bool:
        with closing(sqlite3.connect(self.yard.world.folder / "ledger.db")) as ledger:
            return bool(ledger.execute(self.query).fetchall())


def worker(yard: Depot, now: Callable[[], datetime]) -> App:
    return App(
        yard.app.config, now=now, pause=yard.clock.sleep, adapter=yard.amazon.transport(), hooks=yard.world._stores
    )


def test_an_older_word_on_a_parcel_is_not_sent_over_a_newer_one(tmp_path: Path) -> None:
    with depot(tmp_path) as yard:
        order = yard.placed()
        parcel = yard.ship(order, tracking="OLD-NUMBER-1")

        def others_work() -> None:
            yard.clock.advance(LONG)
            yard.edit(parcel, tracking="NEW-NUMBER-2")
            yard.settle()
            assert [tracking for _, tracking in yard.packages(order)] == ["NEW-NUMBER-2"]

        sleeper = Sleeper(yard, "SELECT 1 FROM ao_commands WHERE state = 'sent'", others_work)
        yard.clock.advance(180)
        with worker(yard, sleeper.now) as late:
            (report,) = late.sync().connections
        assert sleeper.slept
        assert [tracking for _, tracking in yard.packages(order)] == ["NEW-NUMBER-2"]
        assert {flow.error["code"] for flow in report.flows if flow.error} == {"lease_lost"}
        yard.settle()
        assert yard.commands(order) == [("confirm", "skipped"), ("confirm", "verified")]


def test_a_worker_that_nobody_has_replaced_goes_on(tmp_path: Path) -> None:
    with depot(tmp_path) as yard:
        order = yard.placed()
        yard.ship(order, tracking="THE-NUMBER-1")
        sleeper = Sleeper(yard, "SELECT 1 FROM ao_commands WHERE state = 'sent'", lambda: yard.clock.advance(LONG))
        yard.clock.advance(180)
        with worker(yard, sleeper.now) as late:
            assert late.sync().errors == []
        assert sleeper.slept
        assert [tracking for _, tracking in yard.packages(order)] == ["THE-NUMBER-1"]
