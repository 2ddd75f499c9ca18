"""Open orders that nobody has read for a day are read again by id: Amazon does not say of every change that it made it.

An order that waits for payment may be cancelled, or paid, without its update time moving; no search shows that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ..amazon import PLANS
from ..ledger import Cursor
from ..model import FlowReport
from .again import again, reread
from .work import Work

FLOW = "orders.daily"
DAY = timedelta(hours=24)
_HALF_A_BUCKET = PLANS["getOrder"].burst / 2
"""Tokens of getOrder that are left for what cannot wait. As many may be spent here in one run."""


def read_again(work: Work, report: FlowReport, first: Sequence[str] = ()) -> None:
    """Read what is stale, the longest unread first, while over half of the quota is left. `first` goes before it.

    The cursor remembers until when there is nothing to do, so that a run which finds nothing asks the ledger one row.
    """
    name, now = work.connection.name, work.now()
    cursor = work.ledger.cursors.get(name, FLOW) or Cursor(connection=name, flow=FLOW)
    if not first and cursor.watermark is not None and now < cursor.watermark:
        return
    free = int(work.client.tokens_left("getOrder") - _HALF_A_BUCKET)
    if free > 0:
        ids = list(dict.fromkeys([*first, *work.ledger.watches.stale(name, now - DAY, free)]))[:free]
        found = reread(work, ids, spare=_HALF_A_BUCKET)
        again(work, found.raws, report)
        if work.keeper is not None:
            with work.ledger.transaction(work.keeper.lease):
                work.ledger.watches.was_read(name, found.answered, now)
    if work.keeper is not None:
        oldest = work.ledger.watches.read_first(name)
        # What comes in from now on is not stale before tomorrow.
        until = now + DAY if oldest is None else min(oldest, now) + DAY
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.cursors.save(replace(cursor, watermark=until, last_success=now))
