"""An order record as a row of the table, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..model import Balance, LineReport, OrderRow, Status, TraceStep
from . import schema
from .records import OrderRecord, Remembered
from .text import amount, clean, digits, dumps, loads, maybe, moment, written

COLUMNS: tuple[str, ...] = tuple(column.name for column in schema.orders.columns)
"""The order of a row's values; `row_of` keeps to it, and a test compares."""

REMEMBERED = (
    "amazon_order_id",
    "status",
    "amazon_status",
    "reason",
    "detail",
    "digest",
    "created_at",
    "updated_at",
    "store_ref",
    "store_number",
    "store_total",
    "marketplace_tax",
    "attempts",
    "next_try",
    "recorded_at",
    "flags",
)

LISTED = (
    "amazon_order_id",
    "connection",
    "marketplace",
    "status",
    "amazon_status",
    "reason",
    "store_ref",
    "currency",
    "amazon_total",
    "store_total",
    "created_at",
    "ship_by",
)

SKIPPED = "skipped"

_SETTLED = frozenset({Status.SHIPPED.value, Status.CANCELLED.value})


def row_of(
    record: OrderRecord,
    decision: tuple[str, bytes, str] | tuple[None, None, None],
    token: bytes | None,
    until: datetime | None,
) -> tuple[Any, ...]:
    """The values of `ao_orders`, in the order of `COLUMNS`.

    `decision`: its time, the hash of its trace, its trace; `None` where the decision in force stays. `until`: how long
    the token may be kept. Bytes go as a bytearray, which sqlite3 binds at a third of the cost.
    """
    balance = record.balance
    decided_at, trace_hash, trace = decision
    return (
        record.amazon_order_id,
        record.connection,
        record.store,
        record.marketplace,
        record.status,
        clean(record.amazon_status),
        record.reason,
        clean(record.detail),
        record.fulfilled_by,
        written(record.created_at),
        written(record.updated_at),
        maybe(record.ship_by),
        maybe(record.deliver_by),
        maybe(record.shipped_at),
        maybe(record.delivered_at),
        clean(record.currency),
        digits(record.amazon_total),
        digits(record.store_total),
        digits(record.marketplace_tax),
        clean(record.store_ref) if record.store_ref else None,
        clean(record.store_number) if record.store_number else None,
        bytearray(record.digest),
        balance.reading if balance else None,
        int(balance.balanced) if balance else None,
        balance.equation if balance else None,
        ",".join(record.flags),
        dumps([_line(line) for line in record.lines]),
        record.attempts,
        maybe(record.next_try),
        written(record.at),
        int(is_watched(record.status, record.amazon_status)),
        maybe(until),
        decided_at,
        None if trace_hash is None else bytearray(trace_hash),
        trace,
        None if token is None else bytearray(token),
    )


def is_watched(status: str, amazon_status: str) -> bool:
    """Whether the order is to be read again by id once a day: pending, held, failed, or placed and not yet shipped."""
    if status == "placed":
        return amazon_status not in _SETTLED
    return status in ("pending", "held", "failed")


def trace_text(trace: tuple[TraceStep, ...]) -> str:
    """A trace as the ledger keeps it."""
    return dumps([(step.rule, step.outcome, step.detail, step.plugin) for step in trace])


def trace_of(text: str, at: str) -> list[dict[str, str]]:
    """A trace as `orders show` prints it; `at` is when it was decided."""
    return [TraceStep(*step).as_dict(at) for step in loads(text)]


def remembered(connection: str, row: Any) -> Remembered:
    """A row of `REMEMBERED`."""
    return Remembered(
        connection=connection,
        amazon_order_id=row[0],
        status=row[1],
        amazon_status=row[2],
        reason=row[3],
        detail=row[4],
        digest=row[5],
        created_at=moment(row[6]),
        updated_at=moment(row[7]),
        store_ref=row[8] or "",
        store_number=row[9] or "",
        store_total=amount(row[10]),
        marketplace_tax=amount(row[11]),
        attempts=row[12],
        next_try=moment(row[13]),
        recorded_at=moment(row[14]),
        flags=tuple(row[15].split(",")) if row[15] else (),
    )


def listed(row: Any) -> OrderRow:
    """A row of `LISTED`."""
    return OrderRow(
        amazon_order_id=row[0],
        connection=row[1],
        marketplace=row[2],
        status=row[3],
        amazon_status=row[4],
        reason=row[5],
        store_ref=row[6],
        currency=row[7],
        amazon_total=amount(row[8]),
        store_total=amount(row[9]),
        purchased_at=moment(row[10]),
        ship_by=moment(row[11]),
    )


def balance_of(row: Any) -> Balance | None:
    """The equation of a whole row."""
    if row.equation is None:
        return None
    return Balance(reading=row.reading, balanced=bool(row.balanced), equation=row.equation)


def lines_of(row: Any) -> tuple[LineReport, ...]:
    """The lines of a whole row."""
    return tuple(
        LineReport(
            order_item_id=item,
            seller_sku=sku,
            product=product,
            matched_by=matched_by,
            quantity=quantity,
            gross=amount(gross),
            net=amount(net),
            tax=amount(tax),
            units_per_piece=units[0] if units else 1,
        )
        for item, sku, product, matched_by, quantity, gross, net, tax, *units in loads(row.lines)
    )


def _line(line: LineReport) -> tuple[Any, ...]:
    return (
        line.order_item_id,
        line.seller_sku,
        line.product,
        line.matched_by,
        line.quantity,
        digits(line.gross),
        digits(line.net),
        digits(line.tax),
        *((line.units_per_piece,) if line.units_per_piece != 1 else ()),
    )
