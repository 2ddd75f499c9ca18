"""One listing's stock in the shape that the command line prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .report import iso


@dataclass(frozen=True, kw_only=True, slots=True)
class StockRow:
    """One listing: the store's level, what is published of it, and why."""

    connection: str
    seller_sku: str
    product: str | None
    """The store's reference."""
    units: int
    """Store units in one piece."""
    channel: str
    """`merchant`, `amazon`, or empty: Amazon has not said."""
    available: Decimal | None
    """As the store said last; `None`: it does not count it, or was not asked."""
    unheld: int
    """Units of open Amazon orders that the store does not hold."""
    wanted: int | None
    told: int | None
    """The last quantity that Amazon took."""
    amazon: int | None
    """What Amazon showed when it was last read."""
    state: str | None
    reason: str | None
    detail: str
    told_at: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; `available` is a string or `null`."""
        return {
            "connection": self.connection,
            "seller_sku": self.seller_sku,
            "product": self.product,
            "units": self.units,
            "channel": self.channel or None,
            "available": None if self.available is None else format(self.available, "f"),
            "unheld": self.unheld,
            "wanted": self.wanted,
            "told": self.told,
            "amazon": self.amazon,
            "state": self.state,
            "reason": self.reason,
            "detail": self.detail,
            "told_at": iso(self.told_at),
        }
