"""The durable memory: what was seen, decided, claimed and placed, in one database.

SQLAlchemy loads with `Ledger`, not with the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .commands import Command, Intent
from .records import LOOK_BACK, STATUSES, Claim, Cursor, Lease, Listing, OrderRecord, Remembered, Reservation

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = [
    "LOOK_BACK",
    "STATUSES",
    "Claim",
    "Command",
    "Cursor",
    "Intent",
    "Lease",
    "Ledger",
    "Listing",
    "OrderRecord",
    "Remembered",
    "Reservation",
]


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from .ledger import Ledger

        return Ledger
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
