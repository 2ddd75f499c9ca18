"""Cursors: how far each flow of a connection has read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

from . import schema
from .database import Database
from .records import Cursor
from .statements import Statement
from .text import dumps, loads, maybe, moment

_t = schema.cursors
_TIMES = ("watermark", "window_from", "page_token_at", "last_success", "next_due", "looked_4h", "looked_5d")
_KEY = ("connection", "flow")
_ALL = select(_t).where(_t.c.connection == bindparam("name")).order_by(_t.c.flow)
_ONE = select(_t).where(_t.c.connection == bindparam("name"), _t.c.flow == bindparam("which"))
_COLUMNS = tuple(column.name for column in _t.columns)


def _save(insert: Callable[..., Any]) -> Any:
    statement = insert(_t).values({name: bindparam(name) for name in _COLUMNS})
    changes = {name: statement.excluded[name] for name in _COLUMNS if name not in _KEY}
    return statement.on_conflict_do_update(index_elements=_KEY, set_=changes)


_SAVE = Statement(_save, _COLUMNS)


class Cursors:
    """Cursors by connection and flow."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, connection: str, flow: str) -> Cursor | None:
        """The cursor, or `None` where the flow never ran."""
        with self._database.reading() as work:
            row = work.one(_ONE, {"name": connection, "which": flow})
            return None if row is None else _cursor(row)

    def list(self, connection: str) -> list[Cursor]:
        """Every cursor of a connection."""
        with self._database.reading() as work:
            return [_cursor(row) for row in work.all(_ALL, {"name": connection})]

    def save(self, cursor: Cursor) -> None:
        """Write the cursor, in the transaction that writes what it stands for."""
        values = (
            cursor.connection,
            cursor.flow,
            maybe(cursor.watermark),
            maybe(cursor.window_from),
            cursor.page_token,
            maybe(cursor.page_token_at),
            dumps(dict(cursor.counters)),
            maybe(cursor.last_success),
            maybe(cursor.next_due),
            maybe(cursor.looked_4h),
            maybe(cursor.looked_5d),
        )
        with self._database.writing() as work:
            work.write(_SAVE, values)


def _cursor(row: Any) -> Cursor:
    return Cursor(
        connection=row.connection,
        flow=row.flow,
        page_token=row.page_token,
        counters=loads(row.counters),
        **{name: moment(getattr(row, name)) for name in _TIMES},
    )
