"""The demo shop in a fresh file, its adapter behind hooks, and a back door that is plain SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from amazon_orders import Hooks
from amazon_orders.adapters.sqlite import SqliteStore, open_store
from amazon_orders.adapters.sqlite.shop import Shop

Look = Callable[..., list[tuple[Any, ...]]]

PRODUCTS: list[dict[str, Any]] = [
    {"sku": "MUG-BLUE", "asin": "B000000001", "ean": "4000000000017", "title": "Blue mug", "stock": 10},
    {"sku": "MUG-RED", "asin": "B000000002", "ean": "4000000000024", "title": "Red mug", "stock": 10},
    {"sku": "VOUCHER", "title": "Voucher"},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """Sells products 1 and 2, ten of each, and 3, of which nobody counts the stock."""
    store = open_store({"path": str(path)})
    Shop(store.database).add_products(PRODUCTS)
    yield store
    store.close()


@pytest.fixture
def hooks(store: SqliteStore) -> Hooks:
    hooks = Hooks("shop")
    hooks.register(store, "sqlite")
    hooks.check()
    return hooks


@pytest.fixture
def shop(store: SqliteStore) -> Shop:
    return Shop(store.database)


@pytest.fixture
def look(path: Path) -> Look:
    """Runs a statement in the shop's file, past the adapter."""

    def look(statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path)) as connection, connection:
            return connection.execute(statement, parameters).fetchall()

    return look
