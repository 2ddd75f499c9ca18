"""Steps of commands in the outbox, each in a transaction that checks the lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from ..errors import AmazonThrottled
from ..ledger import Command as Row
from ..model import Command, CommandKind, CommandState, FlowReport, Reason
from .kept import kept
from .work import Work


def in_peace(work: Work, report: FlowReport, *steps: Callable[[], object]) -> None:
    """Take each step, one after the other. One that Amazon's quota stops does not stop those after it."""
    for step in steps:
        try:
            step()
        except AmazonThrottled as error:
            report.throttled += 1
            due = work.now() + timedelta(seconds=error.retry_after)
            report.next_due = min(report.next_due, due) if report.next_due else due


def command_of(work: Work, row: Row, at_hand: Mapping[tuple[str, str], Command]) -> Command | None:
    """What a row tells Amazon; `None` where nothing is kept of it: the next run asks the store again."""
    command = at_hand.get((row.amazon_order_id, row.cause))
    if command is not None:
        return command
    payload = work.ledger.outbox.payload(row)
    return kept(payload)[1] if payload is not None else None


def refuse(work: Work, row: Row, why: str) -> None:
    """Amazon said no: a person has to look."""
    move(work, row, CommandState.REFUSED, detail=why, reason=str(Reason.AMAZON_REFUSED))
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.inbox.open(
            work.connection.name, row.amazon_order_id, str(Reason.AMAZON_REFUSED), f"{name_of(row)}: {why}"
        )


def name_of(row: Row) -> str:
    return f"package {row.number}" if row.kind == CommandKind.CONFIRM else f"{row.kind} {row.cause}"


def move(work: Work, row: Row, state: CommandState, **what: object) -> Row | None:
    """The row's next step in a transaction of its own; the row as it is then, `None` where another was faster."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        return work.ledger.outbox.moved(row, state, **what)
