"""When somebody has to hear of an open order that cannot be shipped: a day before its time, at it, and daily then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(hours=24)
_AUTO_CANCEL = timedelta(days=7)
_AUTO_CANCEL_EARLY = timedelta(days=3)
_EARLY = ("AE", "SA")
"""Source: Seller Central help 200197960. Amazon cancels, and does not pay even if the parcel left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """How an open order stands with its time to ship."""

    since: datetime
    """The last of the moments at which somebody is told."""
    expired: bool
    """Whether Amazon has cancelled it by now, or is about to."""

    def is_news(self, told_at: datetime | None) -> bool:
        """Whether this has to be told, where it was told last at `told_at`."""
        return told_at is None or told_at < self.since


def deadline(ship_by: datetime, country: str, now: datetime) -> Deadline | None:
    """The moments are a day apart and begin a day before `ship_by`; `None` before the first."""
    gone = now - (ship_by - DAY)
    if gone < timedelta():
        return None
    last = now - gone % DAY
    end = ship_by + (_AUTO_CANCEL_EARLY if country in _EARLY else _AUTO_CANCEL)
    return Deadline(since=last, expired=now >= end)
