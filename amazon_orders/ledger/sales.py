"""Orders that are in a store, by the store's own reference: where the way back begins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from . import schema
from .changes import DONE
from .database import Database
from .rows import lines_of
from .sale import Sale
from .statements import Lookup
from .text import moment
from .vault import Vault

_t = schema.orders
_c = schema.changes
_READ = (
    "amazon_order_id", "connection", "store_ref", "marketplace", "amazon_status", "created_at", "updated_at",
    "lines", "token",
)  # fmt: skip
_COLUMNS = [_t.c[name] for name in _READ]
_BY_REF = Lookup(
    lambda refs: select(*_COLUMNS).where(_t.c.store == bindparam("shop"), _t.c.store_ref.in_(refs)), ("shop",)
)
_BY_ID = Lookup(
    lambda ids: select(*_COLUMNS).where(
        _t.c.connection == bindparam("name"), _t.c.amazon_order_id.in_(ids), _t.c.store_ref.is_not(None)
    ),
    ("name",),
)
_HOLDS = (
    select(_c.c.kind, _c.c.closed_at)
    .where(
        _c.c.store == bindparam("shop"),
        _c.c.amazon_order_id == bindparam("which"),
        _c.c.state == DONE,
        _c.c.kind.in_(("PutOnHold", "TakeOffHold")),
    )
    .order_by(_c.c.number)
)


class Sales:
    """What the ledger knows of orders in a store. Read only."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def by_ref(self, store: str, refs: Collection[str]) -> dict[str, Sale]:
        """Sales by the store's reference; a reference that is not Amazon's is left out."""
        with self._database.reading() as work:
            rows = list(work.look_up(_BY_REF, (store,), refs)) if refs else []
        return {sale.ref: sale for sale in map(self._sale, rows)}

    def by_id(self, connection: str, ids: Collection[str]) -> dict[str, Sale]:
        """Sales by Amazon's order id."""
        with self._database.reading() as work:
            rows = list(work.look_up(_BY_ID, (connection,), ids)) if ids else []
        return {sale.amazon_order_id: sale for sale in map(self._sale, rows)}

    def held(self, store: str, amazon_order_id: str) -> tuple[datetime | None, bool]:
        """Since when the store holds an order because the buyer asked to cancel, and whether a person let it go."""
        with self._database.reading() as work:
            rows: Any = work.all(_HOLDS, {"shop": store, "which": amazon_order_id})
        if not rows:
            return None, False
        kind, at = rows[-1]
        return (moment(at), False) if kind == "PutOnHold" else (None, True)

    def _sale(self, row: Any) -> Sale:
        values = dict(zip(_READ, row, strict=True))
        token = values.pop("token")
        order_id = values["amazon_order_id"]
        return Sale(
            amazon_order_id=order_id,
            connection=values["connection"],
            ref=values["store_ref"],
            marketplace=values["marketplace"],
            amazon_status=values["amazon_status"],
            created_at=moment(values["created_at"]),
            updated_at=moment(values["updated_at"]),
            lines=lines_of(_Lines(values["lines"])),
            record=None if token is None else self._vault.open(token, f"order {order_id}"),
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    lines: str
