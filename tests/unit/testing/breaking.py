"""What every broken adapter is made of: the store in memory, and a name of the one promise that it breaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from amazon_orders.adapters.memory.shop import MemoryShop
from amazon_orders.adapters.memory.store import PRODUCTS, MemoryStore
from amazon_orders.model import Placed, StoreOrder

BROKEN: dict[str, tuple[str, type[MemoryStore]]] = {}
"""Name of a store -> the promise that it breaks, and the store. It breaks no other."""

Store = TypeVar("Store", bound=type[MemoryStore])


def breaks(promise: str) -> Callable[[Store], Store]:
    """Names the promise that a class breaks."""

    def named(store: Store) -> Store:
        assert store.__name__ not in BROKEN, f"two stores are called {store.__name__}"
        BROKEN[store.__name__] = (promise, store)
        return store

    return named


def full_shop() -> MemoryShop:
    """A shop with products and no orders."""
    return MemoryShop(PRODUCTS.items())


class Writes(MemoryStore):
    """Writes another order than it was asked to."""

    def _write(self, order: StoreOrder, key: str) -> Placed:
        return super()._write(self.instead(order), key)

    def instead(self, order: StoreOrder) -> StoreOrder:
        raise NotImplementedError


class EndsElsewhere(Writes):
    """Ends at another total than it was asked to."""

    def instead(self, order: StoreOrder) -> StoreOrder:
        return replace(order, total=self.total(order))

    def total(self, order: StoreOrder) -> Decimal:
        raise NotImplementedError


def linger() -> None:
    """Give another worker time to do the same; there is none beside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        time.sleep(0.3)


def known(store: MemoryStore, key: str) -> Any:
    """The shop's order under a key, or `None`."""
    return next((order for order in store.shop.orders() if order.key == key), None)
