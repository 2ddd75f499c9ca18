"""The listings report: ordered, waited for, fetched, read in the charset that it says."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
import requests

from amazon_orders.sandbox import CATALOGUE, Clock, Fault, Seller, SimulatedAmazon
from tests.unit.sandbox.application import REPORT_DOCUMENTS, REPORTS, Application

DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
KIND = "GET_MERCHANT_LISTINGS_ALL_DATA"


def ordered(app: Application, **fields: Any) -> requests.Response:
    return app.call("POST", REPORTS, {"reportType": KIND, "marketplaceIds": [DE]} | fields)


def status(app: Application, report_id: str) -> str:
    value: str = app.get(f"{REPORTS}/{report_id}").json()["processingStatus"]
    return value


def fetched(app: Application, report_id: str) -> requests.Response:
    document_id = app.get(f"{REPORTS}/{report_id}").json()["reportDocumentId"]
    return app.session.get(app.get(f"{REPORT_DOCUMENTS}/{document_id}").json()["url"])


def rows(text: str) -> list[dict[str, str]]:
    names, *lines = (line.split("\t") for line in text.removesuffix("\r\n").split("\r\n"))
    assert all(len(line) == len(names) for line in lines)
    return [dict(zip(names, line, strict=True)) for line in lines]


def test_from_the_order_to_the_rows(app: Application, seller: Seller, clock: Clock) -> None:
    seller.list_item("MUG-FBA", channel="AMAZON_EU", title="Becher, groß")
    seller.set_quantity("CAP-BLACK", 0)
    report_id = ordered(app).json()["reportId"]
    told = []
    for _ in range(3):
        told.append(status(app, report_id))
        clock.advance(30)
    assert told == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    answer = fetched(app, report_id)
    assert answer.headers["Content-Type"] == "text/plain; charset=windows-1252"
    by_sku = {row["seller-sku"]: row for row in rows(answer.content.decode("windows-1252"))}
    assert len(by_sku) == len(CATALOGUE) + 1
    mug = by_sku["MUG-WHITE"]
    assert (mug["quantity"], mug["fulfillment-channel"], mug["asin1"], mug["status"]) == (
        "1000",
        "DEFAULT",
        "B0SBX00017",
        "Active",
    )
    fba = by_sku["MUG-FBA"]
    assert (fba["item-name"], fba["quantity"], fba["fulfillment-channel"]) == ("Becher, groß", "", "AMAZON_EU")
    assert (by_sku["CAP-BLACK"]["quantity"], by_sku["CAP-BLACK"]["status"]) == ("0", "Inactive")


def test_a_report_tells_what_is_so_when_it_is_written(app: Application, seller: Seller, clock: Clock) -> None:
    seller.report_delay = 3000
    report_id = ordered(app).json()["reportId"]
    clock.advance(2999)
    seller.place(("MUG-WHITE", 3))
    clock.advance(1)
    seller.place(("MUG-WHITE", 3))
    found = {row["seller-sku"]: row["quantity"] for row in rows(fetched(app, report_id).text)}
    assert found["MUG-WHITE"] == "997"


def test_japanese_reports_are_in_shift_jis(amazon: SimulatedAmazon, clock: Clock) -> None:
    seller = amazon.add_seller("A1JP", region="fe", marketplaces=["JP"])
    app = Application(amazon, seller, "https://sellingpartnerapi-fe.amazon.com")
    seller.list_item("JP-1", title="白いマグ")
    seller.gzip_documents = True
    report_id = ordered(app, marketplaceIds=["A1VC38T7YXB528"]).json()["reportId"]
    clock.advance(60)
    answer = fetched(app, report_id)
    assert answer.headers["Content-Type"] == "text/plain; charset=Shift_JIS"
    assert answer.content[:2] == b"\x1f\x8b"
    assert "白いマグ" in gzip.decompress(answer.content).decode("shift_jis")


def test_a_marketplace_without_listings_has_no_report(app: Application, seller: Seller, clock: Clock) -> None:
    for item in CATALOGUE:
        seller.list_item(item.sku, marketplace_ids=[DE])
    german, french = (ordered(app, marketplaceIds=[id_]).json()["reportId"] for id_ in (DE, FR))
    clock.advance(60)
    assert [status(app, german), status(app, french)] == ["DONE", "CANCELLED"]


def test_what_is_refused(app: Application) -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"reportType": "GET_NONSENSE"},
        {"marketplaceIds": []},
        {"dataStartTime": "yesterday"},
        {"colour": "red"},
    )
    for wrong in wrongs:
        assert ordered(app, **wrong).status_code == 400
    assert ordered(app, marketplaceIds=["ATVPDKIKX0DER"]).status_code == 403
    assert app.get(f"{REPORTS}/1").status_code == 404
    assert app.get(f"{REPORT_DOCUMENTS}/1").status_code == 404
    assert app.get(REPORTS).status_code == 400


def test_reports_are_listed_and_cancelled(app: Application, seller: Seller, clock: Clock) -> None:
    first = ordered(app).json()["reportId"]
    clock.advance(60)
    second, third = (ordered(app).json()["reportId"] for _ in range(2))
    assert app.call("DELETE", f"{REPORTS}/{second}").status_code == 200
    assert app.call("DELETE", f"{REPORTS}/{first}").status_code == 400
    page = app.get(REPORTS, reportTypes=KIND, pageSize="2").json()
    assert [row["reportId"] for row in page["reports"]] == [third, second]
    (last,) = app.get(REPORTS, nextToken=page["nextToken"]).json()["reports"]
    assert last["reportId"] == first
    done = app.get(REPORTS, reportTypes=KIND, processingStatuses="DONE,CANCELLED").json()["reports"]
    assert [row["reportId"] for row in done] == [second, first]
    assert [made.status for made in seller.reports()] == ["DONE", "CANCELLED", "IN_QUEUE"]


@pytest.mark.parametrize(("kind", "end"), [("hanging_report", "IN_PROGRESS"), ("fatal_report", "FATAL")])
def test_reports_that_come_to_nothing(
    app: Application, amazon: SimulatedAmazon, clock: Clock, kind: str, end: str
) -> None:
    amazon.faults.add(Fault(kind=kind, operation="createReport"))
    report_id = ordered(app).json()["reportId"]
    clock.advance(3000)
    answer = app.get(f"{REPORTS}/{report_id}").json()
    assert answer["processingStatus"] == end
    assert "reportDocumentId" not in answer


def test_the_published_plans(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock)
    app = Application(amazon, amazon.add_seller(marketplaces=["DE"]))
    assert [ordered(app).status_code for _ in range(16)] == [202] * 15 + [429]
    assert [app.get(REPORTS, reportTypes=KIND).status_code for _ in range(11)] == [200] * 10 + [429]
    report_id = app.seller.reports()[0].id
    assert [app.get(f"{REPORTS}/{report_id}").status_code for _ in range(16)] == [200] * 15 + [429]
    assert [app.get(f"{REPORT_DOCUMENTS}/1").status_code for _ in range(16)] == [404] * 15 + [429]
