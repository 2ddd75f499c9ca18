"""The shipments flow: what left the store is confirmed at Amazon, each package once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ..amazon import FULFILMENT, fulfilment_feed
from ..errors import AmazonThrottled
from ..ledger import Command as Row
from ..model import Command, CommandKind, Confirm, FlowReport, Shipment, Sold
from ..rules import confirm
from .commanding import Outcome, Source, read
from .order_feeds import Channel, send_feeds
from .sending import send_confirmations
from .work import Work


def _ask(work: Work, since: datetime) -> Iterator[Shipment]:
    return work.hooks.store_list_shipments(since)


def _decide(work: Work, shipment: Shipment, sold: Sold) -> Outcome:
    carrier = None
    if work.hooks.implemented("rule_carrier"):
        carrier = work.hooks.rule_carrier(shipment, work.connection)
    return confirm(shipment, sold, work.connection, carrier=carrier, now=work.now())


SOURCE = Source(flow="shipments", kinds=(CommandKind.CONFIRM,), ask=_ask, decide=_decide)


def _document(seller_id: str, commands: Sequence[tuple[Row, Command]]) -> bytes:
    return fulfilment_feed(
        seller_id,
        [(row.message or 0, command, row.number) for row, command in commands if isinstance(command, Confirm)],
    )


PACKAGES = Channel(
    type=FULFILMENT,
    kinds=(CommandKind.CONFIRM,),
    build=_document,
    first_look=timedelta(minutes=1),
)


def sync_shipments(work: Work, report: FlowReport) -> None:
    """One run of the flow. Throttling ends it early and in peace: `report.next_due` says when to go on."""
    try:
        desk = read(work, SOURCE, report)
        if work.keeper is None:
            return
        send_confirmations(work, desk.at_hand, report)
        send_feeds(work, PACKAGES, desk.at_hand, report)
    except AmazonThrottled as error:
        report.throttled += 1
        report.next_due = work.now() + timedelta(seconds=error.retry_after)


def read_shipments(work: Work) -> None:
    """What left the store, as far as it is decided, without sending anything: a cancellation has to know."""
    read(work, SOURCE, FlowReport(flow=SOURCE.flow))
