"""The inbox, as far as commands go: an entry stays as long as one of the order's commands needs a person."""

from __future__ import annotations

from ..ledger import Command as Row
from ..ledger import Intent
from ..model import CommandKind, CommandState, Reason
from .work import Work

_NEED_A_PERSON = (CommandState.HELD, CommandState.REFUSED, CommandState.UNKNOWN)


def note(work: Work, intent: Intent, last: Row | None) -> None:
    """Open what a person has to do about a record, and close what was to be done about its last version."""
    if last is not None and last.reason not in (None, intent.reason):
        close(work, intent.amazon_order_id, last.reason)
    if intent.state == CommandState.HELD and intent.reason != Reason.AWAITS_SHIPMENT:
        work.ledger.inbox.open(work.connection.name, intent.amazon_order_id, str(intent.reason), intent.detail)
    if intent.kind == CommandKind.CONFIRM and intent.reason == Reason.CANCELLED:
        detail = (
            f"The store sent parcel {intent.cause}, and the order is cancelled at Amazon, which does not pay for it."
        )
        reason = Reason.CANCELLED_AFTER_SHIPPING
        work.ledger.inbox.open(work.connection.name, intent.amazon_order_id, str(reason), detail)


def close(work: Work, order_id: str, *reasons: str) -> None:
    """Close an order's entries, but for those that the newest word on another command still needs. In a transaction."""
    rows = work.ledger.outbox.of(work.connection.name, (order_id,)).get(order_id, [])
    # A parcel and a cancellation may have the same id in the store.
    newest = {(row.kind == CommandKind.CONFIRM, row.cause): row for row in rows if row.state != CommandState.SKIPPED}
    needed = {row.reason for row in newest.values() if row.state in _NEED_A_PERSON}
    for reason in reasons:
        if reason not in needed:
            work.ledger.inbox.close(work.connection.name, order_id, str(reason))
