"""An order that is in a store, as the ledger knows it. Nothing here knows a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..model import LineReport


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One order of Amazon's that is in the store."""

    amazon_order_id: str
    connection: str
    ref: str
    marketplace: str
    """Country code."""
    amazon_status: str
    created_at: datetime
    updated_at: datetime
    """Of the record that is kept."""
    lines: tuple[LineReport, ...]
    record: bytes | None = field(repr=False)
    """Amazon's record, decrypted; `None` where it is not kept."""
