"""What Amazon changes about orders that the shop has: each once for ever under its key."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from ...errors import StoreRejected
from ...model import (
    CancelUnits,
    OrderChange,
    PutOnHold,
    ShippedByAmazon,
    StockAdjustment,
    TakeOffHold,
)
from . import records
from .database import Database, moment, now
from .moves import apply_moves, known_products


def cancel(database: Database, ref: str, reason: str, key: str) -> bool:
    """Cancel the order and give its stock back; `False` once something of it has left."""
    with database.writing() as connection:
        record = records.read(connection, ref)
        if record.status == "cancelled" or _done(connection, key):
            return True
        if record.touched:
            return False
        _remember(connection, key, record, "cancel", records.cancel_all(connection, record, reason, key))
        return True


def change(database: Database, ref: str, wanted: OrderChange, key: str) -> bool:
    """Make the change; `False` where it is too late or the shop knows no such change."""
    with database.writing() as connection:
        record = records.read(connection, ref)
        if _done(connection, key):
            return True
        match wanted:
            case PutOnHold():
                return _put_on_hold(connection, record, wanted, key)
            case TakeOffHold():
                return _take_off_hold(connection, record, key)
            case CancelUnits():
                return _cancel_units(connection, record, wanted, key)
            case ShippedByAmazon():
                return _shipped(connection, record, wanted, key)
            case _:  # this shop keeps no addresses, and a later version may add kinds
                return False


def adjust(database: Database, adjustments: Mapping[str, StockAdjustment]) -> None:
    """Make the moves whose keys are new; all of them or, where a product is unknown, none."""
    with database.writing() as connection:
        known = known_products(connection, {adjustment.product for adjustment in adjustments.values()})
        for key, adjustment in adjustments.items():
            if adjustment.product not in known:
                raise StoreRejected(
                    f"there is no product {adjustment.product!r} for seller SKU {adjustment.seller_sku!r}; "
                    "correct the pairing",
                    record=key,
                )
        apply_moves(
            connection,
            [(key, int(move.product), move.delta, move.reason) for key, move in adjustments.items()],
        )


def _put_on_hold(connection: sqlite3.Connection, record: records.Record, wanted: PutOnHold, key: str) -> bool:
    if record.status not in ("new", "on_hold"):
        return False
    records.set_status(connection, record, "on_hold", wanted.reason)
    return _remember(connection, key, record, "put_on_hold")


def _take_off_hold(connection: sqlite3.Connection, record: records.Record, key: str) -> bool:
    if record.status == "cancelled":
        return False
    if record.status == "on_hold":
        records.set_status(connection, record, "new")
    return _remember(connection, key, record, "take_off_hold")


def _cancel_units(connection: sqlite3.Connection, record: records.Record, wanted: CancelUnits, key: str) -> bool:
    lines = records.chosen(record, wanted.lines) if wanted.lines else []
    if record.status in ("shipped", "cancelled") or not lines:
        return False
    written = records.cancel_units(connection, record, lines, wanted.reason, key, wanted.new_total)
    return _remember(connection, key, record, "cancel_units", *written)


def _shipped(connection: sqlite3.Connection, record: records.Record, wanted: ShippedByAmazon, key: str) -> bool:
    if record.status == "cancelled":
        return False
    lines = records.chosen(record, wanted.lines)
    if lines is None:
        return False
    if not lines:  # everything has left already
        return _remember(connection, key, record, "shipped_by_amazon")
    shipment = records.ship(
        connection,
        record,
        lines,
        carrier=wanted.carrier,
        tracking=wanted.tracking,
        shipped_at=wanted.shipped_at,
    )
    return _remember(connection, key, record, "shipped_by_amazon", shipment)


def _done(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM amazon_changes WHERE key = ?", (key,)).fetchone() is not None


def _remember(connection: sqlite3.Connection, key: str, record: records.Record, kind: str, *written: int) -> bool:
    """Keep the key in the change's own transaction, once for each record that the change left."""
    connection.executemany(
        "INSERT INTO amazon_changes (key, order_id, kind, record_id, at) VALUES (?,?,?,?,?)",
        [(key, record.id, kind, row, moment(now())) for row in written or (None,)],
    )
    return True
