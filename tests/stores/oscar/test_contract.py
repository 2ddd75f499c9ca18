"""A running django-oscar keeps every promise of a store."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from amazon_orders.model import Product
from amazon_orders.testing import StoreContract

from . import HOST


class TestOscar(StoreContract):
    """The adapter on Oscar's own models."""

    host_name = HOST

    @pytest.fixture
    def shop(self, shop: Any) -> Any:
        """The shop as its staff works with it."""
        return shop

    @pytest.fixture
    def adapter(self, store: Any) -> Any:
        """The adapter."""
        return store

    @pytest.fixture
    def product(self, shop: Any) -> Product:
        """A product of the shop."""
        sku = f"SKU-{uuid.uuid4()}"
        record = shop.add_product(sku, 1000)
        return Product(ref=str(record.pk), value=sku, title=record.product.title)
