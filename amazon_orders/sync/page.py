"""One page of records, from reading to remembered: decide, claim, place, record, tell. Two commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..amazon import RawOrder
from ..errors import StoreUnavailable
from ..ledger import Claim
from ..model import FlowReport, Hold, Place
from .deciding import decide
from .following import number, settle, tell
from .placing import claim, place_all
from .recording import planned, records
from .reserving import Moves, attach, carry_out, intend
from .reserving import settle as settle_stock
from .unsure import bring_up_to_date
from .work import Event, Item, Work


def process(work: Work, raws: Iterable[RawOrder], report: FlowReport, also: Callable[[], None] | None = None) -> None:
    """Carry a page through. `also` runs in the transaction that records the page: the cursor moves with its orders.

    Raises `StoreUnavailable` where the store gave no answer for several orders in a row. Those are recorded as failed,
    so that the next run begins with the orders behind them; where it is down altogether, nothing is.
    """
    every = decide(work, raws)
    items = [item for item in every if item.left is None]
    if work.keeper is None:
        _plan(work, items, report)
        _stop(every)
        return
    followed = [item for item in items if item.told]
    claims, moves = _intend(work, items, followed)
    attach(items, moves)
    anew: list[Item] = []
    if claims:
        place_all(work, items, claims)
        anew = bring_up_to_date(work, items)
    if followed:
        tell(work, followed)
    carry_out(work, items, moves)
    moves = _hold_refused(work, [item for item in items if item.order_id in claims], moves)
    work.keeper.keep()
    rows, events = records(work, items, report)
    with work.ledger.transaction(work.keeper.lease):
        if rows:
            work.ledger.orders.record(rows)
            _learn(work, items)
            settle(work, [*followed, *anew])
        settle_stock(work, moves)
        if also and not _left(every):
            also()
    _tell(work, events)
    _stop(every)


def _left(items: Iterable[Item]) -> StoreUnavailable | None:
    return next((item.left for item in items if item.left is not None), None)


def _stop(items: Iterable[Item]) -> None:
    if (error := _left(items)) is not None:
        raise error


def _intend(work: Work, items: list[Item], followed: list[Item]) -> tuple[dict[str, Claim], Moves]:
    """Commit what is about to be asked of the store: after a crash it says where to look."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    if not (followed or work.holds_stock or any(item.matches or isinstance(item.decision, Place) for item in items)):
        return {}, Moves()
    with work.ledger.transaction(work.keeper.lease):
        number(work, followed)
        moves = intend(work, items)
        return claim(work, items), moves


def _hold_refused(work: Work, items: list[Item], moves: Moves) -> Moves:
    """An order that the store has just refused holds its units again, under the next number."""
    refused = [item for item in items if isinstance(item.decision, Hold)]
    if not refused or not work.connection.reserve_pending:
        return moves
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        settle_stock(work, moves)
        again = intend(work, refused)
    carry_out(work, refused, again)
    return again


def _learn(work: Work, items: list[Item]) -> None:
    """Facts that later decisions stand on: products of SKUs, where Amazon calculates tax, what needs a look."""
    name = work.connection.name
    for item in items:
        if item.saw_tax and item.order is not None:
            country = work.connection.country(item.order.marketplace_id)
            if country and country not in work.tax_seen:
                work.tax_seen.add(country)
                work.ledger.facts.saw_tax(name, country)
        if item.remark:
            work.ledger.inbox.open(name, item.order_id, *item.remark)
    pairs = {
        match.seller_sku: match
        for item in items
        for match in getattr(item.decision, "matches", ())
        if work.known_listings.get(match.seller_sku) != match.product
    }
    if pairs:
        work.ledger.listings.learn(name, list(pairs.values()))
        work.known_listings.update({sku: match.product for sku, match in pairs.items()})


def _plan(work: Work, items: list[Item], report: FlowReport) -> None:
    for item in items:
        if (seen := (item.order_id, item.raw.digest)) in work.planned:
            report.unchanged += 1  # a real run would have recorded it by now
            continue
        work.planned.add(seen)
        entries = planned(work, item)
        if work.plan is not None:
            work.plan.extend(entries)
        match entries[0].action if entries else "":
            case "":
                report.unchanged += 1
            case "place":
                report.placed += 1
            case "hold":
                report.held += 1
            case "fail":
                report.failed += 1
            case "cancel":
                report.cancelled += 1
            case "change":
                report.changed += 1
            case action:
                report.skipped += 1
                report.pending += action == "pending"


def _tell(work: Work, events: Iterable[Event]) -> None:
    for hook, arguments in events:
        if work.hooks.implemented(hook):
            getattr(work.hooks, hook)(*arguments)
