"""The shop's own side, as its staff would use it: products, shelves, parcels, cancellations, refunds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ...errors import StoreRejected
from ...model import rounded, split
from . import records
from .database import Database, moment, now, text


class Shop:
    """Does in the shop what people do there. Nothing here comes from Amazon."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, path: str | Path) -> Shop:
        """The shop in a file, made if it does not exist."""
        return cls(Database(path))

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def add_products(self, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Add products with `sku`, and `asin`, `ean`, `title`, `stock` where known. Their references."""
        refs = []
        with self.database.writing() as connection:
            for row in rows:
                product = connection.execute(
                    "INSERT INTO products (sku, asin, ean, title, stock) VALUES (?,?,?,?,?)",
                    (row["sku"], row.get("asin"), row.get("ean"), row.get("title", ""), row.get("stock")),
                ).lastrowid
                refs.append(str(product))
        return refs

    def stock(self, product: str) -> int | None:
        """Units that can still be promised; `None` where the product is not tracked."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT stock FROM products WHERE id = ?", (product,)).fetchone()
        if row is None:
            raise StoreRejected(f"the shop has no product {product!r}", record=product)
        return None if row[0] is None else int(row[0])

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf anew."""
        with self.database.writing() as connection:
            if not connection.execute("UPDATE products SET stock = ? WHERE id = ?", (units, product)).rowcount:
                raise StoreRejected(f"the shop has no product {product!r}", record=product)

    def orders(self) -> list[dict[str, Any]]:
        """Every order by column name, oldest first."""
        with self.database.reading() as connection:
            cursor = connection.execute("SELECT * FROM orders ORDER BY id")
            columns = [column[0] for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor]

    def ship(
        self,
        ref: str,
        lines: Mapping[str, int] | None = None,
        carrier: str = "",
        service: str = "",
        tracking: str = "",
        shipped_at: datetime | None = None,
    ) -> str:
        """Send one package with order item id -> units, or with all that is left. Its id.

        Raises `StoreRejected` where so many units are not left, or the order is on hold or cancelled.
        """
        with self.database.writing() as connection:
            record = records.read(connection, ref)
            if record.status in ("on_hold", "cancelled"):
                raise StoreRejected(f"order {ref} is {record.status}; nothing of it is sent", record=record.key)
            shipment = records.ship(
                connection,
                record,
                _left(record, lines),
                carrier=carrier,
                service=service,
                tracking=tracking,
                shipped_at=shipped_at or now(),
            )
        return str(shipment)

    def cancel(self, ref: str, lines: Mapping[str, int] | None = None, reason: str = "") -> list[str]:
        """Cancel the order, or order item id -> units of it. The ids of the cancellations.

        Raises `StoreRejected` where so many units are not left, or the whole order is not.
        """
        with self.database.writing() as connection:
            record = records.read(connection, ref)
            if record.status == "cancelled":
                raise StoreRejected(f"order {ref} is cancelled already", record=record.key)
            number = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM cancellations").fetchone()[0]
            key = f"shop/cancellation/{number}"
            if lines:
                written = records.cancel_units(connection, record, _left(record, lines), reason, key)
            elif record.touched:
                raise StoreRejected(
                    f"a package of order {ref} has left; cancel the units that have not", record=record.key
                )
            else:
                written = [records.cancel_all(connection, record, reason, key)]
        return [str(cancellation) for cancellation in written]

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal | str, reason: str = "") -> list[str]:
        """Give `amount` back for order item id -> units, or for shipping where there are no lines.

        It is gross, in the order's currency, and shared out by the lines' totals. The ids of the refunds.
        """
        with self.database.writing() as connection:
            record = records.read(connection, ref)
            amount = rounded(Decimal(amount), record.currency)
            if amount <= 0:
                raise StoreRejected("a refund has to be more than nothing", record=record.key)
            rows: list[tuple[Any, ...]] = []
            if not lines:
                rows.append((record.id, None, None, text(amount, record.currency), None, reason, moment(now())))
            else:
                named = [line for line in record.lines if line.external_id in lines]
                if missing := set(lines) - {line.external_id for line in named}:
                    raise StoreRejected(f"order {ref} has no line {min(missing)!r}", record=record.key)
                for line, part in zip(
                    named, split(amount, [line.total for line in named], record.currency), strict=True
                ):
                    tax = None
                    if line.tax is not None and line.total:
                        tax = text(rounded(part * line.tax / line.total, record.currency), record.currency)
                    units = lines[line.external_id]
                    paid = text(part, record.currency)
                    rows.append((record.id, line.id, units, paid, tax, reason, moment(now())))
            ids = []
            for row in rows:
                refund = connection.execute(
                    "INSERT INTO refunds (order_id, line_id, quantity, amount, tax, reason, at) VALUES (?,?,?,?,?,?,?)",
                    row,
                ).lastrowid
                ids.append(str(refund))
        return ids


def _left(record: records.Record, lines: Mapping[str, int] | None) -> list[tuple[records.Line, int]]:
    found = records.chosen(record, lines or {})
    if not found:
        raise StoreRejected(f"order {record.id} does not have so many units left", record=record.key)
    return found
