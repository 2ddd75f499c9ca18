"""What is handed to a store and what it hands back: the types at the boundary of the `store_*` hooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from .order import Address, Buyer, Window

TaxOwner = Literal["seller", "marketplace", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """A product of the store that matches a value asked for."""

    ref: str
    """The store's own id of the product; comes back as `StoreLine.product`."""
    value: str
    """The attribute's value that matched, as the store spells it."""
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """An amount with its tax. `net` and `tax` are `None` where Amazon did not say: the store computes it in `gross`."""

    kind: str = "item"
    """`item`, `shipping`, `gift_wrap`, `cod_fee`, `tip`, `other`, `rounding`, `adjustment`, `marketplace_tax`."""
    title: str = ""
    gross: Decimal
    net: Decimal | None = None
    tax: Decimal | None = None
    tax_owner: TaxOwner = "seller"
    """`seller`: the store's tax; `marketplace`: Amazon owes it, the store computes none; `none`: no tax is due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreLine:
    """One line of an order for the store. `total.gross == unit_price * quantity + remainder`, exactly."""

    order_item_id: str
    seller_sku: str
    product: str
    """`Product.ref`."""
    title: str
    quantity: int
    """Units of the store's product; cancelled units are already off, packs are multiplied out."""
    total: Charge
    unit_price: Decimal
    """Gross per unit, a whole minor unit, for show."""
    remainder: Decimal
    """What the unit prices do not reach: less than one minor unit per unit."""
    discount: Decimal = Decimal(0)
    """Already off `total`; zero or positive, for show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StockAdjustment:
    """A relative move of the store's stock, for one order line."""

    product: str
    seller_sku: str
    amazon_order_id: str
    order_item_id: str
    delta: int
    reason: Literal["reserve", "release", "sold", "returned"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreOrder:
    """An order for the store. Amounts are in `currency`; lines, shipping and fees add up to `total`."""

    amazon_order_id: str
    connection: str
    """The connection's name."""
    marketplace: str
    """Country code, `DE`."""
    currency: str
    placed_at: datetime
    """When the buyer ordered (Amazon's createdTime)."""
    updated_at: datetime
    fulfilled_by: Literal["merchant", "amazon"]
    affects_stock: bool = True
    """False: the store's stock must not move."""
    already_shipped: bool = False
    on_hold: str | None = None
    """Why the order must not be shipped yet, or `None`."""
    lines: tuple[StoreLine, ...]
    shipping_method: str
    shipping: Charge
    fees: tuple[Charge, ...] = ()
    total: Decimal
    """What the store's order must end at."""
    amazon_total: Decimal
    """Amazon's grand total, for reference."""
    marketplace_tax: Decimal | None = Decimal(0)
    """Tax that Amazon collects, never the store's; `None`: Amazon collects, and did not say how much."""
    recipient: Address | None = None
    buyer: Buyer | None = None
    ship_by: Window | None = None
    deliver_by: Window | None = None
    programs: frozenset[str] = frozenset()
    ioss: str = ""
    replaces: str | None = None
    releases: Mapping[str, StockAdjustment] = field(default_factory=dict)
    """Reservations that this order uses up: undo them in the order's own transaction, else just before creating it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The store's answer to an order: written and durable."""

    ref: str
    """The store's own id of the order."""
    number: str = ""
    """What people in the shop call it."""
    total: Decimal | None = None
    """What the store recorded, if it knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StockLevel:
    """What the store can still promise of one product."""

    product: str
    value: str
    """The attribute's value, as asked for."""
    available: Decimal | None
    """On hand less all the store has promised; `None`: not tracked."""
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PutOnHold:
    """Do not ship the order yet."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeOffHold:
    """The order may be shipped again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeAddress:
    """The order goes to another address."""

    recipient: Address


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelUnits:
    """Some units are no longer wanted; the order must end at `new_total`."""

    lines: Mapping[str, int]
    """Order item id -> units cancelled."""
    new_total: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippedByAmazon:
    """The order was shipped outside the store: in Seller Central or by Amazon."""

    lines: Mapping[str, int]
    """Order item id -> units; empty: all that is left."""
    carrier: str
    tracking: str = field(repr=False)
    shipped_at: datetime


OrderChange = PutOnHold | TakeOffHold | ChangeAddress | CancelUnits | ShippedByAmazon
