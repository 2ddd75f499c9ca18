"""Feeds that go wrong on every part of their way: nothing is sent twice, nothing is taken for done without proof."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from amazon_orders.amazon import acknowledgement_feed
from amazon_orders.model import CancelAtAmazon
from amazon_orders.sandbox import Fault
from tests.story.way_back import Depot, depot

ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
HOUR = 3600.0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def cancelled_order(shop: Depot) -> str:
    """An order that the shop has cancelled; Amazon does not know yet."""
    order = shop.placed()
    shop.cancel(order)
    return order


def report_of(shop: Depot, change: Callable[[bytes], bytes], number: int = -1) -> None:
    """Put another document in the place of a feed's report."""
    feed = shop.seller.feeds()[number]
    assert feed.report is not None
    body = feed.report.body
    assert body is not None
    feed.report = shop.seller.store_document("text/xml; charset=UTF-8", change(body))


def foreign(shop: Depot, *orders: str, marketplace: str = "DE") -> None:
    """Another tool of the seller's sends a feed of the same type."""
    client = shop.app.client(shop.app.connections.get("de"))
    document = client.feeds.create_document("text/xml; charset=UTF-8")
    cancels = [
        (number, CancelAtAmazon(amazon_order_id=order, cause="x", reason="PricingError",
                                order_item_ids=tuple(shop.items(order))))
        for number, order in enumerate(orders, start=1)
    ]  # fmt: skip
    client.feeds.upload(document, acknowledgement_feed("A1SANDBOXSELLER", cancels), "text/xml; charset=UTF-8")
    ids = {"DE": "A1PA6795UKMFR9", "FR": "A13V1IB3VIYZZH"}
    client.feeds.create(ACKNOWLEDGEMENT, (ids[marketplace],), document.id)


class TestHanging:
    def test_a_feed_that_never_ends_is_unknown_at_its_deadline_and_never_sent_again(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="hanging_feed", operation="createFeed"))
        shop.run()
        shop.settle(4, HOUR)
        assert shop.commands(order) == [("cancel", "sent")]
        assert shop.inbox() == []
        shop.settle(4, 6 * HOUR)
        assert shop.commands(order) == [("cancel", "unknown")]
        assert shop.inbox() == [(order, "NOT_VERIFIED")]
        shop.settle(4, 6 * HOUR)
        assert len(shop.seller.feeds()) == 1

    def test_what_shows_up_later_is_verified_and_leaves_the_inbox(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="hanging_feed", operation="createFeed"))
        shop.run()
        shop.settle(1, 25 * HOUR)
        assert shop.inbox() == [(order, "NOT_VERIFIED")]
        shop.seller.cancel(order, by="MERCHANT", reason="NoInventory")
        shop.settle(2)
        assert shop.commands(order) == [("cancel", "verified")]
        assert shop.inbox() == []

    def test_it_is_looked_at_ever_more_seldom(self, shop: Depot) -> None:
        cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="hanging_feed", operation="createFeed"))
        shop.run()
        shop.amazon.reset_calls()
        for _ in range(120):
            shop.clock.advance(60)
            shop.world.app.sync(at_once=False)
        assert 8 <= len(shop.amazon.calls.of("getFeed")) <= 16, "two hours, a look each 15 minutes at last"


class TestEndings:
    def test_fatal_without_a_report_may_have_happened(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="fatal_feed", operation="createFeed"))
        shop.settle(3)
        assert shop.commands(order) == [("cancel", "unknown")]
        assert shop.inbox() == [(order, "NOT_VERIFIED")]
        assert len(shop.seller.feeds()) == 1

    def test_fatal_with_a_report_that_counts_nothing_is_refused_in_amazons_words(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.run()
        (feed,) = shop.seller.feeds()
        feed.content = b"<broken"
        shop.settle(2)
        assert feed.status == "FATAL"
        assert shop.commands(order) == [("cancel", "refused")]
        (entry,) = shop.app.orders.inbox()
        assert feed.verdicts[0].text in entry.detail
        assert feed.verdicts[0].code in entry.detail

    def test_done_with_a_fault_of_one_message_carries_out_the_others(self, shop: Depot) -> None:
        good, bad = cancelled_order(shop), cancelled_order(shop)
        shop.run()
        with shop.seller.change(bad, silently=True) as record:
            record["fulfillment"]["fulfillmentStatus"] = "PENDING"
        shop.settle(2)
        assert shop.commands(bad) == [("cancel", "refused")]
        assert shop.inbox() == [(bad, "AMAZON_REFUSED")]
        assert shop.status(good) == "CANCELLED"

    def test_cancelled_in_the_queue_is_refused(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.run()
        (feed,) = shop.seller.feeds()
        shop.seller.feed_queue.cancel(feed, feed.created_ms)
        shop.settle(2)
        assert shop.commands(order) == [("cancel", "refused")]
        assert "cancelled at Amazon" in shop.app.orders.inbox()[0].detail


BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<ProcessingReport><StatusCode>&b;</StatusCode></ProcessingReport>"""


class TestReports:
    @pytest.mark.parametrize(
        "spoilt",
        [
            pytest.param(lambda body: body[: len(body) // 2], id="cut in the middle"),
            pytest.param(lambda body: BOMB, id="a bomb of entities"),
            pytest.param(lambda body: b"<html>Service Unavailable</html>", id="a page for people"),
            pytest.param(
                lambda body: body.replace(b"<MessagesProcessed>1<", b"<MessagesProcessed>0<"), id="of fewer messages"
            ),
            pytest.param(lambda body: body.replace(b"Complete", b"Processing"), id="not complete"),
        ],
    )
    def test_a_report_that_proves_nothing_makes_the_outcome_unknown(
        self, shop: Depot, spoilt: Callable[[bytes], bytes]
    ) -> None:
        shop.seller.confirm_delay = 10**6
        order = shop.placed()
        shop.app.connections.set("de", {"untracked": "feed"})
        shop.ship(order, tracking="")
        shop.run()
        shop.clock.advance(300)
        report_of(shop, spoilt)
        shop.settle(2)
        assert shop.commands(order) == [("confirm", "unknown")]
        assert shop.inbox() == [(order, "NOT_VERIFIED")]
        shop.settle(3, HOUR)
        assert len(shop.seller.feeds()) == 1, "never sent again by itself"

    def test_a_gzip_bomb_is_not_unpacked(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.run()
        shop.clock.advance(300)
        bomb = gzip.compress(b"<ProcessingReport>" + b" " * (600 * 2**20), 1)
        feed = shop.seller.feeds()[-1]
        feed.report = shop.seller.store_document("text/xml; charset=UTF-8", b"x")
        feed.report.body, feed.report.packing = bomb, "GZIP"
        shop.seller.hide_for(order, 10**6)
        shop.settle(2)
        assert shop.commands(order) == [("cancel", "unknown")]

    def test_a_download_that_breaks_is_tried_again(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.run()
        shop.amazon.faults.add(Fault(kind="cut_connection", operation="download", times=8))
        shop.clock.advance(300)
        shop.run()
        shop.amazon.faults.clear()
        assert shop.commands(order)[0][1] in ("sent", "verified")
        shop.settle(3)
        assert shop.commands(order) == [("cancel", "verified")]
        assert len(shop.seller.feeds()) == 1

    def test_trouble_with_one_feed_does_not_stop_the_next(self, shop: Depot) -> None:
        lost = cancelled_order(shop)
        shop.run()
        (feed,) = shop.seller.feeds()
        shop.seller.feed_queue._feeds.pop(feed.id)  # Amazon has forgotten it
        other = cancelled_order(shop)
        shop.settle(4)
        assert shop.commands(other) == [("cancel", "verified")]
        shop.settle(2, 25 * HOUR)
        assert shop.commands(lost)[0][1] in ("unknown", "verified")


class TestCreating:
    def test_a_lost_answer_is_found_in_amazons_list(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="lost_answer", operation="createFeed"))
        shop.run()
        assert shop.commands(order) == [("cancel", "sent")]
        shop.settle(3)
        assert shop.commands(order) == [("cancel", "verified")]
        assert len(shop.seller.feeds()) == 1

    def test_where_the_list_has_none_it_is_sent_once_more(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="reset", operation="createFeed"))
        shop.run()
        assert shop.seller.feeds() == []
        shop.run(60)
        assert shop.seller.feeds() == [], "it may still come: five minutes"
        shop.settle(4)
        assert len(shop.seller.feeds()) == 1
        assert shop.commands(order) == [("cancel", "verified")]

    def test_after_two_answers_without_a_feed_it_is_unknown(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="reset", operation="createFeed", times=None))
        shop.settle(6)
        assert shop.commands(order) == [("cancel", "unknown")]
        assert shop.inbox() == [(order, "NOT_VERIFIED")]
        assert len(shop.amazon.calls.of("createFeed")) == 2

    def test_between_the_two_a_failing_upload_does_not_start_the_count_anew(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="reset", operation="createFeed", times=None))
        shop.run()
        shop.amazon.faults.add(Fault(kind="403", operation="createFeedDocument", times=1))
        shop.amazon.faults.add(Fault(kind="503", operation="upload", times=6))
        for _ in range(8):
            shop.run(420)
        assert len(shop.amazon.calls.of("createFeed")) == 2
        assert shop.commands(order) == [("cancel", "unknown")]

    @pytest.mark.parametrize("carried_out", [False, True], ids=["ours got lost", "ours was taken"])
    def test_a_feed_of_another_tool_is_not_taken_for_ours(self, shop: Depot, carried_out: bool) -> None:
        theirs, too, order = shop.placed(), shop.placed("CAP-BLACK"), cancelled_order(shop)
        kind = "lost_answer" if carried_out else "reset"
        shop.amazon.faults.add(Fault(kind=kind, operation="createFeed"))
        shop.run()
        foreign(shop, theirs, too)
        shop.settle(6)
        assert shop.commands(order) == [("cancel", "verified")]
        assert [made.reason for made in shop.seller.cancellations(order)] == ["NoInventory"]
        assert len(shop.seller.feeds()) == 2

    def test_nor_is_one_for_another_marketplace(self, shop: Depot) -> None:
        theirs, order = shop.placed(marketplace="FR"), cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="reset", operation="createFeed"))
        shop.run()
        foreign(shop, theirs, marketplace="FR")
        shop.settle(6)
        assert shop.commands(order) == [("cancel", "verified")]

    def test_two_that_may_be_ours_are_for_a_person(self, shop: Depot) -> None:
        one, two, order = shop.placed(), shop.placed("CAP-BLACK"), cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="reset", operation="createFeed"))
        shop.run()
        foreign(shop, one)
        foreign(shop, two)
        shop.settle(3)
        assert shop.commands(order) == [("cancel", "unknown")]
        assert shop.inbox() == [(order, "NOT_VERIFIED")]

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault(kind="403", operation="upload", times=3), id="the address has expired"),
            pytest.param(Fault(kind="503", operation="upload", times=9), id="the storage is down"),
            pytest.param(Fault(kind="503", operation="createFeedDocument", times=9), id="no document"),
            pytest.param(Fault(kind="429", operation="createFeed", times=3), id="no quota"),
        ],
    )
    def test_what_fails_before_amazon_has_a_feed_is_done_again(self, shop: Depot, fault: Fault) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(fault)
        for _ in range(6):
            shop.run(420)
        assert shop.commands(order) == [("cancel", "verified")]
        assert len(shop.seller.feeds()) == 1

    def test_before_amazon_took_anything_time_runs_out_as_refused(self, shop: Depot) -> None:
        order = cancelled_order(shop)
        shop.amazon.faults.add(Fault(kind="503", operation="createFeedDocument", times=None))
        for _ in range(6):
            shop.run(5 * HOUR)
        assert shop.commands(order) == [("cancel", "refused")]
        assert shop.inbox() == [(order, "AMAZON_REFUSED")]
