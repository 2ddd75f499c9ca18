"""Orders that the tests place in Tryton by the adapter, and what Tryton has of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from amazon_orders.testing import orders as make

from .shop import TrytonShop

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Open = Callable[..., Any]


def placed(store: Any, *lines: Any, **more: Any) -> Any:
    """An order that is in the shop."""
    order = make.order(make.new_key(), lines, **more)
    return store.store_place_order(order, order.amazon_order_id)


def sale(shop: TrytonShop, ref: str, *fields: str) -> Any:
    """What Tryton has of an order."""
    return shop.read("sale.sale", int(ref), *fields)


def left_behind(shop: TrytonShop, key: str) -> tuple[int, int]:
    """Sales and parties under a key."""
    return len(shop.find("sale.sale", [("web_id", "=", key)])), len(shop.find("party.party", [("code", "=", key)]))
