"""From when on the store is asked what it did: a record may be dated before those that were seen already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from ..ledger import Command as Row
from ..ledger import Cursor
from .work import Work

OVERLAP = timedelta(minutes=10)
"""Each question to the store begins this much before the newest record seen."""
LATE = ((timedelta(hours=1), timedelta(hours=4)), (timedelta(days=1), timedelta(days=5)))
"""How often the store is asked for how much more. A record comes late where another clock dated it, where it was
written in a transaction that took long, and where the ledger did not know its order yet."""


def since(work: Work, cursor: Cursor, forgotten: Iterable[Row]) -> datetime:
    """Where to begin. `forgotten`: what waits and of which nothing is kept, so that the store is asked for it again."""
    start = work.connection.sync_from
    assert isinstance(start, datetime)  # noqa: S101 - set when the connection is saved; this tells the type checker
    begin = cursor.watermark - _overlap(cursor, work.now()) if cursor.watermark else start
    return min([begin, *(row.updated_at for row in forgotten)])


def moved_on(cursor: Cursor, newest: datetime, now: datetime) -> Cursor:
    """The cursor after everything was read; `newest`: when the newest record was changed."""
    (hourly, _), (daily, _) = LATE
    return replace(
        cursor,
        watermark=min(newest, now),  # a record dated in the future must not hide those of today
        last_success=now,
        next_due=None,
        looked_4h=now if _is_over(cursor.looked_4h, hourly, now) else cursor.looked_4h,
        looked_5d=now if _is_over(cursor.looked_5d, daily, now) else cursor.looked_5d,
    )


def _overlap(cursor: Cursor, now: datetime) -> timedelta:
    looks = zip((cursor.looked_4h, cursor.looked_5d), LATE, strict=True)
    return max([OVERLAP, *(back for before, (every, back) in looks if _is_over(before, every, now))])


def _is_over(before: datetime | None, every: timedelta, now: datetime) -> bool:
    return before is None or now - before >= every
