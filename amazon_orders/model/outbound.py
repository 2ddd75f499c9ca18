"""What the rules conclude about the way back: packages, cancellations, refunds and quantities that Amazon is to get.

The store's facts are in `shipment` and `stock`; these are the same in Amazon's vocabulary, ready to be sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from .decision import Reason, TraceStep
from .order import Order
from .shipment import Carrier

Road = Literal["call", "feed"]
"""How a package is confirmed: one call, or a message in a feed. All packages of an order take the same road."""


class CommandKind(StrEnum):
    """What a command asks Amazon to do."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    CANCEL_UNITS = "cancel_units"
    REFUND = "refund"


class CommandState(StrEnum):
    """Where a command stands. The words are stable: scripts compare them."""

    HELD = "held"
    """Not sent: a person must act, or something has to happen first; decided again in every run."""
    INTENDED = "intended"
    """To be sent."""
    SENT = "sent"
    """On its way; no answer is recorded yet."""
    ACCEPTED = "accepted"
    """Amazon took it and has not shown its effect yet."""
    VERIFIED = "verified"
    """Amazon shows its effect."""
    REFUSED = "refused"
    """Amazon said no: nothing was done."""
    UNKNOWN = "unknown"
    """It may or may not have happened. Never sent again before Amazon was asked what it has."""
    SKIPPED = "skipped"
    """Nothing to send: done otherwise, or not for Amazon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """Units of one order item, as Amazon counts them."""

    order_item_id: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Commanded:
    """What the ledger remembers of a command for an order, as the rules need it."""

    kind: CommandKind
    cause: str
    """The store's id of the shipment, cancellation or refund."""
    state: CommandState
    number: int = 0
    """The package's number at Amazon (`packageReferenceId`), for `confirm`; 0 for others."""
    road: Road = "call"
    units: tuple[Units, ...] = ()
    amounts: tuple[tuple[str, Decimal], ...] = ()
    """`(order item id, money given back)`, for `refund`: the sum of what was sent, in the order's currency."""
    components: tuple[tuple[str, str, Decimal], ...] = ()
    """`(order item id, Component.Type, amount)` of the same. Empty: not kept, then the sum fills the item first."""
    content: str = ""
    """Tells a changed command from the same one; see `fingerprint` of the decisions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SoldLine:
    """One line of an order that is in the store: how the store names it."""

    order_item_id: str
    product: str
    units_per_piece: int = 1
    """Store units in one piece sold at Amazon."""
    pieces: int = 0
    """Pieces when the order was placed; 0: not known. Tells what Amazon cancelled since, whatever it still shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """An Amazon order that is in the store, with all that the rules of the way back need to know of it."""

    order: Order
    """Amazon's newest facts, its packages included."""
    country: str
    """Of the marketplace: `DE`."""
    lines: tuple[SoldLine, ...]
    commands: tuple[Commanded, ...] = ()
    """Everything sent or waiting for this order, oldest first."""
    held_since: datetime | None = None
    """When the store was told to hold the order, because the buyer asked to cancel; `None`: it was not, or cannot."""
    released: bool = False
    """A person let the store ship it, although the buyer asked to cancel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirm:
    """Tell Amazon that one package left."""

    amazon_order_id: str
    shipment: str
    """The store's id."""
    carrier: Carrier
    method: str
    """Amazon's `shippingMethod`; empty where nothing says it."""
    tracking: str = field(default="", repr=False)
    ship_date: datetime
    units: tuple[Units, ...]
    road: Road = "call"
    after: int = 0
    """The highest number that Amazon shows on a package of the order: a new package gets a higher one."""
    flags: tuple[Reason, ...] = ()
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelAtAmazon:
    """Tell Amazon that the whole order is not going to be shipped. Never after any of it was."""

    amazon_order_id: str
    cause: str
    reason: str
    """A `CancelReason` of Amazon's order acknowledgement."""
    order_item_ids: tuple[str, ...]
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelUnitsAtAmazon:
    """Tell Amazon that some units are not going to be shipped, after the rest was."""

    amazon_order_id: str
    cause: str
    reason: str
    """An `AdjustmentReason` that cancels: `NoInventory` or `CustomerCancel`."""
    units: tuple[Units, ...]
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundedItem:
    """Money for one order item."""

    order_item_id: str
    reason: str
    """An `AdjustmentReason` of Amazon's order adjustment."""
    components: tuple[tuple[str, Decimal], ...]
    """`(Component.Type, amount)`, positive, in the order's currency: `("Principal", Decimal("100.00"))`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendRefund:
    """Give money back through Amazon."""

    amazon_order_id: str
    cause: str
    currency: str
    items: tuple[RefundedItem, ...]
    trace: tuple[TraceStep, ...] = ()


Command = Confirm | CancelAtAmazon | CancelUnitsAtAmazon | SendRefund
"""What goes to Amazon and is kept in the outbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Not yet: something has to happen first. Decided again in every run."""

    reason: Reason
    detail: str = ""
    units: tuple[Units, ...] = ()
    """What it is about; kept with the waiting command, so that other decisions on the order count it in."""
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Publish:
    """One quantity for one seller SKU, absolute."""

    seller_sku: str
    quantity: int
    trace: tuple[TraceStep, ...] = ()
