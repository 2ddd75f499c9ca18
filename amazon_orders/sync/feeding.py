"""Feeds: one document with many messages, brought further step by step, each step on record before the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ..errors import AmazonRejected, AmazonThrottled, AmazonUnavailable, PayloadError
from ..ledger import FeedRow, FeedState
from ..model import FlowReport
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
        """The document; `None` where what was to be sent is not kept: without a key it dies with its process."""

    def released(self, feed: FeedRow, why: str) -> None:
        """Nothing was sent: its messages are to be sent in another feed."""

    def refused(self, feed: FeedRow, why: str) -> None:
        """Amazon took none of it."""

    def unknown(self, feed: FeedRow, why: str) -> None:
        """It may have happened: to be looked for at Amazon, never sent again by itself."""

    def read(self, feed: FeedRow, report: bytes) -> str:
        """Each message's own answer; what to say of the feed. `PayloadError` where the report proves nothing."""


@dataclass(kw_only=True, slots=True)
class Feeder:
    """Brings feeds of one type further."""

    work: Work
    contents: Contents
    report: FlowReport

    def go_on(self) -> None:
        """Take up every open feed that is due. `AmazonThrottled` ends it in peace."""
        work = self.work
        for feed in work.ledger.feeds.open(work.connection.name):
            if feed.type == self.contents.type and work.is_due(feed.next_due):
                self.further(feed)

    def further(self, feed: FeedRow) -> None:
        """One feed, as far as it goes now."""
        assert self.work.keeper is not None  # noqa: S101 - a dry run never gets here
        self.work.keeper.keep()
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
            self._move(feed, feed.state, next_due=self.work.now() + timedelta(seconds=error.retry_after))
            raise

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
            why = "what was to be sent is not kept; decided anew"
            with work.ledger.transaction(work.keeper.lease):
                work.ledger.feeds.move(feed, FeedState.FAILED, next_due=None, detail=why)
                contents.released(feed, why)
            return
        try:
            document = work.client.feeds.create_document(contents.content_type)
            work.client.feeds.upload(document, body, contents.content_type)
        except (AmazonUnavailable, AmazonRejected, PayloadError) as error:
            self._move(feed, feed.state, next_due=work.now() + AGAIN, detail=str(error))
            self.report.failed += 1
            return
        # On record before it is asked for: after a crash Amazon's list tells whether it was carried out.
        feed = self._move(
            feed, FeedState.CREATING, document=document.id, sent_at=work.now(), next_due=work.now(), detail=feed.detail
        )
        try:
            number = work.client.feeds.create(feed.type, (feed.marketplace,), document.id)
        except AmazonRejected as error:
            self._end(feed, FeedState.FAILED, str(error))
        except AmazonUnavailable as error:
            if not error.outcome_unknown:
                self._move(feed, FeedState.INTENDED, next_due=work.now() + AGAIN, detail=str(error))
            self.report.failed += 1
        else:
            self._created(feed, number)

    def _created(self, feed: FeedRow, number: str) -> None:
        now = self.work.now()
        self.report.sent += feed.messages
        self._move(
            feed, FeedState.CREATED, feed=number, deadline=now + DEADLINE,
            next_due=now + timedelta(minutes=_POLLS[0]), detail="Amazon has it",
        )  # fmt: skip

    def _look_for(self, feed: FeedRow) -> None:
        """Its answer got lost: Amazon's own list says whether it has a feed that none of ours is."""
        work = self.work
        assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
        ours = work.ledger.feeds.amazon_ids(feed.connection, feed.type)
        since = feed.sent_at - timedelta(seconds=60)
        strange = [found for found in work.client.feeds.search((feed.type,), since) if found.id not in ours]
        if len(strange) == 1:
            self._created(feed, strange[0].id)
        elif strange:
            self._end(feed, FeedState.UNKNOWN, f"Amazon has {len(strange)} feeds that may be this one")
        elif work.now() - feed.sent_at < AGAIN:
            self._move(feed, feed.state, next_due=feed.sent_at + AGAIN)
        elif feed.detail == _SECOND:
            self._end(feed, FeedState.UNKNOWN, "Amazon gave no answer twice and lists no such feed")
        else:
            self._create(self._move(feed, FeedState.INTENDED, next_due=work.now(), detail=_SECOND))

    def _poll(self, feed: FeedRow) -> None:
        work = self.work
        found = work.client.feeds.get(feed.feed)
        match found.status:
            case "DONE" | "FATAL" if found.result_document_id:
                self._read(feed, work.client.feeds.result(found.result_document_id))
            case "DONE" | "FATAL":
                self._end(feed, FeedState.UNKNOWN, f"Amazon ended the feed as {found.status} and gives no report")
            case "CANCELLED":
                self._end(feed, FeedState.FAILED, "the feed was cancelled at Amazon")
            case _ if feed.deadline is not None and work.now() >= feed.deadline:
                hours = DEADLINE.total_seconds() / 3600
                self._end(feed, FeedState.UNKNOWN, f"Amazon did not end the feed in {hours:.0f} hours")
            case _:
                self._move(feed, feed.state, next_due=work.now() + _patience(work.now(), feed), detail=found.status)

    def _read(self, feed: FeedRow, body: bytes) -> None:
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        try:
            with work.ledger.transaction(work.keeper.lease):
                said = self.contents.read(feed, body)
                work.ledger.feeds.move(feed, FeedState.DONE, next_due=None, detail=said)
        except PayloadError as error:
            self._end(feed, FeedState.UNKNOWN, f"Amazon's report cannot be read: {error}")


def _patience(now: datetime, feed: FeedRow) -> timedelta:
    """How long to wait before the next look: the longer, the longer it has taken."""
    assert feed.sent_at is not None  # noqa: S101 - set before it is asked for
    waited = (now - feed.sent_at).total_seconds() / 60
    return timedelta(minutes=next((minutes for minutes in reversed(_POLLS) if waited >= minutes), _POLLS[0]))
