"""Makes orders for stores: small, complete, and adding up unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from amazon_orders.model import Charge, StoreLine, StoreOrder

PLACED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def charge(gross: str, tax: str | None = None, kind: str = "item", **more: Any) -> Charge:
    """An amount of the seller's; `tax` lies inside."""
    amount = Decimal(gross)
    known = None if tax is None else Decimal(tax)
    return Charge(kind=kind, gross=amount, net=None if known is None else amount - known, tax=known, **more)


def line(product: str, gross: str = "20.00", quantity: int = 1, item: str = "1", **more: Any) -> StoreLine:
    """A line whose unit price goes into its total without a rest."""
    total = more.pop("total", None) or charge(gross, more.pop("tax", None))
    unit_price = (total.gross / quantity).quantize(Decimal("0.01"))
    return StoreLine(
        order_item_id=item,
        seller_sku=more.pop("seller_sku", f"SKU-{product}"),
        product=product,
        title="A thing",
        quantity=quantity,
        total=total,
        unit_price=unit_price,
        remainder=total.gross - unit_price * quantity,
    )


def order(key: str, lines: Sequence[StoreLine], shipping: str = "4.99", **more: Any) -> StoreOrder:
    """An order that ends at the sum of its parts, unless `total` says otherwise."""
    delivery = more.pop("shipping_charge", None) or charge(shipping, more.pop("shipping_tax", None), "shipping")
    fees = tuple(more.pop("fees", ()))
    parts = [*[each.total.gross for each in lines], delivery.gross, *[fee.gross for fee in fees]]
    total = Decimal(more.pop("total", sum(parts, Decimal(0))))
    return StoreOrder(
        amazon_order_id=key,
        connection="de",
        marketplace="DE",
        currency=more.pop("currency", "EUR"),
        placed_at=more.pop("placed_at", PLACED_AT),
        updated_at=PLACED_AT,
        fulfilled_by=more.pop("fulfilled_by", "merchant"),
        lines=tuple(lines),
        shipping_method="standard",
        shipping=delivery,
        fees=fees,
        total=total,
        amazon_total=total,
        **more,
    )
