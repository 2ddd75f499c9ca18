"""The stock flow: what the store has is published at Amazon, listing by listing, absolute, and only what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..errors import AmazonThrottled
from ..ledger import Cursor, Level, Quantity
from ..model import Answer, CommandState, FlowReport, PlannedOrder, Publish, Reason, Skip, StockLevel, Wait
from ..rules import is_restock, mass_fall, stock_decision
from .linking import Link, links
from .publishing import publish
from .work import Work

FLOW = "stock"
OVERLAP = timedelta(minutes=10)
FULL = timedelta(days=1)
"""How often everything is compared, whatever the store says has changed."""
STALE = timedelta(minutes=30)
"""Orders that were not read for so long may be missing: quantities may only fall."""
DROP = "drop"
"""In the cursor: how many listings a mass fall would have emptied."""


def sync_stock(work: Work, report: FlowReport) -> None:
    """One run of the flow. Throttling ends it early and in peace: `report.next_due` says when to go on."""
    if not work.connection.publish_stock:
        return
    try:
        if not work.aliases:
            work.aliases = work.ledger.listings.aliases(work.connection.name)
        cursor = work.ledger.cursors.get(work.connection.name, FLOW) or Cursor(
            connection=work.connection.name, flow=FLOW
        )
        shelf = _look(work, cursor)
        report.seen = len(shelf.changed)
        desk = _decide(work, shelf, report)
        _save(work, cursor, shelf, desk)
        if work.keeper is not None and not desk.drop:
            publish(work, desk.links, report)
    except AmazonThrottled as error:
        report.throttled += 1
        report.next_due = work.now() + timedelta(seconds=error.retry_after)


@dataclass(kw_only=True, slots=True)
class Shelf:
    """What the store says of its stock."""

    levels: dict[str, Level]
    """By the value of the attribute that holds the seller SKU, those of earlier runs included."""
    changed: list[Level]
    gone: set[str] = field(default_factory=set)
    """Values that a full list no longer has."""
    answers: dict[str, Answer[int]] = field(default_factory=dict)
    """What plugins say, by product."""
    full: bool = False
    newest: datetime | None = None


def _look(work: Work, cursor: Cursor) -> Shelf:
    """Ask the store what changed; once a day, and the first time, for everything."""
    store, attribute = work.connection.store, work.connection.product_attribute
    full = cursor.last_success is None or cursor.looked_5d is None or work.now() - cursor.looked_5d >= FULL
    since = None if full or cursor.watermark is None else cursor.watermark - OVERLAP
    known = work.ledger.stock.levels(store)
    shelf = Shelf(levels=known, changed=[], full=since is None, newest=cursor.watermark)
    listed: set[str] = set()
    asks = work.hooks.implemented("rule_stock_quantity")
    for said in work.hooks.store_list_stock(since, attribute):
        listed.add(said.value)
        before = known.get(said.value)
        level = Level(said.value, said.product, said.available, said.updated_at)
        if before is None or (before.product, before.available) != (level.product, level.available):
            shelf.changed.append(level)
            known[said.value] = level
        if asks:
            _ask_plugin(work, shelf, said)
        if shelf.newest is None or said.updated_at > shelf.newest:
            shelf.newest = said.updated_at
    if shelf.full:
        shelf.gone = set(known) - listed
    return shelf


def _ask_plugin(work: Work, shelf: Shelf, level: StockLevel) -> None:
    answer = work.hooks.rule_stock_quantity(level, work.connection)
    if answer is not None:
        shelf.answers[level.product] = answer


@dataclass(kw_only=True, slots=True)
class Desk:
    """What is to become of every listing."""

    links: dict[str, Link]
    quantities: list[Quantity]
    """Rows that say something new."""
    drop: int = 0
    """How many listings would run empty at once: none is sent then, until a person confirms it."""


def _decide(work: Work, shelf: Shelf, report: FlowReport) -> Desk:
    by_product = {level.product: level for value, level in shelf.levels.items() if value not in shelf.gone}
    found = links(work, {value: level.product for value, level in shelf.levels.items()})
    unheld = work.ledger.stock.unheld(work.connection.store, reserves=work.hooks.reserves)
    before = work.ledger.stock.quantities(work.connection.name)
    stale = _is_stale(work)
    gone = {level.product for value, level in shelf.levels.items() if value in shelf.gone}
    fresh: list[Quantity] = []
    told: dict[str, int] = {}
    after: dict[str, int] = {}
    for sku, link in found.items():
        row = before.get(sku)
        # What Amazon took last; before the first time, what it was seen to have.
        last = row.told if row is not None and row.told is not None else link.quantity
        if row is not None and row.state == CommandState.UNKNOWN:
            last = None
        level = by_product.get(link.product)
        if last is not None:
            told[sku] = after[sku] = last
        if level is None and link.product not in gone:
            continue  # not a product that the store lists stock of
        restocked, row = _restocked(row, level, fresh)
        outcome = stock_decision(
            sku,
            work.connection,
            channel=link.channel,
            available=level.available if level is not None else None,
            unheld=unheld.get(link.product, 0),
            units=link.units,
            last=last,
            absent=level is None,
            stale=stale,
            restocked=restocked,
            hook=shelf.answers.get(link.product),
        )
        if isinstance(outcome, Publish):
            after[sku] = outcome.quantity
        new = _row(sku, outcome, row)
        if new is not None:
            fresh.append(new)
            _plan(work, sku, outcome)
        _count(report, outcome)
    desk = Desk(links=found, quantities=fresh)
    if mass_fall(told, after) and not work.confirmed_drop:
        desk.drop = sum(1 for sku, count in told.items() if count > 0 and after.get(sku, 0) <= 0)
        desk.quantities = [_dropped(row) if row.state == CommandState.INTENDED else row for row in fresh]
        report.held += desk.drop
    return desk


def _restocked(row: Quantity | None, level: Level | None, fresh: list[Quantity]) -> tuple[bool, Quantity | None]:
    """Whether the level may hold units that Amazon was told are not there; the row with what is known of that."""
    if row is None or row.only_down_since is None or level is None:
        return False, row
    if row.restock is None and level.available is not None:
        row = replace(row, restock=level.available)
        fresh.append(row)
    since = row.only_down_since
    if row.restock is None or since is None:
        return True, row
    if is_restock(level.available, level.updated_at, cancelled_at=since, restock=row.restock):
        return True, row
    row = replace(row, only_down_since=None, restock=None)
    fresh.append(row)
    return False, row


def _row(sku: str, outcome: Publish | Skip | Wait, row: Quantity | None) -> Quantity | None:
    """The listing's row, if it says something new."""
    if isinstance(outcome, Publish):
        waiting = row is not None and row.state in (CommandState.INTENDED, CommandState.SENT, CommandState.UNKNOWN)
        if waiting and row is not None and row.wanted == outcome.quantity:
            return None
        state, reason, wanted = CommandState.INTENDED, None, outcome.quantity
        detail = "; ".join(f"{step.outcome}: {step.detail}" for step in outcome.trace)
    elif isinstance(outcome, Wait):
        state, reason, wanted = CommandState.HELD, str(outcome.reason), row.wanted if row is not None else 0
        detail = outcome.detail
    elif row is None or outcome.reason != Reason.AT_AMAZON:
        state, reason, wanted = CommandState.SKIPPED, str(outcome.reason), row.wanted if row is not None else 0
        detail = outcome.detail
    elif row.state in (CommandState.HELD, CommandState.INTENDED):
        # It went back to what Amazon has before it was sent.
        return replace(row, state=str(CommandState.ACCEPTED), wanted=row.told or 0, reason=None, detail=outcome.detail)
    else:
        return None
    if row is not None and (row.state, row.reason, row.wanted, row.detail) == (state, reason, wanted, detail):
        return None
    base = row or Quantity(seller_sku=sku, wanted=wanted, state=str(state))
    return replace(base, state=str(state), reason=reason, wanted=wanted, detail=detail)


def _dropped(row: Quantity) -> Quantity:
    return replace(row, state=str(CommandState.HELD), reason=str(Reason.STOCK_DROP))


def _count(report: FlowReport, outcome: Publish | Skip | Wait) -> None:
    match outcome:
        case Publish():
            report.changed += 1
        case Wait():
            report.held += 1
        case Skip(reason=Reason.AT_AMAZON):
            report.unchanged += 1
        case _:
            report.skipped += 1


def _is_stale(work: Work) -> bool:
    """Whether orders may have been missed: not read for a while, or some of them failed."""
    cursor = work.ledger.cursors.get(work.connection.name, "orders")
    if cursor is None or cursor.last_success is None or work.now() - cursor.last_success > STALE:
        return True
    return next(iter(_failed(work)), None) is not None


def _failed(work: Work) -> Iterator[object]:
    return work.ledger.orders.list(status="failed", connection=work.connection.name, limit=1)


def _save(work: Work, cursor: Cursor, shelf: Shelf, desk: Desk) -> None:
    """What the store said, what follows, and how far it was read: in one transaction."""
    if work.keeper is None:
        return
    now = work.now()
    moved = replace(
        cursor,
        watermark=min(shelf.newest, now) if shelf.newest is not None else cursor.watermark,
        last_success=now,
        looked_5d=now if shelf.full else cursor.looked_5d,
        counters={DROP: desk.drop} if desk.drop else {},
        next_due=None,
    )
    gone: Mapping[str, None] | set[str] = shelf.gone if not desk.drop else set()
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_levels(work.connection.store, shelf.changed, gone)
        work.ledger.stock.save_quantities(work.connection.name, desk.quantities)
        work.ledger.cursors.save(moved)


def _plan(work: Work, sku: str, outcome: Publish | Skip | Wait) -> None:
    if work.plan is None or not isinstance(outcome, Publish):
        return
    work.plan.append(
        PlannedOrder(
            connection=work.connection.name, amazon_order_id=sku, action="publish", reason=None, total=None,
            currency="", detail="; ".join(f"{step.outcome}: {step.detail}" for step in outcome.trace),
        )
    )  # fmt: skip
