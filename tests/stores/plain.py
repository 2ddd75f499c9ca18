"""A store that cannot help: it inserts what it is given, keeps no key unique, and may even be made to forget.

What is placed once here is placed once by the library's own care. With `look_up=False` the store denies every order,
so that nothing can protect from doubles any more: a crash test that finds none there proves nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from amazon_orders.errors import StoreRejected
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Placed, Product, Shipment, StockLevel, StoreOrder

SCHEMA = """
CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, sku TEXT NOT NULL, stock INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, external_id TEXT NOT NULL, total TEXT NOT NULL, status TEXT);
CREATE TABLE IF NOT EXISTS order_lines (order_id INTEGER, sku TEXT, quantity INTEGER, total TEXT);
CREATE INDEX IF NOT EXISTS orders_external ON orders (external_id);
"""


class PlainStore:
    """Takes orders one by one, each in a transaction of its own."""

    unique_reference = False
    reserves = False
    checks_stock = False
    needs_address = False

    def __init__(self, path: Path | str, *, look_up: bool = True) -> None:
        self.path = str(path)
        self.look_up = look_up
        with self.connected() as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own each time, as a client of a server has; a child process shares nothing."""
        connection = sqlite3.connect(self.path, timeout=20)
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def add_products(self, skus: Iterable[str], stock: int = 1000) -> None:
        """Sell these."""
        with self.connected() as connection:
            connection.executemany("INSERT INTO products (sku, stock) VALUES (?,?)", [(sku, stock) for sku in skus])

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        if attribute != "sku":
            raise StoreRejected(f"no attribute {attribute!r}; there is sku")
        wanted = set(values)
        with self.connected() as connection:
            rows = connection.execute("SELECT id, sku FROM products").fetchall()
        return [Product(ref=str(product_id), value=sku) for product_id, sku in rows if sku in wanted]

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        if not self.look_up:
            return found
        with self.connected() as connection:
            for key in keys:
                rows = connection.execute("SELECT id FROM orders WHERE external_id = ? ORDER BY id", (key,))
                found[key] = [str(row[0]) for row in rows]
        return found

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        with self.connected() as connection:
            order_id = connection.execute(
                "INSERT INTO orders (external_id, total, status) VALUES (?,?,'new')", (key, str(order.total))
            ).lastrowid
            connection.executemany(
                "INSERT INTO order_lines (order_id, sku, quantity, total) VALUES (?,?,?,?)",
                [(order_id, line.seller_sku, line.quantity, str(line.total.gross)) for line in order.lines],
            )
        return Placed(ref=str(order_id), total=order.total)

    @hookimpl
    def store_cancel_order(self, ref: str) -> bool:
        with self.connected() as connection:
            return bool(connection.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", (ref,)).rowcount)

    @hookimpl
    def store_list_stock(self) -> Iterator[StockLevel]:
        with self.connected() as connection:
            rows = connection.execute("SELECT id, sku, stock FROM products").fetchall()
        read_at = datetime.now(UTC)
        for product_id, sku, stock in rows:
            yield StockLevel(product=str(product_id), value=sku, available=Decimal(stock), updated_at=read_at)

    @hookimpl
    def store_list_shipments(self) -> list[Shipment]:
        return []


class PagedPlainStore(PlainStore):
    """Takes a page, but still writes order by order: a crash leaves half a page.

    It says that references are unique, so that it is given pages, and does nothing to keep them so.
    """

    unique_reference = True

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed]:
        return {key: self.store_place_order(order=order, key=key) for key, order in orders.items()}


def plain_hooks(store: PlainStore) -> Hooks:
    """The store behind its hooks, ready for `App(…, hooks={"shop": …})`."""
    hooks = Hooks("shop")
    hooks.register(store, "plain")
    hooks.check()
    return hooks
