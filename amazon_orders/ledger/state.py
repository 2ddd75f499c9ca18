"""The ledger from outside: its version, its settings, its size. Upgrades nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from . import schema
from .database import Database
from .schema import REVISIONS
from .upgrade import version_of

SQLITE_SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
"""As every connection sets them: durable at every commit, readers beside a writer, erased bytes overwritten."""
_COUNTED = {"orders": schema.orders, "claims": schema.claims, "connections": schema.connections}


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerState:
    """What is at an address."""

    place: str
    version: str | None
    """`None`: there is no ledger yet."""
    newest: str
    """The version that this library writes."""
    bytes: int | None
    """Size of SQLite's files; `None` for PostgreSQL."""
    rows: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "place": self.place,
            "version": self.version,
            "newest": self.newest,
            "bytes": self.bytes,
            "rows": dict(self.rows),
        }


def look(url: str) -> LedgerState:
    """What is at `url`. Makes and upgrades nothing. `LedgerError` for a newer version, or something else."""
    database = Database(url)
    try:
        path = Path(database.place)
        if database.sqlite and not path.is_file():
            return LedgerState(place=database.place, version=None, newest=REVISIONS[-1], bytes=None, rows={})
        version = version_of(database)
        rows: dict[str, int] = {}
        if version == REVISIONS[-1]:
            with database.reading() as work:
                for name, table in _COUNTED.items():
                    found: Any = work.one(select(func.count()).select_from(table))
                    rows[name] = found[0]
        files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
        size = sum(file.stat().st_size for file in files if file.exists()) if database.sqlite else None
        return LedgerState(place=database.place, version=version, newest=REVISIONS[-1], bytes=size, rows=rows)
    finally:
        database.close()
