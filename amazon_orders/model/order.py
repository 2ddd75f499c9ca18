"""An order as Amazon tells it, frozen: amounts `Decimal`, times aware, everything Amazon may leave out optional.

Field names follow the house; `amazon.schemas` maps them from the Orders API v2026-01-01, whose model is their source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """`fulfillmentStatus`. Amazon may add values: compare, never convert."""

    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    PENDING = "PENDING"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"
    INVOICE_UNCONFIRMED = "INVOICE_UNCONFIRMED"


class FulfilledBy(StrEnum):
    """`fulfilledBy`: who packs the parcel."""

    MERCHANT = "MERCHANT"
    AMAZON = "AMAZON"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A span of time; either end may be unknown."""

    earliest: datetime | None = None
    latest: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Address:
    """Where a parcel goes. Personal: `repr` shows the country alone."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    city: str = ""
    district: str = ""
    state: str = ""
    municipality: str = ""
    postal_code: str = ""
    country: str = ""
    """ISO 3166 code; the United Kingdom is `GB`."""
    phone: str = ""
    kind: str = ""
    """`RESIDENTIAL`, `COMMERCIAL`, `PICKUP_POINT` or empty."""
    extra: tuple[tuple[str, str], ...] = ()
    """Further fields by Amazon's name, such as `streetName` in Brazil."""

    def __repr__(self) -> str:
        return f"<Address in {self.country or 'unknown country'}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TaxId:
    """A tax registration. Personal: `repr` shows who holds it and its kind."""

    holder: str = ""
    """`BUYER`, `MERCHANT` or `MARKETPLACE`."""
    kind: str = ""
    number: str = ""
    name: str = ""

    def __repr__(self) -> str:
        return f"<TaxId {self.kind} of {self.holder}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Buyer:
    """Who bought. Personal: `repr` shows nothing of it. Each field may be withheld by Amazon."""

    name: str = ""
    email: str = ""
    company: str = ""
    purchase_order: str = ""
    tax_ids: tuple[TaxId, ...] = ()

    def __repr__(self) -> str:
        return "<Buyer>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Breakdown:
    """One row of `proceeds.breakdowns`.

    `type` is `ITEM`, `SHIPPING`, `GIFT_WRAP`, `COD_FEE`, `TAX`, `DISCOUNT`, `DELIVERY_TIP`, `OTHER`, or one that Amazon
    adds.
    """

    type: str
    subtotal: Decimal
    """For the whole line, in the order's currency; the sign is Amazon's."""
    details: tuple[tuple[str, Decimal], ...] = ()
    """`(subtype, value)`, only under `TAX` and `DISCOUNT`."""
    status: str = ""
    """`PENDING` or `FINALIZED`, order level only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxCollection:
    """Somebody else than the seller collects a line's tax."""

    model: str = ""
    responsible_party: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelRequest:
    """The buyer asked to cancel a line."""

    requester: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """One order item."""

    order_item_id: str
    seller_sku: str = ""
    asin: str = ""
    title: str = ""
    quantity_ordered: int = 0
    quantity_fulfilled: int | None = None
    quantity_unfulfilled: int | None = None
    unit_price: Decimal | None = None
    """Per unit, for show; the line's truth is `total`."""
    total: Decimal | None = None
    """`proceedsTotal`, for all units; `None`: Amazon did not say, which is not zero."""
    breakdowns: tuple[Breakdown, ...] = ()
    tax_collections: tuple[TaxCollection, ...] = ()
    reporting_schemes: tuple[str, ...] = ()
    """`IOSS`, `UOSS`."""
    ioss: str = ""
    cancel_request: CancelRequest | None = None
    cancelled_by: str = ""
    cancel_reason: str = ""
    programs: frozenset[str] = frozenset()
    price_designation: str = ""
    points: Decimal | None = None
    """Value of points granted: an expense of the seller, never part of the price."""
    gift_wrap_level: str = ""
    gift_message: str = field(default="", repr=False)
    customization_url: str = field(default="", repr=False)

    @property
    def units(self) -> int:
        """Units still wanted: fulfilled plus unfulfilled where Amazon gives both, else the ordered ones."""
        if self.quantity_fulfilled is not None and self.quantity_unfulfilled is not None:
            return self.quantity_fulfilled + self.quantity_unfulfilled
        return self.quantity_ordered


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A parcel that Amazon knows of (merchant orders only)."""

    package_reference_id: str
    status: str = ""
    detailed_status: str = ""
    carrier: str = ""
    service: str = ""
    tracking: str = field(default="", repr=False)
    shipped_at: datetime | None = None
    created_at: datetime | None = None
    items: tuple[tuple[str, int], ...] = ()
    """`(order item id, quantity)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One Amazon order, as read at one moment."""

    amazon_order_id: str
    created_at: datetime
    updated_at: datetime
    marketplace_id: str = ""
    channel: str = "AMAZON"
    """`AMAZON` or `NON_AMAZON` (multi-channel fulfilment)."""
    status: str = ""
    """See `Status`; empty when Amazon did not say."""
    fulfilled_by: str = ""
    """See `FulfilledBy`."""
    service_level: str = ""
    """`STANDARD`, `EXPEDITED`, `PRIORITY`, …"""
    ship_by: Window | None = None
    deliver_by: Window | None = None
    programs: frozenset[str] = frozenset()
    currency: str = ""
    """Of every amount; Amazon never mixes currencies in one order, and a record that does is refused."""
    grand_total: Decimal | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    """Order level, such as `DELIVERY_TIP`."""
    lines: tuple[OrderLine, ...] = ()
    recipient: Address | None = None
    buyer: Buyer | None = None
    packages: tuple[Package, ...] = ()
    associations: tuple[tuple[str, str], ...] = ()
    """`(order id, association type)`, such as `REPLACEMENT_ORIGINAL_ID`."""
    seller_order_id: str = ""
    payment_methods: tuple[str, ...] = ()
    included: frozenset[str] = frozenset()
    """The data sets that were asked for: what is absent from one of these, Amazon does not have."""

    @property
    def buyer_requests_cancel(self) -> bool:
        """Whether the buyer has asked to cancel any line."""
        return any(line.cancel_request is not None for line in self.lines)

    @property
    def shipped_at(self) -> datetime | None:
        """When its last parcel left, as far as Amazon says."""
        return max((package.shipped_at for package in self.packages if package.shipped_at), default=None)

    @property
    def delivered_at(self) -> datetime | None:
        """When Amazon was seen to say that every parcel has arrived; `None`: it does not say so."""
        arrived = bool(self.packages) and all(package.status == "DELIVERED" for package in self.packages)
        return self.updated_at if arrived else None

    @property
    def replaces(self) -> str | None:
        """The order that this one replaces or exchanges, if any."""
        for order_id, kind in self.associations:
            if kind in ("REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"):
                return order_id
        return None
