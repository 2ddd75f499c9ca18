"""How the messages of order feeds name an order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from amazon_orders.sandbox.feeds.envelope import MALFORMED, text
from amazon_orders.sandbox.feeds.verdicts import RefusedMessageError
from amazon_orders.sandbox.projection import Json
from amazon_orders.sandbox.query import ORDER_ID

if TYPE_CHECKING:
    from amazon_orders.sandbox.seller import Seller

NO_ORDER = "18034"
WRONG_ITEM = "18007"


def find_order(seller: Seller, message: Element) -> Json:
    """The order of a message, by Amazon's id or by the merchant's that an acknowledgement linked."""
    order_id = text(message, "AmazonOrderID")
    merchant_id = text(message, "MerchantOrderID")
    if not order_id and merchant_id:
        order_id = seller.linked.get(merchant_id, "")
        if not order_id:
            raise RefusedMessageError(NO_ORDER, "No order is linked to this merchant order id.")
    if not order_id:
        raise RefusedMessageError(MALFORMED, "AmazonOrderID or MerchantOrderID is required.")
    if not ORDER_ID.fullmatch(order_id):
        raise RefusedMessageError(MALFORMED, "AmazonOrderID must be in 3-7-7 format.")
    if seller.shelf.get(order_id) is None:
        raise RefusedMessageError(NO_ORDER, "The account has no such order.", order_id=order_id)
    return seller.order(order_id)
