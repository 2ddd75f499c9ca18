"""A day in the demo's shop: parcels leave, an order is cancelled, money goes back, shelves are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..sandbox import Seller

ONE_PARCEL = "302-1234567-0000004"
TWO_PARCELS = "302-1234567-0000002"
CANCELLED = "302-1234567-0000005"
REFUNDED = (ONE_PARCEL, Decimal("5.00"))
WHY_CANCELLED = "changed their mind"
"""The shop's word."""
REASONS = {WHY_CANCELLED: "BuyerCanceled", "scratched": "CustomerReturn"}
"""The shop's words -> Amazon's, as the connection maps them."""
COUNTED = (("KETTLE-STEEL", 60), ("TEAPOT-GLASS", 25))
STOCK = 100
"""Units of each product when the shop opens."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the shop did, and what Amazon offered before it was told."""

    counted: tuple[tuple[str, int, int], ...]
    """SKU, units on the shelf before and after."""
    offered: Mapping[str, int | None]
    """SKU -> quantity at Amazon."""


def open_offers(seller: Seller, units: int) -> None:
    """Let Amazon offer what the shop has: `units` of each product, less what buyers ordered."""
    ordered: dict[str, int] = {}
    for order_id in seller.order_ids():
        order = seller.order(order_id)
        if order["fulfillment"].get("fulfilledBy") != "AMAZON":
            for item in order["orderItems"]:
                sku = item["product"]["sellerSku"]
                ordered[sku] = ordered.get(sku, 0) + item["quantityOrdered"]
    for sku in offers(seller):
        seller.set_quantity(sku, units - ordered.get(sku, 0))


def work_a_day(path: Path, seller: Seller, products: Mapping[str, str]) -> Day:
    """Ship two orders, one in two parcels; cancel one; give money back; count two shelves.

    `products`: SKU -> the shop's product.
    """
    from ..adapters.sqlite.shop import Shop

    offered = offers(seller)
    shop = Shop.open(path)
    try:
        refs = {order["external_id"]: str(order["id"]) for order in shop.orders()}
        [knife] = _items(seller, ONE_PARCEL)
        shirts, cap = _items(seller, TWO_PARCELS)
        shop.ship(refs[ONE_PARCEL], None, "DHL", "", "00340434161094042557")
        shop.ship(refs[TWO_PARCELS], {shirts: 2}, "DHL", "", "00340434161094042564")
        shop.ship(refs[TWO_PARCELS], {cap: 1}, "GLS", "", "44510982")
        shop.cancel(refs[CANCELLED], None, WHY_CANCELLED)
        shop.refund(refs[REFUNDED[0]], {knife: 1}, REFUNDED[1], "scratched")
        counted = []
        for sku, units in COUNTED:
            counted.append((sku, shop.stock(products[sku]) or 0, units))
            shop.set_stock(products[sku], units)
    finally:
        shop.close()
    return Day(counted=tuple(counted), offered=offered)


def _items(seller: Seller, order_id: str) -> list[str]:
    return [item["orderItemId"] for item in seller.order(order_id)["orderItems"]]


def offers(seller: Seller) -> dict[str, int | None]:
    """SKU -> quantity at Amazon."""
    from ..sandbox import CATALOGUE

    return {item.sku: seller.quantity(item.sku) for item in CATALOGUE}
