"""Reads the shop: products and orders by value, and what changed since a time, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from ...errors import StoreRejected
from ...model import (
    Cancellation,
    Charge,
    LineQuantity,
    Product,
    Refund,
    RefundLine,
    Shipment,
    StockLevel,
)
from .database import Database, moment, now, parsed, several

# Product attribute -> statement. Case is ignored: whether it matters is for the connection to say.
_PRODUCTS = {
    "sku": "SELECT id, sku, title FROM products WHERE sku COLLATE NOCASE IN (SELECT value FROM json_each(?))",
    "asin": "SELECT id, asin, title FROM products WHERE asin COLLATE NOCASE IN (SELECT value FROM json_each(?))",
    "ean": "SELECT id, ean, title FROM products WHERE ean COLLATE NOCASE IN (SELECT value FROM json_each(?))",
    "id": "SELECT id, CAST(id AS TEXT), title FROM products WHERE id IN (SELECT value FROM json_each(?))",
}
_STOCK = {
    "sku": "SELECT id, sku, stock FROM products WHERE id > ? AND sku <> '' ORDER BY id LIMIT ?",
    "asin": "SELECT id, asin, stock FROM products WHERE id > ? AND asin <> '' ORDER BY id LIMIT ?",
    "ean": "SELECT id, ean, stock FROM products WHERE id > ? AND ean <> '' ORDER BY id LIMIT ?",
    "id": "SELECT id, CAST(id AS TEXT), stock FROM products WHERE id > ? ORDER BY id LIMIT ?",
}


def products(database: Database, attribute: str, values: Sequence[str]) -> list[Product]:
    """Products by the value of an attribute."""
    statement = _for(_PRODUCTS, attribute)
    with database.reading() as connection:
        rows = connection.execute(statement, several(value for value in values if value)).fetchall()
    return [Product(ref=str(product_id), value=value, title=title) for product_id, value, title in rows]


def orders(database: Database, keys: Sequence[str]) -> dict[str, list[str]]:
    """Orders by key."""
    found: dict[str, list[str]] = {}
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT external_id, id FROM orders WHERE external_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            several(keys),
        ).fetchall()
    for key, order_id in rows:
        found.setdefault(key, []).append(str(order_id))
    return found


def stock(database: Database, attribute: str) -> Iterator[StockLevel]:
    """The level of every product that has the attribute; the shop does not know when a level changed."""
    for page in database.pages(_for(_STOCK, attribute), (-1,)):
        read_at = now()
        for product_id, value, units in page:
            available = None if units is None else Decimal(units)
            yield StockLevel(product=str(product_id), value=value, available=available, updated_at=read_at)


_SHIPMENTS = """
    SELECT s.updated_at, s.id, s.order_id, s.carrier, s.service, s.tracking, s.shipped_at,
           (SELECT key FROM amazon_changes c
             WHERE c.order_id = s.order_id AND c.record_id = s.id AND c.kind = 'shipped_by_amazon')
      FROM shipments s WHERE (s.updated_at, s.id) > (?, ?) ORDER BY s.updated_at, s.id LIMIT ?
"""


def shipments(database: Database, since: datetime) -> Iterator[Shipment]:
    """Packages by last change. One that Amazon told us of has its key as id."""
    for page in database.pages(_SHIPMENTS, (moment(since), -1)):
        lines = _shipment_lines(database, [row[1] for row in page])
        for updated_at, shipment_id, order_id, carrier, service, tracking, shipped_at, key in page:
            yield Shipment(
                id=key or str(shipment_id),
                ref=str(order_id),
                carrier=carrier,
                service=service,
                tracking=tracking,
                lines=tuple(lines.get(shipment_id, ())),
                shipped_at=parsed(shipped_at),
                updated_at=parsed(updated_at),
            )


_SHIPMENT_LINES = """
    SELECT s.shipment_id, l.external_id, l.product_id, s.quantity
      FROM shipment_lines s JOIN order_lines l ON l.id = s.line_id
     WHERE s.shipment_id IN (SELECT value FROM json_each(?)) ORDER BY l.id
"""


_CANCELLATIONS = """
    SELECT c.at, c.id, c.order_id, c.quantity, c.reason, l.external_id, l.product_id,
           (SELECT CASE a.kind WHEN 'cancel' THEN a.key ELSE a.key || '/' || c.id END FROM amazon_changes a
             WHERE a.order_id = c.order_id AND a.record_id = c.id AND a.kind IN ('cancel', 'cancel_units'))
      FROM cancellations c LEFT JOIN order_lines l ON l.id = c.line_id
     WHERE (c.at, c.id) > (?, ?) ORDER BY c.at, c.id LIMIT ?
"""


def cancellations(database: Database, since: datetime) -> Iterator[Cancellation]:
    """Cancellations by time, one for each line or one for the whole order.

    The id of one that Amazon told us of begins with its key.
    """
    for page in database.pages(_CANCELLATIONS, (moment(since), -1)):
        for at, cancellation_id, order_id, units, reason, item, product_id, key in page:
            yield Cancellation(
                id=key or str(cancellation_id),
                ref=str(order_id),
                reason=reason,
                lines=() if units is None else (_line(item, product_id, units),),
                updated_at=parsed(at),
            )


_REFUNDS = """
    SELECT r.at, r.id, r.order_id, r.quantity, r.amount, r.tax, r.reason, o.currency, l.external_id, l.product_id
      FROM refunds r JOIN orders o ON o.id = r.order_id LEFT JOIN order_lines l ON l.id = r.line_id
     WHERE (r.at, r.id) > (?, ?) ORDER BY r.at, r.id LIMIT ?
"""


def refunds(database: Database, since: datetime) -> Iterator[Refund]:
    """Refunds by time, one for each line, or for shipping where there is no line."""
    for page in database.pages(_REFUNDS, (moment(since), -1)):
        for at, refund_id, order_id, units, amount, tax, reason, currency, item, product_id in page:
            charge = Charge(
                kind="item" if item or product_id else "shipping",
                gross=Decimal(amount),
                tax=None if tax is None else Decimal(tax),
            )
            to_line = charge.kind == "item"
            yield Refund(
                id=str(refund_id),
                ref=str(order_id),
                reason=reason,
                currency=currency,
                lines=(RefundLine(line=_line(item, product_id, units), amount=charge),) if to_line else (),
                shipping=None if to_line else charge,
                updated_at=parsed(at),
            )


def _shipment_lines(database: Database, ids: Iterable[int]) -> Mapping[int, list[LineQuantity]]:
    found: dict[int, list[LineQuantity]] = {}
    with database.reading() as connection:
        rows = connection.execute(_SHIPMENT_LINES, several(ids)).fetchall()
    for shipment_id, item, product_id, units in rows:
        found.setdefault(shipment_id, []).append(_line(item, product_id, units))
    return found


def _line(item: str | None, product_id: int | None, units: int | None) -> LineQuantity:
    return LineQuantity(
        order_item_id=item or "", product="" if product_id is None else str(product_id), quantity=units or 0
    )


def _for(statements: Mapping[str, str], attribute: str) -> str:
    if attribute not in statements:
        raise StoreRejected(
            f"the shop's products have no attribute {attribute!r}; they have {', '.join(statements)}: change the "
            "connection's product_attribute"
        )
    return statements[attribute]
