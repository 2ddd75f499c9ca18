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
from .database import Database
from .statements import Statement
from .transaction import Work

_t = schema.buckets
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000

_WHERE = (_t.c.scope == bindparam("who"), _t.c.operation == bindparam("what"))
_NAME = ("who", "what")
_ROW = select(_t.c.full_at, _t.c.interval, _t.c.learned).where(*_WHERE)
_LOOK = Statement(lambda _insert: _ROW, _NAME)
_HOLD = Statement(lambda _insert: _ROW.with_for_update(), _NAME)

_MAKE_NAMES = ("scope", "operation", "full_at", "interval")
_MAKE = Statement(
    lambda insert: insert(_t).values({name: bindparam(name) for name in _MAKE_NAMES}).on_conflict_do_nothing(),
    _MAKE_NAMES,
)


def _change(names: tuple[str, ...]) -> tuple[Statement, Statement]:
    """Write `names`: to the row that is there, and as a new row."""

    def add(insert: Callable[..., Any]) -> Any:
        columns = ("scope", "operation", *names)
        statement = insert(_t).values({name: bindparam(name) for name in columns})
        changes = {name: statement.excluded[name] for name in names}
        return statement.on_conflict_do_update(index_elements=("scope", "operation"), set_=changes)

    there = update(_t).where(*_WHERE).values({name: bindparam(name) for name in names})
    return Statement(lambda _insert: there, (*names, *_NAME)), Statement(add, ("scope", "operation", *names))


_MOVE = _change(("full_at", "interval"))
_LEARN = _change(("full_at", "interval", "learned"))


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
            self._write(work, _MOVE, scope, operation, max(full_at, now) + interval, interval)
            return 0.0

    def drain(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Amazon says that the bucket is empty: it is. The seconds until one token is free."""
        with self._database.writing() as work:
            _, interval, now = self._row(work, scope, operation, rate, burst)
            self._write(work, _MOVE, scope, operation, now + burst * interval, interval)
            return interval / _SECOND

    def learn(self, scope: str, operation: str, rate: float) -> None:
        """Amazon's header names another rate: it counts from now on. Writes only where it changed."""
        if not (math.isfinite(rate) and rate > 0):
            return
        with self._database.reading() as work:
            for _, _, learned in work.ask(_LOOK, (scope, operation)):
                if learned is not None and float(learned) == rate:
                    return
        with self._database.writing() as work:
            full_at, _, now = self._row(work, scope, operation, rate, None, learned=True)
            self._write(work, _LEARN, scope, operation, max(full_at, now), _interval(rate), repr(rate))

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
        rows = work.ask(_HOLD if work.writes else _LOOK, (scope, operation))
        if not rows and work.writes and work.connection.dialect.name == "postgresql":
            # A row that is not there cannot be locked: of several that come first, each would find a full bucket.
            work.write(_MAKE, (scope, operation, 0, _interval(rate)))
            rows = work.ask(_HOLD, (scope, operation))
        full_at, paced, heard = rows[0] if rows else (None, None, None)
        now = (self._now() - _EPOCH) // _MICROSECOND
        interval = _interval(rate if learned or heard is None else float(heard))
        if full_at is None:
            return now, interval, now
        missing = full_at - now
        if missing > 0 and paced != interval:
            # The same number of tokens is missing; they come at the other pace. Rounded up.
            missing = -(-missing * interval // paced)
        if burst is not None:
            # No more can be missing than fits in: a clock that ran ahead for a while must not close it for as long.
            missing = min(missing, burst * interval)
        return now + missing, interval, now

    def _write(
        self, work: Work, change: tuple[Statement, Statement], scope: str, operation: str, *values: int | str
    ) -> None:
        there, new = change
        if not work.write(there, (*values, scope, operation)):
            work.write(new, (scope, operation, *values))


def _interval(rate: float) -> int:
    return math.ceil(_SECOND / rate)
