"""Every answer of the simulated Amazon fits Amazon's own model files, which here forbid what they do not name."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from amazon_orders.sandbox import DATA_SETS, Clock, Fault, SimulatedAmazon, demo_orders
from tests.amazon_models import complaints, response_headers
from tests.unit.sandbox.application import ORDERS, PARTICIPATIONS, Application

ORDERS_MODEL = "orders_2026-01-01"
ONE_ORDER = ORDERS + "/{orderId}"
ALL = ",".join(DATA_SETS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def amazon(clock: Clock) -> SimulatedAmazon:
    return SimulatedAmazon(seed=7, clock=clock, speed=None)


def application(amazon: SimulatedAmazon, *marketplaces: str, region: str = "eu") -> Application:
    seller = amazon.add_seller(f"A1{''.join(marketplaces)}", region=region, marketplaces=marketplaces)
    return Application(amazon, seller, f"https://sellingpartnerapi-{region}.amazon.com")


def must_fit(response: requests.Response, path: str, model: str = ORDERS_MODEL) -> Any:
    document = response.json()
    assert complaints(document, model, path, response.status_code) == []
    assert {name.lower() for name in response_headers(model, path, response.status_code)} <= {
        name.lower() for name in response.headers
    }
    return document


@pytest.mark.parametrize(
    ("region", "marketplaces"),
    [("eu", ("DE", "FR", "IT", "ES", "NL", "SE", "PL", "GB", "IN")), ("na", ("US", "CA", "MX")), ("fe", ("JP", "AU"))],
)
def test_drawn_orders(amazon: SimulatedAmazon, region: str, marketplaces: tuple[str, ...]) -> None:
    app = application(amazon, *marketplaces, region=region)
    app.seller.generate(300, pending=0.1, shipped=0.1, cancelled=0.1, fba=0.1, unknown_skus=0.05, business=0.2)
    shown = app.found(includedData=ALL)
    assert len(shown) == 300
    response = app.search(includedData=ALL)
    must_fit(response, ORDERS)
    for order in shown:
        assert complaints({"order": order}, ORDERS_MODEL, ONE_ORDER, 200) == []


@pytest.mark.parametrize(
    ("region", "marketplaces"), [("eu", ("DE", "FR", "GB", "IN", "TR")), ("na", ("US", "BR")), ("fe", ("JP", "AU"))]
)
def test_orders_with_everything_that_few_have(
    amazon: SimulatedAmazon, region: str, marketplaces: tuple[str, ...]
) -> None:
    app = application(amazon, *marketplaces, region=region)
    app.seller.generate(500, everything=True)
    for order in app.found(includedData=ALL):
        assert complaints({"order": order}, ORDERS_MODEL, ONE_ORDER, 200) == []


def test_orders_after_everything_that_can_happen_to_them(amazon: SimulatedAmazon, clock: Clock) -> None:
    app = application(amazon, "DE", "FR", "GB")
    seller = app.seller
    seller.add(*demo_orders(clock.now()))
    pending, cancelled, shipped, part = (
        seller.place(("MUG-WHITE", 2), "CAP-BLACK", pending=pending) for pending in (True, True, False, False)
    )
    seller.pay(pending)
    seller.request_cancel(pending)
    seller.cancel(cancelled)
    seller.ship(shipped)
    seller.ship(part, {seller.order(part)["orderItems"][0]["orderItemId"]: 1})
    seller.cancel_silently("302-1234567-0000001")
    seller.take_back_request(pending)
    _, cap = (item["orderItemId"] for item in seller.order(part)["orderItems"])
    seller.cancel_part(part, {cap: 1})
    seller.change_address(pending, city="Beispielstadt")
    seller.deliver(shipped)
    seller.refund(shipped)
    seller.replace(shipped)
    seller.preorder("MUG-WHITE")
    clock.advance(300)
    document = must_fit(app.search(includedData=ALL), ORDERS)
    assert len(document["orders"]) == 18
    for order_id in seller.order_ids():
        must_fit(app.get(f"{ORDERS}/{order_id}", includedData=ALL), ONE_ORDER)


@pytest.mark.parametrize("data_set", ["", *DATA_SETS])
def test_each_data_set_alone(amazon: SimulatedAmazon, data_set: str) -> None:
    app = application(amazon, "DE")
    app.seller.generate(20, fba=0.2)
    must_fit(app.search(includedData=data_set), ORDERS)


def test_no_order_at_all(amazon: SimulatedAmazon) -> None:
    assert must_fit(application(amazon, "DE").search(), ORDERS)["orders"] == []


def test_participations(amazon: SimulatedAmazon) -> None:
    app = application(amazon, "DE", "FR", "GB")
    app.seller.lists_non_amazon = True
    must_fit(app.get(PARTICIPATIONS), PARTICIPATIONS, "sellers")


@pytest.mark.parametrize(
    ("kind", "status"), [("403", 403), ("429", 429), ("500", 500), ("503", 503)], ids=lambda value: str(value)
)
def test_faults_that_speak_json(amazon: SimulatedAmazon, kind: str, status: int) -> None:
    app = application(amazon, "DE")
    amazon.faults.add(Fault(kind=kind, operation="searchOrders"))
    response = app.search()
    assert response.status_code == status
    must_fit(response, ORDERS)


@pytest.mark.parametrize(
    ("path", "template", "params", "status"),
    [
        (ORDERS, ORDERS, {}, 400),
        (ORDERS, ORDERS, {"createdAfter": "yesterday"}, 400),
        (ORDERS, ORDERS, {"createdAfter": "2026-11-01T00:00:00Z", "marketplaceIds": "ATVPDKIKX0DER"}, 403),
        (ORDERS + "/302-0000000-0000000", ONE_ORDER, {}, 404),
        (ORDERS + "/nonsense", ONE_ORDER, {}, 400),
    ],
    ids=["no time", "no date", "marketplace of others", "unknown order", "no order id"],
)
def test_refusals(amazon: SimulatedAmazon, path: str, template: str, params: dict[str, str], status: int) -> None:
    response = application(amazon, "DE").get(path, **params)
    assert response.status_code == status
    must_fit(response, template)


def test_a_token_that_nobody_issued(amazon: SimulatedAmazon) -> None:
    app = application(amazon, "DE")
    app.headers["x-amz-access-token"] = "Atza|made-up"
    for path, model in ((ORDERS, ORDERS_MODEL), (PARTICIPATIONS, "sellers")):
        response = app.get(path)
        assert response.status_code == 403
        must_fit(response, path, model)


def test_the_model_forbids_what_it_does_not_name(amazon: SimulatedAmazon) -> None:
    app = application(amazon, "DE")
    app.seller.generate(1)
    (order,) = app.found(includedData=ALL)
    for spoiled in (order | {"colour": "red"}, order | {"createdTime": "today"}, {"orderId": order["orderId"]}):
        assert complaints({"order": spoiled}, ORDERS_MODEL, ONE_ORDER, 200)
