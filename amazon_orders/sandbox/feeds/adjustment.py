"""`POST_PAYMENT_ADJUSTMENT_DATA`: refunds of shipped items, and units that will not be shipped."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from amazon_orders.sandbox import life, money_back
from amazon_orders.sandbox.clock import from_ms
from amazon_orders.sandbox.feeds.envelope import MALFORMED, chosen, count, needed, only, text
from amazon_orders.sandbox.feeds.orders import WRONG_ITEM, find_order
from amazon_orders.sandbox.feeds.verdicts import RefusedMessageError
from amazon_orders.sandbox.money_back import Refund
from amazon_orders.sandbox.projection import Json

if TYPE_CHECKING:
    from amazon_orders.sandbox.seller import Seller

NOT_SHIPPED = "18047"
TOO_MUCH = "18048"
WRONG_CURRENCY = "18049"
DUPLICATE = "18050"
TOO_MANY_UNITS = "18081"
ADJUSTMENT_REASONS = frozenset(
    {
        "NoInventory",
        "CustomerReturn",
        "GeneralAdjustment",
        "CouldNotShip",
        "DifferentItem",
        "Abandoned",
        "CustomerCancel",
        "PriceError",
        "ProductOutofStock",
        "CustomerAddressIncorrect",
        "Exchange",
        "Other",
        "CarrierCreditDecision",
        "RiskAssessmentInformationNotValid",
        "CarrierCoverageFailure",
        "TransactionRecord",
        "Undeliverable",
        "RefusedDelivery",
    }
)
PART_CANCEL_REASONS = frozenset({"NoInventory", "CustomerCancel"})
COMPONENTS = frozenset(
    {
        "Principal",
        "Shipping",
        "Tax",
        "ShippingTax",
        "RestockingFee",
        "RestockingFeeTax",
        "GiftWrap",
        "GiftWrapTax",
        "Surcharge",
        "ReturnShipping",
        "Goodwill",
        "ExportCharge",
        "COD",
        "CODTax",
        "Other",
        "FreeReplacementReturnShipping",
    }
)
_CHARGED_AS = {"Principal": "ITEM", "Shipping": "SHIPPING", "GiftWrap": "GIFT_WRAP", "COD": "COD_FEE"}
_TAXES = frozenset({"Tax", "ShippingTax", "GiftWrapTax", "CODTax"})
_FIELDS = frozenset({"AmazonOrderID", "MerchantOrderID", "ActionType", "CODCollectionMethod", "AdjustedItem"})
_ITEM = frozenset(
    {
        "AmazonOrderItemCode",
        "MerchantOrderItemID",
        "MerchantAdjustmentItemID",
        "AdjustmentReason",
        "ItemPriceAdjustments",
        "PromotionAdjustments",
        "DirectPaymentAdjustments",
        "QuantityCancelled",
        "Quantity",
    }
)


@dataclass(frozen=True, slots=True)
class _Adjusted:
    """One item of a message, checked."""

    item: str
    key: str
    reason: str
    components: dict[str, Decimal]
    cancelled: int | None
    units: int | None

    @property
    def asked(self) -> Decimal:
        return sum(self.components.values(), Decimal())


def adjust(seller: Seller, message: Element, feed_id: str, ms: int) -> None:
    """Carry out one message: all of its items or none."""
    only(message, _FIELDS)
    order = find_order(seller, message)
    order_id = order["orderId"]
    action = chosen(message, "ActionType", frozenset({"Refund", "Cancel"})) if text(message, "ActionType") else ""
    rows = [_read(row, order, action) for row in message.findall("AdjustedItem")]
    if not rows:
        raise RefusedMessageError(MALFORMED, "AdjustedItem is required.", order_id=order_id)
    if len({row.key for row in rows}) < len(rows):
        text_ = "A MerchantAdjustmentItemID appears twice."
        raise RefusedMessageError(DUPLICATE, text_, order_id=order_id)
    for row in rows:
        _check(seller, order, row)
    for row in rows:
        if row.cancelled:
            seller.cancel_units_by_feed(order_id, {row.item: row.cancelled}, row.reason, row.key, feed_id, from_ms(ms))
        if row.components:
            seller.refunded.add(_refund(order, row, feed_id, ms))


def _read(row: Element, order: Json, action: str) -> _Adjusted:
    only(row, _ITEM)
    order_id = order["orderId"]
    item = needed(row, "AmazonOrderItemCode")
    if item not in life.open_units(order):
        raise RefusedMessageError(WRONG_ITEM, "The order has no such item.", order_id=order_id, item=item)
    cancelled = count(row, "QuantityCancelled")
    if action == "Cancel" and cancelled is None:
        raise RefusedMessageError(MALFORMED, "QuantityCancelled is required.", order_id=order_id, item=item)
    reasons = PART_CANCEL_REASONS if cancelled else ADJUSTMENT_REASONS
    adjusted = _Adjusted(
        item,
        needed(row, "MerchantAdjustmentItemID"),
        chosen(row, "AdjustmentReason", reasons),
        _components(row, order),
        cancelled,
        count(row, "Quantity"),
    )
    if not adjusted.components and not cancelled:
        raise RefusedMessageError(MALFORMED, "ItemPriceAdjustments is required.", order_id=order_id, item=item)
    return adjusted


def _components(row: Element, order: Json) -> dict[str, Decimal]:
    """What is asked, by type; promotions that are taken back are not simulated."""
    found: dict[str, Decimal] = {}
    for component in row.findall("ItemPriceAdjustments/Component"):
        kind = chosen(component, "Type", COMPONENTS)
        amount = component.find("Amount")
        currency = amount.get("currency") if amount is not None else None
        if currency != money_back.currency_of(order):
            text_ = "The currency is not the one of the order."
            raise RefusedMessageError(WRONG_CURRENCY, text_, order_id=order["orderId"])
        try:
            value = Decimal(needed(component, "Amount"))
        except InvalidOperation:
            value = Decimal()
        if not value.is_finite() or value <= 0 or kind in found:
            text_ = "A component needs one positive amount."
            raise RefusedMessageError(MALFORMED, text_, order_id=order["orderId"])
        found[kind] = value
    return found


def _check(seller: Seller, order: Json, row: _Adjusted) -> None:
    order_id = order["orderId"]

    def refuse(code: str, why: str) -> RefusedMessageError:
        return RefusedMessageError(code, why, order_id=order_id, item=row.item)

    if life.status_of(order) not in ("SHIPPED", "PARTIALLY_SHIPPED"):
        raise refuse(NOT_SHIPPED, "Nothing of the order was shipped; it can be cancelled, not adjusted.")
    if seller.refunded.has_key(order_id, row.key) or seller.cancelled_by(order_id, row.key):
        raise refuse(DUPLICATE, "This MerchantAdjustmentItemID was used for the order before.")
    if row.cancelled and row.cancelled > seller.taken.units_left(order)[row.item]:
        raise refuse(TOO_MANY_UNITS, "The quantity is more than the open quantity of the order item.")
    if not row.components:
        return
    if not money_back.item_of(order, row.item)["fulfillment"]["quantityFulfilled"] and not row.cancelled:
        raise refuse(NOT_SHIPPED, "The item was not shipped.")
    if _TAXES & row.components.keys() and money_back.item_of(order, row.item).get("tax", {}).get("taxCollections"):
        raise refuse(TOO_MUCH, "The tax is collected by Amazon and refunded by it.")
    charged = money_back.parts(order, row.item)
    for component, amount in row.components.items():
        if component in _CHARGED_AS:
            before = seller.refunded.asked(order_id, row.item, component)
            if before + amount > charged.get(_CHARGED_AS[component], Decimal()):
                raise refuse(TOO_MUCH, f"The refund of {component} exceeds what was charged.")
    paid = money_back.with_vat(order, row.item, row.asked)
    if paid > seller.refunded.left(order, row.item):
        raise refuse(TOO_MUCH, "The refund exceeds what was charged and is not refunded yet.")


def _refund(order: Json, row: _Adjusted, feed_id: str, ms: int) -> Refund:
    return Refund(
        order_id=order["orderId"],
        item=row.item,
        by="feed",
        reason=row.reason,
        key=row.key,
        components=row.components,
        asked=row.asked,
        paid=money_back.with_vat(order, row.item, row.asked),
        currency=money_back.currency_of(order),
        units=row.units,
        feed_id=feed_id,
        at=from_ms(ms),
    )
