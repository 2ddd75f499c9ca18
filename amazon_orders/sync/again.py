"""Orders that are tried again: held and failed ones, and those that a person asks for."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from ..amazon import INCLUDED, RawOrder, raw_order
from ..errors import AmazonRejected, AmazonThrottled, AmazonUnavailable, PayloadError
from ..model import FlowReport
from .deciding import is_in_store
from .page import process
from .work import Work

RETRY_LIMIT = 500
"""Orders tried again in one go."""
REREAD_LIMIT = 20
"""Calls of getOrder that one run spends on orders whose record the ledger does not keep."""
_SILENT_LIMIT = 3
"""Calls of getOrder without a usable answer after which a run asks for no more orders by id."""
_AT_ONCE = 100
"""Orders that are tried again in one page, so that many of them do not fill the memory."""


def try_again(work: Work, report: FlowReport) -> None:
    """Held orders (the catalogue may have changed) and failed ones whose time has come; or just those asked for."""
    name, orders, asked = work.connection.name, work.ledger.orders, work.asked
    if asked is not None:
        due, held = list(asked.ids), []
    else:
        due, held = orders.due(name, work.now(), RETRY_LIMIT), orders.held(name)
    failed = set(due)
    ids = [*due, *(order_id for order_id in held if order_id not in failed)]
    unkept: list[str] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        remembered = orders.recall(name, part)
        kept: list[RawOrder] = []
        for order_id in part:
            raw = _kept(work, order_id, in_store=is_in_store(remembered.get(order_id)))
            if raw is None:
                unkept.append(order_id)
            else:
                kept.append(raw)
        _again(work, kept, report)
    if unkept:
        _again(work, _reread(work, _in_turn(work, unkept, failed) if asked is None else unkept), report)


def _again(work: Work, raws: Sequence[RawOrder], report: FlowReport) -> None:
    if raws:
        report.seen += len(raws)
        process(work, raws, report)


def _kept(work: Work, order_id: str, *, in_store: bool) -> RawOrder | None:
    """The ledger's record of an order that is to be tried again; `None` where Amazon has to be asked."""
    # What the ledger keeps of an order in the store is what the store was told last; only Amazon knows more.
    asked = work.asked
    if (asked.fresh or (in_store and not asked.release)) if asked is not None else in_store:
        return None
    snapshot = work.ledger.orders.snapshot(work.connection.name, order_id)
    raw = raw_order(snapshot, INCLUDED) if snapshot is not None else None
    return raw if raw is not None and _readable(raw) else None


def _in_turn(work: Work, ids: Sequence[str], failed: Collection[str]) -> list[str]:
    """The orders mixed anew in each run, half of the calls for failed ones: none keeps another from its turn."""
    dice = random.Random(work.now().timestamp())  # noqa: S311 - spreads calls, protects nothing
    first = [order_id for order_id in ids if order_id in failed]
    rest = [order_id for order_id in ids if order_id not in failed]
    dice.shuffle(first)
    dice.shuffle(rest)
    half = max(REREAD_LIMIT // 2, REREAD_LIMIT - len(rest))
    return [*first[:half], *rest]


def _reread(work: Work, ids: Sequence[str]) -> list[RawOrder]:
    """Records by getOrder, within what one run spends on them. One that Amazon cannot show stops no other."""
    raws: list[RawOrder] = []
    silent = 0
    for order_id in ids[:REREAD_LIMIT]:
        try:
            raws.append(work.client.get_order(order_id))
        except AmazonRejected:
            continue  # Amazon does not know it (any more); it stays as it is
        except AmazonThrottled:
            break
        except AmazonUnavailable:
            if work.asked is not None:
                raise
            silent += 1
            if silent >= _SILENT_LIMIT:
                break  # the search that follows tells whether it is all of Amazon
    return raws


def _readable(raw: RawOrder) -> bool:
    try:
        raw.order()
    except PayloadError:
        return False
    return True
