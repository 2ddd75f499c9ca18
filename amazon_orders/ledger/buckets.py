"""Token buckets that every worker shares and that survive a restart: GCRA, one row per scope and operation.

Exact in whole microseconds: intervals are rounded up, so a bucket never gives more than `rate * time + burst`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from . import schema
from .database import Database, Work
from .statements import insert_for

_t = schema.buckets
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000

_WHERE = (_t.c.scope == bindparam("who"), _t.c.operation == bindparam("what"))
_LOOK = select(_t.c.full_at, _t.c.interval, _t.c.learned).where(*_WHERE)
_HOLD = _LOOK.with_for_update()
_CHANGE = update(_t).where(*_WHERE)


class Buckets:
    """`full_at` is when the bucket would be full again; one token moves it on by one interval.

    Rates are calls a second. The burst is the published one; the rate learned from Amazon's header goes before the
    published one, from the moment it is learned, and the tokens in the bucket stay what they were.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def take(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Take a token: 0.0. Where there is none, the seconds until there is one; then nothing is taken.

        Inside an open transaction it is taken with that transaction.
        """
        with self._database.writing() as work:
            full_at, interval, now = self._row(work, scope, operation, rate, burst)
            wait = full_at - (burst - 1) * interval - now
            if wait > 0:
                return wait / _SECOND
            self._write(work, scope, operation, full_at=max(full_at, now) + interval, interval=interval)
            return 0.0

    def drain(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Amazon says that the bucket is empty: it is. The seconds until one token is free."""
        with self._database.writing() as work:
            _, interval, now = self._row(work, scope, operation, rate, burst)
            self._write(work, scope, operation, full_at=now + burst * interval, interval=interval)
            return interval / _SECOND

    def learn(self, scope: str, operation: str, rate: float) -> None:
        """Amazon's header names another rate: it counts from now on. Writes only where it changed."""
        if not (math.isfinite(rate) and rate > 0):
            return
        name = {"who": scope, "what": operation}
        with self._database.reading() as work:
            row = work.one(_LOOK, name)
        if row is not None and row.learned is not None and float(row.learned) == rate:
            return
        with self._database.writing() as work:
            full_at, _, now = self._row(work, scope, operation, rate, None, learned=True)
            self._write(work, scope, operation, full_at=max(full_at, now), interval=_interval(rate), learned=repr(rate))

    def left(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """The tokens that are there now, in parts too."""
        with self._database.reading() as work:
            full_at, interval, now = self._row(work, scope, operation, rate, burst)
        return max(0.0, burst - max(0, full_at - now) / interval)

    def reset(self, scope: str) -> int:
        """Forget every bucket of `scope`; how many there were. For simulated Amazons only."""
        with self._database.writing() as work:
            return work.run(_t.delete().where(_t.c.scope == scope))

    def _row(
        self, work: Work, scope: str, operation: str, rate: float, burst: int | None, *, learned: bool = False
    ) -> tuple[int, int, int]:
        """When the bucket is full, the interval that is in force, and now: all in microseconds."""
        row = work.one(_HOLD if work.writes else _LOOK, {"who": scope, "what": operation})
        now = (self._now() - _EPOCH) // _MICROSECOND
        interval = _interval(rate if learned or row is None or row.learned is None else float(row.learned))
        if row is None:
            return now, interval, now
        missing = row.full_at - now
        if missing > 0 and row.interval != interval:
            # The same number of tokens is missing; they come at the other pace. Rounded up.
            missing = -(-missing * interval // row.interval)
        if burst is not None:
            # No more can be missing than fits in: a clock that ran ahead for a while must not close it for as long.
            missing = min(missing, burst * interval)
        return now + missing, interval, now

    def _write(self, work: Work, scope: str, operation: str, **values: Any) -> None:
        if work.run(_CHANGE.values(values), {"who": scope, "what": operation}):
            return
        insert = insert_for(work.connection.dialect)
        added = insert(_t).values(scope=scope, operation=operation, **values)
        work.run(added.on_conflict_do_update(index_elements=("scope", "operation"), set_=values))


def _interval(rate: float) -> int:
    return math.ceil(_SECOND / rate)
