"""The values that go into the ledger and come out of it. Nothing here knows a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from ..model import Balance, LineReport, TraceStep

STATUSES = ("pending", "placed", "held", "failed", "skipped", "cancelled")
"""What an order can be in the ledger; `orders show` explains the words."""

LOOK_BACK = "orders.wider"
"""The flow that reads everything once more after more orders came to belong to a connection."""


@dataclass(kw_only=True, slots=True)
class OrderRecord:
    """All that one pass found out about an order and decided. `Orders.record` writes it.

    Nobody keeps or shares one, so it is not frozen: that would treble the cost of making it.
    """

    connection: str
    store: str
    amazon_order_id: str
    marketplace: str
    """Country code, `DE`; empty where the order could not be read."""
    status: str
    """One of `STATUSES`."""
    amazon_status: str
    reason: str | None = None
    detail: str = ""
    """One sentence for a person, free of personal data."""
    fulfilled_by: str = ""
    created_at: datetime
    updated_at: datetime
    """Amazon's `lastUpdatedTime`: a record with an older one never overwrites a newer one."""
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    currency: str = ""
    amazon_total: Decimal | None = None
    store_total: Decimal | None = None
    """`None` keeps what is known."""
    marketplace_tax: Decimal | None = None
    store_ref: str | None = None
    """Set: the store has the order, and its claim is settled. `None` or empty keeps what is known."""
    store_number: str | None = None
    """`None` or empty keeps what is known."""
    digest: bytes
    """Hash of Amazon's record as it came."""
    balance: Balance | None = None
    """`None` keeps the balance and the flags of an order that is in the store: they are those it was placed with."""
    lines: tuple[LineReport, ...] = ()
    """Empty keeps the lines of an order that is in the store."""
    flags: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    at: datetime
    """When it was decided."""
    raw: bytes | None = field(default=None, repr=False)
    """Amazon's record, personal data included; kept encrypted. `None` keeps what is there; dropped when `skipped`."""
    attempts: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """What the ledger knows of an order that comes by again."""

    connection: str
    amazon_order_id: str
    status: str
    amazon_status: str
    reason: str | None
    detail: str
    digest: bytes
    created_at: datetime
    updated_at: datetime
    store_ref: str
    """Empty: not in the store, as far as is known."""
    store_number: str
    store_total: Decimal | None
    marketplace_tax: Decimal | None
    attempts: int
    next_try: datetime | None
    recorded_at: datetime
    flags: tuple[str, ...] = ()
    """What it was placed with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """The right and the duty to place one order in one store, under one key."""

    store: str
    amazon_order_id: str
    connection: str
    """The connection that claimed first."""
    key: str
    ref: str
    """The store's reference; empty as long as nobody knows whether the store has the order."""
    claimed_at: datetime
    fence: int
    new: bool = False
    """True only for the call that made the claim: the store was never asked under this key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far one flow of one connection has read."""

    connection: str
    flow: str
    watermark: datetime | None = None
    """Everything changed before is recorded."""
    window_from: datetime | None = None
    """Start of the window that `page_token` belongs to."""
    page_token: str = ""
    page_token_at: datetime | None = None
    counters: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON values of the window that is being read."""
    last_success: datetime | None = None
    next_due: datetime | None = None
    looked_4h: datetime | None = None
    looked_5d: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to write for one name until `until`, as long as nobody has a higher `fence`."""

    name: str
    fence: int
    holder: str
    """Process and host, for messages."""
    until: datetime
    seconds: float
    """What a renewal adds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """Units of one order line that wait for the store's order.

    `told` is what the store knows of, `wanted` what it should know; they differ while a move is open.
    """

    amazon_order_id: str
    order_item_id: str
    product: str
    seller_sku: str
    told: int = 0
    wanted: int = 0
    step: int = 0
    """Number of the last move: the same move always has the same."""
    reason: str = ""
    """Of the last move: `reserve`, `release`, `sold`, `returned`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRisk:
    """An open order that cannot leave as it is, and whose time to ship is near or past."""

    amazon_order_id: str
    ref: str
    """Empty: it is not in the store."""
    marketplace: str
    ship_by: datetime
    reason: str
    told_at: datetime | None
    """When listeners were told last."""


class Listing(NamedTuple):
    """A seller SKU and what it was resolved to last."""

    seller_sku: str
    product: str
    """The store's reference of the product."""
    matched_by: str
    units: int = 1
    """Store units in one piece sold at Amazon."""
    channel: str = ""
    """`merchant`, `amazon`, or empty where it is not known."""
