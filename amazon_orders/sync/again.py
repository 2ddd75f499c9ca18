"""Orders that are tried again: held and failed ones, and those that a person asks for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ..amazon import RawOrder, raw_order
from ..errors import AmazonRejected, AmazonThrottled, AmazonUnavailable, PayloadError, StoreError
from ..model import FlowReport
from ..rules import values_to_ask
from .deciding import ask_catalogue, is_in_store
from .page import process
from .reading import read
from .work import Work

RETRY_LIMIT = 500
"""Orders tried again in one go."""
REREAD_LIMIT = 20
"""Calls of getOrder that one run spends on orders whose time has come and whose record the ledger does not keep."""
_SILENT_LIMIT = 3
"""Calls of getOrder without a usable answer after which a run asks for no more orders by id."""
_AT_ONCE = 100
"""Orders that are tried again in one page, so that many of them do not fill the memory."""
_UNKNOWN_AGAIN = timedelta(days=1)
"""When an order that Amazon does not know is asked for again."""


@dataclass(kw_only=True, slots=True)
class Reread:
    """What came of reading orders by their ids."""

    raws: list[RawOrder] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Amazon does not know them, or not any more."""
    throttled: AmazonThrottled | None = None
    """Why the rest was not asked for."""

    @property
    def answered(self) -> list[str]:
        """The orders of which Amazon has said something."""
        return [*(raw.amazon_order_id for raw in self.raws), *self.unknown]


def try_again(work: Work, report: FlowReport) -> None:
    """Failed orders whose time has come, and held ones, of which the ledger keeps Amazon's record.

    A held order goes in as soon as the catalogue has its product. One that failed too often is left to a person, and to
    the daily reading; so is one without a record, which costs a call.
    """
    name, orders = work.connection.name, work.ledger.orders
    due = orders.due(name, work.now(), RETRY_LIMIT)
    failed = set(due)
    held = [order_id for order_id in orders.held(name) if order_id not in failed]
    _look_ahead(work, len(due) + len(held))
    unkept = _from_the_ledger(work, [*due, *held], report)
    work.catalogue.clear()
    wanted = [order_id for order_id in unkept if order_id in failed]
    random.Random(work.now().timestamp()).shuffle(wanted)  # noqa: S311 - none keeps another from its turn
    found = reread(work, wanted[:REREAD_LIMIT])
    _put_off(work, found.unknown)
    again(work, found.raws, report)


def _look_ahead(work: Work, orders: int) -> None:
    """Ask the catalogue once for the products of all orders that wait, where their pages would ask again and again."""
    if orders <= _AT_ONCE:
        return
    skus = sorted(work.ledger.listings.waiting_skus(work.connection.name))
    values = dict.fromkeys(
        value
        for sku in skus
        for value in values_to_ask(sku, work.connection, work.aliases.get(sku), None, work.patterns)
    )
    try:
        found = ask_catalogue(work, list(values))
    except StoreError:
        return  # it may have stumbled over a single SKU: each page asks for its own, and tells
    # Case may differ between what was asked and what was found, so that all of it is an answer.
    work.catalogue = {value: [] for value in values} | found


def try_asked(work: Work, report: FlowReport) -> None:
    """Just the orders that a person asks for. Those for which no call is left are tried by the next runs."""
    asked = work.asked
    assert asked is not None  # noqa: S101 - the caller's
    unkept = list(asked.ids) if asked.fresh else _from_the_ledger(work, asked.ids, report)
    found = reread(work, unkept)
    _put_off(work, found.unknown)
    again(work, found.raws, report)
    if found.throttled is None:
        return
    report.next_due = work.now() + timedelta(seconds=found.throttled.retry_after)
    if not asked.may_wait:
        raise found.throttled
    report.throttled += 1
    left = set(unkept) - set(found.answered)
    assert work.keeper is not None  # noqa: S101 - nobody asks for a dry run
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.orders.try_at(work.connection.name, left, work.now())


def again(work: Work, raws: Sequence[RawOrder], report: FlowReport) -> None:
    """Carry records through as a page of their own."""
    if raws:
        report.seen += len(raws)
        process(work, raws, report)


def _from_the_ledger(work: Work, ids: Sequence[str], report: FlowReport) -> list[str]:
    """Try those of which the ledger keeps a record; the others."""
    unkept: list[str] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        remembered = work.ledger.orders.recall(work.connection.name, part)
        kept: list[RawOrder] = []
        for order_id in part:
            raw = _kept(work, order_id, in_store=is_in_store(remembered.get(order_id)))
            if raw is None:
                unkept.append(order_id)
            else:
                kept.append(raw)
        again(work, kept, report)
    return unkept


def _kept(work: Work, order_id: str, *, in_store: bool) -> RawOrder | None:
    """The ledger's record of an order that is to be tried again; `None` where Amazon has to be asked."""
    # What the ledger keeps of an order in the store is what the store was told last; only Amazon knows more.
    if in_store and not (work.asked is not None and work.asked.release):
        return None
    snapshot = work.ledger.orders.snapshot(work.connection.name, order_id)
    raw = raw_order(snapshot, work.included) if snapshot is not None else None
    return raw if raw is not None and _readable(raw) else None


def reread(work: Work, ids: Sequence[str], *, spare: float = 0) -> Reread:
    """Records by getOrder, as far as the quota goes down to `spare`. One that Amazon cannot show stops no other."""
    found = Reread()
    silent = 0
    for order_id in ids:
        if spare and work.client.tokens_left("getOrder") <= spare:
            break
        try:
            found.raws.append(read(work, order_id))
        except AmazonRejected:
            found.unknown.append(order_id)  # it stays as it is
        except AmazonThrottled as error:
            found.throttled = error
            break
        except AmazonUnavailable:
            if work.asked is not None:
                raise
            silent += 1
            if silent >= _SILENT_LIMIT:
                break  # the search that follows tells whether it is all of Amazon
    return found


def _put_off(work: Work, unknown: Sequence[str]) -> None:
    """An order that Amazon does not know would else be asked for in every run."""
    if unknown and work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.orders.put_off(work.connection.name, unknown, work.now() + _UNKNOWN_AGAIN)


def _readable(raw: RawOrder) -> bool:
    try:
        raw.order()
    except PayloadError:
        return False
    return True
