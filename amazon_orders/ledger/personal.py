"""Personal data by age: erased in its time, with proof of what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from . import schema
from .database import Database
from .statements import insert_for
from .text import moment, written

_t = schema.orders
_m = schema.meta
_CLEANING = "erased_bytes_to_clean"
_DUE = (_t.c.token.is_not(None), _t.c.erase_at <= bindparam("at"))
_IS_DUE = select(_t.c.erase_at).where(*_DUE).limit(1)
_IS_UNCLEAN = select(_m.c.value).where(_m.c.name == _CLEANING)
_ERASE = update(_t).where(*_DUE).values(token=None)
_CLEANED = delete(_m).where(_m.c.name == _CLEANING)
_KEPT: Any = select(func.count(), func.min(_t.c.erase_at)).where(_t.c.token.is_not(None))
_OVERDUE: Any = select(func.count()).select_from(_t).where(*_DUE)
_DAYS = func.substr(_t.c.created_at, 1, 10)
_BY_DAY: Any = select(_DAYS, func.count(), func.min(_t.c.created_at)).where(_t.c.token.is_not(None)).group_by(_DAYS)

AGES = (7, 14, 30, 60, 90)
"""Upper ends, in days since the order was created, of the groups that a proof counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The orders whose personal data is kept."""

    orders: int
    overdue: int
    next_erase: datetime | None


class Personal:
    """Erases, and counts what is left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, at: datetime) -> int:
        """Erase what is due at `at`, in the files too; how many orders that were. Costs one look where nothing is due.

        On SQLite freed bytes are overwritten, and the write-ahead log, which still has them, is emptied. Where a reader
        of another process keeps the log in use, the next call tries that again.
        """
        now = {"at": written(at)}
        with self._database.reading() as work:
            due = work.one(_IS_DUE, now) is not None
            unclean = work.one(_IS_UNCLEAN) is not None
        erased = 0
        if due:
            with self._database.writing() as work:
                erased = work.run(_ERASE, now)
                if self._database.sqlite:
                    insert = insert_for(work.connection.dialect)
                    work.run(insert(_m).values(name=_CLEANING, value=now["at"]).on_conflict_do_nothing())
                    unclean = True
        if unclean:
            self.clean()
        return erased

    def clean(self) -> bool:
        """Empty SQLite's write-ahead log, which holds older pages; whether that could be done now."""
        if not self._database.sqlite:
            return True
        if not self._database.empty_log():
            return False
        with self._database.writing() as work:
            work.run(_CLEANED)
        return True

    def kept(self, at: datetime) -> Kept:
        """What is kept, and how much of it should be gone by `at`. Answered from one small index."""
        with self._database.reading() as work:
            kept: Any = work.one(_KEPT)
            late: Any = work.one(_OVERDUE, {"at": written(at)})
        return Kept(orders=kept[0], overdue=late[0], next_erase=moment(kept[1]))

    def ages(self, at: datetime) -> tuple[dict[str, int], datetime | None]:
        """Orders with personal data by age in days, `{"0-7": 3, …, "over 90": 0}`, and when the oldest was created."""
        with self._database.reading() as work:
            rows: Sequence[Any] = work.all(_BY_DAY)
        groups = _groups()
        counts = Counter(dict.fromkeys(groups.values(), 0))
        for _, count, oldest in rows:
            age = (at - moment(oldest)) // timedelta(days=1)
            counts[next((name for end, name in groups.items() if age <= end), groups[-1])] += count
        return dict(counts), min((moment(row[2]) for row in rows), default=None)


def _groups() -> dict[int, str]:
    starts = (0, *(end + 1 for end in AGES))
    named = {end: f"{start}-{end}" for start, end in zip(starts, AGES, strict=False)}
    return named | {-1: f"over {AGES[-1]}"}
