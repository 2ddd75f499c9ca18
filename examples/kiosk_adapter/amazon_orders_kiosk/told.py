"""What the shop's staff did, from the shop's JSON: stock, parcels, cancellations, refunds."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from amazon_orders.model import (
    Cancellation,
    Charge,
    LineQuantity,
    Refund,
    RefundLine,
    Shipment,
    ShippedByAmazon,
    StockLevel,
)

Json = dict[str, Any]


def level(found: Json) -> StockLevel:
    """`stock` is null where nobody counts the product."""
    return StockLevel(
        product=found["id"],
        value=found["sku"],
        available=None if found["stock"] is None else Decimal(found["stock"]),
        updated_at=datetime.fromisoformat(found["changed_at"]),
    )


def shipment(found: Json) -> Shipment:
    """A parcel."""
    return Shipment(
        id=found["id"],
        ref=found["order"],
        carrier=found["carrier"],
        service=found["service"],
        tracking=found["tracking"],
        lines=tuple(_line(line) for line in found["lines"]),
        shipped_at=datetime.fromisoformat(found["created_at"]),
        updated_at=datetime.fromisoformat(found["changed_at"]),
    )


def cancellation(found: Json) -> Cancellation:
    """Of a whole order where it names no lines."""
    return Cancellation(
        id=found["id"],
        ref=found["order"],
        reason=found["reason"],
        lines=tuple(_line(line) for line in found["lines"]),
        updated_at=datetime.fromisoformat(found["changed_at"]),
    )


def refund(found: Json) -> Refund:
    """The shop tells money that went back for units line by line, and for shipping in a field of its own."""
    shipping = Decimal(found["shipping"])
    return Refund(
        id=found["id"],
        ref=found["order"],
        reason=found["reason"],
        currency=found["currency"],
        lines=tuple(
            RefundLine(line=_line(line), amount=Charge(gross=Decimal(line["amount"]))) for line in found["lines"]
        ),
        shipping=Charge(kind="shipping", gross=shipping) if shipping else None,
        updated_at=datetime.fromisoformat(found["changed_at"]),
    )


def parcel_body(change: ShippedByAmazon, order: Json, key: str) -> Json:
    """A parcel that left outside the shop, for the shop; no lines mean all that is left."""
    ids = {line["reference"]: line["id"] for line in order["lines"]}
    lines = [{"line": ids[item], "quantity": units} for item, units in change.lines.items() if item in ids]
    return {"lines": lines, "carrier": change.carrier, "service": "", "tracking": change.tracking, "reference": key}


def _line(found: Json) -> LineQuantity:
    return LineQuantity(order_item_id=found["reference"], product=found["product"], quantity=found["quantity"])
