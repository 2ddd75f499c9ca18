"""Commands that go by feed: many in one document, each step on record, each message's answer read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..amazon import XML_TYPE, processing_report
from ..errors import AmazonRejected, AmazonThrottled, AmazonUnavailable, PayloadError
from ..ledger import Command as Row
from ..ledger import FeedRow, FeedState
from ..model import MARKETPLACES, ZERO, Command, CommandKind, CommandState, FlowReport, Reason
from .steps import command_of, name_of, refuse
from .work import Work

MOST = 5_000
"""Messages in one feed: a file stays well under Amazon's 10 MiB."""
DEADLINE = timedelta(hours=24)
"""A feed that Amazon has not ended by then counts as unknown."""
AGAIN = timedelta(minutes=5)
"""After an answer that got lost: how long to wait before Amazon is asked once more what it has."""
_POLLS = (1, 2, 5, 10, 15)
"""Minutes between looks at a feed that Amazon works on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One type of feed, and what goes into it."""

    type: str
    kinds: tuple[CommandKind, ...]
    build: Callable[[str, Sequence[tuple[Row, Command]]], bytes]
    """From the seller's id and the commands, in the order of their messages."""
    first_look: timedelta | None
    """When to look for the effect after Amazon took a message; `None`: it shows none."""


@dataclass(kw_only=True, slots=True)
class Desk:
    """One channel in one run."""

    work: Work
    channel: Channel
    report: FlowReport
    at_hand: Mapping[tuple[str, str], Command] = field(default_factory=dict)

    def move(self, feed: FeedRow, state: FeedState, /, **what: Any) -> FeedRow:
        """The feed's next step, in a transaction of its own."""
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        with work.ledger.transaction(work.keeper.lease):
            return work.ledger.feeds.move(feed, state, **what)


def send_feeds(work: Work, channel: Channel, at_hand: Mapping[tuple[str, str], Command], report: FlowReport) -> None:
    """Bring the open feeds of a channel further, then send what waits. `AmazonThrottled` ends it in peace."""
    desk = Desk(work=work, channel=channel, report=report, at_hand=at_hand)
    for feed in work.ledger.feeds.open(work.connection.name):
        if feed.type == channel.type and (feed.next_due is None or feed.next_due <= work.now()):
            _further(desk, feed)
    for feed in _fill(desk):
        _further(desk, feed)


def _fill(desk: Desk) -> list[FeedRow]:
    """Put what is to be sent into new feeds, one for a marketplace, and commit that before anything is sent."""
    work, channel = desk.work, desk.channel
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    ready = [
        row
        for kind in channel.kinds
        for row in work.ledger.outbox.open(work.connection.name, kind)
        if row.state == CommandState.INTENDED
        and row.road == "feed"
        and (row.next_due is None or row.next_due <= work.now())
        and command_of(work, row, desk.at_hand) is not None
    ]
    sales = work.ledger.sales.by_id(work.connection.name, {row.amazon_order_id for row in ready})
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in ready:
        if row.amazon_order_id in sales:
            groups[sales[row.amazon_order_id].marketplace].append(row)
    feeds = []
    for country, rows in groups.items():
        for start in range(0, len(rows), MOST):
            part = rows[start : start + MOST]
            with work.ledger.transaction(work.keeper.lease):
                feed = work.ledger.feeds.add(work.connection.name, channel.type, MARKETPLACES[country].id, len(part))
                work.ledger.outbox.move_all(
                    (
                        row,
                        CommandState.SENT,
                        {"feed": feed.id, "message": number, "sent_at": work.now(), "detail": f"in feed {feed.id}"},
                    )
                    for number, row in enumerate(part, start=1)
                )
            feeds.append(feed)
    return feeds


def _further(desk: Desk, feed: FeedRow) -> None:
    assert desk.work.keeper is not None  # noqa: S101 - a dry run never gets here
    desk.work.keeper.keep()
    try:
        match feed.state:
            case FeedState.INTENDED:
                _create(desk, feed)
            case FeedState.CREATING:
                _look_for(desk, feed)
            case _:
                _poll(desk, feed)
    except AmazonThrottled as error:
        desk.move(feed, feed.state, next_due=desk.work.now() + timedelta(seconds=error.retry_after))
        raise


def _create(desk: Desk, feed: FeedRow) -> None:
    work = desk.work
    rows = work.ledger.outbox.in_feed(feed.connection, feed.id)
    whole = [(row, command_of(work, row, desk.at_hand)) for row in rows]
    commands = [(row, command) for row, command in whole if command is not None]
    if len(commands) < len(rows):
        # Nothing is kept of them without a key, and the process that knew them is gone: decided anew.
        _release(desk, feed, "what was to be sent is not kept; decided anew")
        return
    body = desk.channel.build(work.connection.seller_id, commands)
    try:
        document = work.client.feeds.create_document(XML_TYPE)
        work.client.feeds.upload(document, body, XML_TYPE)
    except (AmazonUnavailable, AmazonRejected, PayloadError) as error:
        desk.move(feed, feed.state, next_due=work.now() + AGAIN, detail=str(error))
        desk.report.failed += 1
        return
    # On record before it is asked for: after a crash Amazon's list tells whether it was carried out.
    feed = desk.move(
        feed, FeedState.CREATING, document=document.id, sent_at=work.now(), next_due=work.now(), detail=feed.detail
    )
    try:
        number = work.client.feeds.create(feed.type, (feed.marketplace,), document.id)
    except AmazonRejected as error:
        desk.move(feed, FeedState.FAILED, next_due=None, detail=str(error))
        for row in work.ledger.outbox.in_feed(feed.connection, feed.id):
            refuse(work, row, str(error))
        desk.report.failed += len(rows)
    except AmazonUnavailable as error:
        if not error.outcome_unknown:
            desk.move(feed, FeedState.INTENDED, next_due=work.now() + AGAIN, detail=str(error))
        desk.report.failed += 1
    else:
        _created(desk, feed, number)


def _created(desk: Desk, feed: FeedRow, number: str) -> None:
    now = desk.work.now()
    desk.report.sent += feed.messages
    desk.move(
        feed, FeedState.CREATED, feed=number, deadline=now + DEADLINE,
        next_due=now + timedelta(minutes=_POLLS[0]), detail="Amazon has it",
    )  # fmt: skip


def _look_for(desk: Desk, feed: FeedRow) -> None:
    """Its answer got lost: Amazon's own list says whether it has a feed that none of ours is."""
    work = desk.work
    assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
    ours = work.ledger.feeds.amazon_ids(feed.connection, feed.type)
    since = feed.sent_at - timedelta(seconds=60)
    strange = [found for found in work.client.feeds.search((feed.type,), since) if found.id not in ours]
    if len(strange) == 1:
        _created(desk, feed, strange[0].id)
    elif strange:
        _unknown(desk, feed, f"Amazon has {len(strange)} feeds that may be this one")
    elif work.now() - feed.sent_at < AGAIN:
        desk.move(feed, feed.state, next_due=feed.sent_at + AGAIN)
    elif feed.detail == _SECOND:
        _unknown(desk, feed, "Amazon gave no answer twice and lists no such feed")
    else:
        _create(desk, desk.move(feed, FeedState.INTENDED, next_due=work.now(), detail=_SECOND))


_SECOND = "sent once more: Amazon has no such feed"


def _poll(desk: Desk, feed: FeedRow) -> None:
    work = desk.work
    found = work.client.feeds.get(feed.feed)
    match found.status:
        case "DONE" | "FATAL" if found.result_document_id:
            _read(desk, feed, work.client.feeds.result(found.result_document_id))
        case "DONE" | "FATAL":
            _unknown(desk, feed, f"Amazon ended the feed as {found.status} and gives no report")
        case "CANCELLED":
            desk.move(feed, FeedState.FAILED, next_due=None, detail="cancelled at Amazon")
            for row in work.ledger.outbox.in_feed(feed.connection, feed.id):
                refuse(work, row, "the feed was cancelled at Amazon")
        case _ if feed.deadline is not None and work.now() >= feed.deadline:
            _unknown(desk, feed, f"Amazon did not end the feed in {DEADLINE.total_seconds() / 3600:.0f} hours")
        case _:
            desk.move(feed, feed.state, next_due=work.now() + _patience(work.now(), feed), detail=found.status)


def _patience(now: datetime, feed: FeedRow) -> timedelta:
    """How long to wait before the next look: the longer, the longer it has taken."""
    assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
    waited = (now - feed.sent_at).total_seconds() / 60
    return timedelta(minutes=next((minutes for minutes in reversed(_POLLS) if waited >= minutes), _POLLS[0]))


def _read(desk: Desk, feed: FeedRow, body: bytes) -> None:
    """Each message's own answer. A report that is cut or says less than it should proves nothing."""
    work = desk.work
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    try:
        report = processing_report(body)
    except PayloadError as error:
        _unknown(desk, feed, f"Amazon's report cannot be read: {error}")
        return
    rows = work.ledger.outbox.in_feed(feed.connection, feed.id)
    if not report.complete or report.processed < len(rows):
        _unknown(desk, feed, f"Amazon's report speaks of {report.processed} of {len(rows)} messages")
        return
    desk.move(feed, FeedState.DONE, next_due=None, detail=f"{report.successful} of {len(rows)} carried out")
    for row in rows:
        if row.state not in (CommandState.SENT, CommandState.UNKNOWN):
            continue
        result = report.result(row.message or 0)
        if result is not None and result.error:
            refuse(work, row, f"{result.code}: {result.text}" if result.code else result.text)
            desk.report.failed += 1
        else:
            _accepted(desk, row)


def _accepted(desk: Desk, row: Row) -> None:
    work, look = desk.work, desk.channel.first_look
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        done = work.ledger.outbox.move(
            row, CommandState.ACCEPTED, detail="Amazon took it", next_due=None if look is None else work.now() + look
        )
    if done and row.kind == CommandKind.REFUND and work.hooks.implemented("on_refund_sent"):
        sale = work.ledger.sales.by_id(row.connection, (row.amazon_order_id,)).get(row.amazon_order_id)
        total = sum((amount for *_, amount in row.amounts), ZERO)
        currency = MARKETPLACES[sale.marketplace].currency if sale else ""
        work.hooks.on_refund_sent(row.connection, row.amazon_order_id, row.store_ref, total, currency)


def _release(desk: Desk, feed: FeedRow, why: str) -> None:
    """Nothing was sent: its commands are to be sent again, in another feed."""
    work = desk.work
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.feeds.move(feed, FeedState.FAILED, next_due=None, detail=why)
        work.ledger.outbox.move_all(
            (row, CommandState.INTENDED, {"feed": None, "message": None, "sent_at": None, "detail": why})
            for row in work.ledger.outbox.in_feed(feed.connection, feed.id)
        )


def _unknown(desk: Desk, feed: FeedRow, why: str) -> None:
    """It may have happened: looked for at Amazon, and never sent again by itself."""
    work = desk.work
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.feeds.move(feed, FeedState.UNKNOWN, next_due=None, detail=why)
        for row in work.ledger.outbox.in_feed(feed.connection, feed.id):
            if row.state == CommandState.SENT:
                work.ledger.outbox.move(row, CommandState.UNKNOWN, detail=why, reason=str(Reason.NOT_VERIFIED))
                work.ledger.inbox.open(
                    row.connection, row.amazon_order_id, str(Reason.NOT_VERIFIED), f"{name_of(row)}: {why}"
                )
    desk.report.failed += feed.messages
