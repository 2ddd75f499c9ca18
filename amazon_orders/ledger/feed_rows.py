"""A feed as the ledger keeps it. Nothing here knows a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FeedState(StrEnum):
    """How far a feed has come."""

    INTENDED = "intended"
    """Its messages are chosen; nothing was asked of Amazon that matters."""
    CREATING = "creating"
    """Amazon is asked to take it; no answer is recorded yet."""
    CREATED = "created"
    """Amazon has it and works on it."""
    DONE = "done"
    """Its report was read, message by message."""
    FAILED = "failed"
    """Amazon took none of it."""
    UNKNOWN = "unknown"
    """It may or may not have happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """One feed."""

    id: int
    connection: str
    type: str
    marketplace: str
    """Amazon's id; the feed is for this one."""
    state: FeedState
    document: str
    feed: str
    """Amazon's id; empty until it is known."""
    messages: int
    opened_at: datetime
    sent_at: datetime | None
    next_due: datetime | None
    deadline: datetime | None
    detail: str
