"""What each listing is to have: the store's level, less what Amazon sold, against what Amazon has."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..errors import AmazonThrottled, AmazonUnavailable
from ..ledger import Level, Quantity
from ..model import (
    Answer,
    CommandState,
    FlowReport,
    PlannedOrder,
    Publish,
    Reason,
    Skip,
    StockLevel,
    Wait,
)
from ..rules import is_restock, mass_fall, stock_decision
from .linking import Link, links
from .listing_report import LIVE
from .offers import BY_CALL, look_up
from .work import Work

STALE = timedelta(minutes=30)
"""Orders that were not read for so long may be missing: quantities may only fall."""
_SOLD_SINCE = timedelta(hours=26)
"""How far back sales are counted: every listing is read anew once a day."""

Outcome = Publish | Skip | Wait
Sales = Mapping[str, list[tuple[datetime, int]]]


@dataclass(kw_only=True, slots=True)
class Desk:
    """What is to become of every listing."""

    links: dict[str, Link]
    rows: dict[str, Quantity] = field(default_factory=dict)
    """By seller SKU, those that say something new."""
    drop: int = 0
    """How many listings would run empty at once: none is sent then, until a person confirms it."""


def decide(work: Work, levels: Mapping[str, Level], gone: Collection[str], *, full: bool, report: FlowReport) -> Desk:
    """Decide on every listing. `levels` with those that are `gone` from a full list."""
    there = {value: level for value, level in levels.items() if value not in gone} if gone else levels
    desk = Desk(links=links(work, levels, gone, full=full))
    before = work.ledger.stock.quantities(work.connection.name)
    has = _at_amazon(work, desk.links, before)
    outcomes = _outcomes(work, desk, before, has, there, {levels[value].product for value in gone}, full=full)
    told = {sku: count for sku, count in has.items() if count is not None}
    changed = {sku: said.quantity for sku, said in outcomes.items() if isinstance(said, Publish)}
    after = ChainMap(changed, told)
    if not work.confirmed_drop and mass_fall(told, after):
        desk.drop = sum(1 for sku, count in told.items() if count > 0 and after[sku] <= 0)
    for sku, said in outcomes.items():
        _note(work, desk, sku, said, before.get(sku), has.get(sku), report)
    report.held += desk.drop
    return desk


def _at_amazon(work: Work, found: Mapping[str, Link], rows: Mapping[str, Quantity]) -> dict[str, int | None]:
    """What each listing has at Amazon, as far as is known: never less than that, so that no fall is left out.

    The newer of what Amazon took and what it showed, less what it has certainly sold since.
    """
    sales: dict[str, list[tuple[datetime, int]]] = {}
    for sku, pieces, at in work.ledger.sold.since(work.connection.name, work.now() - _SOLD_SINCE):
        sales.setdefault(sku, []).append((at, pieces))
    has: dict[str, int | None] = {}
    for sku, link in found.items():
        row, count, since = rows.get(sku), link.quantity, link.read_at
        if row is not None:
            if row.state == CommandState.UNKNOWN:
                has[sku] = None
                continue
            if row.told is not None and row.told_at is not None:
                live = row.told_at + LIVE
                if count is None or since is None or since < live:
                    count, since = row.told, live
        if count is not None and since is not None and sku in sales:
            count = max(count - sum(pieces for at, pieces in sales[sku] if at > since), 0)
        has[sku] = count
    return has


def _outcomes(
    work: Work,
    desk: Desk,
    before: Mapping[str, Quantity],
    has: dict[str, int | None],
    levels: Mapping[str, Level],
    gone: Collection[str],
    *,
    full: bool,
) -> dict[str, Outcome]:
    by_product = {level.product: level for level in levels.values()}
    hooks, connection = work.hooks, work.connection
    unheld = work.ledger.sold.unheld(
        connection.store, reserves=hooks.reserves, adjusts=hooks.implemented("store_adjust_stock")
    )
    cancelling = work.ledger.sold.being_cancelled(connection.name)
    stale, asks = _is_stale(work), hooks.implemented("rule_stock_quantity")
    outcomes: dict[str, Outcome] = {}
    for sku, link in desk.links.items():
        row, level = before.get(sku), by_product.get(link.product)
        if row is not None and row.feed is not None:
            continue  # decided once its feed is over: a newer quantity must not be overtaken by an older one
        if level is None and not (link.product in gone or (full and row is not None)):
            continue  # not a product that the store lists stock of
        restocked = sku in cancelling
        if row is not None and row.only_down_since is not None:
            restocked = _restocked(desk, row, level) or restocked
        outcomes[sku] = stock_decision(
            sku,
            connection,
            channel=link.channel,
            available=level.available if level is not None else None,
            unheld=unheld.get(link.product, 0),
            units=link.units,
            last=has[sku],
            absent=level is None,
            stale=stale,
            restocked=restocked,
            hook=_by_plugin(work, level) if asks and level is not None else None,
        )
    if stale:
        _look_before_falling(work, desk, outcomes, has)
    return outcomes


def _by_plugin(work: Work, level: Level) -> Answer[int] | None:
    said = StockLevel(product=level.product, value=level.value, available=level.available, updated_at=level.updated_at)
    return work.hooks.rule_stock_quantity(said, work.connection)


def _restocked(desk: Desk, row: Quantity, level: Level | None) -> bool:
    """Whether the level may hold units that Amazon was told are not there. What is known of that goes into the row."""
    since, restock = row.only_down_since, row.restock
    if since is None or level is None:
        return False
    if restock is None:
        if level.available is None:
            return True
        restock = level.available
        desk.rows[row.seller_sku] = replace(row, restock=restock)
    if is_restock(level.available, level.updated_at, cancelled_at=since, restock=restock):
        return True
    desk.rows[row.seller_sku] = replace(row, only_down_since=None, restock=None)
    return False


def _look_before_falling(work: Work, desk: Desk, outcomes: dict[str, Outcome], has: dict[str, int | None]) -> None:
    """While orders may have been missed Amazon may have less than it was told, so that a fall would be a rise.

    It is asked what it has. Zero is never a rise.
    """
    wanted = {sku: said.quantity for sku, said in outcomes.items() if isinstance(said, Publish) and said.quantity > 0}
    if not wanted:
        return
    groups: dict[str, list[str]] = {}
    for sku in list(wanted)[:BY_CALL]:
        groups.setdefault(desk.links[sku].marketplaces[0], []).append(sku)
    shown: dict[str, int] = {}
    try:
        for country, skus in groups.items():
            for sku, offer in look_up(work, skus, (country,)).items():
                if offer.quantity is not None:
                    shown[sku] = offer.quantity
    except (AmazonThrottled, AmazonUnavailable):
        pass  # what Amazon did not say waits for the next run
    for sku, quantity in wanted.items():
        count = shown.get(sku)
        if count is not None:
            has[sku] = count
        if count == quantity:
            outcomes[sku] = Skip(reason=Reason.AT_AMAZON, detail="Amazon has this quantity")
        elif count is None or count < quantity:
            has_now = "Amazon did not say what it has" if count is None else f"Amazon has {count}"
            detail = f"{quantity} now, {has_now}: orders may have been missed"
            outcomes[sku] = Wait(reason=Reason.STALE_ORDERS, detail=detail)


def _is_stale(work: Work) -> bool:
    """Whether orders may have been missed: not read for a while, or some of them failed."""
    name = work.connection.name
    cursor = work.ledger.cursors.get(name, "orders")
    if cursor is None or cursor.last_success is None or work.now() - cursor.last_success > STALE:
        return True
    return next(iter(work.ledger.orders.list(status="failed", connection=name, limit=1)), None) is not None


def _note(
    work: Work, desk: Desk, sku: str, said: Outcome, row: Quantity | None, has: int | None, report: FlowReport
) -> None:
    """The listing's row, where that says something new; its place in the counts, and in the plan of a dry run."""
    row = desk.rows.get(sku, row)
    reason: str | None
    match said:
        case Publish() if desk.drop:
            state, reason = CommandState.HELD, str(Reason.STOCK_DROP)
        case Publish() if row is not None and _is_refused(row, said, desk.links[sku]):
            report.skipped += 1
            return
        case Publish():
            state, reason = CommandState.INTENDED, None
            report.changed += 1
            _plan(work, said)
        case Wait():
            state, reason = CommandState.HELD, str(said.reason)
            report.held += 1
        case Skip(reason=Reason.AT_AMAZON):
            report.unchanged += 1
            new = _settled(sku, row, has)
            if new is not None:
                desk.rows[sku] = new
            return
        case _:
            state, reason = CommandState.SKIPPED, str(said.reason)
            report.skipped += 1
    if row is not None and row.state == CommandState.REFUSED and reason == Reason.LISTING_UNKNOWN:
        return  # Amazon's own words stay, until it is read again
    if isinstance(said, Publish):
        wanted, detail = said.quantity, "; ".join(f"{step.outcome}: {step.detail}" for step in said.trace)
        again = row is not None and row.state in (CommandState.INTENDED, CommandState.UNKNOWN)
        if state == CommandState.INTENDED and again and row is not None and row.wanted == wanted:
            return  # it is on its way
    else:
        wanted, detail = (row.wanted if row is not None else has or 0), said.detail
    if row is not None and (row.state, row.reason, row.wanted, row.detail) == (state, reason, wanted, detail):
        return
    base = row or Quantity(seller_sku=sku, wanted=wanted, state=str(state))
    desk.rows[sku] = replace(base, state=str(state), reason=reason, wanted=wanted, detail=detail)


def _is_refused(row: Quantity, said: Publish, link: Link) -> bool:
    """Whether Amazon refused this very quantity, and the listing was not read since."""
    if row.state != CommandState.REFUSED or row.wanted != said.quantity:
        return False
    return link.read_at is None or row.changed_at is None or link.read_at <= row.changed_at


def _settled(sku: str, row: Quantity | None, has: int | None) -> Quantity | None:
    """The row of a listing that has what it ought to have."""
    if row is None:
        said = "Amazon has this quantity"
        return Quantity(
            seller_sku=sku, wanted=has or 0, state=str(CommandState.SKIPPED), reason=Reason.AT_AMAZON, detail=said
        )
    if row.state in (CommandState.ACCEPTED, CommandState.VERIFIED) or row.reason == Reason.AT_AMAZON:
        return None if row.wanted == has else replace(row, wanted=has or 0)
    # It went back to what Amazon has before it was sent.
    state = CommandState.ACCEPTED if row.told is not None else CommandState.SKIPPED
    reason = None if row.told is not None else str(Reason.AT_AMAZON)
    return replace(row, state=str(state), wanted=has or 0, reason=reason, detail="Amazon has this quantity")


def _plan(work: Work, said: Publish) -> None:
    if work.plan is None:
        return
    work.plan.append(
        PlannedOrder(
            connection=work.connection.name, amazon_order_id=said.seller_sku, action="publish", reason=None, total=None,
            currency="", detail="; ".join(f"{step.outcome}: {step.detail}" for step in said.trace),
        )
    )  # fmt: skip
