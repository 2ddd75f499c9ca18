"""Faults on demand, in process and over a socket: the same call fails in the same way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from amazon_orders.sandbox import Fault, Seller, SimulatedAmazon
from amazon_orders.sandbox.faults import KINDS
from tests.unit.sandbox.application import ORDERS, Application


@pytest.fixture(params=["in process", "over HTTP"])
def app(request: pytest.FixtureRequest, amazon: SimulatedAmazon, seller: Seller) -> Iterator[Application]:
    seller.generate(25)
    if request.param == "in process":
        application = Application(amazon, seller)
        application.log_in()
        yield application
        return
    with amazon.serve() as url:
        application = Application(amazon, seller, url, f"{url}/auth/o2/token")
        application.log_in()
        with application.session:
            yield application


def outcome(app: Application) -> str:
    """What one search comes to, in a word."""
    try:
        response = app.search()
        body = response.json()
    except requests.JSONDecodeError:
        kind = response.headers["Content-Type"].split(";")[0]
        return f"{response.status_code} {kind} unreadable"
    except requests.exceptions.ChunkedEncodingError:
        return "cut off"
    except requests.ConnectionError:
        return "connection lost"
    if "errors" in body:
        return f"{response.status_code} {body['errors'][0]['code']}"
    return (
        f"{response.status_code} {len(body['orders'])} orders" if "orders" in body else f"{response.status_code} {body}"
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("403", "403 Unauthorized"),
        ("429", "429 QuotaExceeded"),
        ("500", "500 InternalFailure"),
        ("503", "503 ServiceUnavailable"),
        ("html_503", "503 text/html unreadable"),
        ("http_503_html", "503 text/html unreadable"),
        ("html_200", "200 text/html unreadable"),
        ("empty_200", "200 {}"),
        ("cut_json", "200 application/json unreadable"),
        ("cut_connection", "cut off"),
        ("reset", "connection lost"),
        ("lost_answer", "connection lost"),
    ],
)
def test_the_call_meant_fails_and_no_other(app: Application, amazon: SimulatedAmazon, kind: str, expected: str) -> None:
    amazon.faults.add(Fault(operation="searchOrders", nth=2, kind=kind))
    assert [outcome(app) for _ in range(3)] == ["200 25 orders", expected, "200 25 orders"]


def test_faults_strike_several_times_or_for_ever(app: Application, amazon: SimulatedAmazon) -> None:
    amazon.faults.add(Fault(operation="searchOrders", nth=2, kind="500", times=2))
    assert [outcome(app)[:3] for _ in range(4)] == ["200", "500", "500", "200"]
    amazon.faults.add(Fault(operation="searchOrders", kind="429", times=None))
    assert {outcome(app)[:3] for _ in range(5)} == {"429"}
    amazon.faults.clear()
    assert outcome(app)[:3] == "200"


def test_calls_are_counted_by_operation_and_from_the_moment_the_fault_is_planned(
    app: Application, amazon: SimulatedAmazon, seller: Seller
) -> None:
    outcome(app)
    amazon.faults.add(Fault(operation="searchOrders", nth=2, kind="500"))
    amazon.faults.add(Fault(operation="token", kind="500"))
    app.order(seller.order_ids()[0])
    assert [outcome(app)[:3] for _ in range(2)] == ["200", "500"]
    assert [app.lwa().status_code for _ in range(2)] == [500, 200]


def test_a_fault_may_be_meant_for_one_seller(app: Application, amazon: SimulatedAmazon) -> None:
    amazon.faults.add(Fault(kind="500", seller_id="A2OTHER", times=None))
    assert outcome(app)[:3] == "200"
    other = Application(amazon, amazon.add_seller("A2OTHER"))
    assert outcome(other)[:3] == "500"


def test_a_page_is_sent_twice(app: Application, amazon: SimulatedAmazon) -> None:
    since = app.ago(days=30)
    first = app.search(lastUpdatedAfter=since, maxResultsPerPage="10").json()
    amazon.faults.add(Fault(operation="searchOrders", kind="repeated_page"))
    params = {"lastUpdatedAfter": since, "maxResultsPerPage": "10", "paginationToken": first["pagination"]["nextToken"]}
    assert app.search(**params).json() == first
    second = app.search(**params).json()
    assert {order["orderId"] for order in second["orders"]}.isdisjoint(order["orderId"] for order in first["orders"])


def test_one_order_is_left_out_once(app: Application, amazon: SimulatedAmazon, seller: Seller) -> None:
    hidden = seller.order_ids()[7]
    amazon.faults.add(Fault(operation="searchOrders", kind="hidden_order", order_id=hidden))
    first, second = set(app.found_ids()), set(app.found_ids())
    assert second - first == {hidden}
    assert len(second) == 25
    amazon.faults.add(Fault(operation="getOrder", kind="hidden_order", order_id=hidden))
    assert app.get(f"{ORDERS}/{hidden}").status_code == 404
    assert app.get(f"{ORDERS}/{hidden}").status_code == 200


def test_a_slow_answer_comes_late(app: Application, amazon: SimulatedAmazon) -> None:
    amazon.faults.add(Fault(operation="searchOrders", kind="slow", seconds=0.15))
    start = time.monotonic()
    assert outcome(app) == "200 25 orders"
    assert time.monotonic() - start >= 0.15


def test_a_dripping_answer_comes_whole_in_the_end(app: Application, amazon: SimulatedAmazon) -> None:
    amazon.faults.add(Fault(operation="searchOrders", kind="drip", size=3000, seconds=0.02))
    start = time.monotonic()
    assert outcome(app) == "200 25 orders"
    assert time.monotonic() - start >= 0.04


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_who_does_not_wait_gives_up(app: Application, amazon: SimulatedAmazon, kind: str) -> None:
    amazon.faults.add(Fault(operation="searchOrders", kind=kind, seconds=0.5))
    url, params = app.endpoint + ORDERS, {"lastUpdatedAfter": app.ago(days=1)}
    start = time.monotonic()
    with pytest.raises((requests.Timeout, requests.ConnectionError)):
        app.session.get(url, params=params, headers=app.headers, timeout=0.1)
    assert time.monotonic() - start < 0.4


def test_others_are_served_while_one_waits(app: Application, amazon: SimulatedAmazon) -> None:
    from concurrent.futures import ThreadPoolExecutor

    amazon.faults.add(Fault(operation="searchOrders", kind="slow", seconds=0.5))
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(outcome, app)
        while not amazon.calls.of("searchOrders"):
            time.sleep(0.005)
        start = time.monotonic()
        assert app.lwa().status_code == 200
        assert time.monotonic() - start < 0.4
        assert slow.result() == "200 25 orders"


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "flood"}, {"kind": "500", "nth": 0}, {"kind": "500", "times": 0}, {"kind": "hidden_order"}],
    ids=str,
)
def test_a_fault_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|count from 1|needs the order_id"):
        Fault(**wrong)


def test_every_kind_is_explained() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert [kind for kind in sorted(KINDS) if f"`{kind}`" not in page] == []
