"""The stock flow: what the store has is published at Amazon, listing by listing, absolute, and only what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..errors import AdapterBug, AmazonThrottled, AmazonUnavailable
from ..ledger import Cursor, Level
from ..model import FlowReport, StockLevel
from .feeding import Feeder
from .publishing import SAMPLE, Quantities, look_at_sample, publish
from .quantities import Desk, decide
from .work import Work

FLOW = "stock"
OVERLAP = timedelta(minutes=10)
FULL = timedelta(days=1)
"""How often everything is compared, whatever the store says has changed."""
DROP = "drop"
"""In the cursor: how many listings a mass fall would have emptied."""
_KEEP_EVERY = 500
"""Levels between two looks at the lease, while a store lists its stock."""


def sync_stock(work: Work, report: FlowReport) -> None:
    """One run of the flow. Throttling ends it early and in peace: `report.next_due` says when to go on."""
    if not work.connection.publish_stock:
        return
    if not work.aliases:
        work.aliases = work.ledger.listings.aliases(work.connection.name)
    contents = Quantities(work=work, report=report)
    feeder = Feeder(work=work, contents=contents, report=report)
    try:
        trouble = _go_on(feeder)
        _publish(work, feeder, contents, report)
        if trouble is not None:
            raise trouble
    except AmazonThrottled as error:
        _later(work, error, report)
    finally:
        contents.tell()


def _go_on(feeder: Feeder) -> AmazonThrottled | AmazonUnavailable | None:
    """Feeds first: what is in one waits for its end. Where they get no further, what has to fall still goes by call."""
    if feeder.work.keeper is None:
        return None
    try:
        feeder.go_on()
    except (AmazonThrottled, AmazonUnavailable) as error:
        return error
    return None


def _publish(work: Work, feeder: Feeder, contents: Quantities, report: FlowReport) -> None:
    cursor = _cursor(work)
    shelf = _look(work, cursor)
    report.seen = len(shelf.changed)
    desk = decide(work, shelf.levels, shelf.gone, full=shelf.full, report=report)
    _save(work, cursor, shelf, desk)
    if work.keeper is None:
        return
    if not desk.drop:
        publish(work, desk.links, feeder, contents)
    sample = _cursor(work).counters.get(SAMPLE, ())
    _remember(work, sample=look_at_sample(work, sample, desk.links, sent=contents.sent))
    if shelf.wrong is not None:
        raise shelf.wrong


def _later(work: Work, error: AmazonThrottled, report: FlowReport) -> None:
    report.throttled += 1
    report.next_due = work.now() + timedelta(seconds=error.retry_after)
    if work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.cursors.save(replace(_cursor(work), next_due=report.next_due))


def _cursor(work: Work) -> Cursor:
    name = work.connection.name
    return work.ledger.cursors.get(name, FLOW) or Cursor(connection=name, flow=FLOW)


@dataclass(kw_only=True, slots=True)
class Shelf:
    """What the store says of its stock."""

    levels: dict[str, Level]
    """By the value of the attribute that holds the seller SKU, those of earlier runs included."""
    changed: list[Level]
    gone: set[str] = field(default_factory=set)
    """Values that a full list no longer has."""
    full: bool = False
    wrong: AdapterBug | None = None
    """A level that is none. The others are what they are; of what is missing nobody knows whether it is gone."""
    newest: datetime | None = None


def _look(work: Work, cursor: Cursor) -> Shelf:
    """Ask the store what changed; for everything once a day, the first time, and while a mass fall is not settled."""
    store, attribute = work.connection.store, work.connection.product_attribute
    daily = cursor.looked_5d is None or work.now() - cursor.looked_5d >= FULL
    since = None if daily or DROP in cursor.counters or cursor.watermark is None else cursor.watermark - OVERLAP
    known = work.ledger.stock.levels(store, attribute)
    shelf = Shelf(levels=known, changed=[], full=since is None, newest=cursor.watermark)
    listed: set[str] = set()
    for said in _listed(work, shelf, since):
        listed.add(said.value)
        if work.keeper is not None and len(listed) % _KEEP_EVERY == 0:
            work.keeper.keep()
        before = known.get(said.value)
        if before is None or before.product != said.product or before.available != said.available:
            level = Level(said.value, said.product, said.available, said.updated_at)
            shelf.changed.append(level)
            known[said.value] = level
        if shelf.newest is None or said.updated_at > shelf.newest:
            shelf.newest = said.updated_at
    if shelf.full and shelf.wrong is None:
        shelf.gone = known.keys() - listed
    return shelf


def _listed(work: Work, shelf: Shelf, since: datetime | None) -> Iterator[StockLevel]:
    try:
        yield from work.hooks.store_list_stock(since, work.connection.product_attribute)
    except AdapterBug as error:
        shelf.wrong = error


def _save(work: Work, cursor: Cursor, shelf: Shelf, desk: Desk) -> None:
    """What the store said, what follows, and how far it was read: in one transaction."""
    if work.keeper is None:
        return
    now = work.now()
    counters = {name: value for name, value in cursor.counters.items() if name != DROP}
    moved = replace(
        cursor,
        watermark=cursor.watermark if shelf.wrong or shelf.newest is None else min(shelf.newest, now),
        last_success=now,
        looked_5d=now if shelf.full and shelf.wrong is None else cursor.looked_5d,
        counters=counters | ({DROP: desk.drop} if desk.drop else {}),
        next_due=None,
    )
    gone = set() if desk.drop else shelf.gone
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_levels(work.connection.store, work.connection.product_attribute, shelf.changed, gone)
        work.ledger.stock.save_quantities(work.connection.name, desk.rows.values())
        work.ledger.cursors.save(moved)


def _remember(work: Work, *, sample: list[str]) -> None:
    """Which listings are to be looked at once Amazon ought to show what it took."""
    cursor = _cursor(work)
    if list(cursor.counters.get(SAMPLE, ())) == sample:
        return
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    rest = {name: value for name, value in cursor.counters.items() if name != SAMPLE}
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.cursors.save(replace(cursor, counters=rest | ({SAMPLE: sample} if sample else {})))
