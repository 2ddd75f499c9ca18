"""The store in memory keeps every promise of the kit, and lives through the story of every host."""

from __future__ import annotations

import pytest

from amazon_orders.adapters.memory import MemoryShop, MemoryStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import StoreContract

from .host import Host
from .story import HostStory


class TestMemoryStore(StoreContract):
    host_name = "memory"

    @pytest.fixture
    def adapter(self) -> MemoryStore:
        return open_store({})

    @pytest.fixture
    def product(self) -> Product:
        return Product(ref="1", value="MUG-BLUE")

    @pytest.fixture
    def shop(self, adapter: MemoryStore) -> MemoryShop:
        return adapter.shop


class MemoryHost(Host):
    """The shop in memory; it asks for no password, and no wire leads to it."""

    shop: MemoryShop

    def __init__(self) -> None:
        self.store = open_store({"products": {}})
        self.shop = self.store.shop

    def add_product(self, sku: str, stock: int | None = 50, *, attribute: str = "", rate: int = 19) -> str:
        return self.shop.add(sku, stock)

    def delete(self, product: str) -> None:
        del self.shop.articles[product]

    def without_record(self, sku: str) -> None:
        self.shop.add(sku, None)


class TestMemoryStory(HostStory):
    host_name = "memory"

    @pytest.fixture
    def host(self) -> MemoryHost:
        return MemoryHost()
