"""A running Tryton keeps every promise of a store."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from amazon_orders.model import Product
from amazon_orders.testing import Desk, StoreContract
from amazon_orders.testing.discretion import Discretion
from amazon_orders.testing.parcels import TellingParcels
from amazon_orders.testing.repeating import RepeatingKeys


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


class TestTrytonRemote(RepeatingKeys, TellingParcels, Discretion):
    """What depends on the wire, on a Tryton behind XML-RPC. The whole takes minutes; the story goes that way, too."""

    @pytest.fixture
    def desk(self, remote_store: Any, remote_shop: Any) -> Desk:
        """Where the checks meet the store."""
        sku = f"SKU-{uuid.uuid4()}"
        return Desk(remote_store, Product(ref=remote_shop.add_product(sku, 1000), value=sku), remote_shop)
