"""An order as the shop has it, with what of it is still open, and the writes that change it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ...errors import StoreRejected
from ...model import ZERO, rounded
from .database import moment, now, text
from .moves import apply_moves
from .placing import sold_key

ADJUSTMENT = "adjustment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An item of an order. `quantity` is without cancelled units, `left` also without shipped ones."""

    id: int
    external_id: str
    product_id: int
    quantity: int
    shipped: int
    total: Decimal
    tax: Decimal | None

    @property
    def left(self) -> int:
        """Units that have neither left nor been cancelled."""
        return self.quantity - self.shipped


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An order and its items."""

    id: int
    key: str
    status: str
    currency: str
    lines: tuple[Line, ...]

    @property
    def touched(self) -> bool:
        """Whether something of it has left the house."""
        return self.status == "shipped" or any(line.shipped for line in self.lines)


_LINES = """
    SELECT l.id, l.external_id, l.product_id, l.quantity, l.total, l.tax,
           (SELECT coalesce(sum(s.quantity), 0) FROM shipment_lines s JOIN shipments p ON p.id = s.shipment_id
             WHERE s.line_id = l.id AND p.order_id = l.order_id)
      FROM order_lines l WHERE l.order_id = ? AND l.kind = 'item' ORDER BY l.id
"""


def read(connection: sqlite3.Connection, ref: str) -> Record:
    """The order of a reference. `StoreRejected` where there is none."""
    row = connection.execute("SELECT id, external_id, status, currency FROM orders WHERE id = ?", (ref,)).fetchone()
    if row is None or str(row[0]) != ref:
        raise StoreRejected(f"the shop has no order {ref!r}", record=ref)
    lines = tuple(
        Line(
            id=line_id,
            external_id=external_id,
            product_id=product_id,
            quantity=quantity,
            shipped=quantity if row[2] == "shipped" else shipped,
            total=Decimal(total),
            tax=None if tax is None else Decimal(tax),
        )
        for line_id, external_id, product_id, quantity, total, tax, shipped in connection.execute(_LINES, (row[0],))
    )
    return Record(id=row[0], key=row[1], status=row[2], currency=row[3], lines=lines)


def chosen(record: Record, wanted: Mapping[str, int]) -> list[tuple[Line, int]] | None:
    """Lines and units for order item id -> units; empty means all that is left. `None`: so many are not left.

    Units of an item that has several lines are taken from the first lines first.
    """
    if not wanted:
        return [(line, line.left) for line in record.lines if line.left]
    found: list[tuple[Line, int]] = []
    for item, units in wanted.items():
        lines = [line for line in record.lines if line.external_id == item]
        if not lines:
            raise StoreRejected(f"order {record.id} of the shop has no line {item!r}", record=record.key)
        if units < 1:
            raise StoreRejected(f"{units} units of line {item!r} were named; at least one is needed", record=record.key)
        for line in lines:
            if taken := min(units, line.left):
                found.append((line, taken))
                units -= taken
        if units:
            return None
    return found


def ship(
    connection: sqlite3.Connection,
    record: Record,
    lines: Iterable[tuple[Line, int]],
    *,
    carrier: str,
    service: str = "",
    tracking: str,
    shipped_at: datetime,
) -> int:
    """Write one package. The order is shipped once nothing is left."""
    lines = list(lines)
    shipment = connection.execute(
        "INSERT INTO shipments (order_id, carrier, service, tracking, shipped_at, updated_at) VALUES (?,?,?,?,?,?)",
        (record.id, carrier, service, tracking, moment(shipped_at), moment(now())),
    ).lastrowid
    connection.executemany(
        "INSERT INTO shipment_lines (shipment_id, line_id, quantity) VALUES (?,?,?)",
        [(shipment, line.id, units) for line, units in lines],
    )
    left = sum(line.left for line in record.lines) - sum(units for _, units in lines)
    set_status(connection, record, record.status if left else "shipped")
    return int(shipment or 0)


def cancel_all(connection: sqlite3.Connection, record: Record, reason: str, key: str) -> int:
    """Cancel the whole order and give its stock back. Amounts stay as they were, as a record."""
    give_back(connection, record, [(line, line.quantity) for line in record.lines], key)
    set_status(connection, record, "cancelled")
    return _cancellation(connection, record.id, None, None, reason)


def cancel_units(
    connection: sqlite3.Connection,
    record: Record,
    lines: Iterable[tuple[Line, int]],
    reason: str,
    key: str,
    new_total: Decimal | None = None,
) -> list[int]:
    """Take units off the order and give their stock back.

    A line's amounts go down in proportion. Where the order must end at `new_total`, one adjustment line carries what
    the proportions miss.
    """
    lines = list(lines)
    currency = record.currency
    tax_off: Decimal | None = ZERO
    for line, units in lines:
        kept = Decimal(line.quantity - units) / line.quantity
        tax = None if line.tax is None else rounded(line.tax * kept, currency)
        tax_off = None if tax is None or line.tax is None or tax_off is None else tax_off + line.tax - tax
        connection.execute(
            "UPDATE order_lines SET quantity = ?, total = ?, tax = ? WHERE id = ?",
            (
                line.quantity - units,
                text(rounded(line.total * kept, currency), currency),
                None if tax is None else text(tax, currency),
                line.id,
            ),
        )
    _add_up(connection, record, new_total, tax_off)
    give_back(connection, record, lines, key)
    left = sum(line.left for line in record.lines) - sum(units for _, units in lines)
    if not left:
        set_status(connection, record, "shipped" if record.touched else "cancelled")
    else:
        set_status(connection, record, record.status)
    return [_cancellation(connection, record.id, line.id, units, reason) for line, units in lines]


def give_back(connection: sqlite3.Connection, record: Record, lines: Iterable[tuple[Line, int]], key: str) -> None:
    """Put units back on the shelf, if placing the order took them from there."""
    moves = []
    for line, units in lines:
        taken = sold_key(record.key, line.external_id, line.product_id)
        if units and connection.execute("SELECT 1 FROM stock_moves WHERE key = ?", (taken,)).fetchone():
            moves.append((f"{key}/{line.id}", line.product_id, units, "returned"))
    apply_moves(connection, moves)


def set_status(connection: sqlite3.Connection, record: Record, status: str, hold_reason: str | None = None) -> None:
    """Write the status; the reason of a hold goes with the hold."""
    connection.execute(
        "UPDATE orders SET status = ?, updated_at = ?,"
        " hold_reason = CASE WHEN ? = 'on_hold' THEN coalesce(?, hold_reason) END WHERE id = ?",
        (status, moment(now()), status, hold_reason, record.id),
    )


def _cancellation(
    connection: sqlite3.Connection, order_id: int, line_id: int | None, units: int | None, reason: str
) -> int:
    row = connection.execute(
        "INSERT INTO cancellations (order_id, line_id, quantity, reason, at) VALUES (?,?,?,?,?)",
        (order_id, line_id, units, reason, moment(now())),
    ).lastrowid
    return int(row or 0)


def _add_up(connection: sqlite3.Connection, record: Record, new_total: Decimal | None, tax_off: Decimal | None) -> None:
    currency = record.currency
    shipping, kept_tax = connection.execute("SELECT shipping, tax FROM orders WHERE id = ?", (record.id,)).fetchone()
    amounts = connection.execute("SELECT total FROM order_lines WHERE order_id = ?", (record.id,)).fetchall()
    total = sum((Decimal(amount) for (amount,) in amounts), Decimal(shipping))
    tax = None if kept_tax is None or tax_off is None else text(Decimal(kept_tax) - tax_off, currency)
    if new_total is not None and new_total != total:
        missing = text(new_total - total, currency)
        connection.execute(
            "INSERT INTO order_lines (order_id, sku, quantity, unit_price, total, kind) VALUES (?,?,1,?,?,?)",
            (record.id, ADJUSTMENT, missing, missing, ADJUSTMENT),
        )
        total, tax = new_total, None  # nobody said how much of the difference is tax
    connection.execute("UPDATE orders SET total = ?, tax = ? WHERE id = ?", (text(total, currency), tax, record.id))
