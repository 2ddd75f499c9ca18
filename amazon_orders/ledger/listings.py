"""Listings: what each seller SKU stands for in the store, as learned from orders or set by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, delete, or_, select

from ..model import Alias
from . import schema
from .connections import note, wake
from .database import Database
from .records import STATUSES, Listing
from .statements import Statement, insert_for
from .text import clean, loads, written

_t = schema.listings
_a = schema.aliases
_KEY = ("connection", "seller_sku")
_COLUMNS = (*_KEY, "product", "matched_by", "units", "channel", "learned_at")
_LEARNED = ("product", "matched_by", "units", "channel")


class Resolved(Protocol):
    """A seller SKU with its product: a `Match` of the rules, or a `Listing`."""

    @property
    def seller_sku(self) -> str: ...
    @property
    def product(self) -> str: ...
    @property
    def matched_by(self) -> str: ...
    @property
    def units(self) -> int: ...


def _learn(insert: Callable[..., Any]) -> Any:
    statement = insert(_t).values({name: bindparam(name) for name in _COLUMNS})
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new[name] for name in (*_LEARNED, "learned_at")},
        where=or_(*[new[name] != _t.c[name] for name in _LEARNED]),
    )


_LEARN = Statement(_learn, _COLUMNS)
_LISTED = select(*[_t.c[name] for name in ("seller_sku", *_LEARNED)]).where(_t.c.connection == bindparam("name"))
_ALIASES = select(_a).where(_a.c.connection == bindparam("name")).order_by(_a.c.seller_sku)
_o = schema.orders
_LINES = (
    select(_o.c.lines)
    .where(_o.c.connection == bindparam("name"), _o.c.status == bindparam("status"))
    .order_by(_o.c.created_at.desc())
)
_WAITING = ("pending", "held", "failed")

NEWEST_ORDERS = 10_000
"""Of each other status: what those were resolved to stands in the listings, unless the connection was removed."""

_ALIAS = select(_a).where(_a.c.connection == bindparam("name"), _a.c.seller_sku == bindparam("sku"))


class Listings:
    """Listings and aliases by connection and seller SKU."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def learn(self, connection: str, rows: Iterable[Resolved]) -> None:
        """Remember what seller SKUs were resolved to; a row that says nothing new is not written."""
        at = written(self._now())
        values = [
            (
                connection,
                clean(row.seller_sku),
                clean(row.product),
                row.matched_by,
                row.units,
                getattr(row, "channel", ""),
                at,
            )
            for row in rows
        ]
        with self._database.writing() as work:
            work.many(_LEARN, values)

    def list(self, connection: str) -> Iterator[Listing]:
        """Every listing by seller SKU, read in one go and handed out one by one."""
        with self._database.reading() as work:
            rows = work.all(_LISTED.order_by(_t.c.seller_sku), {"name": connection})
        return (
            Listing(row.seller_sku, row.product, row.matched_by, units=row.units, channel=row.channel) for row in rows
        )

    def aliases(self, connection: str) -> dict[str, Alias]:
        """What was set by hand, by seller SKU."""
        with self._database.reading() as work:
            rows = work.all(_ALIASES, {"name": connection})
        return {row.seller_sku: _alias(row) for row in rows}

    def seller_skus(self, connection: str) -> set[str]:
        """Every seller SKU of the connection's listings, of its orders that wait, and of the newest of the others."""
        with self._database.reading() as work:
            found = {row.seller_sku for row in work.all(_LISTED, {"name": connection})}
            for status in STATUSES:
                query = _LINES if status in _WAITING else _LINES.limit(NEWEST_ORDERS)
                for row in work.all(query, {"name": connection, "status": status}):
                    found.update(line[1] for line in loads(row.lines))
        return found - {""}

    def waiting_skus(self, connection: str) -> set[str]:
        """Every seller SKU of the connection's orders that are tried again by themselves."""
        with self._database.reading() as work:
            found: set[str] = set()
            for status in ("held", "failed"):
                for row in work.all(_LINES, {"name": connection, "status": status}):
                    found.update(line[1] for line in loads(row.lines))
        return found - {""}

    def set_alias(self, connection: str, alias: Alias, at: datetime | None = None) -> None:
        """Pair a seller SKU by hand; held orders of the connection are tried again."""
        self.set_aliases(connection, [alias], at)

    def set_aliases(self, connection: str, aliases: Iterable[Alias], at: datetime | None = None) -> tuple[int, int]:
        """Pair many, all or none; how many are new and how many were changed."""
        at = at or self._now()
        added = changed = 0
        with self._database.writing() as work:
            known = {row.seller_sku: _alias(row) for row in work.all(_ALIASES, {"name": connection})}
            notes = []
            for alias in aliases:
                old = known.get(alias.seller_sku)
                if old == alias:
                    continue
                added, changed = (added + 1, changed) if old is None else (added, changed + 1)
                known[alias.seller_sku] = alias
                values = {"product": alias.product, "units": alias.units, "set_at": written(at)}
                row = insert_for(work.connection.dialect)(_a).values(
                    connection=connection, seller_sku=alias.seller_sku, **values
                )
                work.run(row.on_conflict_do_update(index_elements=_KEY, set_=values))
                notes.append((f"alias.{alias.seller_sku}", _shown(old), _shown(alias)))
            if notes:
                note(work, connection, at, notes)
                wake(work, connection, at)
        return added, changed

    def remove_alias(self, connection: str, seller_sku: str, at: datetime | None = None) -> bool:
        """Undo a pairing; whether there was one."""
        at = at or self._now()
        with self._database.writing() as work:
            old = work.one(_ALIAS, {"name": connection, "sku": seller_sku})
            if old is None:
                return False
            work.run(delete(_a).where(_a.c.connection == connection, _a.c.seller_sku == seller_sku))
            note(work, connection, at, [(f"alias.{seller_sku}", _shown(old), None)])
            wake(work, connection, at)
            return True


def _alias(row: Any) -> Alias:
    return Alias(seller_sku=row.seller_sku, product=row.product, units=row.units)


def _shown(alias: Any) -> dict[str, Any] | None:
    return None if alias is None else {"product": alias.product, "units": alias.units}
