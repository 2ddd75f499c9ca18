"""What the store did to an order: shipments, cancellations, refunds, as the `store_list_*` hooks tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .store import Charge


@dataclass(frozen=True, kw_only=True, slots=True)
class LineQuantity:
    """Units of one line, named by its order item id or by the store's product."""

    order_item_id: str = ""
    product: str = ""
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipment:
    """One package that left the store."""

    id: str
    """Stable: the same package always has the same id."""
    ref: str
    """The store's order."""
    carrier: str = ""
    service: str = ""
    tracking: str = field(default="", repr=False)
    lines: tuple[LineQuantity, ...] = ()
    """Empty: all that is left."""
    shipped_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation:
    """The store cancelled an order, or some of its units."""

    id: str
    ref: str
    reason: str = ""
    lines: tuple[LineQuantity, ...] = ()
    """Empty: the whole order."""
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundLine:
    """Money given back for one line."""

    line: LineQuantity
    amount: Charge


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """The store gave money back."""

    id: str
    ref: str
    reason: str = ""
    currency: str
    lines: tuple[RefundLine, ...] = ()
    shipping: Charge | None = None
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """A carrier in Amazon's vocabulary: a code of its list, or `Other` with a name."""

    code: str
    name: str = ""
