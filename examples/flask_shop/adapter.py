"""The shop's tables, in the words of the library. `docs/adapters.md` tells what each answer means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

from shop import Shop

from amazon_orders import hookimpl
from amazon_orders.errors import StoreRejected
from amazon_orders.model import Placed, Product, Shipment, StockLevel, StoreOrder

CHOSEN = "SELECT * FROM {} WHERE {} IN (SELECT value FROM json_each(?)) ORDER BY id"


class ShopAdapter:
    """Six answers and four facts."""

    unique_reference = True  # the table takes no second order with the same reference
    reserves = True  # placing an order lowers the stock
    checks_stock = False  # the stock may fall below nothing: Amazon has sold it already
    needs_address = False  # an order may come without an address

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        only_sku(attribute)
        with self.shop.transaction() as db:
            rows = db.execute(CHOSEN.format("products", "sku"), (json.dumps([*values]),)).fetchall()
        return [Product(ref=str(row["id"]), value=row["sku"], title=row["title"]) for row in rows]

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, list[str]]:
        with self.shop.transaction() as db:
            rows = db.execute(CHOSEN.format("orders", "reference"), (json.dumps([*keys]),)).fetchall()
        return {row["reference"]: [str(row["id"])] for row in rows}

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        with self.shop.transaction() as db:  # an error anywhere in here undoes all of it
            for known in db.execute("SELECT id, total FROM orders WHERE reference = ?", (key,)):
                return Placed(ref=str(known["id"]), total=Decimal(known["total"]))
            status = "shipped" if order.already_shipped else "new" if order.on_hold is None else "on_hold"
            address = json.dumps(asdict(order.recipient)) if order.recipient else None
            ref = db.execute(
                "INSERT INTO orders (reference, currency, total, status, takes_stock, address, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, order.currency, str(order.total), status, order.affects_stock, address, str(order.placed_at)),
            ).lastrowid
            rows = [(line.product, line.order_item_id, line.title, line.quantity, line.total) for line in order.lines]
            rows += [("", "", charge.title or charge.kind, 1, charge) for charge in (order.shipping, *order.fees)]
            if sum(charge.gross for *_, charge in rows) != order.total:
                raise StoreRejected("Lines, shipping and fees do not add up to the order's total.", record=key)
            for product, item, title, units, charge in rows:
                taken = units if order.affects_stock else 0
                moved = db.execute("UPDATE products SET stock = stock - ? WHERE id = ?", (taken, product)).rowcount
                if product and not moved:
                    raise StoreRejected(f"There is no product {product!r}; correct the pairing.", record=key)
                db.execute(
                    "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)",
                    (ref, product or None, item, title, units, str(charge.gross)),
                )
        return Placed(ref=str(ref), total=order.total)

    @hookimpl
    def store_cancel_order(self, ref: str) -> bool:
        with self.shop.transaction() as db:
            order = db.execute("SELECT * FROM orders WHERE id = ?", (ref,)).fetchone()
            if order is None:
                raise StoreRejected(f"There is no order {ref!r}.")
            if order["status"] == "cancelled":
                return True
            if order["status"] == "shipped":
                return False
            db.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", (ref,))
            for line in db.execute(
                "SELECT * FROM lines WHERE order_id = ? AND ?", (ref, order["takes_stock"])
            ).fetchall():
                db.execute("UPDATE products SET stock = stock + ? WHERE id = ?", (line["quantity"], line["product_id"]))
            return True

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        only_sku(attribute)
        with self.shop.transaction() as db:
            rows = db.execute("SELECT * FROM products").fetchall()
        for row in rows:
            stock = None if row["stock"] is None else Decimal(row["stock"])
            yield StockLevel(product=str(row["id"]), value=row["sku"], available=stock, updated_at=datetime.now(UTC))

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """This shop sends an order in one parcel, so a parcel names no lines."""
        with self.shop.transaction() as db:
            rows = db.execute(
                "SELECT * FROM parcels WHERE sent_at >= ?", (since.astimezone(UTC).isoformat(),)
            ).fetchall()
        for row in rows:
            at = datetime.fromisoformat(row["sent_at"])
            yield Shipment(
                id=str(row["id"]), ref=str(row["order_id"]), carrier=row["carrier"], tracking=row["tracking"],
                shipped_at=at, updated_at=at,
            )  # fmt: skip


def only_sku(attribute: str) -> None:
    if attribute != "sku":
        raise StoreRejected(f"The shop's products have no attribute {attribute!r}; they have sku.")
