"""From what the store did to commands in the outbox: read, decide, write. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from ..ledger import Command as Row
from ..ledger import Cursor, Intent, Sale
from ..model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Command,
    CommandKind,
    CommandState,
    Confirm,
    FlowReport,
    Hold,
    PlannedOrder,
    Reason,
    SendRefund,
    Skip,
    Sold,
    TraceStep,
    Units,
    Wait,
)
from ..rules import fingerprint
from .kept import Fact, keep, kept
from .selling import sold
from .work import Work

OVERLAP = timedelta(minutes=10)
"""Each question to the store begins this much before the newest record seen."""
BATCH = 100
UNSENT = (CommandState.HELD, CommandState.INTENDED)
REFUND = "refund "
"""Before the id of a refund: until anything has left, it is a cancellation, which has ids of its own."""

Outcome = Command | Skip | Hold | Wait
"""What a rule of the way back answers."""

_WHERE_OF = {
    Confirm: CommandKind.CONFIRM,
    CancelAtAmazon: CommandKind.CANCEL,
    CancelUnitsAtAmazon: CommandKind.CANCEL_UNITS,
    SendRefund: CommandKind.REFUND,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One list that the store gives, and the rule that turns its records into commands."""

    flow: str
    kinds: tuple[CommandKind, ...]
    """What a record may become; the first is that of one for which there is no command yet."""
    ask: Callable[[Work, datetime], Iterator[Any]]
    decide: Callable[[Work, Any, Sold], Outcome]
    prefix: str = ""
    """Before the store's id, where ids of two lists would meet under one kind."""

    def cause(self, fact: Fact) -> str:
        """What tells the record from every other of its order."""
        return self.prefix + fact.id

    def owns(self, row: Row) -> bool:
        """Whether the row is of one of this list's records."""
        return row.kind in self.kinds and row.cause.startswith(REFUND) == (self.prefix == REFUND)


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
    desk = work.desks[source.flow] = Desk(work=work, source=source, report=report)
    cursor = work.ledger.cursors.get(work.connection.name, source.flow) or Cursor(
        connection=work.connection.name, flow=source.flow
    )
    waiting = [row for row in _open(work, source) if row.state in UNSENT]
    newest = cursor.watermark
    for batch in _batches(source.ask(work, _since(work, cursor, waiting))):
        report.seen += len(batch)
        _decide(desk, batch)
        newest = max([newest, *(fact.updated_at for fact in batch)] if newest else [f.updated_at for f in batch])
    _decide_again(desk, waiting)
    if work.keeper is not None and newest is not None:
        # A record dated in the future must not hide those of today.
        moved = replace(cursor, watermark=min(newest, work.now()), last_success=work.now(), next_due=None)
        if moved.watermark != cursor.watermark or cursor.next_due is not None:
            with work.ledger.transaction(work.keeper.lease):
                work.ledger.cursors.save(moved)
    return desk


def _open(work: Work, source: Source) -> list[Row]:
    name = work.connection.name
    return [row for kind in source.kinds for row in work.ledger.outbox.open(name, kind) if source.owns(row)]


def _since(work: Work, cursor: Cursor, waiting: Iterable[Row]) -> datetime:
    """Where to begin: without a key nothing is kept of what waits, so the store is asked for it again."""
    start = work.connection.sync_from
    assert isinstance(start, datetime)  # noqa: S101 - set when the connection is saved; this tells the type checker
    since = cursor.watermark - OVERLAP if cursor.watermark else start
    if not work.ledger.can_keep_personal_data:
        since = min([since, *(row.updated_at for row in waiting)])
    return since


def _batches(facts: Iterator[Fact]) -> Iterator[list[Any]]:
    while batch := list(islice(facts, BATCH)):
        yield batch


def _decide(desk: Desk, facts: Sequence[Fact]) -> None:
    work, report = desk.work, desk.report
    sales = work.ledger.sales.by_ref(work.connection.store, {fact.ref for fact in facts})
    ours = [(fact, sales[fact.ref]) for fact in facts if _is_ours(work, sales.get(fact.ref))]
    report.skipped += len(facts) - len(ours)
    rows = work.ledger.outbox.of(work.connection.name, {sale.amazon_order_id for _, sale in ours})
    _carry(desk, [(fact, sale, rows.get(sale.amazon_order_id, [])) for fact, sale in ours])


def _decide_again(desk: Desk, waiting: Sequence[Row]) -> None:
    """What is held may go now: settings, Amazon's record or other commands have changed."""
    work = desk.work
    again = [
        row
        for row in waiting
        if row.state == CommandState.HELD and (row.amazon_order_id, row.cause) not in desk.decided
    ]
    for start in range(0, len(again), BATCH):
        some = again[start : start + BATCH]
        sales = work.ledger.sales.by_id(work.connection.name, {row.amazon_order_id for row in some})
        rows = work.ledger.outbox.of(work.connection.name, sales)
        found = []
        for row in some:
            payload = work.ledger.outbox.payload(row)
            if payload is not None and row.amazon_order_id in sales:
                fact, _ = kept(payload)
                found.append((fact, sales[row.amazon_order_id], rows[row.amazon_order_id]))
        _carry(desk, found, again=True)


def _carry(desk: Desk, found: Sequence[tuple[Fact, Sale, list[Row]]], *, again: bool = False) -> None:
    """Decide on some records and write what follows in one transaction."""
    work, source = desk.work, desk.source
    intents: list[Intent] = []
    before: list[Row | None] = []
    for fact, sale, rows in found:
        cause = source.cause(fact)
        last = next((row for row in reversed(rows) if row.cause == cause and source.owns(row)), None)
        if last is not None and not again and _is_settled(fact, last, kept_here=work.ledger.can_keep_personal_data):
            desk.report.unchanged += 1
            continue
        outcome = source.decide(work, fact, sold(work, sale, rows))
        desk.decided.add((sale.amazon_order_id, cause))
        intent = _intent(work, source, fact, sale, outcome, last)
        if isinstance(outcome, Command):
            desk.at_hand[(sale.amazon_order_id, cause)] = outcome
        _count(desk, intent, again=again)
        intents.append(intent)
        before.append(last)
    if work.keeper is None:
        _plan(work, intents)
        return
    if not intents:
        return
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.outbox.intend(intents)
        for intent, last in zip(intents, before, strict=True):
            if last is not None and last.kind != intent.kind and last.state in UNSENT:
                work.ledger.outbox.move(last, CommandState.SKIPPED, detail=f"it became: {intent.kind}")
            _note(work, intent, last)


def _is_ours(work: Work, sale: Sale | None) -> bool:
    return sale is not None and sale.connection == work.connection.name


def _is_settled(fact: Fact, last: Row, *, kept_here: bool) -> bool:
    """Whether this very record was decided on, once for all."""
    if fact.updated_at > last.updated_at or last.state == CommandState.HELD:
        return False
    return last.state != CommandState.INTENDED or kept_here


def _intent(work: Work, source: Source, fact: Fact, sale: Sale, outcome: Outcome, last: Row | None) -> Intent:
    state, reason = CommandState.INTENDED, None
    kind = last.kind if last is not None else source.kinds[0]
    command: Command | None = None
    match outcome:
        case Skip():
            state, reason = CommandState.SKIPPED, outcome.reason
        case Wait(units=units) if units and source.kinds[0] != CommandKind.CONFIRM:
            state, reason, kind = CommandState.HELD, outcome.reason, CommandKind.CANCEL_UNITS
        case Hold() | Wait():
            state, reason = CommandState.HELD, outcome.reason
        case _:
            command, kind = outcome, _WHERE_OF[type(outcome)]
    return Intent(
        connection=work.connection.name,
        kind=kind,
        amazon_order_id=sale.amazon_order_id,
        cause=source.cause(fact),
        store_ref=sale.ref,
        state=state,
        reason=reason,
        detail=_told(outcome),
        content=fingerprint(command) if command is not None else "",
        road=command.road if isinstance(command, Confirm) else "call" if command is None else "feed",
        units=_units(outcome),
        amounts=_amounts(outcome),
        updated_at=fact.updated_at,
        payload=keep(fact, command),
    )


def _units(outcome: Outcome) -> tuple[Units, ...]:
    return outcome.units if isinstance(outcome, (Confirm, CancelUnitsAtAmazon, Wait)) else ()


def _amounts(outcome: Outcome) -> tuple[tuple[str, str, Decimal], ...]:
    if not isinstance(outcome, SendRefund):
        return ()
    return tuple((item.order_item_id, kind, amount) for item in outcome.items for kind, amount in item.components)


def _told(outcome: Outcome) -> str:
    """How it was decided, in one line: the detail of what waits, the trace of what goes."""
    if isinstance(outcome, (Skip, Hold, Wait)) and outcome.detail:
        return outcome.detail
    return "; ".join(_step(step) for step in outcome.trace)


def _step(step: TraceStep) -> str:
    by = f" (plugin {step.plugin})" if step.plugin else ""
    return (f"{step.outcome}: {step.detail}" if step.detail else f"{step.rule} {step.outcome}") + by


def _note(work: Work, intent: Intent, last: Row | None) -> None:
    """Open or close the inbox: what a person has to do, as long as it has to be done."""
    name, order_id = work.connection.name, intent.amazon_order_id
    if last is not None and last.state == CommandState.HELD and last.reason not in (None, intent.reason):
        work.ledger.inbox.close(name, order_id, last.reason)
    if intent.state == CommandState.HELD and intent.reason != Reason.AWAITS_SHIPMENT:
        work.ledger.inbox.open(name, order_id, str(intent.reason), intent.detail)


def _count(desk: Desk, intent: Intent, *, again: bool) -> None:
    report = desk.report
    match intent.state:
        case CommandState.HELD:
            report.held += 1
        case CommandState.SKIPPED:
            report.skipped += 1
        case _ if again:
            report.changed += 1
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
