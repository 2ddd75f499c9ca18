"""Amazon's own sandbox cases, asked of the simulated Amazon through its WSGI door.

An order of a case is put on sale as it is; the answer then has to be found, filtered and worded by the simulation.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amazon_orders.sandbox import Clock, Seller, SimulatedAmazon, order
from amazon_orders.sandbox.literals import Line
from amazon_orders.sandbox.marketplaces import BY_ID
from tests.amazon_models import sandbox_cases
from tests.contract.wsgi_client import Answer, call

MODEL = "orders_2026-01-01"
EVERYWHERE = {
    "na": ("US", "CA", "MX", "BR"),
    "eu": ("GB", "DE", "FR", "IT", "ES", "TR"),
    "fe": ("JP", "AU", "SG"),
}


def case(operation: str, status: int, number: int) -> dict[str, Any]:
    """One case by its place in the model."""
    (found,) = (
        row
        for row in sandbox_cases(MODEL)
        if (row["operationId"], row["status"], row["case"]) == (operation, status, number)
    )
    return found


def world(orders: list[dict[str, Any]], now: datetime) -> tuple[SimulatedAmazon, Seller]:
    """A seller with these orders, in the region that they come from."""
    region = BY_ID[orders[0]["salesChannel"]["marketplaceId"]].region if orders else "na"
    amazon = SimulatedAmazon(clock=Clock(start=now))
    seller = amazon.add_seller("A1CASES", region=region, marketplaces=EVERYWHERE[region])
    # Amazon's example of an order it ships itself shows name, street and mail; real accounts see less.
    seller.fba_personal_data = True
    seller.add(*orders)
    return amazon, seller


def ask(amazon: SimulatedAmazon, seller: Seller, path: str, query: dict[str, Any]) -> Answer:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": seller.refresh_token,
        "client_id": amazon.client_id,
        "client_secret": amazon.client_secret,
    }
    token = call(amazon.wsgi, "/auth/o2/token", form=form).json["access_token"]
    headers = {"x-amz-access-token": token, "user-agent": "Cases/1.0 (Language=Python)"}
    return call(amazon.wsgi, path, query=query, headers=headers)


def shortly_after(bound: str) -> datetime:
    """The time at which a request without an upper bound is answered with this one."""
    return datetime.fromisoformat(bound).astimezone(UTC) + timedelta(minutes=2)


def filler(like: dict[str, Any], created: datetime) -> dict[str, Any]:
    """Another order of the same marketplace, so that the case's own page has a neighbour."""
    country = BY_ID[like["salesChannel"]["marketplaceId"]].country
    return order("999-0000000-0000001", Line(sku="MUG-WHITE", item="10"), created=created, marketplace=country)


def test_all_eight_cases_are_told_apart_here() -> None:
    assert len(sandbox_cases(MODEL)) == 8


def test_a_first_page_names_the_next() -> None:
    row = case("searchOrders", 200, 0)
    (shown,) = row["response"]["orders"]
    now = shortly_after(row["response"]["createdBefore"])
    amazon, seller = world([shown, filler(shown, now - timedelta(minutes=5))], now)
    amazon.page_limit = 1

    answer = ask(amazon, seller, row["path"], row["request"]["query"])

    assert answer.status == 200
    # A page token is opaque: that there is one is the promise, not its letters.
    assert answer.json["pagination"].pop("nextToken")
    assert answer.json | {"pagination": {}} == row["response"] | {"pagination": {}}


def test_a_second_page_is_the_last() -> None:
    row = case("searchOrders", 200, 1)
    (shown,) = row["response"]["orders"]
    now = shortly_after(row["response"]["createdBefore"])
    amazon, seller = world([filler(shown, now - timedelta(hours=20)), shown], now)
    amazon.page_limit = 1
    first = {name: value for name, value in row["request"]["query"].items() if name != "paginationToken"}
    token = ask(amazon, seller, row["path"], first).json["pagination"]["nextToken"]

    answer = ask(amazon, seller, row["path"], first | {"paginationToken": token})

    assert answer.json == row["response"]


def test_a_brazilian_search_shows_tax_and_payment() -> None:
    row = case("searchOrders", 200, 2)
    amazon, seller = world(row["response"]["orders"], shortly_after(row["response"]["createdBefore"]))
    assert ask(amazon, seller, row["path"], row["request"]["query"]).json == row["response"]


@pytest.mark.parametrize("number", [0, 1, 2], ids=["from Brazil", "from Turkey with tax", "picked up in a store"])
def test_an_order_by_id(number: int) -> None:
    row = case("getOrder", 200, number)
    shown = row["response"]["order"]
    amazon, seller = world([shown], datetime.fromisoformat(shown["lastUpdatedTime"]))
    path = row["path"].replace("{orderId}", row["request"]["path"]["orderId"])
    assert ask(amazon, seller, path, row["request"]["query"]).json == row["response"]


@pytest.mark.parametrize("operation", ["searchOrders", "getOrder"])
def test_what_is_no_request_at_all(operation: str) -> None:
    row = case(operation, 400, 0)
    amazon, seller = world([], datetime(2026, 11, 20, tzinfo=UTC))
    path = row["path"].replace("{orderId}", row["request"].get("path", {}).get("orderId", ""))
    answer = ask(amazon, seller, path, row["request"].get("query", {}))
    assert (answer.status, answer.json) == (400, row["response"])


def test_participations_have_the_shape_of_the_case() -> None:
    (row,) = (row for row in sandbox_cases("sellers") if row["operationId"] == "getMarketplaceParticipations")
    amazon = SimulatedAmazon()
    seller = amazon.add_seller(region="na", marketplaces=["US"])
    seller.store_name = "BestSellerStore"
    assert ask(amazon, seller, row["path"], {}).json == row["response"]
