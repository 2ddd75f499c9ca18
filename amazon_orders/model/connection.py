"""A connection: one Amazon selling account, the store it feeds, and its rules, as plain checked values.

`settings.connection` has the schema: one definition of default, help and check for file, command line and API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from .marketplaces import BY_ID


@dataclass(frozen=True, kw_only=True, slots=True)
class CropStep:
    """One step of cropping a seller SKU: exactly one of `prefix`, `suffix`, `pattern`."""

    prefix: str = ""
    suffix: str = ""
    pattern: str = ""
    replacement: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """One Amazon selling account and its rules.

    The constructor takes the plain values JSON has (times as ISO text, `sku_crop` as mappings); `App.connections.add`
    checks them and hands back the checked form. Fields and values: docs, "Settings".
    """

    name: str
    active: bool = False
    seller_id: str = ""
    region: str = ""
    marketplaces: Sequence[str] = ()
    refresh_token: str | None = field(default=None, repr=False)
    """Secret. `None` on every connection that is read back or handed to a plugin."""
    store: str = ""
    level: str = "orders_and_stock"
    fulfillment: str = "merchant"
    product_attribute: str = "sku"
    sku_crop: Sequence[CropStep | Mapping[str, str]] = ()
    sku_case_sensitive: bool = True
    unknown_sku: str = "hold"
    placeholder_product: str = ""
    default_shipping_method: str = ""
    shipping_methods: Mapping[str, str] = field(default_factory=dict)
    default_shipping_service: str = ""
    allowed_shipping_services: Sequence[str] = ()
    carriers: Mapping[str, str] = field(default_factory=dict)
    untracked: str = "hold"
    confirm_prime: bool = False
    cancellation_reason: str = "NoInventory"
    cancellation_reasons: Mapping[str, str] = field(default_factory=dict)
    ignore_amazon_tax: bool = False
    prices_include_tax: str = "auto"
    marketplace_tax: str = "exclude"
    unbalanced: str = "hold"
    sync_from: datetime | str | None = None
    """Orders created before are not taken. `None` until saved: the moment the connection was added."""
    added_at: datetime | str | None = None
    """Set when the connection is saved first."""
    reserve_pending: bool = True
    publish_stock: bool = True
    stock_buffer: int = 0
    stock_cap: int | None = None
    stock_marketplaces: Sequence[str] = ()
    endpoint: str = ""
    """Empty: Amazon's, by region. Others only on loopback."""
    token_endpoint: str = ""

    def without_secret(self) -> Connection:
        """The same connection, safe to hand to a plugin."""
        return replace(self, refresh_token=None)

    def country(self, marketplace_id: str) -> str:
        """Country code of an Amazon marketplace id; empty if the library does not know it."""
        row = BY_ID.get(marketplace_id)
        return row.country if row else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsChange:
    """One change of a connection's settings. Secrets show as `***`."""

    at: datetime
    field: str
    old: Any
    new: Any

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"at": self.at.isoformat(), "field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """A seller SKU that is paired by hand with a product of the store."""

    seller_sku: str
    product: str
    """The value of the connection's product attribute."""
    units: int = 1
    """Store units in one piece sold at Amazon: 3 for a pack of three."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"seller_sku": self.seller_sku, "product": self.product, "units": self.units}


def plain(value: Any) -> Any:
    """`value` as JSON can carry it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, CropStep):
        return {
            key: getattr(value, key)
            for key in ("prefix", "suffix", "pattern", "replacement")
            if getattr(value, key) or (key == "replacement" and value.pattern)
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [plain(item) for item in value]
    return value
