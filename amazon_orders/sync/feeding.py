"""Feeds: one document with many messages, brought further step by step, each step on record before the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ..amazon import Feed
from ..errors import AmazonRejected, AmazonThrottled, AmazonUnavailable, PayloadError
from ..ledger import FeedRow, FeedState
from ..model import FlowReport
from .patience import pay
from .work import Work

DEADLINE = timedelta(hours=24)
"""A feed that Amazon has not ended by then counts as unknown."""
AGAIN = timedelta(minutes=5)
"""After an answer that got lost: how long to wait before Amazon is asked once more what it has."""
_POLLS = (1, 2, 5, 10, 15)
"""Minutes between looks at a feed that Amazon works on."""
_SECOND = "sent once more: Amazon has no such feed"


class Contents(Protocol):
    """What the messages of one type of feed stand for. All but `body` are called inside an open transaction."""

    @property
    def type(self) -> str:
        """Amazon's `feedType`."""

    @property
    def content_type(self) -> str:
        """Of the document."""

    def body(self, feed: FeedRow) -> bytes | None:
        """The document; `None` where it is not to be sent: out of date, or not kept, as without a key."""

    def released(self, feed: FeedRow, why: str) -> None:
        """Nothing was sent: its messages are to be sent in another feed."""

    def refused(self, feed: FeedRow, why: str) -> None:
        """Amazon took none of it."""

    def unknown(self, feed: FeedRow, why: str) -> None:
        """It may have happened: to be looked for at Amazon, never sent again by itself."""

    def fits(self, feed: FeedRow, report: bytes) -> bool:
        """Whether a report may be about this feed. `PayloadError` where it cannot be read."""

    def read(self, feed: FeedRow, report: bytes) -> str:
        """Each message's own answer; what to say of the feed. `PayloadError` where the report proves nothing."""


@dataclass(kw_only=True, slots=True)
class Feeder:
    """Brings feeds of one type further."""

    work: Work
    contents: Contents
    report: FlowReport

    def go_on(self) -> None:
        """Take up every open feed that is due. `AmazonThrottled` where the quota is used up, after all were tried."""
        work = self.work
        throttled: AmazonThrottled | None = None
        for feed in work.ledger.feeds.open(work.connection.name):
            if feed.type == self.contents.type and work.is_due(feed.next_due):
                try:
                    self.further(feed)
                except AmazonThrottled as error:
                    throttled = error
        if throttled is not None:
            raise throttled

    def further(self, feed: FeedRow) -> None:
        """One feed, as far as it goes now. A call that fails stops nothing but this feed, until its time is over."""
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        work.keeper.keep()
        try:
            match feed.state:
                case FeedState.INTENDED:
                    self._create(feed)
                case FeedState.CREATING:
                    self._look_for(feed)
                case _:
                    self._poll(feed)
        except AmazonThrottled as error:
            # Whatever was throttled certainly was not done, so that it stands where it stood before.
            self._move(feed, feed.state, next_due=work.now() + timedelta(seconds=error.retry_after))
            raise
        except (AmazonUnavailable, AmazonRejected, PayloadError) as error:
            if _is_late(work.now(), feed):
                self._give_up(feed, str(error))
            else:
                self._move(feed, feed.state, next_due=work.now() + AGAIN, detail=_kept(feed, str(error)))
                self.report.failed += 1

    def _give_up(self, feed: FeedRow, why: str) -> None:
        """Its time is over. What Amazon was never asked to take, it has not taken."""
        if feed.state == FeedState.INTENDED and feed.detail != _SECOND:
            self._end(feed, FeedState.FAILED, why)
        else:
            self._end(feed, FeedState.UNKNOWN, why)

    def _move(self, feed: FeedRow, state: FeedState, /, **what: Any) -> FeedRow:
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        with work.ledger.transaction(work.keeper.lease):
            return work.ledger.feeds.move(feed, state, **what)

    def _end(self, feed: FeedRow, state: FeedState, why: str) -> None:
        """Nothing more happens to it by itself; its messages say so in the same transaction."""
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.feeds.move(feed, state, next_due=None, detail=why)
            if state == FeedState.UNKNOWN:
                self.contents.unknown(feed, why)
            else:
                self.contents.refused(feed, why)
        self.report.failed += feed.messages

    def _create(self, feed: FeedRow) -> None:
        work, contents = self.work, self.contents
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        body = contents.body(feed)
        if body is None:
            why = "not kept or out of date: decided anew"
            with work.ledger.transaction(work.keeper.lease):
                work.ledger.feeds.move(feed, FeedState.FAILED, next_due=None, detail=why)
                contents.released(feed, why)
            return
        document = work.client.feeds.create_document(contents.content_type)
        work.client.feeds.upload(document, body, contents.content_type)
        pay(work, "createFeed")
        # On record before it is asked for: after a crash Amazon's list tells whether it was carried out.
        sent = self._move(
            feed, FeedState.CREATING, document=document.id, sent_at=work.now(), next_due=work.now(), detail=feed.detail
        )
        try:
            number = work.client.feeds.create(feed.type, (feed.marketplace,), document.id)
        except AmazonRejected as error:
            self._end(sent, FeedState.FAILED, str(error))
        except AmazonUnavailable as error:
            if not error.outcome_unknown:
                raise
            self.report.failed += 1
        else:
            self._created(sent, number)

    def _created(self, feed: FeedRow, number: str) -> FeedRow:
        now = self.work.now()
        self.report.sent += feed.messages
        return self._move(
            feed, FeedState.CREATED, feed=number, deadline=now + DEADLINE,
            next_due=now + timedelta(minutes=_POLLS[0]), detail="Amazon has it",
        )  # fmt: skip

    def _look_for(self, feed: FeedRow) -> None:
        """Its answer got lost: Amazon's own list says whether it has it, and the reports which of the list it is."""
        work = self.work
        assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
        ours = work.ledger.feeds.amazon_ids(feed.connection, feed.type)
        since = feed.opened_at - timedelta(seconds=60)
        strange = [
            found
            for found in work.client.feeds.search((feed.type,), since)
            if found.id not in ours
            and found.marketplace_ids in ((), (feed.marketplace,))
            and found.status != "CANCELLED"
        ]
        running = [found for found in strange if not found.over]
        mine = [found for found in strange if found.over and self._fits(feed, found)]
        if len(mine) == 1 and not running:
            self._poll(self._created(feed, mine[0].id))
        elif mine and not running:
            self._end(feed, FeedState.UNKNOWN, f"Amazon has {len(mine)} feeds that may be this one")
        elif running and _is_late(work.now(), feed):
            self._end(feed, FeedState.UNKNOWN, "Amazon has a feed that may be this one, and did not end it")
        elif running:
            due = work.now() + _patience(work.now(), feed)
            self._move(feed, feed.state, next_due=due, detail=_kept(feed, "Amazon has a feed that may be this one"))
        elif work.now() - feed.sent_at < AGAIN:
            self._move(feed, feed.state, next_due=feed.sent_at + AGAIN)
        elif feed.detail == _SECOND:
            self._end(feed, FeedState.UNKNOWN, "Amazon gave no answer twice and lists no such feed")
        else:
            self.further(self._move(feed, FeedState.INTENDED, next_due=work.now(), detail=_SECOND))

    def _fits(self, feed: FeedRow, found: Feed) -> bool:
        """Whether a feed that is over may be this one. One that left no report may be any."""
        if not found.result_document_id:
            return True
        try:
            return self.contents.fits(feed, self.work.client.feeds.result(found.result_document_id))
        except PayloadError:
            return True

    def _poll(self, feed: FeedRow) -> None:
        work = self.work
        found = work.client.feeds.get(feed.feed)
        match found.status:
            case "DONE" | "FATAL" if found.result_document_id:
                self._read(feed, found.result_document_id)
            case "DONE" | "FATAL":
                self._end(feed, FeedState.UNKNOWN, f"Amazon ended the feed as {found.status} and gives no report")
            case "CANCELLED":
                self._end(feed, FeedState.FAILED, "the feed was cancelled at Amazon")
            case _ if _is_late(work.now(), feed):
                hours = DEADLINE.total_seconds() / 3600
                self._end(feed, FeedState.UNKNOWN, f"Amazon did not end the feed in {hours:.0f} hours")
            case _:
                self._move(feed, feed.state, next_due=work.now() + _patience(work.now(), feed), detail=found.status)

    def _read(self, feed: FeedRow, document: str) -> None:
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        try:
            report = work.client.feeds.result(document)
            with work.ledger.transaction(work.keeper.lease):
                said = self.contents.read(feed, report)
                work.ledger.feeds.move(feed, FeedState.DONE, next_due=None, detail=said)
        except PayloadError as error:
            self._end(feed, FeedState.UNKNOWN, f"Amazon's report cannot be read: {error}")


def _is_late(now: datetime, feed: FeedRow) -> bool:
    deadline = feed.deadline or feed.opened_at + DEADLINE
    return now >= deadline


def _kept(feed: FeedRow, detail: str) -> str:
    """What to write as detail: that it is sent for the second time must not be forgotten."""
    return _SECOND if feed.detail == _SECOND else detail


def _patience(now: datetime, feed: FeedRow) -> timedelta:
    """How long to wait before the next look: the longer, the longer it has taken."""
    assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
    waited = (now - feed.sent_at).total_seconds() / 60
    return timedelta(minutes=next((minutes for minutes in reversed(_POLLS) if waited >= minutes), _POLLS[0]))
