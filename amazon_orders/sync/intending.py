"""From what a rule says to a row of the outbox. Nothing is asked and nothing is written here."""

from __future__ import annotations

from decimal import Decimal

from ..ledger import Command as Row
from ..ledger import Intent, Sale
from ..model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Command,
    CommandKind,
    CommandState,
    Confirm,
    Hold,
    SendRefund,
    Skip,
    TraceStep,
    Units,
    Wait,
)
from ..rules import fingerprint
from .kept import Fact, keep

Outcome = Command | Skip | Hold | Wait
"""What a rule of the way back answers."""

_KIND_OF = {
    Confirm: CommandKind.CONFIRM,
    CancelAtAmazon: CommandKind.CANCEL,
    CancelUnitsAtAmazon: CommandKind.CANCEL_UNITS,
    SendRefund: CommandKind.REFUND,
}


def intent_of(
    fact: Fact, sale: Sale, outcome: Outcome, *, connection: str, cause: str, kind: CommandKind, may_be_units: bool
) -> Intent:
    """What is to be written. `kind` is that of a record for which nothing is to be sent.

    `may_be_units`: what waits and names units will be a cancellation of units.
    """
    state, reason = CommandState.INTENDED, None
    command: Command | None = None
    match outcome:
        case Skip():
            state, reason = CommandState.SKIPPED, outcome.reason
        case Wait(units=units) if units and may_be_units:
            state, reason, kind = CommandState.HELD, outcome.reason, CommandKind.CANCEL_UNITS
        case Hold() | Wait():
            state, reason = CommandState.HELD, outcome.reason
        case _:
            command, kind = outcome, _KIND_OF[type(outcome)]
    return Intent(
        connection=connection,
        kind=kind,
        amazon_order_id=sale.amazon_order_id,
        cause=cause,
        store_ref=sale.ref,
        state=state,
        reason=reason,
        detail=_told(outcome),
        content=fingerprint(command) if command is not None else "",
        road=command.road if isinstance(command, Confirm) else "call" if command is None else "feed",
        after=command.after if isinstance(command, Confirm) else 0,
        units=_units(outcome),
        amounts=_amounts(outcome),
        updated_at=fact.updated_at,
        payload=keep(fact, command),
    )


def foresee(rows: list[Row], intent: Intent, last: Row | None) -> None:
    """Put into `rows` what the outbox will hold after this intent: the next record of the order is decided by it."""
    if last is not None and last.state in (CommandState.HELD, CommandState.INTENDED):
        rows.remove(last)
    elif last is not None and intent.content in ("", last.content):
        return
    if intent.state == CommandState.SKIPPED:
        return
    number = 0
    if intent.kind == CommandKind.CONFIRM:
        number = last.number if last is not None and last.number else _next(rows, intent)
    rows.append(
        Row(
            id=0, connection=intent.connection, kind=intent.kind, amazon_order_id=intent.amazon_order_id,
            cause=intent.cause, version=1 + max([row.version for row in rows if row.cause == intent.cause], default=0),
            store_ref=intent.store_ref, number=number, state=intent.state, reason=intent.reason, detail=intent.detail,
            road=intent.road, content=intent.content, units=intent.units, amounts=intent.amounts,
            updated_at=intent.updated_at, opened_at=intent.updated_at, changed_at=intent.updated_at, sent_at=None,
            next_due=None, attempts=0, feed=None, message=None,
        )
    )  # fmt: skip


def _next(rows: list[Row], intent: Intent) -> int:
    return max([intent.after, *(row.number for row in rows)]) + 1


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
