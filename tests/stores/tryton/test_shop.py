"""The back door itself: what the staff does is what can be seen afterwards."""

from __future__ import annotations

from typing import Any


def test_a_product_is_counted(shop: Any) -> None:
    product = str(shop.add_product("MUG-WHITE", 7, asin="B00TEST001", tax=7).id)
    assert shop.stock(product) == 7
    shop.set_stock(product, 3)
    assert shop.stock(product) == 3
    assert shop.orders() == []


def test_the_first_state_comes_back(shop: Any) -> None:
    assert shop.model("product.product").find([("code", "=", "MUG-WHITE")]) == []
    shop.add_product("MUG-WHITE", 7)
