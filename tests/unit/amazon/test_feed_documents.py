"""What goes into feeds: Amazon's elements in Amazon's order, whatever is in the names and numbers."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon_orders.amazon import (
    acknowledgement_feed,
    adjustment_feed,
    fulfilment_feed,
)
from amazon_orders.model import Carrier, RefundedItem, Units
from tests.unit.amazon.desk import ITEM, ORDER, TRACKING, cancellation, cancelled_units, package, refund

SELLER = "A1SELLER"
# Every element, with its children in the only order that Amazon's schemas take. `!` must be there, `*` many times.
ORDERS = {
    "AmazonEnvelope": "Header! MessageType! Message*",
    "Header": "DocumentVersion! MerchantIdentifier!",
    "Message": "MessageID! OrderFulfillment OrderAcknowledgement OrderAdjustment",
    "OrderFulfillment": "AmazonOrderID! MerchantFulfillmentID FulfillmentDate! FulfillmentData "
    "CODCollectionMethod Item*",
    "FulfillmentData": "CarrierCode CarrierName ShippingMethod ShipperTrackingNumber",
    "Item": "AmazonOrderItemCode! CancelReason Quantity",
    "OrderAcknowledgement": "AmazonOrderID! StatusCode! Item*",
    "OrderAdjustment": "AmazonOrderID! ActionType CODCollectionMethod AdjustedItem*",
    "AdjustedItem": "AmazonOrderItemCode! MerchantAdjustmentItemID! AdjustmentReason! ItemPriceAdjustments "
    "PromotionAdjustments* DirectPaymentAdjustments QuantityCancelled Quantity",
    "ItemPriceAdjustments": "Component*",
    "Component": "Type! Amount!",
}


def complaints(element: ET.Element) -> list[str]:
    """What Amazon's schemas say against it."""
    rules = [re.fullmatch(r"(\w+)([!*]?)", rule) for rule in ORDERS.get(element.tag, "").split()]
    names = [rule[1] for rule in rules if rule]
    found = [child.tag for child in element]
    said = [f"{element.tag}: {name} is unknown" for name in found if name not in names]
    places = [names.index(name) for name in found if name in names]
    said += [f"{element.tag}: {names[late]} before {names[soon]}" for late, soon in pairwise(places) if late > soon]
    for rule in filter(None, rules):
        count = found.count(rule[1])
        if (rule[2] == "!" and count != 1) or (not rule[2] and count > 1):
            said.append(f"{element.tag}: {count} times {rule[1]}")
    if not names and not (element.text or "").strip():
        said.append(f"{element.tag} is empty")
    return said + [one for child in element for one in complaints(child)]


def read(document: bytes, kind: str) -> list[ET.Element]:
    """The messages of a document that fits Amazon's schemas."""
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<AmazonEnvelope ")
    root = ET.fromstring(document)
    assert complaints(root) == []
    assert root.get("{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation") == "amzn-envelope.xsd"
    assert [root.findtext(way) for way in ("Header/DocumentVersion", "Header/MerchantIdentifier", "MessageType")] == [
        "1.01",
        SELLER,
        kind,
    ]
    return root.findall("Message")


def tree(element: ET.Element) -> Any:
    return [(child.tag, tree(child) if len(child) else child.text) for child in element]


def test_packages_that_left() -> None:
    other = package(carrier=Carrier(code="Other", name="Müller & <Söhne>"), method="", tracking="", units=(_one(),))
    first, second = read(fulfilment_feed(SELLER, [(1, package(), 3), (2, other, 12)]), "OrderFulfillment")
    assert tree(first) == [
        ("MessageID", "1"),
        (
            "OrderFulfillment",
            [
                ("AmazonOrderID", ORDER),
                ("MerchantFulfillmentID", "3"),
                ("FulfillmentDate", "2026-11-20T11:30:15.250Z"),
                (
                    "FulfillmentData",
                    [("CarrierCode", "DHL"), ("ShippingMethod", "Paket"), ("ShipperTrackingNumber", TRACKING)],
                ),
                ("Item", [("AmazonOrderItemCode", ITEM), ("Quantity", "2")]),
                ("Item", [("AmazonOrderItemCode", "2"), ("Quantity", "1")]),
            ],
        ),
    ]
    data = second.find("OrderFulfillment/FulfillmentData")
    assert data is not None
    assert tree(data) == [("CarrierCode", "Other"), ("CarrierName", "Müller & <Söhne>")]


def test_money_at_the_door_is_told_for_its_message_alone() -> None:
    document = fulfilment_feed(SELLER, [(1, package(), 1), (2, package(), 1)], direct_payment={2})
    told = [row.findtext("OrderFulfillment/CODCollectionMethod") for row in read(document, "OrderFulfillment")]
    assert told == [None, "DirectPayment"]


def test_whole_orders_that_are_cancelled() -> None:
    (message,) = read(acknowledgement_feed(SELLER, [(7, cancellation())]), "OrderAcknowledgement")
    assert tree(message) == [
        ("MessageID", "7"),
        (
            "OrderAcknowledgement",
            [
                ("AmazonOrderID", ORDER),
                ("StatusCode", "Failure"),
                ("Item", [("AmazonOrderItemCode", ITEM), ("CancelReason", "NoInventory")]),
                ("Item", [("AmazonOrderItemCode", "2"), ("CancelReason", "NoInventory")]),
            ],
        ),
    ]


def test_refunds_and_units_that_are_cancelled() -> None:
    document = adjustment_feed(SELLER, [(1, refund(), "12"), (2, cancelled_units(), "13")])
    first, second = read(document, "OrderAdjustment")
    assert tree(first)[1][1] == [
        ("AmazonOrderID", ORDER),
        ("ActionType", "Refund"),
        (
            "AdjustedItem",
            [
                ("AmazonOrderItemCode", ITEM),
                ("MerchantAdjustmentItemID", f"12-{ITEM}"),
                ("AdjustmentReason", "CustomerReturn"),
                (
                    "ItemPriceAdjustments",
                    [
                        ("Component", [("Type", "Principal"), ("Amount", "100.00")]),
                        ("Component", [("Type", "Shipping"), ("Amount", "4.90")]),
                    ],
                ),
            ],
        ),
        (
            "AdjustedItem",
            [
                ("AmazonOrderItemCode", "2"),
                ("MerchantAdjustmentItemID", "12-2"),
                ("AdjustmentReason", "Other"),
                ("ItemPriceAdjustments", [("Component", [("Type", "Principal"), ("Amount", "10.00")])]),
            ],
        ),
    ]
    assert {amount.get("currency") for amount in first.iter("Amount")} == {"EUR"}
    assert tree(second)[1][1] == [
        ("AmazonOrderID", ORDER),
        ("ActionType", "Cancel"),
        (
            "AdjustedItem",
            [
                ("AmazonOrderItemCode", ITEM),
                ("MerchantAdjustmentItemID", f"13-{ITEM}"),
                ("AdjustmentReason", "CustomerCancel"),
                ("QuantityCancelled", "2"),
            ],
        ),
    ]


@given(st.decimals(min_value="0.01", max_value="999999999999.99", places=2))
def test_every_amount_arrives_as_it_is(amount: Decimal) -> None:
    (message,) = read(adjustment_feed(SELLER, [(1, _refunding(amount, "EUR"), "1")]), "OrderAdjustment")
    text = message.findtext(".//Amount") or ""
    assert re.fullmatch(r"\d+\.\d\d", text)
    assert Decimal(text) == amount


@pytest.mark.parametrize(("amount", "currency", "text"), [("140", "JPY", "140"), ("1E+3", "JPY", "1000")])
def test_yen_are_whole(amount: str, currency: str, text: str) -> None:
    (message,) = read(adjustment_feed(SELLER, [(1, _refunding(Decimal(amount), currency), "1")]), "OrderAdjustment")
    assert message.findtext(".//Amount") == text


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0", "EUR"), ("-1", "EUR"), ("0.001", "EUR"), ("10.5", "JPY"), ("NaN", "EUR"), ("Infinity", "EUR")],
)
def test_an_amount_that_nobody_can_be_paid_is_not_sent(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="positive amount"):
        adjustment_feed(SELLER, [(1, _refunding(Decimal(amount), currency), "1")])


HOSTILE = st.text(st.characters(codec=None), max_size=40)
LEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(name=HOSTILE, method=HOSTILE, tracking=HOSTILE)
def test_names_arrive_without_what_xml_cannot_hold(name: str, method: str, tracking: str) -> None:
    confirm = package(carrier=Carrier(code="Other", name=name), method=method, tracking=tracking)
    (message,) = read(fulfilment_feed(SELLER, [(1, confirm, 1)]), "OrderFulfillment")
    data = message.find("OrderFulfillment/FulfillmentData")
    assert data is not None
    for tag, text in (("CarrierName", name), ("ShippingMethod", method), ("ShipperTrackingNumber", tracking)):
        assert (data.findtext(tag) or "") == " ".join(LEGAL.sub("", text).split())


@given(order=HOSTILE, item=HOSTILE, reason=HOSTILE)
def test_ids_arrive_as_they_are_or_not_at_all(order: str, item: str, reason: str) -> None:
    command = cancellation(amazon_order_id=order, order_item_ids=(item,), reason=reason)
    texts = (order, item, reason)
    if any(LEGAL.search(text) or text != text.strip() or not text for text in texts):
        with pytest.raises(ValueError, match="XML"):
            acknowledgement_feed(SELLER, [(1, command)])
        return
    root = ET.fromstring(acknowledgement_feed(SELLER, [(1, command)]))
    found = [root.findtext(f".//{tag}") for tag in ("AmazonOrderID", "AmazonOrderItemCode", "CancelReason")]
    # A line ending inside is one for every reader of XML.
    assert found == [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]


@pytest.mark.parametrize(
    "build",
    [
        lambda: fulfilment_feed(SELLER, []),
        lambda: acknowledgement_feed(SELLER, []),
        lambda: adjustment_feed(SELLER, []),
        lambda: fulfilment_feed("", [(1, package(), 1)]),
        lambda: fulfilment_feed(SELLER, [(0, package(), 1)]),
        lambda: fulfilment_feed(SELLER, [(1, package(), 1), (1, package(), 2)]),
        lambda: fulfilment_feed(SELLER, [(1, package(), 0)]),
        lambda: fulfilment_feed(SELLER, [(1, package(units=()), 1)]),
        lambda: fulfilment_feed(SELLER, [(1, package(units=(Units(order_item_id="1", quantity=0),)), 1)]),
        lambda: fulfilment_feed(SELLER, [(1, package(ship_date=datetime(2026, 11, 20)), 1)]),  # noqa: DTZ001
        lambda: acknowledgement_feed(SELLER, [(1, cancellation(order_item_ids=()))]),
        lambda: acknowledgement_feed(SELLER, [(1, cancellation(reason=""))]),
        lambda: adjustment_feed(SELLER, [(1, refund(items=()), "1")]),
        lambda: adjustment_feed(SELLER, [(1, refund(), "")]),
        lambda: adjustment_feed(SELLER, [(1, cancelled_units(units=()), "1")]),
        lambda: adjustment_feed(SELLER, [(1, cancelled_units(units=(Units(order_item_id="1", quantity=-1),)), "1")]),
    ],
)
def test_a_feed_that_says_nothing_is_not_built(build: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build()


def _one() -> Units:
    return Units(order_item_id=ITEM, quantity=1)


def _refunding(amount: Decimal, currency: str) -> Any:
    item = RefundedItem(order_item_id=ITEM, reason="Other", components=(("Principal", amount),))
    return refund(currency=currency, items=(item,))
