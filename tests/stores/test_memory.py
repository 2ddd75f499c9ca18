"""The store in memory keeps every promise of the kit."""

from __future__ import annotations

import pytest

from amazon_orders.adapters.memory import MemoryShop, MemoryStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def adapter(self) -> MemoryStore:
        return open_store({})

    @pytest.fixture
    def product(self) -> Product:
        return Product(ref="1", value="MUG-BLUE")

    @pytest.fixture
    def shop(self, adapter: MemoryStore) -> MemoryShop:
        return adapter.shop
