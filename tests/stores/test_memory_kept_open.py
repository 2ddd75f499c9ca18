"""One shop for all checks, in any order, as where a server takes long to start; its fixtures lie in the module."""

from __future__ import annotations

import pytest

from amazon_orders.adapters.memory import MemoryShop, MemoryStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import StoreContract


@pytest.fixture(scope="module")
def adapter() -> MemoryStore:
    return open_store({})


@pytest.fixture
def product() -> Product:
    return Product(ref="1", value="MUG-BLUE")


@pytest.fixture
def shop(adapter: MemoryStore) -> MemoryShop:
    return adapter.shop


class TestMemoryStoreKeptOpen(StoreContract):
    pass
