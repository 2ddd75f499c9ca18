"""What goes into feeds. Nothing here talks to anybody.

Order and names of the XML elements are those of Amazon's schemas OrderFulfillment, OrderAcknowledgement and
OrderAdjustment; the JSON is that of the listings feed, version 2.0. `processing_reports` reads what comes back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar
from xml.etree import ElementTree as ET

from ..model import CancelAtAmazon, CancelUnitsAtAmazon, Confirm, SendRefund, rounded
from .calls import moment
from .listings import quantity_patch

FULFILMENT = "POST_ORDER_FULFILLMENT_DATA"
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"
LISTINGS = "JSON_LISTINGS_FEED"
XML_TYPE = "text/xml; charset=UTF-8"
JSON_TYPE = "application/json; charset=UTF-8"
MOST_LISTINGS = 25_000
"""Messages in one listings feed."""

_Row = TypeVar("_Row")
_LARGEST_ID = 2**31 - 1
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fulfilment_feed(
    seller_id: str, packages: Iterable[tuple[int, Confirm, int]], *, direct_payment: Collection[int] = ()
) -> bytes:
    """Packages that left: `(message id, package, its number)`.

    `direct_payment`: the messages whose carrier takes the money at the door, in Japan.
    """
    envelope = _Envelope(seller_id, "OrderFulfillment")
    for message_id, confirm, number in packages:
        body = envelope.message(message_id, "OrderFulfillment")
        _id(body, "AmazonOrderID", confirm.amazon_order_id)
        _id(body, "MerchantFulfillmentID", str(_whole(number)))
        _id(body, "FulfillmentDate", moment(confirm.ship_date))
        data = ET.SubElement(body, "FulfillmentData")
        _words(data, "CarrierCode", confirm.carrier.code)
        _words(data, "CarrierName", confirm.carrier.name)
        _words(data, "ShippingMethod", confirm.method)
        _words(data, "ShipperTrackingNumber", confirm.tracking)
        if message_id in direct_payment:
            _id(body, "CODCollectionMethod", "DirectPayment")
        for units in _some(confirm.units):
            item = ET.SubElement(body, "Item")
            _id(item, "AmazonOrderItemCode", units.order_item_id)
            _id(item, "Quantity", str(_whole(units.quantity)))
    return envelope.document()


def acknowledgement_feed(seller_id: str, cancellations: Iterable[tuple[int, CancelAtAmazon]]) -> bytes:
    """Whole orders that are not going to be shipped: `(message id, cancellation)`."""
    envelope = _Envelope(seller_id, "OrderAcknowledgement")
    for message_id, cancel in cancellations:
        body = envelope.message(message_id, "OrderAcknowledgement")
        _id(body, "AmazonOrderID", cancel.amazon_order_id)
        _id(body, "StatusCode", "Failure")
        for order_item_id in _some(cancel.order_item_ids):
            item = ET.SubElement(body, "Item")
            _id(item, "AmazonOrderItemCode", order_item_id)
            _id(item, "CancelReason", cancel.reason)
    return envelope.document()


def adjustment_feed(seller_id: str, adjustments: Iterable[tuple[int, SendRefund | CancelUnitsAtAmazon, str]]) -> bytes:
    """Refunds, and units that are not going to be shipped: `(message id, command, its key)`.

    The key is the command's own for ever. Each item's id is made of it, by which a repeated adjustment is told from a
    new one.
    """
    envelope = _Envelope(seller_id, "OrderAdjustment")
    for message_id, command, key in adjustments:
        body = envelope.message(message_id, "OrderAdjustment")
        _id(body, "AmazonOrderID", command.amazon_order_id)
        match command:
            case SendRefund():
                _id(body, "ActionType", "Refund")
                for refunded in _some(command.items):
                    item = _adjusted(body, refunded.order_item_id, key, refunded.reason)
                    prices = ET.SubElement(item, "ItemPriceAdjustments")
                    for kind, amount in _some(refunded.components):
                        component = ET.SubElement(prices, "Component")
                        _id(component, "Type", kind)
                        _id(component, "Amount", _amount(amount, command.currency)).set("currency", command.currency)
            case CancelUnitsAtAmazon():
                _id(body, "ActionType", "Cancel")
                for units in _some(command.units):
                    item = _adjusted(body, units.order_item_id, key, command.reason)
                    _id(item, "QuantityCancelled", str(_whole(units.quantity)))
    return envelope.document()


def listings_feed(seller_id: str, locale: str, quantities: Iterable[tuple[int, str, int]]) -> bytes:
    """The seller's own quantities: `(message id, seller SKU, quantity)`, at most `MOST_LISTINGS`.

    `locale` is the language of the report, as `en_US`; empty: the marketplace's own.
    """
    used = _Ids()
    messages = []
    for message_id, sku, quantity in quantities:
        if not sku:
            raise ValueError("a listing is named by its seller SKU")
        messages.append(
            {
                "messageId": used.new(message_id),
                "sku": sku,
                "operationType": "PATCH",
                "productType": "PRODUCT",
                "patches": quantity_patch(quantity),
            }
        )
    if not 1 <= len(messages) <= MOST_LISTINGS:
        raise ValueError(f"a listings feed has 1 to {MOST_LISTINGS} messages")
    header = {"sellerId": seller_id, "version": "2.0"} | ({"issueLocale": locale} if locale else {})
    return json.dumps({"header": header, "messages": messages}, separators=(",", ":")).encode()


class _Ids:
    """Message ids: each once."""

    def __init__(self) -> None:
        self._used: set[int] = set()

    def new(self, message_id: int) -> int:
        if not 1 <= message_id <= _LARGEST_ID or message_id in self._used:
            raise ValueError("a message id is a positive number, and each is used once")
        self._used.add(message_id)
        return message_id


class _Envelope:
    """An XML feed with its messages."""

    def __init__(self, seller_id: str, kind: str) -> None:
        self._root = ET.Element("AmazonEnvelope", {_SCHEMA: "amzn-envelope.xsd"})
        header = ET.SubElement(self._root, "Header")
        _id(header, "DocumentVersion", "1.01")
        _id(header, "MerchantIdentifier", seller_id)
        _id(self._root, "MessageType", kind)
        self._ids = _Ids()
        self._messages = 0

    def message(self, message_id: int, kind: str) -> ET.Element:
        message = ET.SubElement(self._root, "Message")
        _id(message, "MessageID", str(self._ids.new(message_id)))
        self._messages += 1
        return ET.SubElement(message, kind)

    def document(self) -> bytes:
        if not self._messages:
            raise ValueError("a feed has at least one message")
        document: bytes = ET.tostring(self._root, encoding="UTF-8", xml_declaration=True)
        return document


def _adjusted(body: ET.Element, order_item_id: str, key: str, reason: str) -> ET.Element:
    item = ET.SubElement(body, "AdjustedItem")
    _id(item, "AmazonOrderItemCode", order_item_id)
    if not key:
        raise ValueError("an adjustment needs a key")
    _id(item, "MerchantAdjustmentItemID", f"{key}-{order_item_id}")
    _id(item, "AdjustmentReason", reason)
    return item


def _id(parent: ET.Element, name: str, text: str) -> ET.Element:
    """Something that must arrive as it is, or not at all."""
    if not text or text != text.strip() or _ILLEGAL.search(text):
        raise ValueError(f"{name} is empty, or holds what XML cannot")
    element = ET.SubElement(parent, name)
    element.text = text
    return element


def _words(parent: ET.Element, name: str, text: str) -> None:
    """Something that people read: what XML cannot hold is dropped, and it is left out where nothing is left."""
    kept = " ".join(_ILLEGAL.sub("", text).split())
    if kept:
        ET.SubElement(parent, name).text = kept


def _whole(number: int) -> int:
    if number < 1:
        raise ValueError("a number or quantity is at least 1")
    return number


def _some(rows: Sequence[_Row]) -> Sequence[_Row]:
    if not rows:
        raise ValueError("a message says something of at least one item")
    return rows


def _amount(amount: Decimal, currency: str) -> str:
    """Positive, and no finer than the currency."""
    if not amount.is_finite() or amount <= 0 or rounded(amount, currency) != amount:
        raise ValueError("a refund is a positive amount, no finer than its currency")
    return format(rounded(amount, currency), "f")
