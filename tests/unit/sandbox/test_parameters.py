"""What `searchOrders` and `getOrder` take, and what they refuse."""

from __future__ import annotations

import pytest

from amazon_orders.sandbox import Seller
from amazon_orders.sandbox.marketplaces import NON_AMAZON, PLACES
from amazon_orders.sandbox.routes import OPERATIONS
from tests.amazon_models import companion
from tests.unit.sandbox.application import ORDERS, Application

# The clock stands at 2026-11-20T12:00:00Z.
DE = "A1PA6795UKMFR9"
T10 = "2026-11-20T10:00:00Z"
T11 = "2026-11-20T11:00:00Z"

REFUSED: list[tuple[str, dict[str, str]]] = [
    ("no lower bound", {}),
    ("an upper bound alone", {"lastUpdatedBefore": T10}),
    ("both lower bounds", {"createdAfter": T10, "lastUpdatedAfter": T10}),
    ("created after with updated before", {"createdAfter": T10, "lastUpdatedBefore": T11}),
    ("updated after with created before", {"lastUpdatedAfter": T10, "createdBefore": T11}),
    ("an upper bound below the lower", {"lastUpdatedAfter": T11, "lastUpdatedBefore": T10}),
    ("an upper bound 119 s old", {"lastUpdatedAfter": T10, "lastUpdatedBefore": "2026-11-20T11:58:01Z"}),
    ("an upper bound a millisecond too young", {"createdAfter": T10, "createdBefore": "2026-11-20T11:58:00.001Z"}),
    ("a lower bound younger than two minutes", {"lastUpdatedAfter": "2026-11-20T11:59:00Z"}),
    ("a time without zone", {"lastUpdatedAfter": "2026-11-20T10:00:00"}),
    ("a date", {"lastUpdatedAfter": "2026-11-20"}),
    ("a number of seconds", {"lastUpdatedAfter": "1795168800"}),
    ("an empty value", {"lastUpdatedAfter": T10, "marketplaceIds": " "}),
    ("an unknown parameter", {"lastUpdatedAfter": T10, "orderIds": "302-0000000-0000000"}),
    ("a parameter of the old API", {"LastUpdatedAfter": T10}),
    ("an unknown status", {"lastUpdatedAfter": T10, "fulfillmentStatuses": "Unshipped"}),
    ("a list with a blank after the comma", {"lastUpdatedAfter": T10, "fulfillmentStatuses": "PENDING, UNSHIPPED"}),
    ("a list with a hole", {"lastUpdatedAfter": T10, "includedData": "BUYER,,TAX"}),
    ("an unknown channel", {"lastUpdatedAfter": T10, "fulfilledBy": "MFN"}),
    ("an unknown data set", {"lastUpdatedAfter": T10, "includedData": "BUYER,EVERYTHING"}),
    ("no result a page", {"lastUpdatedAfter": T10, "maxResultsPerPage": "0"}),
    ("101 results a page", {"lastUpdatedAfter": T10, "maxResultsPerPage": "101"}),
    ("many results a page", {"lastUpdatedAfter": T10, "maxResultsPerPage": "many"}),
    ("51 marketplaces", {"lastUpdatedAfter": T10, "marketplaceIds": ",".join([DE] * 51)}),
    ("a page token that nobody issued", {"lastUpdatedAfter": T10, "paginationToken": "9ZhB4RmVyc2lvbiAxLjAgb2YgdGhl"}),
    ("a page token in no alphabet", {"lastUpdatedAfter": T10, "paginationToken": "ä"}),
]

TAKEN: list[tuple[str, dict[str, str]]] = [
    ("a lower bound alone", {"lastUpdatedAfter": T10}),
    ("equal bounds", {"createdAfter": T10, "createdBefore": T10}),
    ("an upper bound exactly two minutes old", {"lastUpdatedAfter": T10, "lastUpdatedBefore": "2026-11-20T11:58:00Z"}),
    ("a lower bound exactly two minutes old", {"lastUpdatedAfter": "2026-11-20T11:58:00Z"}),
    ("milliseconds and an offset", {"lastUpdatedAfter": "2026-11-20T11:00:00.123+01:00"}),
    ("50 marketplaces", {"lastUpdatedAfter": T10, "marketplaceIds": ",".join([DE] * 50)}),
    ("lists", {"lastUpdatedAfter": T10, "fulfillmentStatuses": "PENDING,UNSHIPPED", "fulfilledBy": "MERCHANT,AMAZON"}),
    ("every data set", {"lastUpdatedAfter": T10, "includedData": "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,TAX"}),
    ("100 results a page", {"lastUpdatedAfter": T10, "maxResultsPerPage": "100"}),
]


@pytest.mark.parametrize("params", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(app: Application, params: dict[str, str]) -> None:
    response = app.get(ORDERS, **params)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "InvalidInput"


@pytest.mark.parametrize("params", [row[1] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_taken(app: Application, params: dict[str, str]) -> None:
    assert app.get(ORDERS, **params).status_code == 200


def test_a_list_is_not_a_repeated_parameter(app: Application) -> None:
    app.log_in()
    url = f"{app.endpoint}{ORDERS}?lastUpdatedAfter={T10}&fulfilledBy=MERCHANT&fulfilledBy=AMAZON"
    assert app.session.get(url, headers=app.headers).status_code == 400


def test_a_plus_sign_must_be_encoded(app: Application) -> None:
    app.log_in()
    url = f"{app.endpoint}{ORDERS}?lastUpdatedAfter=2026-11-20T11:00:00+01:00"
    assert app.session.get(url, headers=app.headers).status_code == 400
    assert app.session.get(url.replace("+", "%2B"), headers=app.headers).status_code == 200


@pytest.mark.parametrize(
    "marketplace_id",
    [NON_AMAZON["DE"], "ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A0NOBODY"],
    ids=["outside Amazon", "another region", "not the seller's", "nobody's"],
)
def test_only_the_sellers_own_marketplaces(app: Application, marketplace_id: str) -> None:
    response = app.search(marketplaceIds=f"{DE},{marketplace_id}")
    assert response.status_code == 403
    assert response.json()["errors"][0]["code"] == "Unauthorized"


def test_an_order_takes_included_data_alone(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    path = f"{ORDERS}/{order_id}"
    assert app.get(path).status_code == 200
    assert app.get(path, includedData="TAX,BUYER").status_code == 200
    assert app.get(path, includedData="tax").status_code == 400
    assert app.get(path, marketplaceIds=DE).status_code == 400


def test_unknown_paths_are_not_found(app: Application) -> None:
    for path in ("/orders/v0/orders", "/orders/2026-01-01/order", "/"):
        assert app.get(path).status_code == 404


def test_ids_and_currencies_are_amazons() -> None:
    lines = companion("marketplaces.csv").read_text(encoding="utf-8").splitlines()[1:]
    published = {tuple(line.split(",")[:5]) for line in lines}
    assert {(row.country, row.id, row.region, row.currency, row.domain) for row in PLACES} == published


def test_plans_are_amazons() -> None:
    lines = companion("rates.csv").read_text(encoding="utf-8").splitlines()[1:]
    published = {
        (operation, method, path, rate, burst)
        for _, operation, method, path, rate, burst, _ in (line.split(",") for line in lines)
    }
    for row in OPERATIONS:
        assert (row.name, row.method, row.template, str(row.rate), str(row.burst)) in published
