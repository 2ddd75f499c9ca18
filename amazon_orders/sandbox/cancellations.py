"""Cancellations that an application sent by feed, and what each of them did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation:
    """One cancellation that Amazon carried out."""

    order_id: str
    items: Mapping[str, int]
    """Units that will not be shipped, by order item id."""
    reason: str
    whole: bool
    """Whether it was an acknowledgement with Failure, which is about the whole order."""
    refunded_everything: bool
    """It came when units had been shipped, so Amazon gave all the money back."""
    key: str
    """`MerchantAdjustmentItemID` of a part's cancellation."""
    feed_id: str
    at: datetime
