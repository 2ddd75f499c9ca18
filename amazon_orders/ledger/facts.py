"""Facts that later decisions stand on, such as where Amazon was seen to calculate tax."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from . import schema
from .connections import read_without
from .database import Database
from .statements import insert_for
from .text import moment, written

_t = schema.facts
_TAX = "tax_seen"
_REFUSED = "data_set_refused"
_REFUSALS = select(_t.c.value, _t.c.seen_at).where(_t.c.connection == bindparam("name"), _t.c.kind == _REFUSED)
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

    def refused_data_sets(self, connection: str) -> dict[str, datetime]:
        """Data sets that Amazon does not show this connection -> when it said so last."""
        with self._database.reading() as work:
            return {row.value: moment(row.seen_at) for row in work.all(_REFUSALS, {"name": connection})}

    def refuse_data_sets(self, connection: str, names: Iterable[str]) -> None:
        """Amazon has just refused these."""
        at = written(self._now())
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            for name in names:
                added = insert(_t).values(connection=connection, kind=_REFUSED, value=name, seen_at=at)
                work.run(
                    added.on_conflict_do_update(index_elements=("connection", "kind", "value"), set_={"seen_at": at})
                )

    def accept_data_sets(self, connection: str, names: Iterable[str]) -> None:
        """Amazon shows these now: orders that were read without them are read and decided once more."""
        with self._database.writing() as work:
            for name in names:
                work.run(delete(_t).where(_t.c.connection == connection, _t.c.kind == _REFUSED, _t.c.value == name))
            read_without(work, connection)
