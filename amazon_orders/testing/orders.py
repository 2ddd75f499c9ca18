"""Makes orders to place: small and complete, adding up unless a check says otherwise."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ..model import Address, Buyer, Charge, StoreLine, StoreOrder, rounded

NAME = "Kim Canarius"
STREET = "Canary Row 7"
EMAIL = "kim.canarius@example.com"
PERSONAL = (NAME, STREET, EMAIL)
"""What must not be found in any text that an adapter makes."""

RECIPIENT = Address(name=NAME, line1=STREET, city="Berlin", postal_code="10115", country="DE")
BUYER = Buyer(name=NAME, email=EMAIL)


def new_key() -> str:
    """An Amazon order id that no order has, in Amazon's form."""
    digits = str(secrets.randbelow(10**14)).rjust(14, "0")
    return f"999-{digits[:7]}-{digits[7:]}"


def charge(gross: str | Decimal, rate: str | None = "0.19", kind: str = "item", currency: str = "EUR") -> Charge:
    """An amount with its tax inside; without a rate nobody said how much of it is tax."""
    amount = Decimal(gross)
    if rate is None:
        return Charge(kind=kind, gross=amount)
    net = rounded(amount / (1 + Decimal(rate)), currency)
    return Charge(kind=kind, gross=amount, net=net, tax=amount - net)


def line(
    product: str,
    gross: str = "20.00",
    quantity: int = 1,
    *,
    item: str = "",
    rate: str | None = "0.19",
    currency: str = "EUR",
    discount: str = "0",
    title: str = "A thing",
) -> StoreLine:
    """A line. What the unit price does not reach is its remainder."""
    total = charge(gross, rate, currency=currency)
    unit_price = rounded(total.gross / quantity, currency)
    return StoreLine(
        order_item_id=item or str(10**13 + secrets.randbelow(10**13)),
        seller_sku="AMZ-SKU",
        product=product,
        title=title,
        quantity=quantity,
        total=total,
        unit_price=unit_price,
        remainder=total.gross - unit_price * quantity,
        discount=Decimal(discount),
    )


def order(
    key: str,
    lines: Sequence[StoreLine],
    *,
    shipping: str = "0.00",
    fees: Sequence[Charge] = (),
    currency: str = "EUR",
    **more: Any,
) -> StoreOrder:
    """An order of a buyer in Berlin that ends at the sum of its parts."""
    delivery = charge(shipping, kind="shipping", currency=currency)
    parts = [*(each.total.gross for each in lines), delivery.gross, *(fee.gross for fee in fees)]
    total = more.pop("total", sum(parts, Decimal(0)))
    ordered_at = datetime.now(UTC) - timedelta(minutes=10)
    facts: dict[str, Any] = {
        "connection": "check",
        "marketplace": "DE",
        "placed_at": ordered_at,
        "updated_at": ordered_at,
        "fulfilled_by": "merchant",
        "shipping_method": "standard",
        "amazon_total": total,
        "recipient": RECIPIENT,
        "buyer": BUYER,
    }
    return StoreOrder(
        amazon_order_id=key,
        currency=currency,
        lines=tuple(lines),
        shipping=delivery,
        fees=tuple(fees),
        total=total,
        **(facts | more),
    )
