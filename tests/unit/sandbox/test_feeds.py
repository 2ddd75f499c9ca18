"""Feeds: documents behind addresses that expire, a queue, and a report at the end."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from amazon_orders.sandbox import Clock, Fault, Seller, SimulatedAmazon
from tests.unit.sandbox.application import FEED_DOCUMENTS, FEEDS, XML, Application
from tests.unit.sandbox.xml_feeds import ACKNOWLEDGEMENT, FULFILLMENT, envelope, fulfillment, results, summary

DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"


@pytest.fixture
def shipped(seller: Seller) -> bytes:
    return envelope("OrderFulfillment", fulfillment(seller.place("MUG-WHITE")))


def status(app: Application, feed_id: str) -> str:
    value: str = app.get(f"{FEEDS}/{feed_id}").json()["processingStatus"]
    return value


def place(app: Application, content_type: str = XML) -> dict[str, str]:
    made: dict[str, str] = app.call("POST", FEED_DOCUMENTS, {"contentType": content_type}).json()
    return made


def test_from_the_document_to_the_report(app: Application, seller: Seller, clock: Clock, shipped: bytes) -> None:
    feed_id = app.feed(FULFILLMENT, shipped, marketplaces=(DE, FR))
    assert status(app, feed_id) == "IN_QUEUE"
    clock.advance(30)
    assert status(app, feed_id) == "IN_PROGRESS"
    clock.advance(30)
    told = app.get(f"{FEEDS}/{feed_id}").json()
    assert told.pop("resultFeedDocumentId")
    assert told == {
        "feedId": feed_id,
        "feedType": FULFILLMENT,
        "marketplaceIds": [DE, FR],
        "createdTime": "2026-11-20T12:00:00Z",
        "processingStatus": "DONE",
        "processingStartTime": "2026-11-20T12:00:30Z",
        "processingEndTime": "2026-11-20T12:01:00Z",
    }
    assert summary(app.report(feed_id)) == (1, 1, 0)
    (made,) = seller.feeds()
    assert (made.id, made.type, made.status, made.content, made.messages) == (feed_id, FULFILLMENT, "DONE", shipped, 1)


@pytest.mark.parametrize("packed", [False, True])
def test_a_report_is_packed_where_it_says_so(app: Application, seller: Seller, clock: Clock, packed: bool) -> None:
    seller.gzip_documents = packed
    feed_id = app.feed(FULFILLMENT, b"<no/>")
    clock.advance(60)
    document_id = app.get(f"{FEEDS}/{feed_id}").json()["resultFeedDocumentId"]
    where = app.get(f"{FEED_DOCUMENTS}/{document_id}").json()
    answer = app.session.get(where["url"])
    assert where.get("compressionAlgorithm") == ("GZIP" if packed else None)
    assert (answer.content[:2] == b"\x1f\x8b") is packed
    assert "content-encoding" not in answer.headers
    assert summary(app.report(feed_id)) == (0, 0, 1)


def test_where_documents_are_put(app: Application, seller: Seller, amazon: SimulatedAmazon) -> None:
    host = urlsplit(place(app)["url"]).hostname or ""
    assert host.endswith(".amazonaws.com")
    with amazon.serve() as url:
        there = Application(amazon, seller, url, f"{url}/auth/o2/token")
        with there.session:
            made = place(there)
            assert made["url"].startswith(f"{url}/")
            assert there.upload(made["url"], b"<x/>", XML).status_code == 200


def refusal(response: requests.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/xml"
    return response.status_code, response.text.split("<Code>")[1].split("</Code>")[0]


def test_what_the_storage_refuses(app: Application, clock: Clock) -> None:
    url = place(app)["url"]
    put = app.session.put
    assert refusal(put(url, b"x", headers={"content-type": "text/xml; charset=utf-8"})) == (
        403,
        "SignatureDoesNotMatch",
    )
    assert refusal(app.session.get(url)) == (403, "SignatureDoesNotMatch")
    assert refusal(put(url, b"x", headers={"content-type": XML, "authorization": "Bearer x"})) == (
        400,
        "InvalidArgument",
    )
    assert refusal(put(url, b"x", headers=app.headers | {"content-type": XML})) == (403, "AccessDenied")
    assert refusal(put(url[:-3] + "000", b"x", headers={"content-type": XML})) == (403, "SignatureDoesNotMatch")
    other = place(app)["url"]
    swapped = url.split("?")[0] + "?" + other.split("?")[1]
    assert refusal(app.upload(swapped, b"x", XML)) == (403, "SignatureDoesNotMatch")
    clock.advance(299)
    assert app.upload(url, b"x", XML).status_code == 200
    clock.advance(1)
    assert refusal(app.upload(url, b"x", XML)) == (403, "AccessDenied")


def test_the_record_of_calls_holds_no_address(app: Application, amazon: SimulatedAmazon, shipped: bytes) -> None:
    app.feed(FULFILLMENT, shipped)
    (upload,) = amazon.calls.of("upload")
    assert upload.status == 200
    assert "Signature" not in repr(list(amazon.calls))
    assert amazon.calls.by_operation["createFeedDocument"] == 1


def created(app: Application, **fields: Any) -> requests.Response:
    body = {"feedType": FULFILLMENT, "marketplaceIds": [DE], "inputFeedDocumentId": "none"} | fields
    return app.call("POST", FEEDS, {name: value for name, value in body.items() if value is not None})


def test_what_create_feed_refuses(app: Application, amazon: SimulatedAmazon) -> None:
    document_id = app.document(b"<x/>")
    assert created(app).status_code == 400
    assert created(app, inputFeedDocumentId=place(app)["feedDocumentId"]).status_code == 400  # nothing uploaded
    wrongs: tuple[dict[str, Any], ...] = (
        {"feedType": "POST_NONSENSE"},
        {"feedType": None},
        {"marketplaceIds": []},
        {"marketplaceIds": DE},
        {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [DE, FR]},
        {"colour": "red"},
    )
    for wrong in wrongs:
        assert created(app, **{"inputFeedDocumentId": document_id, **wrong}).status_code == 400
    assert created(app, inputFeedDocumentId=document_id, marketplaceIds=["ATVPDKIKX0DER"]).status_code == 403
    other = Application(amazon, amazon.add_seller("A2OTHER", marketplaces=["DE"]))
    assert created(other, inputFeedDocumentId=document_id).status_code == 400
    assert app.seller.feeds() == []


def test_a_feed_is_cancelled_while_it_waits(app: Application, seller: Seller, clock: Clock, shipped: bytes) -> None:
    first, second = app.feed(FULFILLMENT, shipped), app.feed(FULFILLMENT, shipped)
    assert app.call("DELETE", f"{FEEDS}/{first}").status_code == 200
    clock.advance(30)
    assert app.call("DELETE", f"{FEEDS}/{second}").status_code == 400
    clock.advance(30)
    assert [status(app, first), status(app, second)] == ["CANCELLED", "DONE"]
    assert "resultFeedDocumentId" not in app.get(f"{FEEDS}/{first}").json()
    assert len(seller.confirmations(seller.order_ids()[0])) == 1
    assert app.call("DELETE", f"{FEEDS}/99").status_code == 404
    assert app.get(f"{FEEDS}/99").status_code == 404
    assert app.get(f"{FEED_DOCUMENTS}/99").status_code == 404


def test_feeds_are_listed_the_newest_first(app: Application, clock: Clock, shipped: bytes) -> None:
    ids = []
    for number in range(5):
        kind = ACKNOWLEDGEMENT if number == 2 else FULFILLMENT
        ids.append(app.feed(kind, shipped, marketplaces=(FR,) if number == 4 else (DE,)))
        clock.advance(40)

    def listed(**params: str) -> list[int]:
        answer = app.get(FEEDS, **({"feedTypes": FULFILLMENT} | params))
        assert answer.status_code == 200, answer.text
        found = [feed["feedId"] for feed in answer.json()["feeds"]]
        while token := answer.json().get("nextToken"):
            answer = app.get(FEEDS, nextToken=token)
            assert answer.status_code == 200
            found += [feed["feedId"] for feed in answer.json()["feeds"]]
        return [ids.index(feed_id) for feed_id in found]

    assert listed() == listed(pageSize="1") == listed(pageSize="3") == [4, 3, 1, 0]
    assert listed(feedTypes=f"{FULFILLMENT},{ACKNOWLEDGEMENT}") == [4, 3, 2, 1, 0]
    assert listed(processingStatuses="IN_QUEUE,IN_PROGRESS") == [4]
    assert listed(processingStatuses="DONE") == [3, 1, 0]
    assert listed(marketplaceIds=FR) == [4]
    assert listed(createdSince="2026-11-20T12:02:00Z") == [4, 3]
    assert listed(createdUntil="2026-11-20T12:02:00Z") == [3, 1, 0]
    assert app.get(FEEDS).status_code == 400
    assert app.get(FEEDS, feedTypes=FULFILLMENT, pageSize="0").status_code == 400
    assert app.get(FEEDS, feedTypes=FULFILLMENT, processingStatuses="BAD_VALUE").status_code == 400
    token = app.get(FEEDS, feedTypes=FULFILLMENT, pageSize="1").json()["nextToken"]
    assert app.get(FEEDS, feedTypes=FULFILLMENT, nextToken=token).status_code == 400


def test_a_document_type_is_refused_even_where_all_else_is_right(
    app: Application, seller: Seller, clock: Clock, shipped: bytes
) -> None:
    head, _, rest = shipped.partition(b"?>")
    declared = head + b'?><!DOCTYPE AmazonEnvelope [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rest
    feed_id = app.feed(FULFILLMENT, declared)
    clock.advance(60)
    assert status(app, feed_id) == "FATAL"
    assert "document type" in results(app.report(feed_id))[0][2]
    assert seller.confirmations(seller.order_ids()[0]) == []


def test_a_cancelled_feed_stays_cancelled_whatever_was_planned_for_it(
    app: Application, amazon: SimulatedAmazon, clock: Clock, shipped: bytes
) -> None:
    amazon.faults.add(Fault(kind="fatal_feed", operation="createFeed"))
    feed_id = app.feed(FULFILLMENT, shipped)
    assert app.call("DELETE", f"{FEEDS}/{feed_id}").status_code == 200
    clock.advance(60)
    assert status(app, feed_id) == "CANCELLED"


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><AmazonEnvelope>&b;</AmazonEnvelope>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<AmazonEnvelope>",
        b"<Other/>",
        BOMB,
        BOMB.decode().encode("utf-16"),
        envelope("OrderFulfillment"),
        envelope("OrderFulfillment", "<AmazonOrderID/>", merchant="A2OTHER"),
        envelope("OrderAcknowledgement", "<AmazonOrderID/>"),
        envelope("OrderFulfillment", "", "").replace(b"<MessageID>2<", b"<MessageID>1<"),
        envelope("OrderFulfillment", "").replace(b"<MessageID>1<", b"<MessageID>one<"),
        envelope("OrderFulfillment", *[""] * 25_001),
    ],
    ids=[
        "empty",
        "text",
        "cut",
        "root",
        "bomb",
        "in utf-16",
        "hollow",
        "merchant",
        "type",
        "twice",
        "no number",
        "many",
    ],
)
def test_what_makes_a_feed_fatal(app: Application, clock: Clock, content: bytes) -> None:
    feed_id = app.feed(FULFILLMENT, content)
    clock.advance(60)
    assert status(app, feed_id) == "FATAL"
    ((message, code, text),) = results(app.report(feed_id))
    assert (message, code) == ("0", "Error")
    assert text
    assert summary(app.report(feed_id))[1] == 0


def test_a_type_that_amazon_switched_off_is_fatal(app: Application, clock: Clock) -> None:
    feed_id = app.feed("POST_INVENTORY_AVAILABILITY_DATA", envelope("Inventory", "<SKU>MUG-WHITE</SKU>"))
    clock.advance(60)
    assert status(app, feed_id) == "FATAL"


def test_done_is_no_success(app: Application, seller: Seller, clock: Clock) -> None:
    good, bad = seller.place("MUG-WHITE"), "302-9999999-9999999"
    feed_id = app.feed(FULFILLMENT, envelope("OrderFulfillment", fulfillment(bad), fulfillment(good)))
    clock.advance(60)
    assert status(app, feed_id) == "DONE"
    assert summary(app.report(feed_id)) == (2, 1, 1)
    assert results(app.report(feed_id)) == [("1", "Error", "The account has no such order.")]
    assert seller.order(good)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert bad.encode() in app.report(feed_id)


def test_a_feed_that_hangs_and_one_that_is_fatal_without_a_word(
    app: Application, amazon: SimulatedAmazon, seller: Seller, clock: Clock, shipped: bytes
) -> None:
    amazon.faults.add(Fault(kind="hanging_feed", operation="createFeed"))
    amazon.faults.add(Fault(kind="fatal_feed", operation="createFeed", nth=2))
    hanging, fatal = app.feed(FULFILLMENT, shipped), app.feed(FULFILLMENT, shipped)
    clock.advance(80_000)
    app.log_in()
    assert [status(app, hanging), status(app, fatal)] == ["IN_PROGRESS", "FATAL"]
    assert "resultFeedDocumentId" not in app.get(f"{FEEDS}/{fatal}").json()
    assert seller.confirmations(seller.order_ids()[0]) == []


def test_a_feed_whose_answer_is_lost_was_created(
    app: Application, amazon: SimulatedAmazon, seller: Seller, clock: Clock, shipped: bytes
) -> None:
    amazon.faults.add(Fault(kind="lost_answer", operation="createFeed"))
    amazon.faults.add(Fault(kind="reset", operation="createFeed", nth=2))
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            app.feed(FULFILLMENT, shipped)
    assert len(seller.feeds()) == 1
    (found,) = app.get(FEEDS, feedTypes=FULFILLMENT).json()["feeds"]
    assert found["feedId"] == seller.feeds()[0].id


def test_the_published_plans(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock)
    seller = amazon.add_seller(marketplaces=["DE"])
    app = Application(amazon, seller)
    document_id = app.document(b"{}", "application/json; charset=UTF-8")

    def burst(operation: str, method: str, path: str, body: Any = None, **params: str) -> int:
        count = 0
        while (response := app.call(method, path, body, **params)).status_code != 429:
            assert response.headers["x-amzn-RateLimit-Limit"]
            count += 1
        assert "x-amzn-RateLimit-Limit" not in response.headers
        return count

    body = {"feedType": FULFILLMENT, "marketplaceIds": [DE], "inputFeedDocumentId": document_id}
    assert burst("createFeed", "POST", FEEDS, body) == 15
    feed_id = seller.feeds()[0].id
    assert burst("getFeed", "GET", f"{FEEDS}/{feed_id}") == 15
    assert burst("getFeeds", "GET", FEEDS, feedTypes=FULFILLMENT) == 10
    assert burst("cancelFeed", "DELETE", f"{FEEDS}/{feed_id}") == 15
    assert burst("createFeedDocument", "POST", FEED_DOCUMENTS, {"contentType": XML}) == 14
    assert burst("getFeedDocument", "GET", f"{FEED_DOCUMENTS}/{document_id}") == 10
    clock.advance(120.4)
    assert app.call("POST", FEEDS, body).status_code == 429
    clock.advance(0.2)
    assert app.call("POST", FEEDS, body).status_code == 202


def test_five_listings_feeds_in_five_minutes(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock)
    seller = amazon.add_seller(marketplaces=["DE"])
    app = Application(amazon, seller)
    document_id = app.document(json.dumps({}).encode(), "application/json; charset=UTF-8")
    body = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [DE], "inputFeedDocumentId": document_id}
    assert [app.call("POST", FEEDS, body).status_code for _ in range(6)] == [202] * 5 + [429]
    clock.advance(300)
    assert app.call("POST", FEEDS, body).status_code == 202
