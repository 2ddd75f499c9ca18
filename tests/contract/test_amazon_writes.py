"""The way back against Amazon's own models: every request fits, every sandbox case is answered as it should be."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amazon_orders.amazon import PLANS, AmazonClient, LwaCredentials, Transport, listings_feed, listings_report
from amazon_orders.amazon.shipments import shipment_confirmation
from amazon_orders.errors import AmazonRejected, PayloadError
from amazon_orders.model import TOKEN_ENDPOINT, Carrier, Confirm, Connection, Units
from tests.amazon_models import companion, models_dir, sandbox_cases
from tests.amazon_requests import MODELS, against, checked, complaints, operation
from tests.unit.amazon.wire import Counter, Drawer

HOST = "https://sellingpartnerapi-na.amazon.com"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AMERICA = "ATVPDKIKX0DER"
SELLER = "A1SELLER"
ORDERS, FEEDS, LISTINGS, REPORTS = MODELS
OURS = {
    ORDERS: {"confirmShipment"},
    FEEDS: {"createFeedDocument", "createFeed", "getFeed", "getFeeds", "getFeedDocument"},
    LISTINGS: {"patchListingsItem", "getListingsItem", "searchListingsItems"},
    REPORTS: {"createReport", "getReport", "getReportDocument"},
}


@pytest.fixture
def client() -> AmazonClient:
    return AmazonClient(
        Connection(name="us", seller_id=SELLER, region="na", refresh_token="Atzr|1", marketplaces=("US",)),
        LwaCredentials("client", "secret"),
        transport=Transport(now=lambda: NOW),
        buckets=Counter(),
        tokens=Drawer(),
        now=lambda: NOW,
    )


def cases(name: str, status: int) -> list[dict[str, Any]]:
    model_name = operation(name)[0]
    return [row for row in sandbox_cases(model_name) if (row["operationId"], row["status"]) == (name, status)]


def answers(row: dict[str, Any], url: str) -> None:
    """Amazon gives a token, and this case's answer to `url`."""
    responses.post(TOKEN_ENDPOINT, json={"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})
    body = b"" if row["status"] == 204 else json.dumps(row["response"])
    headers = {"x-amzn-RequestId": "request-1"}
    responses.add(row["method"], url, body=body, status=row["status"], headers=headers, content_type="application/json")


def last(name: str) -> dict[str, Any]:
    return checked(name, responses.calls[-1].request)


def package(**changes: Any) -> Confirm:
    values: dict[str, Any] = {
        "amazon_order_id": "902-1106328-1059050",
        "shipment": "1",
        "carrier": Carrier(code="FedEx", name="FedEx"),
        "method": "FedEx Ground",
        "tracking": "112345678",
        "ship_date": datetime(2022, 2, 11, 1, 0, tzinfo=UTC),
        "units": (Units(order_item_id="79039765272157", quantity=1),),
    }
    return Confirm(**(values | changes))


def test_every_operation_has_its_cases_here() -> None:
    counted = {name: (len(cases(name, 400)), sum(len(cases(name, code)) for code in (200, 201, 202, 204)))
               for names in OURS.values() for name in names}  # fmt: skip
    assert counted == {name: (1, 3 if name == "patchListingsItem" else 1) for name in counted}


def test_every_operation_has_its_published_plan() -> None:
    with companion("rates.csv").open(encoding="utf-8") as file:
        published = {row["operation"]: row for row in csv.DictReader(file)}
    for name in {name for names in OURS.values() for name in names}:
        assert (PLANS[name].rate, PLANS[name].burst) == (
            float(published[name]["rate_per_s"]),
            int(published[name]["burst"]),
        )


# Shipments


@responses.activate
def test_a_package_is_told_as_in_amazons_example(client: AmazonClient) -> None:
    (row,) = cases("confirmShipment", 204)
    answers(row, f"{HOST}/orders/v0/orders/902-1106328-1059050/shipmentConfirmation")
    client.confirm_shipment(package(), marketplace_id=AMERICA, package_reference_id="1")
    wanted = row["request"]["body"]["body"]
    del wanted["packageDetail"]["shipFromSupplySourceId"], wanted["packageDetail"]["orderItems"][0]["transparencyCodes"]
    assert last("confirmShipment")["body"] == wanted


@responses.activate
def test_a_package_that_amazon_refuses_is_told_with_its_code(client: AmazonClient) -> None:
    (row,) = cases("confirmShipment", 400)
    answers(row, f"{HOST}/orders/v0/orders/902-1106328-1059050/shipmentConfirmation")
    with pytest.raises(AmazonRejected) as caught:
        client.confirm_shipment(package(), marketplace_id=AMERICA, package_reference_id="1")
    assert (caught.value.amazon_code, caught.value.status) == ("Invalid Input", 400)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    code=st.text(min_size=1).filter(lambda code: code != "Other"),
    name=st.text(),
    method=st.text(),
    tracking=st.text(min_size=1),
    units=st.lists(st.tuples(st.text(), st.integers(1, 10**6)), min_size=1, max_size=4),
    number=st.integers(1, 10**9),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
    cod=st.booleans(),
)
def test_every_package_fits_the_model(
    code: str, name: str, method: str, tracking: str, units: Any, number: int, at: datetime, cod: bool
) -> None:
    confirm = package(
        carrier=Carrier(code=code, name=name),
        method=method,
        tracking=tracking,
        ship_date=at,
        units=tuple(Units(order_item_id=item, quantity=count) for item, count in units),
    )
    body = shipment_confirmation(confirm, marketplace_id="A1VC38T7YXB528", package_reference_id=str(number), cod=cod)
    assert complaints("confirmShipment", body) == []
    told = datetime.fromisoformat(body["packageDetail"]["shipDate"])
    assert timedelta() <= at.astimezone(UTC) - told < timedelta(milliseconds=1)


# Feeds


@responses.activate
def test_a_feed_goes_the_way_of_amazons_examples(client: AmazonClient) -> None:
    (made,), (created,), (found,), (listed,) = (
        cases(name, status)
        for name, status in (("createFeedDocument", 201), ("createFeed", 202), ("getFeed", 200), ("getFeeds", 200))
    )
    answers(made, f"{HOST}/feeds/2021-06-30/documents")
    kind = made["request"]["body"]["body"]["contentType"]
    document = client.feeds.create_document(kind)
    assert (document.id, document.url) == (made["response"]["feedDocumentId"], made["response"]["url"])
    assert last("createFeedDocument")["body"] == made["request"]["body"]["body"]

    answers(created, f"{HOST}/feeds/2021-06-30/feeds")
    sent = created["request"]["body"]["body"]
    feed_id = client.feeds.create(sent["feedType"], sent["marketplaceIds"], sent["inputFeedDocumentId"])
    assert (feed_id, last("createFeed")["body"]) == (created["response"]["feedId"], sent)

    answers(found, f"{HOST}/feeds/2021-06-30/feeds/{found['request']['path']['feedId']}")
    feed = client.feeds.get(found["request"]["path"]["feedId"])
    last("getFeed")
    assert (feed.id, feed.type, feed.status) == ("FeedId1", "POST_PRODUCT_DATA", "CANCELLED")
    assert feed.created_at == datetime(2024, 3, 11, 13, 16, 24, 630_000, tzinfo=UTC)
    assert feed.over

    # Its answer has a token for a page that Amazon's examples do not have.
    page = {**listed, "response": {"feeds": listed["response"]["feeds"]}}
    answers(page, f"{HOST}/feeds/2021-06-30/feeds")
    assert client.feeds.search(listed["request"]["query"]["feedTypes"], NOW) == (feed,)
    assert last("getFeeds")["feedTypes"] == "POST_PRODUCT_DATA"


@responses.activate
@pytest.mark.parametrize("name", ["getFeedDocument", "getReportDocument"])
def test_the_place_that_amazons_examples_name_is_not_its_storage(client: AmazonClient, name: str) -> None:
    (row,) = cases(name, 200)
    area, key = ("feeds", "feedDocumentId") if name == "getFeedDocument" else ("reports", "reportDocumentId")
    document = row["request"]["path"][key]
    answers(row, f"{HOST}/{area}/2021-06-30/documents/{document}")
    with pytest.raises(PayloadError):
        client.feeds.result(document) if area == "feeds" else client.reports.document(document)
    last(name)


# Listings


@responses.activate
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_quantity_is_answered_as_in_amazons_examples(client: AmazonClient, number: int) -> None:
    row = cases("patchListingsItem", 200)[number]
    answers(row, f"{HOST}/listings/2021-08-01/items/{SELLER}/{row['response']['sku']}")
    done = client.listings.patch_quantity(row["response"]["sku"], marketplace_id=AMERICA, quantity=10)
    last("patchListingsItem")
    assert (done.status, done.submission_id) == (row["response"]["status"], row["response"]["submissionId"])
    assert [(issue.code, issue.severity) for issue in done.issues] == [
        (issue["code"], issue["severity"]) for issue in row["response"]["issues"]
    ]
    assert done.accepted is (number == 0)


@responses.activate
def test_listings_are_read_as_in_amazons_examples(client: AmazonClient) -> None:
    (one,), (many,) = cases("getListingsItem", 200), cases("searchListingsItems", 200)
    answers(one, f"{HOST}/listings/2021-08-01/items/{SELLER}/GM-ZDPI-9B4E")
    facts = client.listings.get("GM-ZDPI-9B4E", AMERICA)
    assert facts is not None
    assert last("getListingsItem")["path"][-1] == "GM-ZDPI-9B4E"
    assert (facts.sku, facts.asin, facts.product_type) == ("GM-ZDPI-9B4E", "B071VG5N9D", "LUGGAGE")
    assert (facts.statuses, facts.channels, len(facts.issues)) == (("BUYABLE",), {"DEFAULT": 100}, 5)
    assert facts.title == "Hardside Carry-On Spinner Suitcase Luggage"

    response = {key: value for key, value in many["response"].items() if key != "pagination"}
    answers({**many, "response": response}, f"{HOST}/listings/2021-08-01/items/{SELLER}")
    assert client.listings.search(many["request"]["query"]["identifiers"], AMERICA) == {"GM-ZDPI-9B4E": facts}
    assert last("searchListingsItems")["identifiers"] == "GM-ZDPI-9B4E,HW-ZDPI-9B4E,TC-ZDPI-9B4E"


# Reports


@responses.activate
def test_a_report_goes_the_way_of_amazons_examples(client: AmazonClient) -> None:
    (created,), (found,) = cases("createReport", 202), cases("getReport", 200)
    answers(created, f"{HOST}/reports/2021-06-30/reports")
    sent = created["request"]["body"]["body"]
    assert client.reports.create(sent["reportType"], sent["marketplaceIds"]) == "ID323"
    assert last("createReport")["body"] == {key: sent[key] for key in ("reportType", "marketplaceIds")}
    answers(found, f"{HOST}/reports/2021-06-30/reports/ID323")
    job = client.reports.get("ID323")
    last("getReport")
    assert (job.id, job.status, job.over) == ("ReportId1", "IN_PROGRESS", False)


# Refusals

REFUSED: dict[str, Any] = {
    "createFeedDocument": ("/feeds/2021-06-30/documents", lambda client: client.feeds.create_document("")),
    "createFeed": ("/feeds/2021-06-30/feeds", lambda client: client.feeds.create("", ("A",), "badDocumentId")),
    "getFeed": ("/feeds/2021-06-30/feeds/badFeedId1", lambda client: client.feeds.get("badFeedId1")),
    "getFeeds": ("/feeds/2021-06-30/feeds", lambda client: client.feeds.search(("POST_PRODUCT_DATA",), NOW)),
    "getFeedDocument": ("/feeds/2021-06-30/documents/badDocumentId1", lambda c: c.feeds.result("badDocumentId1")),
    "createReport": ("/reports/2021-06-30/reports", lambda client: client.reports.create("BAD", ("A",))),
    "getReport": ("/reports/2021-06-30/reports/badReportId1", lambda client: client.reports.get("badReportId1")),
    "getReportDocument": (
        "/reports/2021-06-30/documents/badDocumentId1",
        lambda client: client.reports.document("badDocumentId1"),
    ),
    "patchListingsItem": (
        f"/listings/2021-08-01/items/{SELLER}/BadSKU",
        lambda client: client.listings.patch_quantity("BadSKU", marketplace_id=AMERICA, quantity=1),
    ),
    "getListingsItem": (
        f"/listings/2021-08-01/items/{SELLER}/BadSKU",
        lambda client: client.listings.get("BadSKU", AMERICA),
    ),
    "searchListingsItems": (
        f"/listings/2021-08-01/items/{SELLER}",
        lambda client: client.listings.search(["a", "b"], "invalid"),
    ),
}


@responses.activate
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_of_amazons_examples_is_told_with_its_code(client: AmazonClient, name: str) -> None:
    (row,) = cases(name, 400)
    path, call = REFUSED[name]
    answers(row, HOST + path)
    if name == "searchListingsItems":  # each SKU of a list that is refused is asked for alone
        for sku in ("a", "b"):
            answers(row, f"{HOST}{path}/{sku}")
    with pytest.raises(AmazonRejected) as caught:
        call(client)
    assert caught.value.amazon_code == row["response"]["errors"][0]["code"]
    assert (caught.value.status, caught.value.retryable) == (400, False)
    assert str(caught.value).startswith("[request-1] ")


# The listings feed


def schema(name: str) -> dict[str, Any]:
    path = models_dir() / "schemas" / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside Amazon's model files in {path.parent}")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@given(
    st.lists(st.tuples(st.text(min_size=1), st.integers(0, 2**31 - 1)), min_size=1, max_size=5),
    st.sampled_from(["", "en_US", "de_DE"]),
)
def test_every_listings_feed_fits_amazons_schema(rows: list[tuple[str, int]], locale: str) -> None:
    document = listings_feed(SELLER, locale, ((number, *row) for number, row in enumerate(rows, 1)))
    assert against(schema("listings-feed-schema-v2.json"), json.loads(document)) == []


def test_amazons_own_report_about_listings_is_read() -> None:
    document = schema("listings-feed-processing-report-schema-v2.example.json")
    assert against(schema("listings-feed-processing-report-schema-v2.json"), document) == []
    report = listings_report(json.dumps(document).encode())
    assert (report.processed, report.successful, report.with_error, report.with_warning) == (4, 2, 2, 0)
    assert report.complete
    assert [report.result(number) is None for number in (1, 2, 3, 4, 5)] == [True, True, True, False, False]
    refused = report.result(5)
    assert refused is not None
    assert (refused.sku, refused.code, refused.error) == ("My-SKU-C", "99022", True)
