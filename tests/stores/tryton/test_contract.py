"""A running Tryton keeps every promise of a store."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from amazon_orders.model import Product
from amazon_orders.testing import StoreContract


class TestTryton(StoreContract):
    """The adapter on a Tryton in this process. Codes of its products are unique, so twins share an ASIN."""

    attribute = "asin"

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
        asin = f"B0{uuid.uuid4().hex[:8].upper()}"
        return Product(ref=shop.add_product(f"SKU-{asin}", 1000, asin=asin), value=asin)


class TestTrytonRemote(TestTryton):
    """The adapter on a Tryton behind XML-RPC."""

    @pytest.fixture
    def shop(self, remote_shop: Any) -> Any:
        """The shop as its staff works with it, over XML-RPC too."""
        return remote_shop

    @pytest.fixture
    def adapter(self, remote_store: Any) -> Any:
        """The adapter."""
        return remote_store
