"""How long an order's personal data is kept, as a pure rule.

Amazon's data protection policy allows 30 days after delivery. Amazon tells that a parcel was delivered, not when: so it
is the day on which that was seen or the latest date promised, whichever comes first; where neither is known, the day of
shipment. For a cancelled order the cancellation counts, if it comes before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .records import OrderRecord

AFTER_THE_END = timedelta(days=30)
AT_MOST = timedelta(days=60)
"""After createdTime, for an order that is not in the store, or of which no date is known."""

_IN_STORE = ("placed", "cancelled")


def erase_at(record: OrderRecord) -> datetime | None:
    """When the personal data of an order has to be gone; `None`: none may be kept, as for one that is never placed."""
    if record.status == "skipped":
        return None
    longest = record.created_at + AT_MOST
    end = _end(record)
    if end is None:
        return longest
    until = end + AFTER_THE_END
    return until if record.status in _IN_STORE else min(until, longest)


def _end(record: OrderRecord) -> datetime | None:
    """The day from which the days are counted, as far as it is known."""
    # A delivered order's record may change again later, which must not prolong anything.
    known = [day for day in (record.delivered_at, record.deliver_by) if day is not None]
    expected = min(known, default=record.shipped_at)
    if record.status == "cancelled" or record.amazon_status == "CANCELLED":
        return min(expected or record.updated_at, record.updated_at)
    return expected
