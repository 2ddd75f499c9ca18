"""Open orders that somebody looks after: read again by id once a day, and told of while their time to ship runs out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select, text, union

from ..model import FulfilledBy, Reason, Status
from . import schema
from .database import Database
from .records import AtRisk
from .statements import insert_for
from .text import moment, written

_t = schema.orders
_w = schema.watches
_i = schema.inbox
_c = schema.commands
_MINE = _t.c.connection == bindparam("name")
# Written out: SQLite takes the index of such rows only where the question says the same in so many words, and rather
# than another one where it can go on by the time.
_WATCHED: Any = text("ao_orders.watched = 1 AND ao_orders.created_at > ''")
_NOT_WATCHED: Any = text("ao_orders.watched = 0")
_OPEN_STATE: Any = text("ao_commands.state NOT IN ('verified', 'refused', 'skipped')")
_WITH_WATCH = _t.outerjoin(_w, and_(_w.c.connection == _t.c.connection, _w.c.amazon_order_id == _t.c.amazon_order_id))
_NAMELESS = "unreadable-"

# An order whose record came in a page was read then; only a later reading by id counts more.
_LAST_READ: Any = case(
    (_w.c.read_at.is_(None), _t.c.recorded_at), (_w.c.read_at < _t.c.recorded_at, _t.c.recorded_at), else_=_w.c.read_at
).label("last_read")
_NAMED = _t.c.amazon_order_id.not_like(f"{_NAMELESS}%")
_OPEN_COMMANDS = select(_c.c.amazon_order_id).where(
    _c.c.connection == bindparam("name"), _c.c.amazon_order_id != "", _OPEN_STATE
)
_OPEN: Any = union(
    select(_t.c.amazon_order_id, _LAST_READ).select_from(_WITH_WATCH).where(_MINE, _WATCHED, _NAMED),
    select(_t.c.amazon_order_id, _LAST_READ)
    .select_from(_WITH_WATCH)
    .where(_MINE, _NOT_WATCHED, _t.c.amazon_order_id.in_(_OPEN_COMMANDS)),
).subquery()
_STALE = (
    select(_OPEN.c.amazon_order_id)
    .where(_OPEN.c.last_read <= bindparam("before"))
    .order_by(_OPEN.c.last_read, _OPEN.c.amazon_order_id)
    .limit(bindparam("many"))
)
_FIRST = select(func.min(_OPEN.c.last_read))

_BLOCKING = (Reason.BUYER_REQUESTS_CANCEL, Reason.ADDRESS_CHANGED, Reason.UNITS_CANCELLED)
"""Why an order that is in the store cannot leave it as it is."""
_BLOCKED_IN_INBOX = (
    select(_i.c.reason)
    .where(
        _i.c.connection == _t.c.connection,
        _i.c.amazon_order_id == _t.c.amazon_order_id,
        _i.c.closed_at.is_(None),
        _i.c.reason.in_(_BLOCKING),
    )
    .order_by(_i.c.opened_at)
    .limit(1)
    .scalar_subquery()
)
_WHY: Any = case(
    (_t.c.reason.in_(_BLOCKING), _t.c.reason), (_t.c.store_ref.is_(None), _t.c.reason), else_=_BLOCKED_IN_INBOX
)
_AT_RISK: Any = (
    select(
        _t.c.amazon_order_id,
        _t.c.store_ref,
        _t.c.marketplace,
        _t.c.ship_by,
        _WHY.label("why"),
        _w.c.told_at,
    )
    .select_from(_WITH_WATCH)
    .where(
        _MINE,
        _WATCHED,
        _t.c.fulfilled_by == FulfilledBy.MERCHANT.value,
        _t.c.amazon_status.not_in((Status.SHIPPED.value, Status.CANCELLED.value)),  # held, and shipped by hand
        _t.c.ship_by <= bindparam("until"),
        or_(_t.c.status.in_(("held", "failed")), and_(_t.c.status == "placed", _WHY.is_not(None))),
    )
    .order_by(_t.c.ship_by, _t.c.amazon_order_id)
)
_SETTLED = delete(_w).where(
    _w.c.connection == bindparam("name"),
    ~exists().where(_t.c.connection == _w.c.connection, _t.c.amazon_order_id == _w.c.amazon_order_id, _WATCHED),
    _w.c.amazon_order_id.not_in(_OPEN_COMMANDS),
)


class Watches:
    """Orders by connection. Whether one is watched stands with the order itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stale(self, connection: str, before: datetime, limit: int) -> list[str]:
        """Watched orders, and those with an open command, that nobody has read since `before`, the longest first."""
        with self._database.reading() as work:
            rows = work.all(_STALE, {"name": connection, "before": written(before), "many": limit})
        return [row[0] for row in rows]

    def read_first(self, connection: str) -> datetime | None:
        """When the one that nobody has read for the longest time was read; `None`: there is none."""
        with self._database.reading() as work:
            row = work.one(_FIRST, {"name": connection})
        return None if row is None else moment(row[0])

    def at_risk(self, connection: str, until: datetime) -> list[AtRisk]:
        """Orders that are to be shipped by `until` and cannot be, the most urgent first."""
        with self._database.reading() as work:
            rows: Any = work.all(_AT_RISK, {"name": connection, "until": written(until)})
        return [
            AtRisk(
                amazon_order_id=row.amazon_order_id,
                ref=row.store_ref or "",
                marketplace=row.marketplace,
                ship_by=moment(row.ship_by),
                reason=row.why or "",
                told_at=moment(row.told_at),
            )
            for row in rows
        ]

    def was_read(self, connection: str, ids: Collection[str], at: datetime) -> None:
        """Note that `ids` were read by id, whether Amazon knew them or not. Orders that are settled are forgotten."""
        self._note(connection, ids, "read_at", at)
        with self._database.writing() as work:
            work.run(_SETTLED, {"name": connection})

    def was_told(self, connection: str, ids: Iterable[str], at: datetime) -> None:
        """Note that listeners are about to be told of `ids`."""
        self._note(connection, ids, "told_at", at)

    def _note(self, connection: str, ids: Iterable[str], what: str, at: datetime) -> None:
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            for order_id in ids:
                values = {"connection": connection, "amazon_order_id": order_id, what: written(at)}
                work.run(
                    insert(_w)
                    .values(values)
                    .on_conflict_do_update(index_elements=("connection", "amazon_order_id"), set_={what: written(at)})
                )
