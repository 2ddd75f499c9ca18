"""From what the store did to commands in the outbox: read, decide, write. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..errors import AdapterBug, AmazonRejected, AmazonThrottled, PayloadError, StoreError, StoreUnavailable
from ..ledger import UNSENT, Cursor, Intent, Sale
from ..ledger import Command as Row
from ..model import Command, CommandKind, CommandState, FlowReport, Hold, PlannedOrder, Reason, TraceStep
from .attention import note
from .intending import Outcome, foresee, intent_of
from .kept import Fact, kept
from .selling import sold
from .since import moved_on, since
from .source import Source
from .work import Work

BATCH = 100
_Found = tuple[Fact, Sale, list[Row]]


@dataclass(kw_only=True, slots=True)
class Desk:
    """One source in one run."""

    work: Work
    source: Source
    report: FlowReport
    decided: set[tuple[str, str]] = field(default_factory=set)
    """`(order id, cause)` of what this run has decided already."""
    at_hand: dict[tuple[str, str], Command] = field(default_factory=dict)
    """Commands of this run by order and cause: without a key nothing is kept of them."""
    forgotten: dict[int, Row] = field(default_factory=dict)
    """What waits and of which nothing is kept: there was no key, or it was lost."""
    stopped: AmazonThrottled | AdapterBug | None = None
    """Set: Amazon's quota ended the reading, or a record was none. What was decided stands; the next run reads on."""

    def hand_over(self, report: FlowReport) -> None:
        """The flow itself has begun: what was counted for it goes there."""
        for name in ("seen", "unchanged", "changed", "held", "skipped"):
            setattr(report, name, getattr(report, name) + getattr(self.report, name))
        self.report = report


def read(work: Work, source: Source, report: FlowReport) -> Desk:
    """Ask the store what it did since the last time, and write what follows. What is held is decided again.

    Once a run: another flow may have asked before, since it has to know; then its counts go to `report`.
    """
    if (known := work.desks.get(source.flow)) is not None:
        known.hand_over(report)
        return known
    desk = Desk(work=work, source=source, report=report)
    cursor = work.ledger.cursors.get(work.connection.name, source.flow) or Cursor(
        connection=work.connection.name, flow=source.flow
    )
    waiting = [row for row in _open(work, source) if row.state in UNSENT]
    unkept = work.ledger.outbox.unkept(work.connection.name)
    desk.forgotten = {row.id: row for row in waiting if row.id in unkept}
    try:
        newest = _read_on(desk, cursor, waiting)
    except (AmazonThrottled, AdapterBug) as error:
        desk.stopped = error
    else:
        _move_cursor(work, cursor, newest)
    # Only now: a list that broke off tells nobody what has left.
    work.desks[source.flow] = desk
    return desk


def _read_on(desk: Desk, cursor: Cursor, waiting: Sequence[Row]) -> datetime | None:
    """Decide on what the store lists and on what waits; when the newest of it was changed."""
    work, newest = desk.work, cursor.watermark
    wrong: AdapterBug | None = None
    try:
        for batch in _batches(desk.source.ask(work, since(work, cursor, desk.forgotten.values()))):
            desk.report.seen += len(batch)
            _decide(desk, batch)
            newest = max([*([newest] if newest else []), *(fact.updated_at for fact in batch)])
    except AdapterBug as error:
        wrong = error  # of one record: the others are through
    _decide_again(desk, waiting)
    if wrong is not None:
        raise wrong
    return newest


def _move_cursor(work: Work, cursor: Cursor, newest: datetime | None) -> None:
    if work.keeper is None or newest is None:
        return
    moved = moved_on(cursor, newest, work.now())
    if moved != replace(cursor, last_success=moved.last_success):
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.cursors.save(moved)


def _open(work: Work, source: Source) -> list[Row]:
    name = work.connection.name
    return [row for kind in source.kinds for row in work.ledger.outbox.open(name, kind) if source.owns(row)]


def _batches(facts: Iterator[Fact]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    try:
        for fact in facts:
            batch.append(fact)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except AdapterBug:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _decide(desk: Desk, facts: Sequence[Fact]) -> None:
    work, report = desk.work, desk.report
    sales = work.ledger.sales.by_ref(work.connection.store, {fact.ref for fact in facts})
    ours = [(fact, sales[fact.ref]) for fact in facts if _is_ours(work, sales.get(fact.ref))]
    report.skipped += len(facts) - len(ours)
    rows = _rows(work, {sale.amazon_order_id for _, sale in ours})
    found = [(fact, sale, rows[sale.amazon_order_id]) for fact, sale in ours]
    untold = {
        sale.amazon_order_id
        for fact, sale, known in found
        if (last := _last(desk, fact, known)) is None or last.state in UNSENT
    }
    if desk.source.refresh(work, untold):
        anew = work.ledger.sales.by_id(work.connection.name, untold)
        found = [(fact, anew.get(sale.amazon_order_id, sale), known) for fact, sale, known in found]
    _carry(desk, found)


def _last(desk: Desk, fact: Fact, rows: Sequence[Row]) -> Row | None:
    """The newest command for a record."""
    cause = desk.source.cause(fact)
    return next((row for row in reversed(rows) if row.cause == cause and desk.source.owns(row)), None)


def _decide_again(desk: Desk, waiting: Sequence[Row]) -> None:
    """What was not sent yet may be another thing now: settings, Amazon's record or other commands have changed."""
    work = desk.work
    again = [row for row in waiting if (row.amazon_order_id, row.cause) not in desk.decided]
    for start in range(0, len(again), BATCH):
        some = again[start : start + BATCH]
        ids = {row.amazon_order_id for row in some}
        desk.source.refresh(work, ids)
        sales = work.ledger.sales.by_id(work.connection.name, ids)
        rows = _rows(work, set(sales))
        found = []
        for row in some:
            payload = work.ledger.outbox.payload(row)
            if payload is not None and row.amazon_order_id in sales:
                fact, _ = kept(payload)
                found.append((fact, sales[row.amazon_order_id], rows[row.amazon_order_id]))
        _carry(desk, found, again=True)


def _rows(work: Work, ids: set[str]) -> dict[str, list[Row]]:
    """The commands of some orders; in a dry run also those that a real one would have written by now."""
    rows = work.ledger.outbox.of(work.connection.name, ids)
    found = {order_id: rows.get(order_id, []) for order_id in ids}
    if work.dry:
        for order_id in ids:
            found[order_id] = work.foreseen.setdefault(order_id, found[order_id])
    return found


def _carry(desk: Desk, found: Sequence[_Found], *, again: bool = False) -> None:
    """Decide on some records, each knowing of those before it, and write what follows in one transaction."""
    work, source = desk.work, desk.source
    decided: list[tuple[Intent, Row | None]] = []
    throttled: AmazonThrottled | None = None
    for fact, sale, rows in found:
        cause = source.cause(fact)
        if (sale.amazon_order_id, cause) in desk.decided:
            continue  # listed twice
        last = _last(desk, fact, rows)
        if last is not None and not again and _is_settled(fact, last, kept=last.id not in desk.forgotten):
            desk.report.unchanged += 1
            continue
        try:
            outcome = _outcome(desk, fact, sale, rows)
        except AmazonThrottled as error:
            throttled = error
            break
        desk.decided.add((sale.amazon_order_id, cause))
        intent = intent_of(
            fact, sale, outcome, connection=work.connection.name, cause=cause,
            kind=last.kind if last is not None else source.kinds[0],
            may_be_units=source.kinds[0] != CommandKind.CONFIRM,
        )  # fmt: skip
        if isinstance(outcome, Command):
            desk.at_hand[(sale.amazon_order_id, cause)] = outcome
        _count(desk, intent)
        foresee(rows, intent, last)
        decided.append((intent, last))
    _write(work, decided)
    if throttled is not None:
        raise throttled


def _outcome(desk: Desk, fact: Fact, sale: Sale, rows: Sequence[Row]) -> Outcome:
    """What the rule says; a record that cannot be decided on stops nothing but itself."""
    try:
        return desk.source.decide(desk.work, fact, sold(desk.work, sale, rows))
    except (AmazonRejected, PayloadError, StoreError) as error:
        if isinstance(error, StoreUnavailable):
            raise
        step = TraceStep(desk.source.flow, Reason.FAILING, str(error))
        return Hold(reason=Reason.FAILING, detail=str(error), trace=(step,))


def _write(work: Work, decided: Sequence[tuple[Intent, Row | None]]) -> None:
    if work.keeper is None:
        _plan(work, (intent for intent, _ in decided))
    elif decided:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.outbox.intend([intent for intent, _ in decided])
            for intent, last in decided:
                if last is not None and last.kind != intent.kind and last.state in UNSENT:
                    work.ledger.outbox.move(last, CommandState.SKIPPED, detail=f"it became: {intent.kind}")
            for intent, last in decided:
                note(work, intent, last)


def _is_ours(work: Work, sale: Sale | None) -> bool:
    return sale is not None and sale.connection == work.connection.name


def _is_settled(fact: Fact, last: Row, *, kept: bool) -> bool:
    """Whether this very record was decided on, once for all."""
    # A time that went back is a change as well: a clock that was ahead has been set right.
    if fact.updated_at != last.updated_at or last.state == CommandState.HELD:
        return False
    return last.state != CommandState.INTENDED or kept


def _count(desk: Desk, intent: Intent) -> None:
    report = desk.report
    match intent.state:
        case CommandState.HELD:
            report.held += 1
        case CommandState.SKIPPED:
            report.skipped += 1
        case _:
            pass


def _plan(work: Work, intents: Iterable[Intent]) -> None:
    if work.plan is None:
        return
    for intent in intents:
        action = {"held": "hold", "skipped": "skip"}.get(str(intent.state), str(intent.kind))
        work.plan.append(
            PlannedOrder(
                connection=work.connection.name,
                amazon_order_id=intent.amazon_order_id,
                action=action,
                reason=intent.reason,
                total=None,
                currency="",
                detail=intent.detail,
            )
        )
