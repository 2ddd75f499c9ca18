"""The cancellations flow: what the store cancelled is cancelled at Amazon, whole orders and single units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps

from ..amazon import ACKNOWLEDGEMENT, ADJUSTMENT, acknowledgement_feed, adjustment_feed
from ..ledger import Command as Row
from ..model import (
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    Command,
    CommandKind,
    FlowReport,
    SendRefund,
    Sold,
)
from ..rules import cancel
from .commanding import read
from .intending import Outcome
from .order_feeds import Channel, send_feeds
from .proving import prove_cancellations
from .shipments import read_shipments
from .source import Source
from .steps import in_peace
from .work import Work


def _ask(work: Work, since: datetime) -> Iterator[Cancellation]:
    if not work.hooks.implemented("store_list_cancellations"):
        return iter(())
    return work.hooks.store_list_cancellations(since)


def _decide(work: Work, cancellation: Cancellation, sold: Sold) -> Outcome:
    return cancel(cancellation, sold, work.connection, now=work.now())


SOURCE = Source(flow="cancellations", kinds=(CommandKind.CANCEL, CommandKind.CANCEL_UNITS), ask=_ask, decide=_decide)


def _refusals(seller_id: str, commands: Sequence[tuple[Row, Command]]) -> bytes:
    return acknowledgement_feed(
        seller_id, [(row.message or 0, command) for row, command in commands if isinstance(command, CancelAtAmazon)]
    )


def _key(row: Row) -> str:
    """The same for ever, whatever ledger it is in: one that was restored from a backup gives no refund twice."""
    told = dumps([row.amazon_order_id, str(row.kind), row.cause, row.version])
    return sha256(told.encode()).hexdigest()[:16]


def adjustments(seller_id: str, commands: Sequence[tuple[Row, Command]]) -> bytes:
    """Cancelled units and refunds, each under its key."""
    return adjustment_feed(
        seller_id,
        [
            (row.message or 0, command, _key(row))
            for row, command in commands
            if isinstance(command, (CancelUnitsAtAmazon, SendRefund))
        ],
    )


ORDERS = Channel(
    type=ACKNOWLEDGEMENT,
    kinds=(CommandKind.CANCEL,),
    build=_refusals,
    first_look=timedelta(minutes=1),
    whole_orders=True,
)
ADJUSTMENTS = Channel(
    type=ADJUSTMENT,
    kinds=(CommandKind.CANCEL_UNITS, CommandKind.REFUND),
    build=adjustments,
    first_look=None,
)


# Refunds wait for their own flow, which decides them anew first.
UNITS = replace(ADJUSTMENTS, kinds=(CommandKind.CANCEL_UNITS,))


def sync_cancellations(work: Work, report: FlowReport) -> None:
    """One run of the flow. Packages are read first: an order of which anything left is never cancelled as a whole."""
    in_peace(work, report, lambda: _sync(work, report))


def _sync(work: Work, report: FlowReport) -> None:
    read_shipments(work)
    desk = read(work, SOURCE, report)
    if work.keeper is not None:
        in_peace(
            work,
            report,
            lambda: prove_cancellations(work, report),
            lambda: send_feeds(work, ORDERS, desk.at_hand, report),
            lambda: send_feeds(work, UNITS, desk.at_hand, report),
        )
    if desk.stopped is not None:
        raise desk.stopped
