"""Orders as people and runs ask for them: lists in pages, one in detail, those that wait."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, tuple_

from ..model import OrderDetail, OrderRow, Reason
from . import schema
from .command_views import standing, steps
from .database import Database
from .records import STATUSES
from .rows import LISTED, balance_of, lines_of, listed, trace_of
from .text import amount, written
from .vault import Vault

ATTENTION = "attention"
"""A status to ask for: held orders, and those with an open entry in the inbox."""

_PAGE = 200
_t = schema.orders
_d = schema.decisions
_i = schema.inbox
_LISTED = select(*[_t.c[name] for name in LISTED])
_IN_INBOX = tuple_(_t.c.connection, _t.c.amazon_order_id).in_(
    select(_i.c.connection, _i.c.amazon_order_id).where(_i.c.closed_at.is_(None))
)
_IDS = select(_t.c.amazon_order_id).where(_t.c.connection == bindparam("name"))
_DUE = (
    _IDS.where(_t.c.next_try.is_not(None), _t.c.next_try <= bindparam("at"))
    .order_by(_t.c.next_try)
    .limit(bindparam("many"))
)
_GIVEN_UP = (Reason.FAILING, Reason.UNREADABLE)
_HELD = _IDS.where(_t.c.status == "held", or_(_t.c.reason.is_(None), _t.c.reason.not_in(_GIVEN_UP))).order_by(
    _t.c.created_at
)
_WHOLE = select(_t).where(_t.c.amazon_order_id == bindparam("which"))
_TRACES = (
    select(_d.c.at, _d.c.trace)
    .where(_d.c.amazon_order_id == bindparam("which"), _d.c.connection == bindparam("name"))
    .order_by(_d.c.id)
)
_SNAPSHOT = select(_t.c.token).where(_t.c.connection == bindparam("name"), _t.c.amazon_order_id == bindparam("which"))

_OTHER_STORE = (
    select(_t.c.store)
    .where(_t.c.connection == bindparam("name"), _t.c.store != bindparam("shop"), _t.c.store_ref.is_not(None))
    .limit(1)
)

_Ids = list[str]


class Views:
    """What is known of orders, read only."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def list(
        self,
        *,
        status: str | None = None,
        connection: str | None = None,
        after: OrderRow | None = None,
        limit: int | None = None,
    ) -> Iterator[OrderRow]:
        """Orders, newest first, read in pages while they are consumed; `after` is the last row of the page before.

        `status` is one of `STATUSES`, or `attention`.
        """
        wanted = ("held",) if status == ATTENTION else STATUSES if status is None else (status,)
        streams = [self._stream(_LISTED.where(_t.c.status == one), connection, after, limit) for one in wanted]
        if status == ATTENTION:
            streams.append(self._stream(_LISTED.where(_t.c.status != "held", _IN_INBOX), connection, after, limit))
        return islice(heapq.merge(*streams, key=_place, reverse=True), limit)

    def detail(self, amazon_order_id: str, connection: str | None = None) -> OrderDetail | None:
        """One order with amounts, lines and the trace of every decision; `None` where it is not known.

        Where several connections saw it: the one that has it in the store, unless `connection` says which.
        """
        with self._database.reading() as work:
            rows = [
                row
                for row in work.all(_WHOLE, {"which": amazon_order_id})
                if connection is None or row.connection == connection
            ]
            if not rows:
                return None
            row = min(rows, key=lambda row: (not row.store_ref, row.status == "skipped", row.connection))
            traces = work.all(_TRACES, {"which": amazon_order_id, "name": row.connection})
            commands = standing(work, row.connection, amazon_order_id)
            sent = steps(work, row.connection, amazon_order_id)
        decided = [step for made in (*traces, (row.decided_at, row.trace)) for step in trace_of(made[1], made[0])]
        return OrderDetail(
            amazon_order_id=row.amazon_order_id,
            connection=row.connection,
            marketplace=row.marketplace,
            status=row.status,
            amazon_status=row.amazon_status,
            reason=row.reason,
            store_ref=row.store_ref,
            currency=row.currency,
            amazon_total=amount(row.amazon_total),
            store_total=amount(row.store_total),
            marketplace_tax=amount(row.marketplace_tax),
            balance=balance_of(row),
            lines=lines_of(row),
            trace=sorted([*decided, *sent], key=lambda step: step["at"]),
            commands=commands,
        )

    def due(self, connection: str, at: datetime, limit: int) -> _Ids:
        """Orders whose next try is due, the longest due first."""
        with self._database.reading() as work:
            return [row[0] for row in work.all(_DUE, {"name": connection, "at": written(at), "many": limit})]

    def held(self, connection: str) -> _Ids:
        """Held orders that a product or a setting may let in, oldest first: not those that failed too often."""
        with self._database.reading() as work:
            return [row[0] for row in work.all(_HELD, {"name": connection})]

    def other_store(self, connection: str, store: str) -> str:
        """A store other than `store` that has orders of the connection; empty: there is none."""
        with self._database.reading() as work:
            row = work.one(_OTHER_STORE, {"name": connection, "shop": store})
        return "" if row is None else str(row[0])

    def snapshot(self, connection: str, amazon_order_id: str) -> bytes | None:
        """Amazon's record as it came, decrypted; `None` where it is not kept. Raises `LedgerError` for a wrong key."""
        with self._database.reading() as work:
            row = work.one(_SNAPSHOT, {"name": connection, "which": amazon_order_id})
        if row is None or row.token is None:
            return None
        return self._vault.open(row.token, f"order {amazon_order_id}")

    def _stream(
        self, query: Select[Any], connection: str | None, after: OrderRow | None, limit: int | None
    ) -> Iterator[OrderRow]:
        """One list in order, by the key of its last row: each page costs the same, however far down it is."""
        size = _PAGE if limit is None else min(limit, _PAGE)
        key = (_t.c.created_at, _t.c.amazon_order_id, _t.c.connection)
        query = query.order_by(*[column.desc() for column in key]).limit(size)
        if connection is not None:
            query = query.where(_t.c.connection == connection)
        last = None if after is None else _place(after)
        while True:
            page = query if last is None else query.where(tuple_(*key) < tuple_(written(last[0]), *last[1:]))
            with self._database.reading() as work:
                rows = [listed(row) for row in work.all(page)]
            yield from rows
            if len(rows) < size:
                return
            last = _place(rows[-1])


def _place(row: OrderRow) -> tuple[datetime, str, str]:
    if row.purchased_at is None:
        raise ValueError("a row to go on after needs the time of its purchase")
    return row.purchased_at, row.amazon_order_id, row.connection
