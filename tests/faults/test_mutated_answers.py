"""Amazon's answers with one broken value each, around the orders: a page, one order, a refusal.

Either the orders are there, or the error says in words that Amazon is at fault; never another exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import responses

from amazon_orders.amazon import AmazonClient, LwaCredentials, OrderPage, OrderQuery, RawOrder, Transport
from amazon_orders.errors import AmazonError, AmazonRejected, AmazonUnavailable
from amazon_orders.model import TOKEN_ENDPOINT, Connection
from amazon_orders.sandbox import Line, order
from tests.amazon_models import sandbox_cases
from tests.faults.mutations import Json, mutations, written
from tests.story.world import START
from tests.unit.amazon.wire import Counter, Drawer

ORDERS = "https://sellingpartnerapi-eu.amazon.com/orders/2026-01-01/orders"
ORDER_ID = "302-0000000-0000001"
FIRST = {"orderId": ORDER_ID}
SECOND = order("302-0000000-0000002", Line(sku="MUG-WHITE", item="10"), created=START - timedelta(hours=1))


class Asked:
    """A client, and an Amazon that answers whatever it is told to."""

    def __init__(self, wire: responses.RequestsMock) -> None:
        self._wire = wire
        wire.post(TOKEN_ENDPOINT, json={"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})
        self._client = AmazonClient(
            Connection(name="de", seller_id="A1", region="eu", refresh_token="Atzr|1"),
            LwaCredentials("client", "secret"),
            transport=Transport(now=lambda: START),
            buckets=Counter(),
            tokens=Drawer(),
            now=lambda: START,
        )

    def search(self, body: bytes, status: int = 200) -> tuple[OrderPage, list[RawOrder]]:
        self._wire.upsert(responses.GET, ORDERS, body=body, status=status, content_type="application/json")
        page = self._client.search_orders(OrderQuery(created_after=START - timedelta(days=1)))
        return page, page.records(frozenset())

    def fetch(self, body: bytes, status: int = 200) -> RawOrder:
        url = f"{ORDERS}/{ORDER_ID}"
        self._wire.upsert(responses.GET, url, body=body, status=status, content_type="application/json")
        return self._client.get_order(ORDER_ID)


@pytest.fixture
def amazon() -> Iterator[Asked]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        yield Asked(wire)


def said(error: AmazonError) -> None:
    """What a person reads is short, in plain words, and on one line."""
    text = str(error)
    assert 20 < len(text) < 600
    assert text.isprintable()


def pages() -> dict[str, Json]:
    whole = {
        "orders": [FIRST, SECOND],
        "pagination": {"nextToken": "next"},
        "createdBefore": "2026-11-20T11:58:00Z",
        "lastUpdatedBefore": "2026-11-20T11:58:00Z",
    }
    # What is inside the orders has its own tests.
    outside = (each for each in mutations(whole) if len(each.path) < 3)
    return {f"{'.'.join(map(str, each.path))} {each.way}": each.of(whole) for each in outside}


PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_broken_page_has_its_orders_or_is_no_page(amazon: Asked, name: str) -> None:
    page = PAGES[name]
    expected = page["orders"] if isinstance(page.get("orders"), list) else None
    if expected is None:
        with pytest.raises(AmazonUnavailable) as caught:
            amazon.search(written(page))
        said(caught.value)
        return
    found, records = amazon.search(written(page))
    ids = [each.get("orderId") if isinstance(each, dict) else None for each in expected]
    assert [record.amazon_order_id or None for record in records] == ids
    pagination = page.get("pagination")
    token = pagination.get("nextToken") if isinstance(pagination, dict) else None
    assert found.next_token == (token if isinstance(token, str) and token else None)
    before = page.get("lastUpdatedBefore")
    assert (found.last_updated_before is not None) == (before == "2026-11-20T11:58:00Z")


NO_OBJECTS: tuple[Json, ...] = (None, 7, True, "orders", [], [FIRST], {}, "")
NO_ANSWERS = {
    **{repr(each): written(each) for each in NO_OBJECTS},
    "empty": b"",
    "spaces": b"  \r\n",
    "half": written({"orders": [SECOND]})[:-40],
    "twice": written({"orders": []}) * 2,
    "latin": '{"orders":["Größe"]}'.encode("latin-1"),
    "a web page": b"<html><body>Sorry</body></html>",
    "zero bytes": bytes(100),
    "deep": b"[" * 200_000,
    "deep in the orders": b'{"orders":' + b"[" * 200_000,
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_is_amazons_fault_and_says_so(amazon: Asked, name: str) -> None:
    for ask in (amazon.search, amazon.fetch):
        with pytest.raises(AmazonUnavailable) as caught:
            ask(NO_ANSWERS[name])
        said(caught.value)


SINGLE = {each.way: each.of({"order": SECOND}) for each in mutations({"order": SECOND}) if len(each.path) == 1}


@pytest.mark.parametrize("way", SINGLE)
def test_an_answer_without_its_order_is_amazons_fault(amazon: Asked, way: str) -> None:
    answer = SINGLE[way]
    if isinstance(answer.get("order"), dict):
        assert amazon.fetch(written(answer)).amazon_order_id == ORDER_ID
        return
    with pytest.raises(AmazonUnavailable) as caught:
        amazon.fetch(written(answer))
    said(caught.value)


def refusals() -> Iterator[tuple[str, str, Json]]:
    """Amazon's two cases of a request that it cannot read, broken."""
    for row in sandbox_cases("orders_2026-01-01"):
        if row["status"] == 400:
            yield row["operationId"], "whole", row["response"]
            for mutation in mutations(row["response"]):
                yield row["operationId"], f"{mutation.place} {mutation.way}", mutation.of(row["response"])
            for body in NO_OBJECTS:
                yield row["operationId"], repr(body), body


@pytest.mark.parametrize("operation", ["searchOrders", "getOrder"])
@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
def test_a_broken_refusal_is_a_refusal_all_the_same(amazon: Asked, operation: str, status: int) -> None:
    tried = 0
    for whose, name, body in refusals():
        if whose != operation:
            continue
        with pytest.raises(AmazonError) as caught:
            (amazon.search if operation == "searchOrders" else amazon.fetch)(written(body), status)
        assert caught.value.status == status, name
        assert caught.value.retryable is False, name
        if status != 403:
            assert isinstance(caught.value, AmazonRejected), name
        said(caught.value)
        tried += 1
    assert tried > 50
