"""`POST_ORDER_ACKNOWLEDGEMENT_DATA`: Success links the merchant's order id, Failure cancels the order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from amazon_orders.sandbox import life
from amazon_orders.sandbox.clock import from_ms
from amazon_orders.sandbox.feeds.envelope import MALFORMED, chosen, count, needed, only, text
from amazon_orders.sandbox.feeds.orders import WRONG_ITEM, find_order
from amazon_orders.sandbox.feeds.verdicts import RefusedMessageError
from amazon_orders.sandbox.projection import UNPAID, Json

if TYPE_CHECKING:
    from amazon_orders.sandbox.seller import Seller

NOT_CANCELLABLE = "18046"
CANCEL_REASONS = frozenset(
    {
        "NoInventory",
        "ShippingAddressUndeliverable",
        "CustomerExchange",
        "BuyerCanceled",
        "GeneralAdjustment",
        "CarrierCreditDecision",
        "RiskAssessmentInformationNotValid",
        "CarrierCoverageFailure",
        "CustomerReturn",
        "MerchandiseNotReceived",
        "CannotVerifyInformation",
        "PricingError",
        "RejectOrder",
        "WeatherDelay",
    }
)
_FIELDS = frozenset({"AmazonOrderID", "MerchantOrderID", "StatusCode", "Item"})
_ITEM = frozenset({"AmazonOrderItemCode", "MerchantOrderItemID", "CancelReason", "Quantity"})


def acknowledge(seller: Seller, message: Element, feed_id: str, ms: int) -> None:
    """Carry out one message.

    Failure after any unit was confirmed refunds the whole order, as Amazon does: it is no error there.
    """
    only(message, _FIELDS)
    needed(message, "AmazonOrderID")
    status = chosen(message, "StatusCode", frozenset({"Success", "Failure"}))
    order = find_order(seller, message)
    order_id = order["orderId"]
    reason = _reason(message, order)
    if life.status_of(order) == "CANCELLED" or life.status_of(order) in UNPAID:
        text_ = f"The order is {life.status_of(order)}; it cannot be acknowledged."
        raise RefusedMessageError(NOT_CANCELLABLE, text_, order_id=order_id)
    if status == "Success":
        _link(seller, order_id, text(message, "MerchantOrderID"), ms)
        return
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        raise RefusedMessageError(NOT_CANCELLABLE, "The order is fulfilled by Amazon.", order_id=order_id)
    if not reason:
        raise RefusedMessageError(MALFORMED, "CancelReason is required.", order_id=order_id)
    seller.cancel_by_feed(order_id, reason, feed_id, from_ms(ms))


def _link(seller: Seller, order_id: str, merchant_id: str, ms: int) -> None:
    if not merchant_id:
        return
    seller.linked[merchant_id] = order_id
    with seller.change(order_id, at=from_ms(ms)) as order:
        order["orderAliases"] = [{"aliasId": merchant_id, "aliasType": "SELLER_ORDER_ID"}]


def _reason(message: Element, order: Json) -> str:
    """The reason of the first item that has one; the order is cancelled whole, whichever items are named."""
    known = life.open_units(order)
    reason = ""
    for row in message.findall("Item"):
        only(row, _ITEM)
        item = needed(row, "AmazonOrderItemCode")
        if item not in known:
            text_ = "The order has no such item."
            raise RefusedMessageError(WRONG_ITEM, text_, order_id=order["orderId"], item=item)
        count(row, "Quantity")
        if row.find("CancelReason") is not None:
            reason = reason or chosen(row, "CancelReason", CANCEL_REASONS)
    return reason
