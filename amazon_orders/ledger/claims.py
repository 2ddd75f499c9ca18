"""Claims: who places which order in which store, under which key. Committed before the store is asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from . import schema
from .database import Database
from .records import Claim
from .statements import Lookup, Statement
from .text import moment, written

_t = schema.claims
_o = schema.orders
_COLUMNS = ("store", "amazon_order_id", "connection", "key", "claimed_at", "fence", "mark")
_TAKE = Statement(
    lambda insert: insert(_t).values({name: bindparam(name) for name in _COLUMNS}).on_conflict_do_nothing(), _COLUMNS
)
_FIND = Lookup(
    lambda ids: (
        select(_t.c.amazon_order_id, _t.c.connection, _t.c.key, _o.c.store_ref, _t.c.claimed_at, _t.c.fence, _t.c.mark)
        .select_from(
            _t.outerjoin(
                _o,
                and_(
                    _o.c.connection == _t.c.connection,
                    _o.c.amazon_order_id == _t.c.amazon_order_id,
                    _o.c.store == _t.c.store,
                ),
            )
        )
        .where(_t.c.store == bindparam("shop"), _t.c.amazon_order_id.in_(ids))
    ),
    ("shop",),
)
_IN_STORE = Lookup(
    lambda ids: select(_o.c.amazon_order_id, _o.c.store_ref).where(
        _o.c.connection == bindparam("name"),
        _o.c.store == bindparam("shop"),
        _o.c.amazon_order_id.in_(ids),
        _o.c.store_ref.is_not(None),
    ),
    ("name", "shop"),
)

_RECENT = select(_t.c.amazon_order_id, _t.c.key).where(
    _t.c.store == bindparam("shop"), _t.c.claimed_at >= bindparam("start"), _t.c.connection == bindparam("name")
)


class Claims:
    """Claims, unique by store and Amazon order id for ever. A record of the order with its `store_ref` settles one."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def take(self, store: str, connection: str, keys: Mapping[str, str], fence: int) -> dict[str, Claim]:
        """Claim every order of `keys` (Amazon order id -> key) that nobody claimed; the claims of all of them.

        A claim that was there wins, whoever made it: look at its `connection`, `key` and `new`.
        """
        if not keys:
            return {}
        mark = secrets.randbits(62)
        now = self._now()
        at = written(now)
        with self._database.writing() as work:
            taken = [(store, order_id, connection, key, at, fence, mark) for order_id, key in keys.items()]
            if work.many(_TAKE, taken) == len(taken):
                # Nobody had claimed any of them: only what the ledger knows beside its claims is to be read.
                refs = dict(work.look_up(_IN_STORE, (connection, store), keys))
                return {
                    order_id: Claim(
                        store=store,
                        amazon_order_id=order_id,
                        connection=connection,
                        key=key,
                        ref=refs.get(order_id, ""),
                        claimed_at=now,
                        fence=fence,
                        new=True,
                    )
                    for order_id, key in keys.items()
                }
            return {row[0]: _claim(store, row, mark) for row in work.look_up(_FIND, (store,), keys)}

    def get(self, store: str, ids: Collection[str]) -> dict[str, Claim]:
        """The claims of `ids`, settled or not; an order that nobody claimed is left out."""
        with self._database.reading() as work:
            rows = work.look_up(_FIND, (store,), ids)
            return {claim.amazon_order_id: claim for claim in (_claim(store, row) for row in rows)}

    def recent(self, store: str, connection: str, since: datetime) -> dict[str, str]:
        """Amazon order id -> key of what `connection` claimed from `since` on, for the search for doubles."""
        with self._database.reading() as work:
            rows = work.all(_RECENT, {"shop": store, "start": written(since), "name": connection})
            return {row.amazon_order_id: row.key for row in rows}

    def open(self, store: str, ids: Collection[str]) -> dict[str, Claim]:
        """The claims of `ids` of which nobody knows whether the store has the order."""
        return {order_id: claim for order_id, claim in self.get(store, ids).items() if not claim.ref}


def _claim(store: str, row: Any, mark: int | None = None) -> Claim:
    order_id, connection, key, ref, claimed_at, fence, made_by = row
    return Claim(
        store=store,
        amazon_order_id=order_id,
        connection=connection,
        key=key,
        ref=ref or "",
        claimed_at=moment(claimed_at),
        fence=fence,
        new=made_by == mark,
    )
