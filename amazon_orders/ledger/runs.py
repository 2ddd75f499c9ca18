"""Runs: what each synchronisation did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from . import schema
from .database import Database
from .text import dumps, loads, written

_t = schema.runs
_ONE = select(_t).where(_t.c.id == bindparam("which"))
_ALL = select(_t).order_by(_t.c.id.desc()).limit(bindparam("many"))


class Runs:
    """Runs by number. As a mapping: `{"id", "connection", "started_at", "finished_at", "report"}`, times as text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, connection: str, at: datetime) -> int:
        """A run begins; its number. One that has no `finished_at` still runs, or was killed."""
        values = {"connection": connection, "started_at": written(at), "report": "{}"}
        with self._database.writing() as work:
            return work.added(insert(_t), values)

    def finish(self, run_id: int, at: datetime, report: Mapping[str, Any]) -> None:
        """A run has ended; `report` is plain JSON."""
        with self._database.writing() as work:
            finished = {"finished_at": written(at), "report": dumps(dict(report))}
            work.run(update(_t).where(_t.c.id == run_id).values(finished))

    def add(self, connection: str, started_at: datetime, finished_at: datetime, report: Mapping[str, Any]) -> int:
        """A run that has ended, in one write; its number."""
        values = {
            "connection": connection,
            "started_at": written(started_at),
            "finished_at": written(finished_at),
            "report": dumps(dict(report)),
        }
        with self._database.writing() as work:
            return work.added(insert(_t), values)

    def list(self, connection: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """The newest runs first."""
        query = _ALL if connection is None else _ALL.where(_t.c.connection == connection)
        with self._database.reading() as work:
            return [_run(row) for row in work.all(query, {"many": limit})]

    def get(self, run_id: int) -> dict[str, Any] | None:
        """One run, or `None`."""
        with self._database.reading() as work:
            row = work.one(_ONE, {"which": run_id})
        return None if row is None else _run(row)


def _run(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "connection": row.connection,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "report": loads(row.report),
    }
