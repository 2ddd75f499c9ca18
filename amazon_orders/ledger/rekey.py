"""A new key for everything that is encrypted: in small steps, which may stop anywhere and be taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Table, and_, bindparam, delete, select, tuple_, update

from . import schema
from .database import Database
from .statements import insert_for
from .vault import Vault

KEY_CHECK = "key_check"
_m = schema.meta
_CHECK = select(_m.c.value).where(_m.c.name == KEY_CHECK)
_STEP = 100
"""Rows of one transaction: others wait for some milliseconds, not for all of it."""

_PLACES: dict[str, tuple[Table, Column[Any]]] = {
    "secrets": (schema.connections, schema.connections.c.secret),
    "access_tokens": (schema.tokens, schema.tokens.c.token),
    "orders": (schema.orders, schema.orders.c.token),
    "commands": (schema.commands, schema.commands.c.payload),
}


class Rekey:
    """Seals anew, under the first of the keys that were given, what another of them sealed."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    @property
    def unfinished(self) -> bool:
        """Whether a new key was put in front and not everything is sealed with it: the check comes last."""
        with self._database.reading() as work:
            row = work.one(_CHECK)
        return row is not None and not self._vault.is_newest(row.value.encode("ascii"))

    def renew(self, between: Callable[[], None] = lambda: None) -> dict[str, int]:
        """Seal everything with the newest key; how many were sealed anew, and how many no key opens (`unreadable`).

        `between` is called after each step. What another process writes meanwhile is never overwritten.
        """
        self._vault.check()
        counts = dict.fromkeys((*_PLACES, "unreadable"), 0)
        for place, (table, column) in _PLACES.items():
            for renewed, unreadable in self._steps(table, column):
                counts[place] += renewed
                counts["unreadable"] += unreadable
                between()
        with self._database.writing() as work:
            row = work.one(_CHECK)
            if row is not None and not self._vault.is_newest(row.value.encode("ascii")):
                work.run(update(_m).where(_m.c.name == KEY_CHECK).values(value=self._vault.new_check()))
        self._database.empty_log()
        return counts

    def start_anew(self) -> dict[str, int]:
        """The old key is lost: forget all that it sealed, and begin with the key that was given."""
        counts = {}
        with self._database.writing() as work:
            for place, (table, column) in _PLACES.items():
                if column.nullable:
                    counts[place] = work.run(update(table).where(column.is_not(None)).values({column.name: None}))
                else:
                    counts[place] = work.run(delete(table))
            work.run(delete(_m).where(_m.c.name == KEY_CHECK))
            self._vault.problem = ""
            insert = insert_for(work.connection.dialect)
            work.run(insert(_m).values(name=KEY_CHECK, value=self._vault.new_check()))
        self._database.empty_log()
        return counts

    def _steps(self, table: Table, column: Column[Any]) -> Iterator[tuple[int, int]]:
        """Each step in its own transaction, by the primary key; a step looks at rows that are renewed already, too."""
        key = tuple(table.primary_key.columns)
        page = select(*key, column).where(column.is_not(None)).order_by(*key).limit(_STEP)
        change = (
            update(table)
            .where(and_(*(part == bindparam(f"key_{part.name}") for part in key)), column == bindparam("was"))
            .values({column.name: bindparam("now")})
        )
        last: tuple[Any, ...] | None = None
        while True:
            with self._database.writing() as work:
                rows: Any = work.all(page if last is None else page.where(tuple_(*key) > tuple_(*last)))
                renewed = unreadable = 0
                for *names, token in rows:
                    if self._vault.is_newest(token):
                        continue
                    now = self._vault.renewed(token)
                    if now is None:
                        unreadable += 1
                        continue
                    values = {f"key_{part.name}": name for part, name in zip(key, names, strict=True)}
                    renewed += work.run(change, values | {"was": token, "now": now})
            if not rows:
                return
            yield renewed, unreadable
            last = tuple(rows[-1][:-1])
