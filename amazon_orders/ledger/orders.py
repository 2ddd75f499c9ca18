"""Orders: what is known of those that come by, and the writing of what a page decided."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, func, literal_column, null, or_, select, update

from . import schema
from .database import Database
from .records import OrderRecord, Remembered
from .retention import erase_at
from .rows import COLUMNS, REMEMBERED, SKIPPED, remembered, row_of, trace_text
from .statements import Lookup, Statement
from .text import clean, digits, written
from .transaction import Work
from .vault import Vault
from .views import Views

_t = schema.orders
_KEY = ("connection", "amazon_order_id")
_KEPT_IF_NONE = ("store_ref", "store_number", "store_total", "decided_at", "trace_hash", "trace")
_AS_PLACED = ("reading", "balanced", "equation", "flags")
_AS_READ = (
    "marketplace",
    "fulfilled_by",
    "ship_by",
    "deliver_by",
    "shipped_at",
    "delivered_at",
    "currency",
    "amazon_total",
    "marketplace_tax",
    "erase_at",
)

# Nothing to do for these until Amazon's record or what the ledger waits for changes.
_KNOWN = Lookup(
    lambda digests: select(_t.c.digest).where(
        _t.c.connection == bindparam("name"),
        or_(_t.c.next_try.is_(None), _t.c.next_try > bindparam("at")),
        _t.c.digest.in_(digests),
    ),
    ("name", "at"),
)
_RECALL = Lookup(
    lambda ids: select(*[_t.c[name] for name in REMEMBERED]).where(
        _t.c.connection == bindparam("name"), _t.c.amazon_order_id.in_(ids)
    ),
    ("name",),
)
_BEFORE = (
    "amazon_order_id",
    "status",
    "reason",
    "detail",
    "store_ref",
    "store_total",
    "digest",
    "updated_at",
    "trace_hash",
)
_HOLD = Lookup(
    lambda ids: (
        select(*[_t.c[name] for name in _BEFORE])
        .where(_t.c.connection == bindparam("name"), _t.c.amazon_order_id.in_(ids))
        .with_for_update()
    ),
    ("name",),
)


def _upsert(insert: Callable[..., Any]) -> Any:
    statement = insert(_t).values({name: bindparam(name) for name in COLUMNS})
    new = statement.excluded
    changes = {name: new[name] for name in COLUMNS if name not in _KEY}
    changes |= {name: func.coalesce(new[name], _t.c[name]) for name in _KEPT_IF_NONE}
    # Of an order in the store, what it was placed with stays, unless it is decided anew.
    in_store = _t.c.store_ref.is_not(None)
    undecided = and_(in_store, new["equation"].is_(None))
    changes |= {name: case((undecided, _t.c[name]), else_=new[name]) for name in _AS_PLACED}
    # A record that could not be read names no marketplace, and says nothing of such an order.
    unread = and_(in_store, new["marketplace"] == literal_column("''"))
    changes |= {name: case((unread, _t.c[name]), else_=new[name]) for name in _AS_READ}
    changes["lines"] = case((and_(in_store, new["lines"] == literal_column("'[]'")), _t.c.lines), else_=new["lines"])
    changes["token"] = case(
        (new["status"] == literal_column(f"'{SKIPPED}'"), null()), else_=func.coalesce(new["token"], _t.c.token)
    )
    return statement.on_conflict_do_update(
        index_elements=_KEY, set_=changes, where=new["updated_at"] >= _t.c.updated_at
    )


_d = schema.decisions
_REPLACED = ("connection", "amazon_order_id", "at", "status", "reason", "detail", "trace")
_WRITE = Statement(_upsert, COLUMNS)
_REPLACE = Statement(
    lambda insert: insert(_d).from_select(
        _REPLACED,
        select(
            _t.c.connection, _t.c.amazon_order_id, _t.c.decided_at, _t.c.status, _t.c.reason, _t.c.detail, _t.c.trace
        ).where(_t.c.connection == bindparam("name"), _t.c.amazon_order_id == bindparam("which")),
    ),
    ("name", "which"),
)
_REFER = Statement(
    lambda _insert: (
        update(_t)
        .values(store_ref=bindparam("found"), store_number=bindparam("number"))
        .where(
            _t.c.connection == bindparam("name"),
            _t.c.amazon_order_id == bindparam("which"),
            _t.c.store_ref.is_(None),
        )
    ),
    ("found", "number", "name", "which"),
)


_OF_CONNECTION = and_(_t.c.connection == bindparam("who"), _t.c.amazon_order_id == bindparam("which"))
_TRY_AT = update(_t).where(_OF_CONNECTION, _t.c.status.in_(("held", "failed"))).values(next_try=bindparam("at"))
_PUT_OFF = update(_t).where(_OF_CONNECTION, _t.c.next_try.is_not(None)).values(next_try=bindparam("at"))


class Orders(Views):
    """The hot path: one question before a page is worked on, one write after it."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(database, vault)
        self._now = now
        self.stale_ignored = 0
        """How many records were not written because a newer one was there."""

    def known(self, connection: str, digests: Collection[bytes], *, due_too: bool = False) -> set[bytes]:
        """Those of `digests` that need no work: the record is as it was, and no new try is due.

        `due_too`: those that are due are as good as known.
        """
        if not digests:
            return set()
        with self._database.reading() as work:
            asked = [bytearray(digest) for digest in digests]  # sqlite3 binds them at a third of the cost of bytes
            at = "" if due_too else written(self._now())
            return {row[0] for row in work.look_up(_KNOWN, (connection, at), asked)}

    def recall(self, connection: str, ids: Collection[str]) -> dict[str, Remembered]:
        """What is known of `ids`; an order never seen is left out."""
        if not ids:
            return {}
        with self._database.reading() as work:
            return {row[0]: remembered(connection, row) for row in work.look_up(_RECALL, (connection,), ids)}

    def record(self, records: Sequence[OrderRecord]) -> frozenset[str]:
        """Write what was found out about some orders, each whole; the ids of those that were ignored as too old.

        A record with a `store_ref` settles its claim, in any case. A decision that differs from the one in force
        replaces it, and the old one is added to the decisions.
        """
        stale: set[str] = set()
        if not records:
            return frozenset()
        with self._database.writing() as work:
            for connection, batch in _by_connection(records).items():
                stale |= self._record(work, connection, batch)
        self.stale_ignored += len(stale)
        return frozenset(stale)

    def try_at(self, connection: str, ids: Iterable[str], at: datetime) -> None:
        """Have held and failed orders tried again from `at` on."""
        self._each(_TRY_AT, connection, ids, at)

    def put_off(self, connection: str, ids: Iterable[str], until: datetime) -> None:
        """Put the next try of orders off that have one."""
        self._each(_PUT_OFF, connection, ids, until)

    def _each(self, statement: Update, connection: str, ids: Iterable[str], at: datetime) -> None:
        with self._database.writing() as work:
            for order_id in ids:
                work.run(statement, {"who": connection, "which": order_id, "at": written(at)})

    def _record(self, work: Work, connection: str, records: dict[str, OrderRecord]) -> set[str]:
        before = {row[0]: row for row in work.look_up(_HOLD, (connection,), records)}
        fresh: list[OrderRecord] = []
        stale: list[OrderRecord] = []
        for order_id, record in records.items():
            row = before.get(order_id)
            (stale if row is not None and written(record.updated_at) < row[7] else fresh).append(record)
        rows, replaced = [], []
        untils = [erase_at(record) for record in fresh]
        for record, until, token in zip(fresh, untils, self._sealed(fresh, untils), strict=True):
            trace = trace_text(record.trace)
            trace_hash = hashlib.blake2b(trace.encode(), digest_size=8).digest()
            row = before.get(record.amazon_order_id)
            if row is None or _is_another(record, trace_hash, row):
                rows.append(row_of(record, (written(record.at), trace_hash, trace), token, until))
                if row is not None:
                    replaced.append((connection, record.amazon_order_id))
            else:
                rows.append(row_of(record, (None, None, None), token, until))
        work.many(_REPLACE, replaced)
        work.many(_WRITE, rows)
        late = [record for record in stale if record.store_ref]
        work.many(_REFER, [(r.store_ref, r.store_number or None, connection, r.amazon_order_id) for r in late])
        return {record.amazon_order_id for record in stale}

    def _sealed(self, records: Sequence[OrderRecord], untils: Sequence[datetime | None]) -> list[bytes | None]:
        """Amazon's records as they are kept: not without a key, not of orders never placed, nor past their time."""
        if not self._vault.has_key:
            return [None] * len(records)
        now = self._now()
        # What is past its time would be erased at once.
        kept = [
            record.raw if until is not None and until > now else None
            for record, until in zip(records, untils, strict=True)
        ]
        tokens = iter(self._vault.seal_all([raw for raw in kept if raw is not None]))
        return [None if raw is None else next(tokens) for raw in kept]


def _by_connection(records: Iterable[OrderRecord]) -> dict[str, dict[str, OrderRecord]]:
    batches: dict[str, dict[str, OrderRecord]] = defaultdict(dict)
    for record in records:
        batch = batches[record.connection]
        other = batch.get(record.amazon_order_id)
        if other is None or record.updated_at >= other.updated_at:
            batch[record.amazon_order_id] = record
    return batches


def _is_another(record: OrderRecord, trace_hash: bytes, before: Any) -> bool:
    """Whether a decision differs from the one in force, so that both are worth keeping."""
    _, status, reason, detail, store_ref, store_total, digest, _, hash_before = before
    if (record.status, record.reason, clean(record.detail)) != (status, reason, detail):
        return True
    if record.store_ref and record.store_ref != store_ref:
        return True
    if record.store_total is not None and digits(record.store_total) != store_total:
        return True
    return bool(record.digest != digest and trace_hash != hash_before)
