"""The search for doubles, in stores that do not keep a reference unique: a paused writer can still make one there."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from ..ledger import Cursor
from ..model import Reason
from .looking import find_orders
from .work import Work

log = logging.getLogger("amazon_orders")

FLOW = "orders.doubles"
_BACK = timedelta(hours=1)
"""A writer that was paused wakes up within this time, or is dead."""
_AT_ONCE = 500


def look_for_doubles(work: Work) -> None:
    """Once a run: ask the store for what was claimed since the last look; two orders under one key go to the inbox."""
    if work.keeper is None or work.hooks.unique_reference:
        return
    name, now = work.connection.name, work.now()
    cursor = work.ledger.cursors.get(name, FLOW) or Cursor(connection=name, flow=FLOW)
    since = (cursor.last_success or now - timedelta(days=1)) - _BACK
    claims = list(work.ledger.claims.recent(work.connection.store, name, since).items())
    doubles: dict[str, list[str]] = {}
    for start in range(0, len(claims), _AT_ONCE):
        some = dict(claims[start : start + _AT_ONCE])
        found, errors = find_orders(work, some, since - _BACK)
        if len(errors) == len(some):
            raise next(iter(errors.values()))
        for order_id, error in errors.items():
            log.warning("order %s could not be looked for in store %s: %s", order_id, work.connection.store, error)
        doubles |= {order_id: list(refs) for order_id, refs in found.items() if len(refs) > 1}
    with work.ledger.transaction(work.keeper.lease):
        for order_id, refs in doubles.items():
            work.ledger.inbox.open(name, order_id, Reason.DOUBLE, double(refs))
        work.ledger.cursors.save(replace(cursor, last_success=now))


def double(refs: list[str]) -> str:
    """What to do about an order that the store has more than once, oldest reference first."""
    return f"The store has this order {len(refs)} times: {', '.join(refs)}. Keep {refs[0]}, cancel the others."
