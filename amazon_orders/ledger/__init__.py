"""The durable memory: what was seen, decided, claimed and placed, in one database.

SQLAlchemy loads with `Ledger`, not with the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .commands import Command, Intent
from .feed_rows import FeedRow, FeedState
from .records import LOOK_BACK, STATUSES, AtRisk, Claim, Cursor, Lease, Listing, OrderRecord, Remembered, Reservation
from .sale import Sale
from .stock_rows import NO_PRODUCT, Level, Offer, Quantity
from .versions import UNSENT

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = [
    "LOOK_BACK",
    "NO_PRODUCT",
    "STATUSES",
    "UNSENT",
    "AtRisk",
    "Claim",
    "Command",
    "Cursor",
    "FeedRow",
    "FeedState",
    "Intent",
    "Lease",
    "Ledger",
    "Level",
    "Listing",
    "Offer",
    "OrderRecord",
    "Quantity",
    "Remembered",
    "Reservation",
    "Sale",
]


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from .ledger import Ledger

        return Ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
