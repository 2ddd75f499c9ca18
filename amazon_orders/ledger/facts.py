"""Facts that later decisions stand on, such as where Amazon was seen to calculate tax."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select

from . import schema
from .database import Database
from .statements import insert_for
from .text import written

_t = schema.facts
_TAX = "tax_seen"
_VALUES = select(_t.c.value).where(_t.c.connection == bindparam("name"), _t.c.kind == bindparam("what"))


class Facts:
    """Facts by connection."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def tax_seen(self, connection: str) -> set[str]:
        """Countries of the marketplaces in which Amazon sent tax for this connection."""
        with self._database.reading() as work:
            return {row.value for row in work.all(_VALUES, {"name": connection, "what": _TAX})}

    def saw_tax(self, connection: str, marketplace: str) -> None:
        """Amazon sent tax in `marketplace`, a country code."""
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            added = insert(_t).values(connection=connection, kind=_TAX, value=marketplace, seen_at=written(self._now()))
            work.run(added.on_conflict_do_nothing())
