"""Feeds: documents that carry many commands to Amazon at once, and how far each has come."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from . import schema
from .database import Database
from .feed_rows import FeedRow, FeedState
from .text import clean, maybe, moment, written

_t = schema.feeds
_COLUMNS = tuple(column.name for column in _t.columns)
_OPEN = select(_t).where(_t.c.connection == bindparam("name"), _t.c.next_due.is_not(None)).order_by(_t.c.id)
_IDS = select(_t.c.feed).where(_t.c.connection == bindparam("name"), _t.c.type == bindparam("type_"), _t.c.feed != "")
_TIMES = ("opened_at", "sent_at", "next_due", "deadline")


class Feeds:
    """Feeds by connection."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def add(self, connection: str, type_: str, marketplace: str, messages: int) -> FeedRow:
        """A new feed, due now; its commands are joined to it in the same transaction."""
        at = self._now()
        values = {
            "connection": connection, "type": type_, "marketplace": marketplace, "state": str(FeedState.INTENDED),
            "document": "", "feed": "", "messages": messages, "opened_at": written(at), "sent_at": None,
            "next_due": written(at), "deadline": None, "detail": "",
        }  # fmt: skip
        with self._database.writing() as work:
            number = work.added(insert(_t), values)
        return _row({**values, "id": number})

    def open(self, connection: str) -> list[FeedRow]:
        """Feeds that are not ended, oldest first."""
        with self._database.reading() as work:
            return [_row(dict(row._mapping)) for row in work.all(_OPEN, {"name": connection})]

    def amazon_ids(self, connection: str, type_: str) -> Collection[str]:
        """Amazon's ids of feeds of a type that are known to be ours."""
        with self._database.reading() as work:
            return {row[0] for row in work.all(_IDS, {"name": connection, "type_": type_})}

    def move(self, feed: FeedRow, state: FeedState, /, **what: Any) -> FeedRow:
        """Its next step; `next_due=None` ends it."""
        values = {name: maybe(value) if isinstance(value, datetime) else value for name, value in what.items()}
        values["state"] = str(state)
        if "detail" in values:
            values["detail"] = clean(str(values["detail"]))
        with self._database.writing() as work:
            work.run(update(_t).where(_t.c.id == feed.id).values(values))
            row: Any = work.one(select(_t).where(_t.c.id == feed.id))
        return _row(dict(row._mapping))


def _row(values: dict[str, Any]) -> FeedRow:
    read = {name: values[name] for name in _COLUMNS}
    read |= {name: moment(read[name]) for name in _TIMES}
    return FeedRow(**{**read, "state": FeedState(read["state"])})
