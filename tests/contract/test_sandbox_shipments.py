"""`confirmShipment` of the simulated Amazon against Amazon's model and its two sandbox cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from amazon_orders.sandbox import Clock, Fault, Line, SimulatedAmazon, order
from tests.amazon_models import complaints, response_headers, sandbox_cases
from tests.unit.sandbox.application import CONFIRMATION, Application

MODEL = "ordersV0"


def cases() -> list[dict[str, Any]]:
    return [row for row in sandbox_cases(MODEL) if row["operationId"] == "confirmShipment"]


@pytest.fixture
def app() -> Application:
    """The order of Amazon's cases, at a time that its ship date fits."""
    now = datetime(2022, 2, 22, tzinfo=UTC)
    amazon = SimulatedAmazon(clock=Clock(start=now), speed=None)
    seller = amazon.add_seller("A1CASES", region="na", marketplaces=["US"])
    placed = order(
        "902-1106328-1059050",
        Line(sku="MUG-WHITE", item="10.00"),
        created=datetime(2022, 2, 10, tzinfo=UTC),
        marketplace="US",
    )
    placed["orderItems"][0]["orderItemId"] = "79039765272157"
    seller.add(placed)
    return Application(amazon, seller, "https://sellingpartnerapi-na.amazon.com")


@pytest.mark.parametrize("status", [204, 400])
def test_the_cases(app: Application, status: int) -> None:
    (row,) = (row for row in cases() if row["status"] == status)
    response = app.call(
        "POST", CONFIRMATION.replace("{orderId}", row["request"]["path"]["orderId"]), row["request"]["body"]["body"]
    )
    assert response.status_code == status
    assert (response.json() if response.content else {}) == row["response"]
    assert {name.lower() for name in response_headers(MODEL, CONFIRMATION, status, "post")} <= {
        name.lower() for name in response.headers
    }


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("902-1106328-1059050", {}, 400),
        ("902-1106328-1059050", {"marketplaceId": "A1PA6795UKMFR9", "packageDetail": {"packageReferenceId": 1}}, 400),
        ("902-1106328-0000000", None, 404),
    ],
    ids=["nothing", "number", "unknown order"],
)
def test_refusals(app: Application, path: str, body: Any, status: int) -> None:
    (row,) = (row for row in cases() if row["status"] == 204)
    response = app.call(
        "POST", CONFIRMATION.replace("{orderId}", path), row["request"]["body"]["body"] if body is None else body
    )
    assert response.status_code == status
    assert complaints(response.json(), MODEL, CONFIRMATION, status, "post") == []


@pytest.mark.parametrize("kind", ["403", "429", "500", "503"])
def test_faults(app: Application, kind: str) -> None:
    app.amazon.faults.add(Fault(kind=kind, operation="confirmShipment"))
    response = app.call("POST", CONFIRMATION.replace("{orderId}", "902-1106328-1059050"), {})
    assert response.status_code == int(kind)
    assert complaints(response.json(), MODEL, CONFIRMATION, int(kind), "post") == []
