"""Usage plans under a driven clock."""

from __future__ import annotations

import math

import pytest

from amazon_orders.sandbox import Clock, Seller, SimulatedAmazon
from tests.unit.sandbox.application import ORDERS, PARTICIPATIONS, Application


@pytest.fixture
def amazon(clock: Clock) -> SimulatedAmazon:
    return SimulatedAmazon(clock=clock)


@pytest.fixture
def order_path(seller: Seller) -> str:
    return f"{ORDERS}/{seller.place('MUG-WHITE')}"


def statuses(app: Application, path: str, calls: int) -> list[int]:
    params = {"lastUpdatedAfter": "2026-11-20T00:00:00Z"} if path == ORDERS else {}
    return [app.get(path, **params).status_code for _ in range(calls)]


@pytest.mark.parametrize(
    ("operation", "rate", "burst"),
    [("searchOrders", 0.0056, 20), ("getOrder", 0.5, 30), ("getMarketplaceParticipations", 0.016, 15)],
)
def test_the_published_plans(
    app: Application, clock: Clock, order_path: str, operation: str, rate: float, burst: int
) -> None:
    path = {"searchOrders": ORDERS, "getOrder": order_path}.get(operation, PARTICIPATIONS)
    assert statuses(app, path, burst + 1) == [200] * burst + [429]
    clock.advance(1 / rate - 0.01)
    assert statuses(app, path, 1) == [429]
    clock.advance(0.02)
    assert statuses(app, path, 2) == [200, 429]
    clock.advance(burst / rate)
    app.log_in()
    assert statuses(app, path, burst + 1) == [200] * burst + [429]


def test_a_bucket_never_holds_more_than_its_burst(app: Application, clock: Clock) -> None:
    assert statuses(app, ORDERS, 1) == [200]
    clock.advance(86_400)
    app.log_in()
    assert statuses(app, ORDERS, 21) == [200] * 20 + [429]


def test_each_seller_and_operation_has_its_own_bucket(
    app: Application, amazon: SimulatedAmazon, order_path: str
) -> None:
    assert statuses(app, ORDERS, 21)[-1] == 429
    assert statuses(app, order_path, 1) == [200]
    other = Application(amazon, amazon.add_seller("A2OTHER"))
    assert statuses(other, ORDERS, 1) == [200]


def test_429_is_worded_to_the_letter_and_names_no_rate(app: Application) -> None:
    statuses(app, ORDERS, 20)
    response = app.search()
    assert response.status_code == 429
    assert response.json() == {
        "errors": [
            {
                "code": "QuotaExceeded",
                "message": "You exceeded your quota for the requested resource.",
                "details": "",
            }
        ]
    }
    assert response.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert "x-amzn-RateLimit-Limit" not in response.headers
    assert "Retry-After" not in response.headers
    assert response.headers["x-amzn-RequestId"]


def test_the_rate_is_named_on_200_400_and_404_alone(app: Application) -> None:
    answers = {
        200: app.search(),
        400: app.search(includedData="NOTHING"),
        403: app.search(marketplaceIds="A0NOBODY"),
        404: app.get(f"{ORDERS}/302-0000000-0000000"),
    }
    assert {status: response.status_code for status, response in answers.items()} == {s: s for s in answers}
    named = {status: response.headers.get("x-amzn-RateLimit-Limit") for status, response in answers.items()}
    assert named == {200: "0.0056", 400: "0.0056", 403: None, 404: "0.5"}


def test_a_plan_changes_while_it_is_used(app: Application, amazon: SimulatedAmazon, clock: Clock) -> None:
    statuses(app, ORDERS, 20)
    # Half a token gathered under the old plan stays half a token.
    clock.advance(0.5 / 0.0056)
    amazon.set_rate("searchOrders", 1.0)
    assert amazon.tokens_left("searchOrders", "A1SANDBOXSELLER") == pytest.approx(0.5)
    clock.advance(0.5)
    response = app.search()
    assert (response.status_code, response.headers["x-amzn-RateLimit-Limit"]) == (200, "1.0")
    amazon.set_rate("searchOrders", 0.001)
    clock.advance(999)
    assert statuses(app, ORDERS, 1) == [429]
    clock.advance(2)
    assert statuses(app, ORDERS, 1) == [200]


@pytest.mark.parametrize("rate", [0, -1.0])
def test_a_plan_needs_a_rate(amazon: SimulatedAmazon, rate: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        amazon.set_rate("searchOrders", rate)


def test_an_operation_without_plan_is_named(amazon: SimulatedAmazon) -> None:
    with pytest.raises(ValueError, match=r"known: .*\bgetOrder\b.*\bsearchOrders"):
        amazon.set_rate("getOrders", 1.0)


def test_speed_is_a_factor_on_every_rate(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock, speed=10)
    app = Application(amazon, amazon.add_seller())
    assert app.search().headers["x-amzn-RateLimit-Limit"] == "0.056"
    assert statuses(app, ORDERS, 20)[-1] == 429
    clock.advance(1 / 0.056 + 0.01)
    assert statuses(app, ORDERS, 2) == [200, 429]


@pytest.mark.parametrize("speed", [None, math.inf])
def test_without_throttling_the_rate_named_holds_nobody_back(clock: Clock, speed: float | None) -> None:
    amazon = SimulatedAmazon(clock=clock, speed=speed)
    app = Application(amazon, amazon.add_seller())
    assert set(statuses(app, ORDERS, 50)) == {200}
    assert float(app.search().headers["x-amzn-RateLimit-Limit"]) >= 1000


def test_refused_tokens_cost_nothing(app: Application, amazon: SimulatedAmazon) -> None:
    app.headers["x-amz-access-token"] = "Atza|made-up"
    assert set(statuses(app, ORDERS, 30)) == {403}
    app.log_in()
    assert statuses(app, ORDERS, 1) == [200]
