"""Listings and reports of the simulated Amazon against Amazon's model files."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from amazon_orders.sandbox import Clock, Fault, SimulatedAmazon
from tests.amazon_models import complaints, response_headers
from tests.unit.sandbox.application import LISTINGS, REPORT_DOCUMENTS, REPORTS, Application

DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
HERE = LISTINGS.replace("{sellerId}", "A1SANDBOXSELLER")
ITEM = LISTINGS + "/{sku}"
ALL = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
KIND = "GET_MERCHANT_LISTINGS_ALL_DATA"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(clock: Clock) -> Application:
    amazon = SimulatedAmazon(clock=clock, speed=None)
    app = Application(amazon, amazon.add_seller(marketplaces=["DE", "FR"]))
    app.seller.list_item("MUG-FBA", channel="AMAZON_EU")
    return app


def must_fit(response: requests.Response, path: str, status: int, method: str = "get") -> Any:
    model = "reports_2021-06-30" if path.startswith("/reports") else "listingsItems_2021-08-01"
    assert response.status_code == status, response.text
    assert complaints(response.json(), model, path, status, method) == []
    assert {name.lower() for name in response_headers(model, path, status, method)} <= {
        name.lower() for name in response.headers
    }
    return response.json()


def patch(app: Application, sku: str, *rows: dict[str, Any], **params: str) -> requests.Response:
    patches = [{"op": "merge", "path": "/attributes/fulfillment_availability", "value": list(rows)}]
    body = {"productType": "PRODUCT", "patches": patches}
    return app.call("PATCH", f"{HERE}/{sku}", body, marketplaceIds=DE, **params)


@pytest.mark.parametrize("data_sets", [ALL, *ALL.split(",")])
def test_items(app: Application, data_sets: str) -> None:
    for sku in ("MUG-WHITE", "MUG-FBA"):
        must_fit(app.get(f"{HERE}/{sku}", marketplaceIds=f"{DE},{FR}", includedData=data_sets), ITEM, 200)
    found = must_fit(app.get(HERE, marketplaceIds=DE, includedData=data_sets), LISTINGS, 200)
    token = found["pagination"]["nextToken"]
    must_fit(app.get(HERE, marketplaceIds=DE, includedData=data_sets, pageToken=token), LISTINGS, 200)


def test_submissions(app: Application) -> None:
    row = {"fulfillment_channel_code": "DEFAULT", "quantity": 5}
    for rows, params in (
        ([row], {}),
        ([row | {"quantity": -1}], {}),
        ([row], {"mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}),
    ):
        must_fit(patch(app, "MUG-WHITE", *rows, **params), ITEM, 200, "patch")


def test_refusals(app: Application) -> None:
    must_fit(patch(app, "MUG-WHITE"), ITEM, 400, "patch")
    must_fit(app.get(f"{HERE}/MUG-WHITE"), ITEM, 400)
    must_fit(app.get(f"{HERE}/NOBODY", marketplaceIds=DE), ITEM, 404)
    must_fit(app.get(HERE, marketplaceIds="invalid"), LISTINGS, 400)
    must_fit(app.get(HERE, marketplaceIds="ATVPDKIKX0DER"), LISTINGS, 403)


def test_reports(app: Application, clock: Clock) -> None:
    body = {"reportType": KIND, "marketplaceIds": [DE], "dataStartTime": "2026-11-01T00:00:00Z"}
    report_id = must_fit(app.call("POST", REPORTS, body), REPORTS, 202, "post")["reportId"]
    for _ in range(3):
        told = must_fit(app.get(f"{REPORTS}/{report_id}"), REPORTS + "/{reportId}", 200)
        clock.advance(30)
    document = f"{REPORT_DOCUMENTS}/{told['reportDocumentId']}"
    must_fit(app.get(document), REPORT_DOCUMENTS + "/{reportDocumentId}", 200)
    app.call("POST", REPORTS, body)
    must_fit(app.get(REPORTS, reportTypes=KIND, pageSize="1"), REPORTS, 200)
    must_fit(app.call("POST", REPORTS, {}), REPORTS, 400, "post")
    must_fit(app.get(f"{REPORTS}/1"), REPORTS + "/{reportId}", 404)


@pytest.mark.parametrize("kind", ["403", "429", "500", "503"])
def test_faults(app: Application, kind: str) -> None:
    for operation in ("patchListingsItem", "getListingsItem", "createReport"):
        app.amazon.faults.add(Fault(kind=kind, operation=operation))
    must_fit(patch(app, "MUG-WHITE"), ITEM, int(kind), "patch")
    must_fit(app.get(f"{HERE}/MUG-WHITE"), ITEM, int(kind))
    must_fit(app.call("POST", REPORTS, {}), REPORTS, int(kind), "post")
