"""Feeds step by step: each step one call with its own outcome, documents only in Amazon's storage."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amazon_orders.amazon import XML_TYPE, Feed, FeedDocument
from amazon_orders.errors import AmazonRejected, AmazonThrottled, AmazonUnavailable
from tests.unit.amazon.desk import GERMANY, NOW, SIGNED, body_of, client_of, path_of, query_of
from tests.unit.amazon.wire import Counter, Peer, answer, hanging_up, says, serving

FEEDS = "/feeds/2021-06-30/feeds"
DOCUMENTS = "/feeds/2021-06-30/documents"
ROW = {
    "feedId": "53347018456",
    "feedType": "POST_ORDER_FULFILLMENT_DATA",
    "createdTime": "2026-11-20T11:59:30.630Z",
    "processingStatus": "IN_QUEUE",
}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(says(answer())) as there:
        yield there


# A document


def test_a_document_is_made_for_a_content_type(peer: Peer) -> None:
    client = client_of(peer, answer(201, {"feedDocumentId": "doc-1", "url": peer.url + SIGNED}))
    assert client.feeds.create_document(XML_TYPE) == FeedDocument("doc-1", peer.url + SIGNED)
    assert (peer.heard[-1].line, body_of(peer.heard[-1])) == (
        f"POST {DOCUMENTS} HTTP/1.1",
        {"contentType": "text/xml; charset=UTF-8"},
    )


def test_a_document_that_was_perhaps_made_is_made_again(peer: Peer) -> None:
    client = client_of(peer, hanging_up(b""), answer(201, {"feedDocumentId": "doc-2", "url": peer.url}))
    assert client.feeds.create_document(XML_TYPE).id == "doc-2"
    assert client.calls == {"createFeedDocument": 2}


@pytest.mark.parametrize(
    "said", [{}, {"feedDocumentId": "d"}, {"url": "https://x"}, {"feedDocumentId": 7, "url": ""}, [], None], ids=str
)
def test_a_document_that_is_none_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable) as caught:
        client_of(peer, answer(201, said)).feeds.create_document(XML_TYPE)
    assert not caught.value.outcome_unknown


# The feed


def test_a_feed_is_created_with_its_document(peer: Peer) -> None:
    client = client_of(peer, answer(202, {"feedId": "1"}), answer(202, {"feedId": "2"}))
    assert client.feeds.create("POST_ORDER_FULFILLMENT_DATA", (GERMANY,), "doc-1") == "1"
    body = {
        "feedType": "POST_ORDER_FULFILLMENT_DATA",
        "marketplaceIds": [GERMANY],
        "inputFeedDocumentId": "doc-1",
    }
    assert (peer.heard[-1].line, body_of(peer.heard[-1])) == (f"POST {FEEDS} HTTP/1.1", body)
    assert client.feeds.create("POST_ORDER_FULFILLMENT_DATA", (GERMANY,), "doc-1", {"a": "b"}) == "2"
    assert body_of(peer.heard[-1]) == body | {"feedOptions": {"a": "b"}}


@pytest.mark.parametrize("count", [0, 26])
def test_a_feed_for_too_many_marketplaces_is_not_sent(peer: Peer, count: int) -> None:
    client = client_of(peer)
    with pytest.raises(ValueError, match="25"):
        client.feeds.create("X", ("M",) * count, "doc-1")
    assert peer.heard == []


LOST = {
    "reset": hanging_up(b""),
    "a failure": says(answer(500))[0],
    "a page": says(answer(503, b"<html>Service Unavailable</html>", Content_Type="text/html"))[0],
    "a success without an id": says(answer(202, b"{}"))[0],
    "a success that is a page": says(answer(200, b"<html></html>"))[0],
    "an id that is none": says(answer(202, {"feedId": 7}))[0],
    "cut off": hanging_up(answer(202, {"feedId": "12345678"})[:-5]),
}


@pytest.mark.parametrize("script", LOST.values(), ids=list(LOST))
def test_a_feed_that_may_have_been_created_is_never_created_again(peer: Peer, script: Any) -> None:
    client = client_of(peer, script, answer(202, {"feedId": "2"}))
    with pytest.raises(AmazonUnavailable) as caught:
        client.feeds.create("X", (GERMANY,), "doc-1")
    assert caught.value.outcome_unknown
    assert client.calls == {"createFeed": 1}


def test_a_feed_that_amazon_refuses_was_not_created(peer: Peer) -> None:
    client = client_of(peer, answer(400, {"errors": [{"code": "400", "message": "Invalid input"}]}))
    with pytest.raises(AmazonRejected) as caught:
        client.feeds.create("X", (GERMANY,), "doc-1")
    assert caught.value.amazon_code == "400"


def test_a_feed_tells_how_far_it_is(peer: Peer) -> None:
    done = ROW | {"processingStatus": "DONE", "resultFeedDocumentId": "doc-2", "marketplaceIds": [GERMANY]}
    client = client_of(peer, answer(200, ROW), answer(200, done), answer(200, ROW | {"processingStatus": "PAUSED"}))
    waiting = client.feeds.get("5/3")
    assert path_of(peer.heard[-1]) == f"{FEEDS}/5%2F3"
    assert waiting == Feed(
        id="53347018456",
        type="POST_ORDER_FULFILLMENT_DATA",
        status="IN_QUEUE",
        created_at=datetime(2026, 11, 20, 11, 59, 30, 630_000, tzinfo=UTC),
    )
    over = client.feeds.get("53347018456")
    assert (over.status, over.result_document_id, over.marketplace_ids) == ("DONE", "doc-2", (GERMANY,))
    assert [waiting.over, over.over, client.feeds.get("1").over] == [False, True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"feedId": None},
        {"feedType": 7},
        {"processingStatus": ""},
        {"createdTime": "soon"},
        {"createdTime": None},
        {"createdTime": "2026-11-20T11:59:30"},
    ],
    ids=str,
)
def test_a_feed_that_says_nothing_is_amazons_failure(peer: Peer, change: dict[str, Any]) -> None:
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, ROW | change)).feeds.get("1")
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, {"feeds": [ROW, ROW | change]})).feeds.search(("X",), NOW)


def test_feeds_are_found_on_all_pages(peer: Peer) -> None:
    pages = [
        {"feeds": [ROW | {"feedId": "1"}, ROW | {"feedId": "2"}], "nextToken": "tok/en+="},
        {"feeds": [], "nextToken": "last"},
        {"feeds": [ROW | {"feedId": "3"}]},
    ]
    client = client_of(peer, *(answer(200, page) for page in pages))
    found = client.feeds.search(("A", "B"), NOW - timedelta(minutes=1))
    assert [feed.id for feed in found] == ["1", "2", "3"]
    assert [query_of(heard) for heard in peer.heard[1:]] == [
        {"feedTypes": "A,B", "createdSince": "2026-11-20T11:59:00.000Z", "pageSize": "100"},
        {"nextToken": "tok/en+="},
        {"nextToken": "last"},
    ]
    assert client.calls == {"getFeeds": 3}


def test_pages_without_end_are_amazons_failure(peer: Peer) -> None:
    client = client_of(peer, answer(200, {"feeds": [ROW], "nextToken": "same"}))
    with pytest.raises(AmazonUnavailable):
        client.feeds.search(("A",), NOW)
    assert client.calls == {"getFeeds": 2}


@pytest.mark.parametrize("said", [{}, {"feeds": None}, {"feeds": ["x"]}, {"feeds": [], "nextToken": 7}, []], ids=str)
def test_a_list_that_is_none_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, said)).feeds.search(("A",), NOW)


def test_every_step_takes_a_token_under_its_plan(peer: Peer) -> None:
    buckets = Counter({"getFeed": 0})
    url = f"{peer.url}/x"
    client = client_of(
        peer,
        answer(201, {"feedDocumentId": "doc-1", "url": url}),
        answer(200, b""),
        answer(202, {"feedId": "1"}),
        answer(200, {"url": url}),
        answer(200, b"report"),
        buckets=buckets,
    )
    document = client.feeds.create_document(XML_TYPE)
    client.feeds.upload(document, b"x", XML_TYPE)
    client.feeds.create("X", (GERMANY,), document.id)
    with pytest.raises(AmazonThrottled):
        client.feeds.get("1")
    client.feeds.result("doc-2")
    assert [row[1:] for row in buckets.taken] == [
        ("createFeedDocument", 0.5, 15),
        ("createFeed", 0.0083, 15),
        ("getFeedDocument", 0.0222, 10),
    ]


def test_nothing_secret_is_logged_or_shown(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    url = peer.url + SIGNED
    client = client_of(
        peer,
        answer(201, {"feedDocumentId": "doc-1", "url": url}),
        answer(200, b""),
        answer(200, {"url": url}),
        answer(200, b"Muster"),
    )
    with caplog.at_level(logging.DEBUG, "amazon_orders"):
        document = client.feeds.create_document(XML_TYPE)
        client.feeds.upload(document, b"Muster", XML_TYPE)
        client.feeds.result("doc-2")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("amazon_orders")]
    shown = " ".join(ours) + repr((document, client.feeds))
    assert "secret-signature" not in shown
    assert "Muster" not in shown
    assert sum(" answered 20" in line for line in ours) == 5
