"""What of an order a caller may see: the data sets it asked for, as far as its roles and the order's state allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

DATA_SETS: tuple[str, ...] = (
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
)
"""The values of `includedData`."""

# What a data set adds: fields of the order, fields of each item.
_ORDER_FIELDS = {
    "BUYER": "buyer",
    "RECIPIENT": "recipient",
    "PROCEEDS": "proceeds",
    "FULFILLMENT": "fulfillment",
    "PACKAGES": "packages",
    "TAX": "tax",
    "PAYMENT": "payment",
    "FULFILLMENT_ORDERS": "fulfillmentOrders",
}
_ITEM_FIELDS = {
    "PROCEEDS": "proceeds",
    "EXPENSE": "expense",
    "PROMOTION": "promotion",
    "CANCELLATION": "cancellation",
    "FULFILLMENT": "fulfillment",
    "TAX": "tax",
}
# The address that is left where a caller may not see whose it is.
_IMPERSONAL = ("city", "districtOrCounty", "stateOrRegion", "municipality", "countryCode", "addressType")

UNPAID = frozenset({"PENDING", "PENDING_AVAILABILITY"})
_SHIPPABLE = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})

DIRECT_TO_CONSUMER = "Direct-to-Consumer Shipping"
TAX_INVOICING = "Tax Invoicing"
TAX_REMITTANCE = "Tax Remittance"
ORDER_ROLES: frozenset[str] = frozenset(
    {
        "Amazon Fulfillment",
        "Buyer Communication",
        "Buyer Solicitation",
        "Finance and Accounting",
        "Inventory and Order Tracking",
        "Pricing",
        "Product Listing",
        "Professional Services",
        "Selling Partner Insights",
        DIRECT_TO_CONSUMER,
        TAX_INVOICING,
        TAX_REMITTANCE,
    }
)
"""Any one of these opens the two order operations; the last three decide what personal data they show."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that decides how an order looks to one call; orders seen alike are serialised once."""

    data_sets: frozenset[str]
    ships: bool
    """Whether the caller may know where a parcel goes."""
    invoices: bool
    """Whether the caller may know who bought."""
    fba_personal: bool
    """Whether orders that Amazon ships keep their personal data."""
    phone: bool = True
    """False once the latest delivery date of a shipped order has passed."""


def sight_of(data_sets: Iterable[str], roles: Iterable[str], *, fba_personal: bool, phone: bool = True) -> Sight:
    """The sight that a seller's roles give on these data sets."""
    roles = frozenset(roles)
    return Sight(
        frozenset(data_sets),
        DIRECT_TO_CONSUMER in roles,
        bool(roles & {TAX_INVOICING, TAX_REMITTANCE}),
        fba_personal,
        phone,
    )


def view(order: Json, sight: Sight) -> Json:
    """The order as this sight shows it; shares the parts that it does not change."""
    fulfillment = order.get("fulfillment", {})
    status = fulfillment.get("fulfillmentStatus", "")
    merchant = fulfillment.get("fulfilledBy") != "AMAZON"
    seen = {name: value for name, value in order.items() if name not in _HIDDEN_ORDER_FIELDS}
    for data_set, name in _ORDER_FIELDS.items():
        if data_set in sight.data_sets and name in order:
            seen[name] = order[name]
    if status not in _SHIPPABLE:
        # Prices and address do not exist before payment, and Amazon shows neither of a cancelled order.
        seen.pop("proceeds", None)
        seen.pop("payment", None)
        seen.pop("recipient", None)
    if not merchant:
        seen.pop("packages", None)
    if "buyer" in seen:
        seen["buyer"] = _buyer(seen["buyer"], sight, merchant=merchant, shippable=status in _SHIPPABLE)
    if "recipient" in seen:
        seen["recipient"] = _recipient(seen["recipient"], sight, merchant=merchant)
    seen["orderItems"] = [_item(item, sight, status) for item in order["orderItems"]]
    return seen


_HIDDEN_ORDER_FIELDS = frozenset(_ORDER_FIELDS.values()) | {"orderItems"}
_HIDDEN_ITEM_FIELDS = frozenset(_ITEM_FIELDS.values()) | {"product"}


def _buyer(buyer: Json, sight: Sight, *, merchant: bool, shippable: bool) -> Json:
    seen = dict(buyer)
    personal = merchant or sight.fba_personal
    if not (sight.ships and personal and shippable):
        seen.pop("buyerEmail", None)
    if not (sight.invoices or (sight.ships and merchant)):
        seen.pop("buyerName", None)
    return seen


def _recipient(recipient: Json, sight: Sight, *, merchant: bool) -> Json:
    address = recipient.get("deliveryAddress")
    if address is None:
        return recipient
    if sight.ships and (merchant or sight.fba_personal):
        if "phone" in address and (not merchant or not sight.phone):
            address = {name: value for name, value in address.items() if name != "phone"}
        return {**recipient, "deliveryAddress": address}
    kept = (*_IMPERSONAL, "postalCode") if sight.ships else _IMPERSONAL
    return {"deliveryAddress": {name: address[name] for name in kept if name in address}}


def _item(item: Json, sight: Sight, status: str) -> Json:
    seen = {name: value for name, value in item.items() if name not in _HIDDEN_ITEM_FIELDS}
    product = item["product"]
    hidden = set()
    if status in UNPAID:
        hidden.add("price")
    if not sight.ships:
        hidden.add("customization")
    if hidden:
        product = {name: value for name, value in product.items() if name not in hidden}
    seen["product"] = product
    for data_set, name in _ITEM_FIELDS.items():
        if data_set in sight.data_sets and name in item:
            seen[name] = item[name]
    if status not in _SHIPPABLE:
        for name in ("proceeds", "expense", "promotion", "tax"):
            seen.pop(name, None)
    if "fulfillment" in seen and not sight.ships:
        seen["fulfillment"] = _without_gift_message(seen["fulfillment"])
    return seen


def _without_gift_message(fulfillment: Json) -> Json:
    packing = fulfillment.get("packing", {})
    if "giftMessage" not in packing.get("giftOption", {}):
        return fulfillment
    gift = {name: value for name, value in packing["giftOption"].items() if name != "giftMessage"}
    return {**fulfillment, "packing": {**packing, "giftOption": gift}}
