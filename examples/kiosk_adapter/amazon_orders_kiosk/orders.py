"""From an order of the library to the shop's JSON, and back."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from amazon_orders.errors import StoreRejected
from amazon_orders.model import Address, Charge, Placed, StoreOrder

from .taxes import Price, Taxes

Json = dict[str, Any]


def body(order: StoreOrder, key: str, taxes: Taxes) -> Json:
    """The order as the shop takes it: net lines, a tax class each, and cents that rates cannot reach as a line.

    `StoreRejected` where the order does not add up or its tax has no class: before anything was written.
    """
    priced: list[tuple[Json, Price]] = []
    for line in order.lines:
        facts = {
            "kind": "product", "product": line.product, "title": line.title, "quantity": line.quantity,
            "reference": line.order_item_id,
        }  # fmt: skip
        priced.append((facts, taxes.price(line.total, order.currency, line.quantity)))
    for charge in (order.shipping, *order.fees):
        if charge.gross:
            facts = {"kind": _kind(charge), "title": charge.title or charge.kind, "quantity": 1}
            priced.append((facts, taxes.price(charge, order.currency)))
    charges = [*(line.total for line in order.lines), order.shipping, *order.fees]
    if sum((charge.gross for charge in charges), Decimal(0)) != order.total:
        raise StoreRejected("Lines, shipping and fees do not add up to the order's total.", record=key)
    missing = order.total - sum((price.gross for _, price in priced), Decimal(0))
    if missing:
        priced.append(({"kind": "fee", "title": "Rounding", "quantity": 1}, taxes.untaxed(missing)))
    return {
        "reference": key,
        "currency": order.currency,
        "ordered_at": order.placed_at.isoformat(),
        "takes_stock": order.affects_stock,
        "shipping_method": order.shipping_method,
        "note": order.on_hold or "",
        "address": address(order.recipient),
        "lines": [
            facts | {"net": format(price.net, "f"), "tax_class": price.tax_class} for facts, price in priced
        ],
        "meta": {"marketplace": order.marketplace, "amazon_total": format(order.amazon_total, "f")},
    }  # fmt: skip


def address(recipient: Address | None) -> Json | None:
    """Where the parcel goes; fields that Amazon left empty are left out."""
    if recipient is None:
        return None
    told = {field.name: getattr(recipient, field.name) for field in fields(recipient)}
    return {name: value for name, value in told.items() if value and isinstance(value, str)}


def placed(found: Json) -> Placed:
    """An order of the shop as the library knows it."""
    return Placed(ref=found["id"], number=found["number"], total=Decimal(found["total"]))


def has_left(found: Json) -> bool:
    """Whether any unit has left the house."""
    return found["status"] == "completed" or any(line["shipped"] for line in found["lines"])


def _kind(charge: Charge) -> str:
    return "shipping" if charge.kind == "shipping" else "fee"
