"""The Feeds API of the simulated Amazon against Amazon's model file."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from amazon_orders.sandbox import Clock, Fault, SimulatedAmazon
from tests.amazon_models import complaints, response_headers, sandbox_cases
from tests.unit.sandbox.application import FEED_DOCUMENTS, FEEDS, XML, Application
from tests.unit.sandbox.xml_feeds import FULFILLMENT, envelope, fulfillment

MODEL = "feeds_2021-06-30"
ONE_FEED = FEEDS + "/{feedId}"
ONE_DOCUMENT = FEED_DOCUMENTS + "/{feedDocumentId}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(clock: Clock) -> Application:
    amazon = SimulatedAmazon(clock=clock, speed=None)
    return Application(amazon, amazon.add_seller(marketplaces=["DE", "FR"]))


def must_fit(response: requests.Response, path: str, status: int, method: str = "get") -> Any:
    assert response.status_code == status, response.text
    document = response.json()
    assert complaints(document, MODEL, path, status, method) == []
    assert {name.lower() for name in response_headers(MODEL, path, status, method)} <= {
        name.lower() for name in response.headers
    }
    return document


@pytest.mark.parametrize("packed", [False, True])
def test_the_life_of_a_feed(app: Application, clock: Clock, packed: bool) -> None:
    app.seller.gzip_documents = packed
    content = envelope("OrderFulfillment", fulfillment(app.seller.place("MUG-WHITE")))
    made = must_fit(app.call("POST", FEED_DOCUMENTS, {"contentType": XML}), FEED_DOCUMENTS, 201, "post")
    assert app.upload(made["url"], content, XML).status_code == 200
    body: dict[str, Any] = {"feedType": FULFILLMENT, "marketplaceIds": list(app.seller.marketplace_ids)}
    body |= {"inputFeedDocumentId": made["feedDocumentId"], "feedOptions": {"any": "thing"}}
    feed_id = must_fit(app.call("POST", FEEDS, body), FEEDS, 202, "post")["feedId"]
    for _ in range(3):
        told = must_fit(app.get(f"{FEEDS}/{feed_id}"), ONE_FEED, 200)
        clock.advance(30)
    assert told["processingStatus"] == "DONE"
    must_fit(app.get(f"{FEED_DOCUMENTS}/{told['resultFeedDocumentId']}"), ONE_DOCUMENT, 200)
    app.call("POST", FEEDS, body)
    must_fit(app.get(FEEDS, feedTypes=FULFILLMENT, pageSize="1"), FEEDS, 200)


def test_a_cancelled_feed(app: Application) -> None:
    feed_id = app.feed(FULFILLMENT, b"<x/>")
    answer = app.call("DELETE", f"{FEEDS}/{feed_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    must_fit(app.get(f"{FEEDS}/{feed_id}"), ONE_FEED, 200)
    must_fit(app.call("DELETE", f"{FEEDS}/{feed_id}"), ONE_FEED, 400, "delete")


def test_refusals(app: Application) -> None:
    must_fit(app.call("POST", FEED_DOCUMENTS, {}), FEED_DOCUMENTS, 400, "post")
    must_fit(app.call("POST", FEEDS, {}), FEEDS, 400, "post")
    must_fit(app.get(FEEDS), FEEDS, 400)
    must_fit(app.get(f"{FEEDS}/1"), ONE_FEED, 404)
    must_fit(app.get(f"{FEED_DOCUMENTS}/1"), ONE_DOCUMENT, 404)
    for row in sandbox_cases(MODEL):
        if row["status"] == 400 and row["method"] == "POST":
            must_fit(app.call("POST", row["path"], row["request"]["body"]["body"]), row["path"], 400, "post")


@pytest.mark.parametrize("kind", ["403", "429", "500", "503"])
def test_faults(app: Application, kind: str) -> None:
    for operation, method, path in (
        ("createFeed", "post", FEEDS),
        ("createFeedDocument", "post", FEED_DOCUMENTS),
        ("getFeeds", "get", FEEDS),
    ):
        app.amazon.faults.add(Fault(kind=kind, operation=operation))
        must_fit(app.call(method.upper(), path, {} if method == "post" else None), path, int(kind), method)
