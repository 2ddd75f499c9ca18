"""Levels, offers and quantities as the ledger keeps them. Nothing here knows a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

NO_PRODUCT = "placeholder"
"""How a listing is matched to what stands for any product that the store does not know: it has no stock."""


class Level(NamedTuple):
    """What the store said of one product's stock."""

    value: str
    """Of the attribute that holds the seller SKU."""
    product: str
    available: Decimal | None
    """`None`: the store does not count it."""
    updated_at: datetime


class Offer(NamedTuple):
    """What Amazon said of one listing."""

    seller_sku: str
    asin: str
    channel: str
    """`merchant`, `amazon`, or empty: not told. Only `merchant` ever gets a quantity."""
    marketplaces: tuple[str, ...]
    """Country codes in which it is listed."""
    quantity: int | None
    """As Amazon showed it; `None`: it did not say."""
    read_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """One listing's quantity: absolute, so only the newest counts."""

    seller_sku: str
    wanted: int
    state: str
    """A `CommandState`."""
    reason: str | None = None
    detail: str = ""
    told: int | None = None
    """The last one that Amazon took."""
    told_at: datetime | None = None
    changed_at: datetime | None = None
    """When it was written last; read only."""
    feed: int | None = None
    message: int | None = None
    only_down_since: datetime | None = None
    """Until a count after this time says otherwise, it may only fall: Amazon was told that there are none."""
    restock: Decimal | None = None
    """The store's level with the units that it may have put back; `None`: not looked at yet."""
