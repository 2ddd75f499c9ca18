"""Whether orders were read lately; where not, those of which something is to be told are read by their ids."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from ..amazon import PLANS
from ..model import FlowReport
from .again import again, reread
from .work import Work

FRESH = timedelta(minutes=10)
"""How old Amazon's record of an order may be."""
_HALF_A_BUCKET = PLANS["getOrder"].burst / 2
"""Tokens of getOrder that are left for what cannot wait."""


def are_fresh(work: Work) -> bool:
    """Whether a sweep over all orders has gone through lately, so that what is kept is what Amazon shows."""
    cursor = work.ledger.cursors.get(work.connection.name, "orders")
    return cursor is not None and cursor.last_success is not None and work.now() - cursor.last_success <= FRESH


def read_stale(work: Work, ids: Collection[str]) -> bool:
    """Read orders anew, once a run, and follow them in the store, where no sweep has gone through lately.

    As far as half of the quota goes. What Amazon does not show now stays as it is kept: a parcel must not wait for it.
    Returns whether any was read.
    """
    unread = [order_id for order_id in ids if order_id not in work.read_anew]
    if work.keeper is None or work.is_silent or not unread or are_fresh(work):
        return False
    work.read_anew.update(unread)
    found = reread(work, unread, spare=_HALF_A_BUCKET)
    work.is_silent = not found.answered
    again(work, found.raws, FlowReport(flow="orders"))
    return bool(found.raws)
