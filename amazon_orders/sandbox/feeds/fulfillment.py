"""`POST_ORDER_FULFILLMENT_DATA`: shipments confirmed by feed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from amazon_orders.sandbox import life
from amazon_orders.sandbox.clock import from_ms, parse_iso
from amazon_orders.sandbox.confirmations import Confirmation
from amazon_orders.sandbox.feeds.envelope import MALFORMED, chosen, count, moment_ms, needed, only, text
from amazon_orders.sandbox.feeds.orders import WRONG_ITEM, find_order
from amazon_orders.sandbox.feeds.verdicts import RefusedMessageError
from amazon_orders.sandbox.projection import Json

if TYPE_CHECKING:
    from amazon_orders.sandbox.seller import Seller

WRONG_DATE = "18113"
NOT_SHIPPABLE = "18028"
TOO_MANY_UNITS = "18081"

_FIELDS = frozenset(
    {
        "AmazonOrderID",
        "MerchantOrderID",
        "MerchantFulfillmentID",
        "FulfillmentDate",
        "FulfillmentData",
        "CODCollectionMethod",
        "Item",
        "ShipFromAddress",
    }
)
_DATA = frozenset({"CarrierCode", "CarrierName", "ShippingMethod", "ShipperTrackingNumber"})
_ITEM = frozenset(
    {"AmazonOrderItemCode", "MerchantOrderItemID", "MerchantFulfillmentItemID", "Quantity", "TransparencyCode"}
)


def fulfill(seller: Seller, message: Element, feed_id: str, ms: int) -> None:
    """Carry out one message. Without items it is about every open unit; without a tracking number it is taken, too."""
    del feed_id
    only(message, _FIELDS)
    order = find_order(seller, message)
    order_id = order["orderId"]
    _check_order(order)
    shipped_ms = moment_ms(message, "FulfillmentDate")
    if not (parse_iso(order["createdTime"]) or 0) <= shipped_ms <= ms:
        raise RefusedMessageError(
            WRONG_DATE, "The fulfilment date is before the order or later than now.", order_id=order_id
        )
    code, name, service, tracking = _carriage(message.find("FulfillmentData"))
    cod = (
        chosen(message, "CODCollectionMethod", frozenset({"DirectPayment"}))
        if text(message, "CODCollectionMethod")
        else ""
    )
    merchant_id = text(message, "MerchantFulfillmentID")
    edited = seller.taken.by_merchant_id(order_id, merchant_id) if merchant_id else None
    reference = edited.reference if edited else seller.taken.free_reference(order)
    left = seller.taken.units_left(order, reference)
    items, codes = _items(message, order_id, left)
    for item, units in items.items():
        if units > left[item]:
            text_ = "The quantity is more than the open quantity of the order item."
            raise RefusedMessageError(TOO_MANY_UNITS, text_, order_id=order_id, item=item)
    seller.taken.take(
        Confirmation(
            order_id=order_id,
            by="feed",
            reference=reference,
            carrier_code=code,
            carrier_name=name,
            service=service,
            tracking=tracking,
            shipped_at=from_ms(shipped_ms),
            items=items,
            at=from_ms(ms),
            edit=edited is not None,
            ignored=seller.taken.ignores(order_id),
            cod_collection=cod,
            merchant_id=merchant_id,
        ),
        codes,
    )


def _check_order(order: Json) -> None:
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        raise RefusedMessageError(NOT_SHIPPABLE, "The order is fulfilled by Amazon.", order_id=order["orderId"])
    if life.status_of(order) not in (*life.OPEN, "SHIPPED"):
        text_ = "The order is not in a state in which it can be fulfilled."
        raise RefusedMessageError(NOT_SHIPPABLE, text_, order_id=order["orderId"])


def _carriage(data: Element | None) -> tuple[str, str, str, str]:
    if data is None:
        return "", "", "", ""
    only(data, _DATA)
    if text(data, "CarrierCode") == "Other":
        needed(data, "CarrierName")
    code, name = text(data, "CarrierCode"), text(data, "CarrierName")
    return code, name, text(data, "ShippingMethod"), text(data, "ShipperTrackingNumber")


def _items(message: Element, order_id: str, left: dict[str, int]) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    rows = message.findall("Item")
    if not rows:
        open_units = {item: units for item, units in left.items() if units > 0}
        if not open_units:
            raise RefusedMessageError(NOT_SHIPPABLE, "Every unit of the order is fulfilled.", order_id=order_id)
        return open_units, {}
    items: dict[str, int] = {}
    codes: dict[str, tuple[str, ...]] = {}
    for row in rows:
        only(row, _ITEM)
        item = needed(row, "AmazonOrderItemCode")
        if item not in left:
            raise RefusedMessageError(WRONG_ITEM, "The order has no such item.", order_id=order_id, item=item)
        units = count(row, "Quantity")
        if units is None:
            units = left[item]
        if units < 1:
            raise RefusedMessageError(MALFORMED, "No unit of the item is open.", order_id=order_id, item=item)
        items[item] = items.get(item, 0) + units
        codes[item] = tuple((code.text or "").strip() for code in row.findall("TransparencyCode"))
    return items, codes
