"""A running Tryton keeps every promise of a store."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from amazon_orders.adapters.tryton import open_store
from amazon_orders.model import Product
from amazon_orders.testing import StoreContract


class TestTryton(StoreContract):
    """The adapter on a Tryton in this process."""

    @pytest.fixture
    def shop(self, shop: Any) -> Any:
        """The shop as its staff works with it."""
        return shop

    @pytest.fixture
    def adapter(self, shop: Any, tryton: Any) -> Any:
        """The adapter."""
        return open_store({"database": tryton.name, "user": tryton.user})

    @pytest.fixture
    def product(self, shop: Any) -> Product:
        """A product of the shop."""
        sku = f"SKU-{uuid.uuid4()}"
        return Product(ref=shop.add_product(sku, 1000), value=sku)
