"""A clock that can be driven, ledgers on every database there is, and orders to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from amazon_orders.ledger import Ledger, OrderRecord
from amazon_orders.model import Balance, LineReport, TraceStep

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER_KEY = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORDER = "303-1234567-1234567"

Open = Callable[..., Ledger]


class Clock:
    """Time that moves when told to."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Trouble(Exception):
    """Something else went wrong."""


@contextmanager
def trouble() -> Iterator[None]:
    """What is done inside succeeds, and then something goes wrong."""
    yield
    raise Trouble


def an_order(amazon_order_id: str = ORDER, **facts: Any) -> OrderRecord:
    """A placed order of 34.99 EUR, but for `facts`."""
    made: dict[str, Any] = {
        "connection": "de",
        "store": "shop",
        "amazon_order_id": amazon_order_id,
        "marketplace": "DE",
        "status": "placed",
        "amazon_status": "UNSHIPPED",
        "fulfilled_by": "MERCHANT",
        "created_at": NOON - timedelta(hours=2),
        "updated_at": NOON - timedelta(hours=1),
        "ship_by": NOON + timedelta(days=2),
        "currency": "EUR",
        "amazon_total": Decimal("34.99"),
        "store_total": Decimal("34.99"),
        "marketplace_tax": Decimal("0.00"),
        "store_ref": "17",
        "store_number": "1017",
        "digest": b"digest of " + amazon_order_id[-6:].encode(),
        "balance": Balance(reading="inside", balanced=True, equation="29.00 + 5.99 = 34.99"),
        "lines": (
            LineReport(
                order_item_id="1",
                seller_sku="SKU-1-DE",
                product="p1",
                matched_by="crop",
                quantity=2,
                gross=Decimal("29.00"),
                net=None,
                tax=Decimal("4.63"),
            ),
        ),
        "trace": (TraceStep("sku", "crop", "SKU-1-DE is SKU-1"), TraceStep("place", "placed", "", "plugin x")),
        "at": NOON,
    }
    return OrderRecord(**(made | facts))


def held(amazon_order_id: str = ORDER, **facts: Any) -> OrderRecord:
    """An order that waits for a person."""
    waits = {"status": "held", "reason": "UNKNOWN_SKU", "store_ref": None, "store_number": None, "store_total": None}
    return an_order(amazon_order_id, **(waits | {"balance": None} | facts))


def number(count: int) -> str:
    """The Amazon order id of the `count`th order of a crowd."""
    return f"{count * 7919 % 1000:03d}-{count:07d}-{count * 31 % 10_000_000:07d}"
