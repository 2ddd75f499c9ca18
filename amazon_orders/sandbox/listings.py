"""What a seller offers: SKUs, their attributes, and one quantity of the merchant's for a whole region."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from amazon_orders.sandbox.catalogue import BY_SKU, CATALOGUE
from amazon_orders.sandbox.projection import Json

DEFAULT = "DEFAULT"
"""The channel of what the merchant ships."""
AMAZON_CHANNELS = {"na": "AMAZON_NA", "eu": "AMAZON_EU", "fe": "AMAZON_JP"}
CHANNELS = frozenset({DEFAULT, *AMAZON_CHANNELS.values(), "AMAZON_IN"})
CATALOGUE_QUANTITY = 1000
AVAILABILITY = "fulfillment_availability"


@dataclass(slots=True)
class Listing:
    """One SKU. `availability` is its `fulfillment_availability`, an entry for each channel."""

    sku: str
    asin: str
    title: str
    price: Decimal
    marketplace_ids: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    availability: list[Json]
    product_type: str = "HOME"
    others: dict[str, list[Json]] = field(default_factory=dict)
    """Every other attribute, by name."""
    issues: list[Json] = field(default_factory=list)
    """Shown by reads beside what the listing is."""
    blocked: str = ""
    """Why every submission is refused; empty: none is."""

    def entry(self, channel: str) -> Json | None:
        """The availability of one channel."""
        return next((row for row in self.availability if row["fulfillment_channel_code"] == channel), None)

    @property
    def by_amazon(self) -> bool:
        """Whether Amazon ships it."""
        return self.entry(DEFAULT) is None and bool(self.availability)

    @property
    def quantity(self) -> int | None:
        """The merchant's quantity; None where it sets none."""
        entry = self.entry(DEFAULT)
        return entry.get("quantity") if entry else None

    def attributes(self) -> Json:
        """All attributes, as they are read and patched."""
        return copy.deepcopy({AVAILABILITY: self.availability, **self.others})


@dataclass(frozen=True, kw_only=True, slots=True)
class QuantityChange:
    """One change of a merchant's quantity."""

    at: datetime
    quantity: int | None
    why: str
    """`listed`, `patched`, `feed`, `seller central`, `ordered`, `cancelled`, `converted`, `deleted`."""


class Listings:
    """The listings of one seller, by SKU."""

    def __init__(self, region: str, marketplace_ids: Iterable[str], now: datetime) -> None:
        self.region = region
        self._marketplace_ids = tuple(marketplace_ids)
        self._rows: dict[str, Listing] = {}
        self._history: dict[str, list[QuantityChange]] = {}
        self.converted: list[str] = []
        """SKUs that Amazon shipped until a merchant's quantity was written to them."""
        for item in CATALOGUE:
            self.put(item.sku, CATALOGUE_QUANTITY, DEFAULT, now)

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> list[Listing]:
        """Every listing in the order of listing."""
        return list(self._rows.values())

    def get(self, sku: str) -> Listing | None:
        return self._rows.get(sku)

    def history(self, sku: str) -> list[QuantityChange]:
        """How the merchant's quantity of a SKU came to be what it is."""
        return list(self._history.get(sku, ()))

    def put(
        self,
        sku: str,
        quantity: int | None,
        channel: str,
        now: datetime,
        *,
        marketplace_ids: Iterable[str] = (),
        **fields: Any,
    ) -> None:
        """List a SKU, or list it anew."""
        known = BY_SKU.get(sku)
        entry: Json = {"fulfillment_channel_code": channel}
        if channel == DEFAULT and quantity is not None:
            entry["quantity"] = quantity
            entry["lead_time_to_ship_max_days"] = 2
        values: dict[str, Any] = {
            "asin": known.asin if known else "B0SBX99999",
            "title": known.title if known else sku,
            "price": known.price if known else Decimal("19.90"),
        }
        self._rows[sku] = Listing(
            sku=sku,
            marketplace_ids=tuple(marketplace_ids) or self._marketplace_ids,
            created_at=now,
            updated_at=now,
            availability=[entry],
            **(values | fields),
        )
        self._note(sku, "listed", now)

    def delete(self, sku: str, now: datetime) -> None:
        """Take a SKU off sale."""
        del self._rows[sku]
        self._history.setdefault(sku, []).append(QuantityChange(at=now, quantity=None, why="deleted"))

    def write(self, sku: str, attributes: Mapping[str, list[Json]], why: str, now: datetime) -> None:
        """Replace the attributes of a SKU; a merchant's quantity on an offer of Amazon's converts it."""
        listing = self._rows[sku]
        was_amazons = listing.by_amazon
        availability = list(attributes.get(AVAILABILITY, ()))
        merchants = [row for row in availability if row["fulfillment_channel_code"] == DEFAULT]
        if was_amazons and merchants:
            availability = merchants  # one offer is shipped by one of the two
            self.converted.append(sku)
            why = "converted"
        listing.availability = availability
        listing.others = {name: rows for name, rows in attributes.items() if name != AVAILABILITY}
        listing.updated_at = now
        self._note(sku, why, now)

    def move(self, units: Mapping[str, int], why: str, now: datetime) -> None:
        """Add units to the merchant's quantities, or take them away; none falls below zero."""
        for sku, count in units.items():
            listing = self._rows.get(sku)
            entry = listing.entry(DEFAULT) if listing else None
            if listing is None or entry is None or "quantity" not in entry or not count:
                continue
            entry["quantity"] = max(entry["quantity"] + count, 0)
            listing.updated_at = now
            self._note(sku, why, now)

    def _note(self, sku: str, why: str, now: datetime) -> None:
        change = QuantityChange(at=now, quantity=self._rows[sku].quantity, why=why)
        self._history.setdefault(sku, []).append(change)
