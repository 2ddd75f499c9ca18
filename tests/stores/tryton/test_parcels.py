"""The way back: which parcels of Tryton's are told, and as what."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from amazon_orders.model import (
    LineQuantity,
    ShippedByAmazon,
)
from amazon_orders.testing import orders as make

from .sales import LONG_AGO, placed, sale

if TYPE_CHECKING:
    from .shop import TrytonShop


def test_each_package_is_told_with_its_own_number(store: Any, shop: TrytonShop, product: str) -> None:
    first, second = make.line(product, "20.00", 2), make.line(product, "30.00", 3)
    ref = placed(store, first, second).ref
    (shipment,) = sale(shop, ref, "shipments")["shipments"]
    for button in ("assign_try", "pick"):
        shop.call("stock.shipment.out", button, [shipment])
    box = shop.one("stock.package.type")
    moves = shop.read("stock.shipment.out", shipment, "outgoing_moves")["outgoing_moves"]
    for number, move in enumerate(moves):
        values = {"shipment": f"stock.shipment.out,{shipment}", "type": box, "shipping_reference": f"003{number}"}
        shop.call("stock.package", "create", [values | {"moves": [("add", [move])]}])
    for button in ("pack", "do"):
        shop.call("stock.shipment.out", button, [shipment])
    parcels = list(store.store_list_shipments(LONG_AGO))
    assert sorted((parcel.carrier, parcel.tracking, parcel.lines) for parcel in parcels) == [
        ("DHL", "0030", (LineQuantity(order_item_id=first.order_item_id, product=product, quantity=2),)),
        ("DHL", "0031", (LineQuantity(order_item_id=second.order_item_id, product=product, quantity=3),)),
    ]
    assert len({parcel.id for parcel in parcels}) == 2


def test_what_is_in_no_box_is_told_too(store: Any, shop: TrytonShop, product: str) -> None:
    lines = [make.line(product, "20.00", units) for units in (1, 2, 3)]
    ref = placed(store, *lines).ref
    (shipment,) = sale(shop, ref, "shipments")["shipments"]
    for button in ("assign_try", "pick"):
        shop.call("stock.shipment.out", button, [shipment])
    for move in shop.read("stock.shipment.out", shipment, "outgoing_moves")["outgoing_moves"]:
        box = {"shipment": f"stock.shipment.out,{shipment}", "type": shop.one("stock.package.type")}
        shop.call("stock.package", "create", [box | {"moves": [("add", [move])]}])
    for button in ("pack", "do"):
        shop.call("stock.shipment.out", button, [shipment])
    *_, last = shop.read("stock.shipment.out", shipment, "packages")["packages"]
    shop.call(
        "stock.package", "write", [last], {"moves": [("remove", shop.read("stock.package", last, "moves")["moves"])]}
    )
    told = [parcel.lines for parcel in store.store_list_shipments(LONG_AGO)]
    assert sorted(line.quantity for parcel in told for line in parcel) == [1, 2, 3]


def test_a_number_that_is_corrected_is_told_again(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product)).ref
    shipment = shop.ship(ref, None, "DHL", "", "wrong")
    (before,) = store.store_list_shipments(LONG_AGO)
    time.sleep(1.1)  # Tryton's times are told in whole seconds
    since = datetime.now(UTC)
    shop.call("stock.shipment.out", "write", [shipment], {"shipping_reference": "right"})
    (after,) = store.store_list_shipments(since.replace(microsecond=0))
    assert (after.id, after.tracking, after.shipped_at >= before.shipped_at) == (before.id, "right", True)
    assert list(store.store_list_shipments(since + timedelta(hours=1))) == []


def test_what_seller_central_sent_has_its_key_as_id(store: Any, shop: TrytonShop, product: str) -> None:
    order = make.order(make.new_key(), [make.line(product, quantity=2)])
    key = f"{order.amazon_order_id}/change/1"
    ref = store.store_place_order(order, order.amazon_order_id).ref
    item = order.lines[0].order_item_id
    part = ShippedByAmazon(lines={item: 1}, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
    assert not store.store_change_order(ref, part, key), "a part of it Tryton would have to unpack"
    whole = ShippedByAmazon(lines={item: 2}, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
    assert store.store_change_order(ref, whole, key)
    assert store.store_change_order(ref, whole, key)
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert (parcel.id, parcel.tracking, shop.stock(product)) == (key, "0034", 48)


def test_what_had_left_before_it_was_placed_is_no_parcel_of_the_shops(
    store: Any, shop: TrytonShop, product: str
) -> None:
    placed(store, make.line(product, quantity=2), already_shipped=True)
    assert shop.stock(product) == 48
    assert list(store.store_list_shipments(LONG_AGO)) == []
