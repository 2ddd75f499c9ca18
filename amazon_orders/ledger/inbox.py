"""The inbox: what a person should look at, beside the held orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from ..model import InboxEntry
from . import schema
from .database import Database
from .statements import insert_for
from .text import clean, moment, written

_t = schema.inbox
_KEY = ("connection", "amazon_order_id", "reason")
_OPEN = select(_t).where(_t.c.closed_at.is_(None)).order_by(_t.c.opened_at, _t.c.amazon_order_id)
_CLOSE = update(_t).where(
    _t.c.connection == bindparam("name"), _t.c.amazon_order_id == bindparam("which"), _t.c.closed_at.is_(None)
)


class Inbox:
    """Entries by connection, order and reason."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def open(self, connection: str, amazon_order_id: str, reason: str, detail: str) -> None:
        """Open an entry, or write the detail of the one that is open anew."""
        at, detail = written(self._now()), clean(detail)
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            added = insert(_t).values(
                connection=connection, amazon_order_id=amazon_order_id, reason=reason, detail=detail, opened_at=at
            )
            new = added.excluded
            # An entry that was closed opens anew; one that is open keeps its time and is not written for nothing.
            work.run(
                added.on_conflict_do_update(
                    index_elements=_KEY,
                    set_={"detail": new.detail, "opened_at": new.opened_at, "closed_at": None},
                    where=_t.c.closed_at.is_not(None),
                )
            )
            work.run(
                update(_t)
                .where(_t.c.connection == connection, _t.c.amazon_order_id == amazon_order_id, _t.c.reason == reason)
                .where(_t.c.detail != detail)
                .values(detail=detail)
            )

    def close(self, connection: str, amazon_order_id: str, reason: str | None = None) -> int:
        """Close the entry for `reason`, or every one of the order; how many were open."""
        close = _CLOSE if reason is None else _CLOSE.where(_t.c.reason == reason)
        with self._database.writing() as work:
            return work.run(
                close.values(closed_at=written(self._now())), {"name": connection, "which": amazon_order_id}
            )

    def list(self, connection: str | None = None) -> list[InboxEntry]:
        """Open entries, oldest first."""
        query = _OPEN if connection is None else _OPEN.where(_t.c.connection == connection)
        with self._database.reading() as work:
            rows = work.all(query)
        return [
            InboxEntry(
                connection=row.connection,
                amazon_order_id=row.amazon_order_id,
                reason=row.reason,
                detail=row.detail,
                opened_at=moment(row.opened_at),
            )
            for row in rows
        ]
