"""The demo store keeps every promise of the kit, and lives through the story of every host."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite import database
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.adapters.sqlite.store import SqliteStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import SeenOrder, ShopOrder, StoreContract

from .host import Host
from .story import HostStory


class ShopFloor:
    """The demo shop's own side in the words of the kit, its orders read from the tables."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.ship = shop.ship
        self.cancel = shop.cancel
        self.refund = shop.refund
        self.stock = shop.stock
        self.set_stock = shop.set_stock

    def orders(self) -> list[ShopOrder]:
        with self.shop.database.reading() as connection:
            items = connection.execute(
                "SELECT order_id, product_id, sum(quantity) FROM order_lines WHERE kind = 'item' GROUP BY 1, 2"
            ).fetchall()
        return [
            ShopOrder(
                ref=str(order["id"]),
                key=order["external_id"],
                total=Decimal(order["total"]),
                lines={str(product): units for order_id, product, units in items if order_id == order["id"]},
                status=order["status"],
                currency=order["currency"],
                tax=None if order["tax"] is None else Decimal(order["tax"]),
            )
            for order in self.shop.orders()
        ]

    def twin(self, product: str) -> str:
        with self.shop.database.reading() as connection:
            (sku,) = connection.execute("SELECT sku FROM products WHERE id = ?", (product,)).fetchone()
        return self.shop.add_products([{"sku": sku}])[0]

    def double(self, ref: str) -> str:
        raise NotImplementedError  # its table does not take a second order under one key

    def sell(self, product: str) -> str:
        with self.shop.database.writing() as connection:
            order = connection.execute(
                "INSERT INTO orders (number, external_id, status, currency, total, shipping, shipping_method,"
                " placed_at, updated_at)"
                " VALUES ('C1', 'counter/1', 'new', 'EUR', '1.00', '0.00', '', '2026-01-01', '2026-01-01')"
            ).lastrowid
            connection.execute(
                "INSERT INTO order_lines (order_id, product_id, sku, quantity, unit_price, total, kind)"
                " VALUES (?,?,'X',1,'1.00','1.00','item')",
                (order, product),
            )
        return str(order)


class TestSqliteStore(StoreContract):
    host_name = "sqlite"

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> Iterator[SqliteStore]:
        store = open_store({"path": str(tmp_path / "shop.db")})
        yield store
        store.close()

    @pytest.fixture
    def shop(self, adapter: SqliteStore) -> ShopFloor:
        return ShopFloor(Shop(adapter.database))

    @pytest.fixture
    def product(self, shop: ShopFloor) -> Product:
        shop.shop.add_products([{"sku": "TEAPOT", "stock": 5}])
        return Product(ref=shop.shop.add_products([{"sku": "MUG-BLUE", "stock": 1000}])[0], value="MUG-BLUE")


class SqliteHost(Host):
    """The demo shop in its file."""

    attribute = "asin"
    shop: ShopFloor

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = open_store({"path": str(path)})
        self.shop = ShopFloor(Shop(self.store.database))

    def add_product(self, sku: str, stock: int | None = 50, *, attribute: str = "", rate: int = 19) -> str:
        return self.shop.shop.add_products([{"sku": sku, "asin": attribute or None, "stock": stock}])[0]

    def delete(self, product: str) -> None:
        with self.store.database.writing() as connection:
            connection.execute("DELETE FROM products WHERE id = ?", (product,))

    def without_record(self, sku: str) -> None:
        self.add_product(sku, None)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Another program writes, and goes on writing."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def tax(self, order: SeenOrder) -> Decimal | None:
        with self.store.database.reading() as connection:
            (tax,) = connection.execute("SELECT tax FROM orders WHERE id = ?", (order.ref,)).fetchone()
        return None if tax is None else Decimal(tax)


class TestSqliteStory(HostStory):
    host_name = "sqlite"

    @pytest.fixture
    def host(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteHost]:
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
        host = SqliteHost(tmp_path / "host.db")
        yield host
        host.store.close()
