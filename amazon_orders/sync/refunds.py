"""The refunds flow: money that the store gave back is given back through Amazon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ..model import CommandKind, FlowReport, Refund, Sold
from ..rules import refund
from .cancellations import ADJUSTMENTS, ORDERS
from .commanding import read
from .intending import Outcome
from .order_feeds import send_feeds
from .shipments import read_shipments
from .source import REFUND, Source
from .steps import in_peace
from .work import Work


def _ask(work: Work, since: datetime) -> Iterator[Refund]:
    if not work.hooks.implemented("store_list_refunds"):
        return iter(())
    return work.hooks.store_list_refunds(since)


def _decide(work: Work, given_back: Refund, sold: Sold) -> Outcome:
    named = replace(given_back, id=REFUND + given_back.id)  # as its commands are
    return refund(named, sold, work.connection, vat_calculated=sold.country in work.tax_seen, now=work.now())


SOURCE = Source(
    flow="refunds",
    kinds=(CommandKind.REFUND, CommandKind.CANCEL, CommandKind.CANCEL_UNITS),
    ask=_ask,
    decide=_decide,
    prefix=REFUND,
)


def sync_refunds(work: Work, report: FlowReport) -> None:
    """One run of the flow. Before anything has left, a refund is a cancellation and goes as one."""
    in_peace(work, report, lambda: _sync(work, report))


def _sync(work: Work, report: FlowReport) -> None:
    read_shipments(work)
    work.tax_seen = set(work.ledger.facts.tax_seen(work.connection.name))
    desk = read(work, SOURCE, report)
    if work.keeper is not None:
        in_peace(
            work,
            report,
            lambda: send_feeds(work, ORDERS, desk.at_hand, report),
            lambda: send_feeds(work, ADJUSTMENTS, desk.at_hand, report),
        )
    if desk.stopped is not None:
        raise desk.stopped
