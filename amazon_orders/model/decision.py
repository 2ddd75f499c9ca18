"""What the rules conclude about an order, why, and how they got there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

from .money import as_text
from .store import Charge, OrderChange, StockAdjustment, StoreOrder, TaxOwner


class Reason(StrEnum):
    """Why an order is held, skipped or flagged. The words are stable: scripts compare them."""

    # held: a person has to do something
    UNKNOWN_SKU = "UNKNOWN_SKU"
    AMBIGUOUS_SKU = "AMBIGUOUS_SKU"
    AMOUNTS_MISSING = "AMOUNTS_MISSING"
    UNBALANCED = "UNBALANCED"
    TAX_READING = "TAX_READING"
    CURRENCY = "CURRENCY"
    NO_ADDRESS = "NO_ADDRESS"
    NO_LINES = "NO_LINES"
    STORE_REJECTED = "STORE_REJECTED"
    UNREADABLE = "UNREADABLE"
    FAILING = "FAILING"
    NOT_YET_SUPPORTED = "NOT_YET_SUPPORTED"
    PLUGIN = "PLUGIN"
    BUYER_REQUESTS_CANCEL = "BUYER_REQUESTS_CANCEL"
    # open inbox entries beside a placed order
    TOTAL_DIFFERS = "TOTAL_DIFFERS"
    DOUBLE = "DOUBLE"
    CANCELLED_AFTER_SHIPPING = "CANCELLED_AFTER_SHIPPING"
    CANCELLED_AT_AMAZON = "CANCELLED_AT_AMAZON"
    UNITS_CANCELLED = "UNITS_CANCELLED"
    AT_RISK = "AT_RISK"
    CANCELLED_EXPECTED = "CANCELLED_EXPECTED"
    # commands to Amazon: held until a person acts, or waiting until something has happened
    NO_TRACKING = "NO_TRACKING"
    TOO_MANY_UNITS = "TOO_MANY_UNITS"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    UNKNOWN_REASON = "UNKNOWN_REASON"
    UNALLOCATED = "UNALLOCATED"
    REFUND_TOO_HIGH = "REFUND_TOO_HIGH"
    ALREADY_SHIPPED = "ALREADY_SHIPPED"
    NOT_VERIFIED = "NOT_VERIFIED"
    AMAZON_REFUSED = "AMAZON_REFUSED"
    PRIME_LABEL = "PRIME_LABEL"
    AWAITS_SHIPMENT = "AWAITS_SHIPMENT"
    STOCK_DROP = "STOCK_DROP"
    LISTING_UNKNOWN = "LISTING_UNKNOWN"
    AMAZON_CHANNEL = "AMAZON_CHANNEL"
    STALE_ORDERS = "STALE_ORDERS"
    UNTRACKED_STOCK = "UNTRACKED_STOCK"
    # commands to Amazon: nothing to send
    AMAZON_LABEL = "AMAZON_LABEL"
    AT_AMAZON = "AT_AMAZON"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    # not ours, or nothing to do
    PENDING = "PENDING"
    BEFORE_START = "BEFORE_START"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"
    OTHER_FULFILMENT = "OTHER_FULFILMENT"
    NOT_SHIPPED_YET = "NOT_SHIPPED_YET"
    OTHER_CONNECTION = "OTHER_CONNECTION"
    OTHER_MARKETPLACE = "OTHER_MARKETPLACE"
    NOT_AMAZON = "NOT_AMAZON"
    STOCK_ONLY = "STOCK_ONLY"
    ECHO = "ECHO"
    IGNORED = "IGNORED"
    # placed, with a remark
    ROUNDED = "ROUNDED"
    ADJUSTED = "ADJUSTED"
    TAX_OWNER_ASSUMED = "TAX_OWNER_ASSUMED"
    TAX_UNKNOWN = "TAX_UNKNOWN"
    UNITS_DIFFER = "UNITS_DIFFER"
    LINE_LEFT_OUT = "LINE_LEFT_OUT"
    TAX_DROPPED = "TAX_DROPPED"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of a decision: which rule, what it concluded, from what. Free of personal data."""

    rule: str
    """`intake`, `sku`, `amounts`, `shipping`, `place`, …; `detail` names the seller SKU where it is about one line."""
    outcome: str
    detail: str = ""
    plugin: str = ""
    """The plugin that answered, if one did."""

    def as_dict(self, at: str) -> dict[str, str]:
        """JSON shape; `at` is ISO-8601 text."""
        return {"at": at, "rule": self.rule, "outcome": self.outcome, "detail": self.detail, "plugin": self.plugin}


Reading = Literal["on_top", "inside", "apart", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """How the amounts were read, as an equation that anyone can check."""

    reading: Reading | None
    """`on_top`, `inside`, `apart`, `none` (no tax), or `None` where no reading fits."""
    balanced: bool
    equation: str
    """`20.00 - 2.00 + 4.00 = 22.00`, in the order's currency."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"reading": self.reading, "balanced": self.balanced, "equation": self.equation}


V = TypeVar("V", covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """What a plugin said to a `rule_*` hook, and which plugin it was."""

    value: V
    plugin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A seller SKU and the product it stands for."""

    seller_sku: str
    product: str
    title: str
    matched_by: Literal["alias", "hook", "exact", "crop", "case", "placeholder"]
    value: str
    """The attribute's value that was found."""
    units: int = 1
    """Store units in one piece sold at Amazon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxTreatment:
    """What a `rule_tax` plugin says about one line: who owes its tax, and how it stands in Amazon's amounts."""

    owner: TaxOwner
    reading: Reading | None = None
    known_zero: bool | None = None
    """Whether a tax of 0.00 means that no tax is due; `None`: as the rules see it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Create the order in the store."""

    order: StoreOrder
    balance: Balance
    matches: tuple[Match, ...] = ()
    flags: tuple[Reason, ...] = ()
    """Remarks that a person may want to see; they hold nothing up."""
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """Never an order of this store, or nothing to do."""

    reason: Reason
    detail: str = ""
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A person must act first; the order is tried again when map, rules, catalogue or Amazon's record change."""

    reason: Reason
    detail: str = ""
    balance: Balance | None = None
    matches: tuple[Match, ...] = ()
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserve:
    """Not an order yet: its units are promised, its price is not known."""

    reason: Reason = Reason.PENDING
    adjustments: tuple[StockAdjustment, ...] = ()
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """The order is in the store and something about it changed."""

    change: OrderChange
    trace: tuple[TraceStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancel:
    """The order is in the store and Amazon cancelled it."""

    reason: str
    trace: tuple[TraceStep, ...] = ()


Decision = Place | Skip | Hold | Reserve | Change | Cancel

D = TypeVar("D", Place, Skip, Hold, Reserve, Change, Cancel)


def with_trace(decision: D, *steps: TraceStep) -> D:
    """`decision` with `steps` before its own trace."""
    return replace(decision, trace=(*steps, *decision.trace))


@dataclass(frozen=True, kw_only=True, slots=True)
class LineReport:
    """One line as `orders show` prints it."""

    order_item_id: str
    seller_sku: str
    product: str | None
    matched_by: str | None
    quantity: int
    gross: Decimal | None
    net: Decimal | None
    tax: Decimal | None
    units_per_piece: int = 1
    """Store units in one piece sold at Amazon; `quantity` of an order in the store counts the store's units."""

    def as_dict(self, currency: str) -> dict[str, Any]:
        """JSON shape; amounts are strings or `null`."""
        return {
            "order_item_id": self.order_item_id,
            "seller_sku": self.seller_sku,
            "product": self.product,
            "matched_by": self.matched_by,
            "quantity": self.quantity,
            "gross": as_text(self.gross, currency),
            "net": as_text(self.net, currency),
            "tax": as_text(self.tax, currency),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """What the amounts rule hands to the order: charges by line, shipping, fees, and the sums."""

    lines: dict[str, Charge]
    """Order item id -> the line's charge."""
    discounts: dict[str, Decimal]
    shipping: Charge
    fees: tuple[Charge, ...]
    total: Decimal
    amazon_total: Decimal
    marketplace_tax: Decimal | None
    balance: Balance
    flags: tuple[Reason, ...] = ()
    trace: tuple[TraceStep, ...] = field(default=())
