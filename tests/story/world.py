"""A seller, a simulated Amazon and a small shop, told apart by looking at the shop's own tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.app import App
from amazon_orders.hooks import Hooks
from amazon_orders.model import Report
from amazon_orders.sandbox import CATALOGUE, Clock, SimulatedAmazon
from amazon_orders.settings import Config

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class World:
    """Everything one story needs. `app` is made anew after `restart`, as after a crash."""

    def __init__(
        self,
        folder: Path,
        *,
        stores: Mapping[str, Hooks] | None = None,
        speed: float | None = None,
        ledger: str = "sqlite:///ledger.db",
    ) -> None:
        self.folder = folder
        self.clock = Clock(start=START)
        self.amazon = SimulatedAmazon(seed=42, clock=self.clock, speed=speed)
        self.seller = self.amazon.add_seller(
            seller_id="A1SANDBOXSELLER", region="eu", marketplaces=["DE", "FR", "GB"], refresh_token="Atzr|story"
        )
        self._stores = stores
        self.ledger_url = ledger
        self.key = Fernet.generate_key().decode()
        self.shop_file = folder / "shop.db"
        shop = Shop.open(self.shop_file)
        shop.add_products(
            {"sku": row.sku, "asin": row.asin, "ean": row.ean, "title": row.title, "stock": 1000} for row in CATALOGUE
        )
        shop.close()
        (folder / "ao.key").write_text(self.key)
        self.app = self._open()

    def _open(self) -> App:
        config = Config.from_mapping(
            {
                "ledger": {"url": self.ledger_url, "key_file": "ao.key"},
                "lwa": {"client_id": self.amazon.client_id, "client_secret": self.amazon.client_secret},
                "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
            },
            folder=self.folder,
        )
        return App(
            config, now=self.clock.now, pause=self.clock.sleep, adapter=self.amazon.transport(), hooks=self._stores
        )

    def restart(self) -> None:
        """A new process would see what this app sees."""
        self.app.close()
        self.app = self._open()

    def reopen_in_child(self) -> None:
        """After a fork: open everything anew, sharing no file handle with the parent."""
        self.app = self._open()

    def connect(self, name: str = "de", **settings: Any) -> None:
        """Add an active connection that takes everything of the last month."""
        values = {
            "name": name,
            "active": True,
            "seller_id": "A1SANDBOXSELLER",
            "region": "eu",
            "marketplaces": ["DE", "FR", "GB"],
            "store": "shop",
            "refresh_token": "Atzr|story",
            "sync_from": START - timedelta(days=30),
        }
        self.app.connections.add(values | settings)

    def sync(self, **options: Any) -> Report:
        """One run of everything that is active."""
        return self.app.sync(**options)

    def add_product(self, sku: str, stock: int = 1000) -> None:
        """The shop takes a product in."""
        shop = Shop.open(self.shop_file)
        shop.add_products([{"sku": sku, "title": sku, "stock": stock}])
        shop.close()

    def set_stock(self, sku: str, units: int) -> None:
        """Somebody counts the shelf."""
        ((product,),) = self.look("SELECT id FROM products WHERE sku = ?", sku)
        shop = Shop.open(self.shop_file)
        shop.set_stock(str(product), units)
        shop.close()

    def look(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the shop's database itself, past the adapter."""
        with closing(sqlite3.connect(self.shop_file)) as shop:
            return shop.execute(query, values).fetchall()

    def shop_orders(self) -> dict[str, tuple[str, str]]:
        """External id -> (currency, total) of every order in the shop."""
        return {row[0]: (row[1], row[2]) for row in self.look("SELECT external_id, currency, total FROM orders")}

    def status(self, order_id: str) -> str:
        """What the ledger says of an order."""
        return self.app.orders.get(order_id).status

    def close(self) -> None:
        """Give files back."""
        self.app.close()


@contextmanager
def world(folder: Path, **options: Any) -> Iterator[World]:
    """A world for one test."""
    made = World(folder, **options)
    try:
        yield made
    finally:
        made.close()
