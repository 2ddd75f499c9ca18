"""Units are counted once: by the shop's own day, in the product's own unit, and for orders that wait as well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from amazon_orders.model import StockAdjustment
from amazon_orders.testing import orders as make

from .sales import LONG_AGO, placed
from .template import RESERVED

if TYPE_CHECKING:
    from .shop import TrytonShop

INTERNAL = "stock.shipment.internal"


def available(store: Any) -> Any:
    """What the shop's only product is told to have."""
    (level,) = store.store_list_stock("sku")
    return level.available


def test_what_left_after_midnight_of_the_company_is_gone_before_midnight_in_utc(
    store: Any, shop: TrytonShop, product: str
) -> None:
    shop.call("company.company", "write", [shop.config.context["company"]], {"timezone": "Asia/Tokyo"})
    evening = datetime.now(UTC).replace(hour=22, minute=0)
    with time_machine.travel(evening):
        ref = placed(store, make.line(product, quantity=3)).ref
        assert available(store) == 47
        shop.ship(ref)
        assert available(store) == 47


@pytest.fixture
def by_the_dozen(shop: TrytonShop, product: str) -> str:
    """A product of which there are 50, and people buy twelve at once."""
    unit = shop.one("product.uom", ("name", "=", "Unit"))
    category = shop.read("product.uom", unit, "category")["category"]
    dozen = {"name": "Dozen", "symbol": "dz", "category": category, "factor": 12.0, "rate": round(1 / 12, 12)}
    (made,) = shop.call("product.uom", "create", [dozen | {"rounding": 1.0, "digits": 0}])
    template = shop.read("product.product", int(product), "template")["template"]
    shop.call("product.template", "write", [template], {"sale_uom": made})
    return product


def test_units_at_amazon_are_units_of_what_is_on_the_shelf(store: Any, shop: TrytonShop, by_the_dozen: str) -> None:
    sold = placed(store, make.line(by_the_dozen, quantity=2))
    assert (available(store), shop.stock(by_the_dozen)) == (48, 48)
    shop.ship(sold.ref)
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert [line.quantity for line in parcel.lines] == [2]
    assert shop.stock(by_the_dozen) == 48


def test_a_parcel_that_was_counted_in_dozens_is_told_in_units(store: Any, shop: TrytonShop, by_the_dozen: str) -> None:
    """Staff may send whole dozens of what is sold by the piece."""
    ref = placed(store, make.line(by_the_dozen, quantity=24), on_hold="x").ref
    (line,) = shop.read("sale.sale", int(ref), "lines")["lines"]
    dozen = shop.one("product.uom", ("name", "=", "Dozen"))
    shop.call("sale.sale", "draft", [int(ref)])
    shop.call("sale.line", "write", [line], {"quantity": 2.0, "unit": dozen})
    assert available(store) == 26, "held"
    for button in ("quote", "confirm", "process"):
        shop.call("sale.sale", button, [int(ref)])
    assert available(store) == 26
    shop.ship(ref)
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert [line.quantity for line in parcel.lines] == [24]


def test_what_orders_on_hold_are_to_get_is_promised_to_nobody_else(store: Any, shop: TrytonShop, product: str) -> None:
    order = make.order(make.new_key(), [make.line(product, quantity=3)], on_hold="x")
    ref = store.store_place_order(order, order.amazon_order_id).ref
    assert available(store) == 47
    shop.call("sale.sale", "draft", [int(ref)])
    assert available(store) == 47, "staff looks at it"
    for button in ("quote", "confirm"):
        shop.call("sale.sale", button, [int(ref)])
    assert available(store) == 47, "confirmed, and its shipment is still to be made"
    shop.call("sale.sale", "process", [int(ref)])
    assert available(store) == 47, "once, not twice"
    shop.ship(ref)
    assert available(store) == 47


def test_what_orders_on_hold_are_to_get_is_counted_over_the_wire(remote_store: Any, remote_product: str) -> None:
    placed(remote_store, make.line(remote_product, quantity=3), on_hold="x")
    placed(remote_store, make.line(remote_product, quantity=2))
    assert available(remote_store) == 45


def test_an_order_on_hold_that_is_cancelled_gives_its_units_back(store: Any, product: str) -> None:
    ref = placed(store, make.line(product, quantity=3), on_hold="x").ref
    assert store.store_cancel_order(ref, "x", f"{ref}/cancel")
    assert available(store) == 50


def test_an_order_on_hold_that_amazon_sends_takes_nothing(store: Any, product: str) -> None:
    placed(store, make.line(product, quantity=3), on_hold="x", affects_stock=False, fulfilled_by="amazon")
    assert available(store) == 50


@pytest.mark.parametrize("reached", [(), ("wait",), ("wait", "assign_force"), ("wait", "assign_force", "do")])
def test_of_several_moves_under_one_key_one_is_made(
    store: Any, shop: TrytonShop, product: str, reached: tuple[str, ...]
) -> None:
    """A creation that timed out may be written later than the one that was tried again."""
    key = f"{make.new_key()}/1/reserve/1"
    shipment = late(shop, product, key)
    numbers = shop.call(INTERNAL, "create", [shipment, shipment, shipment])
    for button in reached:
        shop.call(INTERNAL, button, numbers[1:2])
    if reached:
        shop.call(INTERNAL, "wait", numbers[2:])
    move = StockAdjustment(
        product=product, seller_sku="SKU-1", amazon_order_id="1", order_item_id="1", delta=-2, reason="reserve"
    )
    for _ in range(2):
        store.store_adjust_stock({key: move})
        states = [row["state"] for row in shop.find(INTERNAL, [("reference", "=", key)], "state")]
        assert sorted(states) == ["cancelled", "cancelled", "done"]
        assert (available(store), shop.stock(product)) == (48, 48)


def late(shop: TrytonShop, product: str, key: str) -> dict[str, Any]:
    """A draft that reserves two units under a key."""
    places = {
        "from_location": shop.one("stock.location", ("code", "=", "STO")),
        "to_location": shop.one("stock.location", ("code", "=", RESERVED)),
        "company": shop.config.context["company"],
    }
    unit = shop.one("product.uom", ("name", "=", "Unit"))
    move = {"product": int(product), "quantity": 2.0, "unit": unit, **places}
    return {"reference": key, "moves": [("create", [move])], **places}
