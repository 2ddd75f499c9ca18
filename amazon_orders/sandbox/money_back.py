"""Money that went back to buyers, and what is left to give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from amazon_orders.sandbox.marketplaces import BY_ID
from amazon_orders.sandbox.projection import Json

_VAT_REGIONS = frozenset({"eu"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """Money given back for one item. Amounts are positive, in the order's currency."""

    order_id: str
    item: str
    by: Literal["feed", "acknowledgement", "seller central"]
    """`acknowledgement`: everything, because a cancellation came after a shipment."""
    reason: str
    key: str
    """`MerchantAdjustmentItemID`; empty where it was not a feed's adjustment."""
    components: Mapping[str, Decimal]
    asked: Decimal
    """The sum of the components."""
    paid: Decimal
    """What the buyer gets: where Amazon calculates VAT, it adds it to what is asked."""
    currency: str
    units: int | None
    feed_id: str
    at: datetime


class Refunds:
    """Every refund of a seller in the order of coming."""

    def __init__(self) -> None:
        self._made: list[Refund] = []

    def add(self, refund: Refund) -> None:
        self._made.append(refund)

    def of(self, order_id: str) -> list[Refund]:
        """Those of one order."""
        return [refund for refund in self._made if refund.order_id == order_id]

    def has_key(self, order_id: str, key: str) -> bool:
        """Whether an adjustment with this key was carried out for the order."""
        return any(refund.key == key for refund in self.of(order_id))

    def left(self, order: Json, item: str) -> Decimal:
        """What was charged for an item and is not given back."""
        given = (refund.paid for refund in self.of(order["orderId"]) if refund.item == item)
        return charge(order, item) - sum(given, Decimal())

    def asked(self, order_id: str, item: str, component: str) -> Decimal:
        """What was asked for one component of an item so far."""
        rows = (refund for refund in self.of(order_id) if refund.item == item)
        return sum((refund.components.get(component, Decimal()) for refund in rows), Decimal())


def of(
    order: Json,
    item: str,
    by: Literal["acknowledgement", "seller central"],
    reason: str,
    amount: Decimal,
    at: datetime,
    feed_id: str = "",
) -> Refund:
    """A refund that nobody split into components."""
    return Refund(
        order_id=order["orderId"],
        item=item,
        by=by,
        reason=reason,
        key="",
        components={},
        asked=amount if by == "seller central" else Decimal(),
        paid=amount,
        currency=currency_of(order),
        units=None,
        feed_id=feed_id,
        at=at,
    )


def item_of(order: Json, item: str) -> Json:
    """One item of an order."""
    found: Json = next(row for row in order["orderItems"] if row["orderItemId"] == item)
    return found


def charge(order: Json, item: str) -> Decimal:
    """What the buyer paid for an item."""
    return Decimal(item_of(order, item)["proceeds"]["proceedsTotal"]["amount"])


def parts(order: Json, item: str) -> dict[str, Decimal]:
    """An item's money by type, as Amazon tells it; discounts are positive."""
    rows = item_of(order, item)["proceeds"].get("breakdowns", ())
    return {row["type"]: abs(Decimal(row["subtotal"]["amount"])) for row in rows}


def currency_of(order: Json) -> str:
    """The currency in which an order was paid."""
    code: str = order["proceeds"]["grandTotal"]["currencyCode"]
    return code


def with_vat(order: Json, item: str, asked: Decimal) -> Decimal:
    """What a buyer gets for an amount that was asked.

    Where Amazon calculates VAT for the seller, amounts are net and it adds the VAT of the line; elsewhere, and where
    it collects the tax as its own, it pays what was asked.
    """
    place = BY_ID.get(order["salesChannel"].get("marketplaceId", ""))
    tax = parts(order, item).get("TAX", Decimal())
    collected = item_of(order, item).get("tax", {}).get("taxCollections")
    gross = charge(order, item)
    if place is None or place.region not in _VAT_REGIONS or not tax or collected or gross <= tax:
        return asked
    return (asked * gross / (gross - tax)).quantize(Decimal(1).scaleb(-place.decimals))
