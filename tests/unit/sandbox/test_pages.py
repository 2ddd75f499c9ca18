"""What a search shows, in which order, page after page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amazon_orders.sandbox import Clock, Line, Seller, SimulatedAmazon, order
from tests.unit.sandbox.application import Application

DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"


def add(seller: Seller, clock: Clock, number: int, seconds_ago: float, marketplace: str = "DE") -> str:
    moment = clock.now() - timedelta(seconds=seconds_ago)
    line = Line(sku="MUG-WHITE", item="12.50")
    ids = seller.add(order(f"302-0000000-{number:07}", line, created=moment, updated=moment, marketplace=marketplace))
    return ids[0]


@pytest.mark.parametrize("size", ["1", "7", "30", "99", "100"])
def test_pages_show_every_order_once_and_in_order(app: Application, seller: Seller, size: str) -> None:
    ids = seller.generate(100)
    shown = app.found(maxResultsPerPage=size, includedData="FULFILLMENT")
    assert sorted(order["orderId"] for order in shown) == sorted(ids)
    times = [order["lastUpdatedTime"] for order in shown]
    assert times == sorted(times)


def test_a_search_by_creation_is_ordered_by_creation(app: Application, seller: Seller) -> None:
    seller.generate(50)
    shown = [order["createdTime"] for order in app.found(createdAfter=app.ago(days=30), maxResultsPerPage="20")]
    assert len(shown) == 50
    assert shown == sorted(shown)


def test_orders_of_one_moment_are_not_lost_between_pages(app: Application, seller: Seller, clock: Clock) -> None:
    ids = [add(seller, clock, number, 3600) for number in range(12)]
    assert app.found_ids(maxResultsPerPage="5") == ids


def test_the_last_page_has_no_token_even_when_it_is_full(app: Application, seller: Seller) -> None:
    seller.generate(20)
    first = app.search(maxResultsPerPage="10").json()
    assert len(first["orders"]) == 10
    token = first["pagination"]["nextToken"]
    last = app.search(maxResultsPerPage="10", paginationToken=token)
    assert len(last.json()["orders"]) == 10
    assert "pagination" not in last.json()


def test_a_page_may_be_shorter_than_asked_for(app: Application, amazon: SimulatedAmazon, seller: Seller) -> None:
    seller.generate(10)
    amazon.page_limit = 3
    assert len(app.search().json()["orders"]) == 3
    assert len(app.found()) == 10


def test_both_bounds_are_included_to_the_millisecond(app: Application, seller: Seller, clock: Clock) -> None:
    ids = [add(seller, clock, number, 600 + number / 1000) for number in range(5)]
    bounds = {"lastUpdatedAfter": app.ago(seconds=600.003), "lastUpdatedBefore": app.ago(seconds=600.001)}
    assert app.found_ids(**bounds) == [ids[3], ids[2], ids[1]]
    assert app.found(**bounds)[0]["lastUpdatedTime"] == "2026-11-20T11:49:59.997Z"


def test_nothing_younger_than_two_minutes_is_shown(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    clock.advance(119.999)
    assert app.found() == []
    clock.advance(0.001)
    assert app.found_ids() == [order_id]


@pytest.mark.parametrize(
    ("given", "echo"),
    [
        ({"lastUpdatedAfter": "2026-11-20T10:00:00Z"}, {"lastUpdatedBefore": "2026-11-20T11:58:00Z"}),
        ({"createdAfter": "2026-11-20T10:00:00Z"}, {"createdBefore": "2026-11-20T11:58:00Z"}),
        (
            {"createdAfter": "2026-11-20T10:00:00Z", "createdBefore": "2026-11-20T12:00:00.500+01:00"},
            {"createdBefore": "2026-11-20T11:00:00.500Z"},
        ),
    ],
)
def test_the_answer_names_its_upper_bound(app: Application, given: dict[str, str], echo: dict[str, str]) -> None:
    document = app.search(**given).json()
    assert {name: document[name] for name in document if name.endswith("Before")} == echo


def test_the_upper_bound_of_the_first_page_holds_for_all(app: Application, seller: Seller, clock: Clock) -> None:
    ids = [add(seller, clock, number, 3600 - number) for number in range(4)]
    since = app.ago(days=1)
    first = app.search(lastUpdatedAfter=since, maxResultsPerPage="2").json()
    clock.advance(1000)
    add(seller, clock, 9, 500)
    second = app.search(
        lastUpdatedAfter=since, maxResultsPerPage="2", paginationToken=first["pagination"]["nextToken"]
    ).json()
    assert second["lastUpdatedBefore"] == first["lastUpdatedBefore"]
    assert [order["orderId"] for order in second["orders"]] == ids[2:]


def test_an_order_that_changes_while_pages_are_read_moves_out_of_the_window(
    app: Application, seller: Seller, clock: Clock
) -> None:
    ids = [add(seller, clock, number, 3600 - number) for number in range(4)]
    since = app.ago(days=1)
    first = app.search(lastUpdatedAfter=since, maxResultsPerPage="2").json()
    seller.cancel(ids[3])
    rest = app.found_ids(
        lastUpdatedAfter=since, maxResultsPerPage="2", paginationToken=first["pagination"]["nextToken"]
    )
    assert rest == [ids[2]]
    clock.advance(600)
    assert app.found_ids(lastUpdatedAfter=first["lastUpdatedBefore"]) == [ids[3]]


class TestPageTokens:
    @pytest.fixture
    def token(self, app: Application, seller: Seller) -> str:
        seller.generate(30)
        page = app.search(maxResultsPerPage="10", marketplaceIds=f"{DE},{FR}", lastUpdatedAfter="2026-11-01T00:00:00Z")
        token: str = page.json()["pagination"]["nextToken"]
        return token

    @pytest.fixture
    def params(self, token: str) -> dict[str, str]:
        return {
            "maxResultsPerPage": "10",
            "marketplaceIds": f"{DE},{FR}",
            "lastUpdatedAfter": "2026-11-01T00:00:00Z",
            "paginationToken": token,
        }

    def test_page_size_and_data_sets_may_change(self, app: Application, params: dict[str, str]) -> None:
        page = app.search(**params | {"maxResultsPerPage": "5", "includedData": "BUYER"}).json()
        assert len(page["orders"]) == 5
        assert "buyer" in page["orders"][0]

    @pytest.mark.parametrize(
        "change",
        [
            {"marketplaceIds": DE},
            {"marketplaceIds": ""},
            {"lastUpdatedAfter": "2026-11-01T00:00:00.001Z"},
            {"lastUpdatedBefore": "2026-11-20T11:00:00Z"},
            {"fulfillmentStatuses": "UNSHIPPED"},
            {"fulfilledBy": "MERCHANT"},
            {"lastUpdatedAfter": "", "createdAfter": "2026-11-01T00:00:00Z"},
        ],
        ids=lambda change: ",".join(f"{name}={value}" for name, value in change.items()),
    )
    def test_all_else_must_stay(self, app: Application, params: dict[str, str], change: dict[str, str]) -> None:
        response = app.search(**params | change)
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "InvalidInput"

    def test_it_lives_for_24_hours(self, app: Application, params: dict[str, str], clock: Clock) -> None:
        clock.advance(timedelta(hours=24))
        app.log_in()
        assert app.search(**params).status_code == 200
        clock.advance(0.001)
        assert app.search(**params).status_code == 400

    def test_it_can_be_used_again(self, app: Application, params: dict[str, str]) -> None:
        assert app.search(**params).json() == app.search(**params).json()

    def test_it_is_bound_to_its_seller(self, app: Application, params: dict[str, str], amazon: SimulatedAmazon) -> None:
        other = Application(amazon, amazon.add_seller("A2OTHER", marketplaces=["DE", "FR"]))
        assert other.search(**params).status_code == 400

    def test_it_cannot_be_forged(self, app: Application, params: dict[str, str]) -> None:
        token = params["paginationToken"]
        forged = token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]
        assert app.search(**params | {"paginationToken": forged}).status_code == 400


class TestFilters:
    @pytest.fixture
    def orders(self, seller: Seller) -> dict[str, dict[str, str]]:
        """Marketplace, status and shipper of each order."""
        seller.generate(200, pending=0.2, shipped=0.2, cancelled=0.2, fba=0.3)
        told = {}
        for order_id in seller.order_ids():
            full = seller.order(order_id)
            told[order_id] = {
                "marketplaceIds": full["salesChannel"]["marketplaceId"],
                "fulfillmentStatuses": full["fulfillment"]["fulfillmentStatus"],
                "fulfilledBy": full["fulfillment"]["fulfilledBy"],
            }
        return told

    @pytest.mark.parametrize(
        "wanted",
        [
            {"marketplaceIds": FR},
            {"marketplaceIds": f"{DE},{FR}"},
            {"fulfillmentStatuses": "PENDING"},
            {"fulfillmentStatuses": "SHIPPED,CANCELLED"},
            {"fulfilledBy": "AMAZON"},
            {"marketplaceIds": DE, "fulfillmentStatuses": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        ],
        ids=lambda wanted: "&".join(f"{name}={value}" for name, value in wanted.items()),
    )
    def test_only_what_was_asked_for(
        self, app: Application, orders: dict[str, dict[str, str]], wanted: dict[str, str]
    ) -> None:
        expected = {
            order_id
            for order_id, told in orders.items()
            if all(told[name] in value.split(",") for name, value in wanted.items())
        }
        assert expected
        assert set(app.found_ids(**wanted)) == expected


def test_orders_older_than_two_years_are_gone_except_where_amazon_remembers(
    amazon: SimulatedAmazon, clock: Clock
) -> None:
    apps = {}
    for country, region in (("DE", "eu"), ("JP", "fe")):
        seller = amazon.add_seller(f"A1{country}", region=region, marketplaces=[country])
        apps[country] = Application(amazon, seller, f"https://sellingpartnerapi-{region}.amazon.com")
        add(seller, clock, 1, 3 * 365 * 86400, country)
    since = "2020-01-01T00:00:00Z"
    assert {country: len(app.found(createdAfter=since)) for country, app in apps.items()} == {"DE": 0, "JP": 1}
    assert apps["DE"].get("/orders/2026-01-01/orders/302-0000000-0000001").status_code == 404
