"""What Tryton's products and their stock are to Amazon."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.adapters.tryton import open_store
from amazon_orders.errors import StoreRejected
from amazon_orders.model import (
    StockAdjustment,
)
from amazon_orders.testing import orders as make

from .sales import placed

if TYPE_CHECKING:
    from .shop import TrytonShop


def test_products_are_found_by_code_identifier_id_and_attribute(store: Any, shop: TrytonShop, product: str) -> None:
    shop.call("product.identifier", "create", [{"product": int(product), "type": "ean", "code": "4006381333931"}])
    (made,) = shop.call(
        "product.attribute", "create", [{"name": "shade", "string": "Shade", "type_": "char", "sets": []}]
    )
    (kit,) = shop.call("product.attribute.set", "create", [{"name": "Goods", "attributes": [("add", [made])]}])
    template = shop.read("product.product", int(product), "template")["template"]
    shop.call("product.template", "write", [template], {"attribute_set": kit})
    shop.call("product.product", "write", [int(product)], {"attributes": {"shade": "Blue-7"}})
    for attribute, value in {
        "sku": "SKU-1",
        "asin": "B00TEST001",
        "ean": "4006381333931",
        "identifier": "4006381333931",
        "id": product,
        "shade": "Blue-7",
    }.items():
        (found,) = store.store_find_products(attribute, [value, "other"])
        assert (found.ref, found.value) == (product, value)
        assert (product, value) in {(level.product, level.value) for level in store.store_list_stock(attribute)}
    assert [found.value for found in store.store_find_products("sku", ["sku-1"])] == ["SKU-1"], (
        "case is not ours to judge"
    )
    with pytest.raises(StoreRejected, match=r"they have sku, code, id, asin, identifier, ean.*shade"):
        store.store_find_products("colour", ["blue"])


def test_goods_that_are_still_to_come_are_not_promised(store: Any, shop: TrytonShop, product: str) -> None:
    """Tryton's own forecast counts them."""
    supplier, storage = (shop.one("stock.location", ("code", "=", code)) for code in ("SUP", "STO"))
    unit = shop.one("product.uom", ("name", "=", "Unit"))
    move: dict[str, Any] = {
        "product": int(product),
        "unit": unit,
        "quantity": 30.0,
        "from_location": supplier,
        "to_location": storage,
    }
    move |= {"planned_date": shop.today(), "unit_price": Decimal(1), "currency": 1}
    shop.call("stock.move", "create", [move])
    placed(store, make.line(product, quantity=3))
    assert shop.stock(product) == 77, "what Tryton forecasts"
    (level,) = store.store_list_stock("sku")
    assert level.available == 47


def test_a_consumable_is_not_tracked(store: Any, shop: TrytonShop, product: str) -> None:
    template = shop.read("product.product", int(product), "template")["template"]
    shop.call("product.template", "write", [template], {"consumable": True})
    (level,) = store.store_list_stock("sku")
    assert level.available is None


def test_a_shop_without_a_place_for_reservations_keeps_none(shop: TrytonShop, tryton: Any, product: str) -> None:
    store = open_store({"database": tryton.name, "user": tryton.user})
    assert not hasattr(store, "store_adjust_stock")
    release = StockAdjustment(
        product=product, seller_sku="S", amazon_order_id="1", order_item_id="1", delta=2, reason="release"
    )
    placed(store, make.line(product, quantity=2), releases={"1/1/release/1": release})
    assert shop.stock(product) == 48


def test_a_reservation_that_cannot_be_given_back_holds_its_own_order_alone(
    store: Any, shop: TrytonShop, product: str
) -> None:
    release = StockAdjustment(
        product="999", seller_sku="GONE", amazon_order_id="1", order_item_id="1", delta=2, reason="release"
    )
    good, bad = (make.order(make.new_key(), [make.line(product)]) for _ in range(2))
    bad = replace(bad, releases={"1/1/release/1": release})
    outcomes = store.store_place_orders({each.amazon_order_id: each for each in (good, bad)})
    assert outcomes[good.amazon_order_id].ref
    assert "no product '999' for seller SKU 'GONE'" in str(outcomes[bad.amazon_order_id])
