"""A Tryton for the story of every host: in this process, and behind a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from amazon_orders.testing import SeenOrder
from tests.stores.host import Host

from .database import Database
from .server import Wire
from .shop import TrytonShop

Open = Callable[..., Any]
"""Opens the adapter, with more options."""
PATIENCE = 3.0
"""Seconds that an adapter waits for an answer where the story wants a shop that is slow."""


class TrytonHost(Host):
    """What both have."""

    attribute = "asin"
    shop: TrytonShop

    def __init__(self, opened: Open, shop: TrytonShop, database: Database, **options: Any) -> None:
        self.opened = opened
        self.shop = shop
        self.database = database
        self.store = opened(**options)

    def add_product(self, sku: str, stock: int | None = 50, *, attribute: str = "", rate: int = 19) -> str:
        return self.shop.add_product(sku, stock, asin=attribute, tax=rate)

    def shelf(self) -> tuple[str, str]:
        return self.database.with_("mugs and bowls", super().shelf)

    def delete(self, product: str) -> None:
        self.shop.delete(product)

    def without_record(self, sku: str) -> None:
        """Nobody has ever counted it."""
        self.shop.add_product(sku, None)

    def tax(self, order: SeenOrder) -> Any:
        return self.shop.read("sale.sale", int(order.ref), "tax_amount")["tax_amount"]


class InProcessHost(TrytonHost):
    """The database breaks; no wire does."""

    @contextmanager
    def answer_lost(self) -> Iterator[None]:
        """The database fails once more when the sale is already written."""
        from proteus.config import _TrytondMethod
        from trytond.backend import DatabaseOperationalError

        call = _TrytondMethod.__call__

        def lost(self: Any, *args: Any, **kwargs: Any) -> Any:
            answer = call(self, *args, **kwargs)
            if (self._object.__name__, self._name) == ("sale.sale", "create"):
                raise DatabaseOperationalError("disk I/O error")
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_TrytondMethod, "__call__", lost)
            yield


class RemoteHost(TrytonHost):
    """All that can happen to a wire."""

    def __init__(self, opened: Open, shop: TrytonShop, database: Database, wire: Wire, **options: Any) -> None:
        super().__init__(opened, shop, database, **options)
        self.wire = wire

    @contextmanager
    def down(self) -> Iterator[None]:
        self.wire.deaf = True
        yield
        self.wire.deaf = False

    @contextmanager
    def slow(self) -> Iterator[None]:
        """The sale is written, and that is told later than the adapter waits."""
        self.wire.held = lambda call: PATIENCE + 2 if _writes_a_sale(call) else 0.0
        yield
        self.wire.held = lambda call: 0.0

    @contextmanager
    def stranger(self) -> Iterator[Any]:
        yield self.opened(password="forgotten")

    @contextmanager
    def answer_lost(self) -> Iterator[None]:
        self.wire.lost = _writes_a_sale
        yield
        self.wire.lost = lambda call: False


def _writes_a_sale(call: bytes) -> bool:
    return b"<methodName>model.sale.sale.create<" in call
