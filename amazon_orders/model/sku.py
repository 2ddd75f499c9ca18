"""How seller SKUs find their products, as `sku test`, `sku preview` and `sku alias` tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .connection import plain
from .decision import Match
from .money import as_text


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuStep:
    """One step of the search for a product."""

    step: str
    """`alias`, `hook`, `exact`, `crop` (one for each step of `sku_crop`), `cropped`, `case`, `placeholder`."""
    outcome: str
    """`found`, `ambiguous`, `missing`; of a cropping step `cut`, `unchanged`, `skipped`."""
    before: str
    """The text the step began with: what is looked for, or what is cropped."""
    after: str = ""
    """A cropping step only: what it left."""
    detail: str = ""
    """One sentence for a person."""
    plugin: str = ""
    """The plugin that answered, of step `hook`."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "step": self.step,
            "outcome": self.outcome,
            "before": self.before,
            "after": self.after,
            "detail": self.detail,
            "plugin": self.plugin,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuResult:
    """One seller SKU: its product or why there is none, and every step of the search."""

    seller_sku: str
    match: Match | None
    reason: str | None
    """`UNKNOWN_SKU`, `AMBIGUOUS_SKU`, or `None` where a product was found."""
    detail: str
    """One sentence for a person."""
    asked: tuple[str, ...] = ()
    """The values that the store's catalogue was asked for."""
    steps: tuple[SkuStep, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; what belongs to a product is `null` where there is none."""
        return {
            "seller_sku": self.seller_sku,
            **_matched(self.match),
            "reason": self.reason,
            "detail": self.detail,
            "asked": list(self.asked),
            "steps": [step.as_dict() for step in self.steps],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuTest:
    """What a connection's rules make of some seller SKUs, in the order they were asked for."""

    connection: str
    product_attribute: str
    skus: tuple[SkuResult, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "connection": self.connection,
            "product_attribute": self.product_attribute,
            "skus": [result.as_dict() for result in self.skus],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuChange:
    """One seller SKU that a changed rule would treat otherwise."""

    seller_sku: str
    before: Match | None
    """`None`: no product today."""
    after: Match | None

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "seller_sku": self.seller_sku,
            "before": None if self.before is None else _matched(self.before),
            "after": None if self.after is None else _matched(self.after),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuCollision:
    """Seller SKUs that would become one though they stand for different products today."""

    left: str
    """What is left of each of them."""
    matches: tuple[Match, ...]
    """What each stands for today."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "left": self.left,
            "skus": [{"seller_sku": match.seller_sku, **_matched(match)} for match in self.matches],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class SkuPreview:
    """What changed rules would do to the seller SKUs of stored orders and listings. Nothing of it has happened."""

    connection: str
    changes: Mapping[str, Any]
    """Setting -> the new value, those that differ from today's only."""
    seller_skus: int
    """How many were looked at."""
    new: tuple[SkuChange, ...] = ()
    """SKUs that would find a product and find none today."""
    lost: tuple[SkuChange, ...] = ()
    """The other way round."""
    changed: tuple[SkuChange, ...] = ()
    """SKUs that would find another product, or other units of it."""
    collisions: tuple[SkuCollision, ...] = ()
    emptied: tuple[str, ...] = ()
    """SKUs of which cropping would leave nothing."""
    orders: int = 0
    """Held orders that would come into the store."""
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    """Currency -> what those orders come to in the store."""
    still_held: int = 0
    """Orders held for their SKUs that would stay so, or be held for something else."""
    refused: str | None = None
    """Why the change would not be saved, or `None`."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; amounts are strings."""
        return {
            "connection": self.connection,
            "changes": {key: plain(value) for key, value in self.changes.items()},
            "seller_skus": self.seller_skus,
            "new": [change.as_dict() for change in self.new],
            "lost": [change.as_dict() for change in self.lost],
            "changed": [change.as_dict() for change in self.changed],
            "collisions": [collision.as_dict() for collision in self.collisions],
            "emptied": list(self.emptied),
            "orders": {
                "count": self.orders,
                "totals": {currency: as_text(total, currency) for currency, total in sorted(self.totals.items())},
                "still_held": self.still_held,
            },
            "refused": self.refused,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasImport:
    """What a file of aliases changed."""

    connection: str
    added: int
    changed: int
    unchanged: int

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "connection": self.connection,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
        }


def _matched(match: Match | None) -> dict[str, Any]:
    return {
        "product": match and match.product,
        "title": match and match.title,
        "value": match and match.value,
        "matched_by": match and match.matched_by,
        "units": match and match.units,
    }
