"""A seller's feeds: created, queued, in progress, over; what is in them is carried out when they are over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from amazon_orders.sandbox.feeds import listings
from amazon_orders.sandbox.feeds.acknowledgement import acknowledge
from amazon_orders.sandbox.feeds.adjustment import adjust
from amazon_orders.sandbox.feeds.envelope import open_envelope
from amazon_orders.sandbox.feeds.fulfillment import fulfill
from amazon_orders.sandbox.feeds.verdicts import FatalFeedError, RefusedMessageError, Verdict, xml_report

if TYPE_CHECKING:
    from amazon_orders.sandbox.documents import Document
    from amazon_orders.sandbox.seller import Seller

Work = Callable[["Seller", Element, str, int], None]

ORDER_FEEDS: dict[str, tuple[str, Work]] = {
    "POST_ORDER_FULFILLMENT_DATA": ("OrderFulfillment", fulfill),
    "POST_ORDER_ACKNOWLEDGEMENT_DATA": ("OrderAcknowledgement", acknowledge),
    "POST_PAYMENT_ADJUSTMENT_DATA": ("OrderAdjustment", adjust),
}
"""Message type and what is done with a message, by feed type."""
REMOVED_FEEDS = frozenset(
    {
        "POST_INVENTORY_AVAILABILITY_DATA",
        "POST_FLAT_FILE_INVLOADER_DATA",
        "POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA",
        "POST_PRODUCT_DATA",
    }
)
"""Taken, and FATAL: Amazon has switched them off."""


@dataclass(slots=True)
class FeedMade:
    """One feed, as a test may look at it. Times are milliseconds."""

    id: str
    type: str
    marketplace_ids: tuple[str, ...]
    options: Mapping[str, str]
    content: bytes = field(repr=False)
    created_ms: int
    status: str = "IN_QUEUE"
    started_ms: int | None = None
    ended_ms: int | None = None
    report: Document | None = field(default=None, repr=False)
    verdicts: tuple[Verdict, ...] = ()
    """What is said against its messages; of a FATAL feed against message 0."""
    messages: int = 0
    """How many were read."""


class Queue:
    """The feeds of one seller, oldest first."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        self._feeds: dict[str, FeedMade] = {}

    def all(self) -> list[FeedMade]:
        """Every feed."""
        return list(self._feeds.values())

    def get(self, feed_id: str) -> FeedMade | None:
        """One feed."""
        return self._feeds.get(feed_id)

    def add(self, feed: FeedMade, *, fate: str = "") -> None:
        """Queue a feed. A fate is a kind of fault: `hanging_feed` never ends, `fatal_feed` ends without a report."""
        self._feeds[feed.id] = feed
        delay_ms = int(self._seller.feed_delay * 1000)
        agenda = self._seller.agenda
        agenda.at(feed.created_ms + delay_ms // 2, lambda ms: _start(feed, ms))
        if fate == "fatal_feed":
            agenda.at(feed.created_ms + delay_ms, lambda ms: self._end(feed, "FATAL", ms))
        elif fate != "hanging_feed":
            agenda.at(feed.created_ms + delay_ms, lambda ms: self._process(feed, ms))
        self._seller.settle()

    def cancel(self, feed: FeedMade, ms: int) -> None:
        """Take a feed out of the queue; it must still be in it."""
        self._end(feed, "CANCELLED", ms)
        feed.started_ms = ms

    def _process(self, feed: FeedMade, ms: int) -> None:
        if feed.status == "CANCELLED":
            return
        try:
            report = self._carry_out(feed, ms)
            status = "DONE"
        except FatalFeedError as fatal:
            feed.verdicts = (Verdict(message_id=0, code=fatal.code, text=fatal.text),)
            report = listings.report(self._seller.seller_id, feed) if feed.type == listings.TYPE else _xml(feed)
            status = "FATAL"
        content_type = listings.CONTENT_TYPE if feed.type == listings.TYPE else "text/xml; charset=UTF-8"
        feed.report = self._seller.store_document(content_type, report)
        self._end(feed, status, ms)

    def _carry_out(self, feed: FeedMade, ms: int) -> bytes:
        if feed.type in REMOVED_FEEDS:
            raise FatalFeedError("5005", "This feed type is no longer supported.")
        if feed.type == listings.TYPE:
            return listings.carry_out(self._seller, feed, ms)
        message_type, work = ORDER_FEEDS[feed.type]
        verdicts = []
        messages = open_envelope(feed.content, self._seller.seller_id, message_type)
        feed.messages = len(messages)
        for message in messages:
            try:
                work(self._seller, message.content, feed.id, ms)
            except RefusedMessageError as refusal:
                verdicts.append(Verdict.of(message.id, refusal))
        feed.verdicts = tuple(verdicts)
        return _xml(feed)

    def _end(self, feed: FeedMade, status: str, ms: int) -> None:
        if feed.status == "CANCELLED":
            return
        feed.status = status
        feed.ended_ms = ms


def _start(feed: FeedMade, ms: int) -> None:
    if feed.status == "IN_QUEUE":
        feed.status = "IN_PROGRESS"
        feed.started_ms = ms


def _xml(feed: FeedMade) -> bytes:
    return xml_report(feed.id, feed.messages, feed.verdicts)
