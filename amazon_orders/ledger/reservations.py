"""Reservations: units of a store's product that an order of Amazon's holds before the store has the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, or_, select, update

from . import schema
from .database import Database
from .records import Reservation
from .statements import Lookup, insert_for

_t = schema.reservations
_COLUMNS = ("amazon_order_id", "order_item_id", "product", "seller_sku", "told", "wanted", "step", "reason")
_READ = tuple(_t.c[name] for name in _COLUMNS)
_HELD = or_(_t.c.told != 0, _t.c.wanted != 0)
_OF = Lookup(
    lambda ids: select(*_READ).where(_t.c.store == bindparam("shop"), _t.c.amazon_order_id.in_(ids)), ("shop",)
)
_OPEN = (
    select(*_READ)
    .where(_t.c.store == bindparam("shop"), _t.c.connection == bindparam("name"), _t.c.told != _t.c.wanted)
    .order_by(_t.c.amazon_order_id, _t.c.order_item_id)
)
_ANY = select(_t.c.amazon_order_id).where(_t.c.store == bindparam("shop"), _HELD).limit(1)


class Reservations:
    """Reservations by store, order and line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self, store: str) -> bool:
        """Whether any unit of the store is held."""
        with self._database.reading() as work:
            return work.one(_ANY, {"shop": store}) is not None

    def of(self, store: str, ids: Collection[str]) -> dict[str, list[Reservation]]:
        """What each of the orders holds, or held."""
        found: dict[str, list[Reservation]] = defaultdict(list)
        with self._database.reading() as work:
            for row in work.look_up(_OF, (store,), ids):
                found[row[0]].append(Reservation(**dict(zip(_COLUMNS, row, strict=True))))
        return found

    def open(self, store: str, connection: str) -> list[Reservation]:
        """Moves of a connection that the store gave no answer to."""
        with self._database.reading() as work:
            rows = work.all(_OPEN, {"shop": store, "name": connection})
            return [Reservation(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]

    def save(self, store: str, connection: str, rows: Iterable[Reservation]) -> None:
        """Write reservations as they are wanted, before the store is asked to move."""
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            for row in rows:
                values = {name: getattr(row, name) for name in _COLUMNS}
                statement = insert(_t).values(store=store, connection=connection, **values)
                work.run(
                    statement.on_conflict_do_update(
                        index_elements=("store", "amazon_order_id", "order_item_id"),
                        set_={name: statement.excluded[name] for name in ("product", "wanted", "step", "reason")},
                    )
                )

    def settle(self, store: str, rows: Iterable[Reservation], *, done: bool = True) -> None:
        """The store has moved as wanted; or it refused, and what it knew of stays."""
        target = {"told": _t.c.wanted} if done else {"wanted": _t.c.told}
        with self._database.writing() as work:
            for row in rows:
                work.run(
                    update(_t)
                    .where(
                        _t.c.store == store,
                        _t.c.amazon_order_id == row.amazon_order_id,
                        _t.c.order_item_id == row.order_item_id,
                        _t.c.step == row.step,
                    )
                    .values(target)
                )
