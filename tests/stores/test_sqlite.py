"""The demo store keeps every promise of the kit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.adapters.sqlite.store import SqliteStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import ShopOrder, StoreContract


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
