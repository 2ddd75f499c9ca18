"""What waits, by connection: counts that the indexes of open orders answer, however many orders there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text

from . import schema
from .database import Database
from .text import loads, moment, written

_t = schema.orders
_MINE = _t.c.connection == bindparam("name")
_WAITING = ("pending", "held", "failed")
_NAMELESS = "unreadable-"
_BY_STATUS: Any = select(_t.c.status, func.count()).where(_MINE, _t.c.status.in_(_WAITING)).group_by(_t.c.status)
_UNREADABLE: Any = select(_t.c.amazon_order_id).where(
    _MINE, _t.c.status.in_(("held", "failed")), _t.c.amazon_order_id.like(f"{_NAMELESS}%")
)
_LATE: Any = (
    select(_t.c.amazon_order_id, _t.c.ship_by)
    .where(
        _MINE,
        text("ao_orders.watched = 1 AND ao_orders.created_at > ''"),  # so that SQLite takes the index of such rows
        _t.c.status != "pending",
        _t.c.amazon_status != "SHIPPED",  # held, and shipped by hand
        _t.c.ship_by < bindparam("at"),
    )
    .order_by(_t.c.ship_by)
)
_TRIES: Any = select(func.count(), func.min(_t.c.next_try)).where(_MINE, _t.c.next_try > bindparam("at"))
_UNKNOWN_SKUS: Any = select(_t.c.lines).where(_MINE, _t.c.status == "held", _t.c.reason == bindparam("why"))
_SEEN: Any = (
    select(_t.c.amazon_order_id)
    .where(_MINE, _t.c.token.is_not(None), _t.c.status == "placed", _t.c.fulfilled_by == "MERCHANT")
    .order_by(_t.c.created_at.desc())
    .limit(bindparam("many"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Orders of a connection that are not finished."""

    pending: int
    held: int
    failed: int
    unreadable: tuple[str, ...]
    """Records without an order id, by the digest that stands for one."""
    late: tuple[tuple[str, datetime], ...]
    """Open orders past the time by which they have to be shipped, the oldest first."""


class Counts:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, connection: str, at: datetime) -> Waiting:
        """What waits at `at`."""
        name = {"name": connection}
        with self._database.reading() as work:
            counted: Any = work.all(_BY_STATUS, name)
            nameless: Any = work.all(_UNREADABLE, name)
            past: Any = work.all(_LATE, name | {"at": written(at)})
        by_status = {row[0]: row[1] for row in counted}
        return Waiting(
            pending=by_status.get("pending", 0),
            held=by_status.get("held", 0),
            failed=by_status.get("failed", 0),
            unreadable=tuple(row[0] for row in nameless),
            late=tuple((row[0], moment(row[1])) for row in past),
        )

    def tries(self, connection: str, at: datetime) -> tuple[int, datetime | None]:
        """How many orders wait for a next try after `at`, and when the first of them is due."""
        with self._database.reading() as work:
            row: Any = work.one(_TRIES, {"name": connection, "at": written(at)})
        return (row[0], moment(row[1])) if row else (0, None)

    def skus_without_product(self, connection: str, reason: str) -> dict[str, int]:
        """Seller SKUs that hold orders for `reason` -> how many lines, the most frequent first."""
        with self._database.reading() as work:
            rows: Any = work.all(_UNKNOWN_SKUS, {"name": connection, "why": reason})
        found: dict[str, int] = {}
        for row in rows:
            for _, sku, product, *_rest in loads(row[0]):
                if product is None:
                    found[sku] = found.get(sku, 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def with_personal_data(self, connection: str, many: int) -> list[str]:
        """The newest merchant orders in the store of which Amazon's record is kept."""
        with self._database.reading() as work:
            rows: Any = work.all(_SEEN, {"name": connection, "many": many})
        return [row[0] for row in rows]
