"""The shipments flow: what left the store is confirmed at Amazon, each package once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ..amazon import FULFILMENT, fulfilment_feed
from ..ledger import Command as Row
from ..model import Command, CommandKind, Confirm, FlowReport, Shipment, Sold
from ..rules import confirm
from .commanding import read
from .freshness import read_stale
from .intending import Outcome
from .order_feeds import Channel, send_feeds
from .proving import settle
from .sending import send_confirmations
from .source import Source
from .steps import in_peace
from .work import Work


def _ask(work: Work, since: datetime) -> Iterator[Shipment]:
    return work.hooks.store_list_shipments(since)


def _decide(work: Work, shipment: Shipment, sold: Sold) -> Outcome:
    carrier = None
    if work.hooks.implemented("rule_carrier"):
        carrier = work.hooks.rule_carrier(shipment, work.connection)
    return confirm(shipment, sold, work.connection, carrier=carrier, now=work.now())


SOURCE = Source(flow="shipments", kinds=(CommandKind.CONFIRM,), ask=_ask, decide=_decide, refresh=read_stale)


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
    in_peace(work, report, lambda: _sync(work, report))


def _sync(work: Work, report: FlowReport) -> None:
    desk = read(work, SOURCE, report)
    if work.keeper is not None:
        in_peace(
            work,
            report,
            lambda: send_confirmations(work, desk.at_hand, report),
            lambda: send_feeds(work, PACKAGES, desk.at_hand, report),
            lambda: settle(work),
        )
    if desk.stopped is not None:
        raise desk.stopped


def read_shipments(work: Work) -> None:
    """What left the store, decided to the end, without sending anything: a cancellation has to know."""
    desk = read(work, SOURCE, FlowReport(flow=SOURCE.flow))
    if desk.stopped is not None:
        raise desk.stopped
