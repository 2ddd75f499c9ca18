"""Commands of orders that go by feed: which go together, and what Amazon's report says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ..amazon import XML_TYPE, FeedResult, processing_report
from ..errors import PayloadError
from ..ledger import Command as Row
from ..ledger import FeedRow
from ..model import (
    MARKETPLACES,
    ZERO,
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    Command,
    CommandKind,
    CommandState,
    Confirm,
    FlowReport,
    Reason,
)
from . import carrier_share
from .feeding import Feeder
from .proving import tomorrow
from .steps import command_of, name_of
from .whole_orders import still_whole
from .work import Work

MOST = 5_000
"""Messages in one feed: a file stays well under Amazon's 10 MiB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One type of feed, and which commands go into it."""

    type: str
    kinds: tuple[CommandKind, ...]
    build: Callable[[str, Sequence[tuple[Row, Command]]], bytes]
    """From the seller's id and the commands, in the order of their messages."""
    first_look: timedelta | None
    """When to look for the effect after Amazon took a message; `None`: it shows none."""
    whole_orders: bool = False
    """Whether its messages cancel whole orders: after a shipment Amazon would give back all the money."""


def send_feeds(work: Work, channel: Channel, at_hand: Mapping[tuple[str, str], Command], report: FlowReport) -> None:
    """Bring the open feeds of a channel further, then send what waits. `AmazonThrottled` where the quota is used up."""
    contents = Messages(work=work, channel=channel, report=report, at_hand=at_hand)
    feeder = Feeder(work=work, contents=contents, report=report)
    try:
        feeder.go_on()
        for feed in contents.fill():
            feeder.further(feed)
    finally:
        contents.tell()


@dataclass(kw_only=True, slots=True)
class Messages:
    """Commands as the messages of feeds; see `feeding.Contents`."""

    work: Work
    channel: Channel
    report: FlowReport
    at_hand: Mapping[tuple[str, str], Command]
    content_type: str = XML_TYPE
    _refunded: list[Row] = field(default_factory=list)

    @property
    def type(self) -> str:
        """Of the feed."""
        return self.channel.type

    def fill(self) -> list[FeedRow]:
        """Put what is to be sent into new feeds, one for a marketplace, and commit that before anything is sent."""
        work, channel = self.work, self.channel
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        ready = [
            row
            for kind in channel.kinds
            for row in work.ledger.outbox.open(work.connection.name, kind)
            if row.state == CommandState.INTENDED
            and row.road == "feed"
            and work.is_due(row.next_due)
            and command_of(work, row, self.at_hand) is not None
        ]
        if self.channel.whole_orders:
            ready = still_whole(work, ready, self.report)
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
                    feed = work.ledger.feeds.add(
                        work.connection.name, channel.type, MARKETPLACES[country].id, len(part)
                    )
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

    def body(self, feed: FeedRow) -> bytes | None:
        """The document, from what is kept or at hand; `None` too where an order is no longer whole."""
        rows = self._rows(feed)
        if self.channel.whole_orders and len(still_whole(self.work, rows, self.report)) < len(rows):
            return None
        whole = [(row, command_of(self.work, row, self.at_hand)) for row in rows]
        commands = [(row, command) for row, command in whole if command is not None]
        if len(commands) < len(rows):
            return None
        return self.channel.build(self.work.connection.seller_id, commands)

    def released(self, feed: FeedRow, why: str) -> None:
        """To be sent in another feed."""
        self.work.ledger.outbox.move_all(
            (row, CommandState.INTENDED, {"feed": None, "message": None, "sent_at": None, "detail": why})
            for row in self._rows(feed)
            if row.state == CommandState.SENT
        )

    def refused(self, feed: FeedRow, why: str) -> None:
        """Amazon took none of it: a person has to look."""
        for row in self._rows(feed):
            if row.state == CommandState.SENT:
                self._ended(row, CommandState.REFUSED, Reason.AMAZON_REFUSED, why)

    def unknown(self, feed: FeedRow, why: str) -> None:
        """It may have happened."""
        for row in self._rows(feed):
            if row.state == CommandState.SENT:
                self._ended(row, CommandState.UNKNOWN, Reason.NOT_VERIFIED, why)

    def fits(self, feed: FeedRow, report: bytes) -> bool:
        """Whether a report may be about this feed: of as many messages, and of no order that is not in it."""
        found = processing_report(report)
        orders = {row.amazon_order_id for row in self._rows(feed)}
        named = {result.amazon_order_id for result in found.results if result.amazon_order_id}
        return found.processed == feed.messages and named <= orders

    def read(self, feed: FeedRow, report: bytes) -> str:
        """Each message's own answer. A report that says less than it should proves nothing."""
        found = processing_report(report)
        rows = self._rows(feed)
        about_all = found.result(0)
        taken = about_all is None or not about_all.error or bool(found.processed)
        if not found.complete or (taken and found.processed < len(rows)):
            raise PayloadError(feed.feed, {"messages": f"it speaks of {found.processed} of {len(rows)}"})
        for row in rows:
            if row.state not in (CommandState.SENT, CommandState.UNKNOWN):
                continue
            result = found.result(row.message or 0)
            if result is not None and result.error:
                self._ended(row, CommandState.REFUSED, Reason.AMAZON_REFUSED, self._words(row, result))
                self.report.failed += 1
            else:
                self._accepted(row)
        return f"{found.successful} of {len(rows)} carried out"

    def tell(self) -> None:
        """Events, after the commit."""
        work = self.work
        if not work.hooks.implemented("on_refund_sent"):
            return
        sales = work.ledger.sales.by_id(work.connection.name, {row.amazon_order_id for row in self._refunded})
        for row in self._refunded:
            sale = sales.get(row.amazon_order_id)
            currency = MARKETPLACES[sale.marketplace].currency if sale else ""
            total = sum((amount for *_, amount in row.amounts), ZERO)
            work.hooks.on_refund_sent(row.connection, row.amazon_order_id, row.store_ref, total, currency)

    def _rows(self, feed: FeedRow) -> list[Row]:
        return self.work.ledger.outbox.in_feed(feed.connection, feed.id)

    def _ended(self, row: Row, state: CommandState, reason: Reason, why: str) -> None:
        due = tomorrow(self.work) if state == CommandState.UNKNOWN and self.channel.first_look else None
        self.work.ledger.outbox.move(row, state, detail=why, reason=str(reason), next_due=due)
        self.work.ledger.inbox.open(row.connection, row.amazon_order_id, str(reason), f"{name_of(row)}: {why}")

    def _words(self, row: Row, result: FeedResult) -> str:
        """Amazon's words about a message. It may repeat the tracking number, which leads to a person."""
        said = f"{result.code}: {result.text}" if result.code else result.text
        command = command_of(self.work, row, self.at_hand)
        tracking = command.tracking if isinstance(command, Confirm) else ""
        return said.replace(tracking, "…") if tracking else said

    def _accepted(self, row: Row) -> None:
        work, look = self.work, self.channel.first_look
        due = None if look is None else work.now() + look
        command = command_of(work, row, self.at_hand)
        if not work.ledger.outbox.move(
            row, CommandState.ACCEPTED, detail="Amazon took it", attempts=0, reason=None, next_due=due
        ):
            return
        carrier_share.count(work, row, command)
        if row.kind == CommandKind.REFUND:
            self._refunded.append(row)
        if isinstance(command, (CancelAtAmazon, CancelUnitsAtAmazon)) and command.reason == "NoInventory":
            # Amazon leaves the listing low. What the store puts back on its shelf now is not there.
            sale = work.ledger.sales.by_id(row.connection, (row.amazon_order_id,)).get(row.amazon_order_id)
            skus = {line.seller_sku for line in sale.lines} if sale else set()
            work.ledger.stock.fall_only(row.connection, skus, work.now())
