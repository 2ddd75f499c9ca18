"""Commands on their way to Amazon: each is on record before it is sent, and what came of it after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ..errors import AmazonAuthError, AmazonError, AmazonRejected, AmazonThrottled, AmazonUnavailable
from ..ledger import Command as Row
from ..model import MARKETPLACES, Command, CommandKind, CommandState, Confirm, FlowReport
from . import carrier_share
from .patience import pay
from .proving import LOOKS, SURE_AFTER, prove
from .steps import command_of, in_peace, move, refuse
from .work import Work

BY_CALL = 200
"""More packages than this in one run go by feed: two calls a second are all that Amazon allows."""
_TRIES = (1, 5, 30, 120, 480)
"""Minutes until the next try of what certainly did not arrive."""


def send_confirmations(work: Work, at_hand: Mapping[tuple[str, str], Command], report: FlowReport) -> None:
    """Prove what was sent before, then send what is to be sent by call. `AmazonThrottled` ends it in peace."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    before = work.ledger.outbox.open(work.connection.name, CommandKind.CONFIRM)
    in_peace(work, report, lambda: prove(work, before, report))
    rows = _newest(work, work.ledger.outbox.open(work.connection.name, CommandKind.CONFIRM))
    rows = [row for row in rows if row.road == "call"]
    ready = [row for row in rows if row.state == CommandState.INTENDED]
    if len(ready) > BY_CALL:
        ready = _by_feed(work, ready)
    busy = {(row.amazon_order_id, row.cause) for row in rows if _is_open(row)}
    for row in ready:
        if (row.amazon_order_id, row.cause) in busy or not work.is_due(row.next_due):
            continue
        command = command_of(work, row, at_hand)
        if isinstance(command, Confirm):
            _confirm(work, row, command, report)


def _is_open(row: Row) -> bool:
    """Whether Amazon has to be asked what it has before another word on the package. With a reason, it was asked."""
    return row.state == CommandState.SENT or (row.state == CommandState.UNKNOWN and row.reason is None)


def _newest(work: Work, rows: list[Row]) -> list[Row]:
    """Without what a newer word on the same package has overtaken: sent late, it would undo that."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    last = {(row.amazon_order_id, row.cause): row.version for row in rows}  # oldest first
    old = [
        row
        for row in rows
        if row.state == CommandState.INTENDED and row.version < last[(row.amazon_order_id, row.cause)]
    ]
    if old:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.outbox.move_all(
                (row, CommandState.SKIPPED, {"detail": "replaced by a newer one"}) for row in old
            )
    return [row for row in rows if row not in old]


def _by_feed(work: Work, ready: list[Row]) -> list[Row]:
    """Turn packages of orders that have not taken a road yet over to a feed; what is left goes by call."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    others = work.ledger.outbox.of(work.connection.name, {row.amazon_order_id for row in ready})
    fixed = {
        order_id
        for order_id, rows in others.items()
        if any(row.sent_at is not None and row.kind == CommandKind.CONFIRM for row in rows)
    }
    turned = [row for row in ready if row.amazon_order_id not in fixed]
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.outbox.move_all(
            (row, CommandState.INTENDED, {"road": "feed", "detail": "by feed, with many others"}) for row in turned
        )
    return [row for row in ready if row.amazon_order_id in fixed]


def _confirm(work: Work, row: Row, confirm: Confirm, report: FlowReport) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    sale = work.ledger.sales.by_id(work.connection.name, (row.amazon_order_id,)).get(row.amazon_order_id)
    if sale is None:
        return
    pay(work, "confirmShipment")
    work.keeper.keep()
    sent = move(work, row, CommandState.SENT, sent_at=work.now(), detail=f"as package {row.number}")
    if sent is None:
        return
    try:
        work.client.confirm_shipment(
            confirm,
            marketplace_id=MARKETPLACES[sale.marketplace].id,
            package_reference_id=str(row.number),
        )
    except AmazonRejected as error:
        refuse(work, sent, str(error))
        report.failed += 1
    except AmazonUnavailable as error:
        if error.outcome_unknown:
            move(work, sent, CommandState.UNKNOWN, detail=str(error), next_due=work.now() + SURE_AFTER)
        else:
            _not_sent(work, sent, error)
        report.failed += 1
    except (AmazonThrottled, AmazonAuthError) as error:
        _not_sent(work, sent, error)
        raise
    else:
        report.sent += 1
        due = work.now() + LOOKS[0]
        with work.ledger.transaction(work.keeper.lease):
            if work.ledger.outbox.move(sent, CommandState.ACCEPTED, detail="Amazon took it", attempts=0, next_due=due):
                carrier_share.count(work, sent, confirm)


def _not_sent(work: Work, row: Row, error: AmazonError) -> None:
    """It certainly did not arrive: to be sent later."""
    attempts = row.attempts + 1
    wait = timedelta(minutes=_TRIES[min(attempts, len(_TRIES)) - 1])
    if isinstance(error, (AmazonThrottled, AmazonAuthError)):
        attempts, wait = row.attempts, timedelta()
    move(work, row, CommandState.INTENDED, detail=str(error), attempts=attempts, next_due=work.now() + wait)
