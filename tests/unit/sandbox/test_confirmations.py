"""Shipments confirmed by call: what Amazon takes, what it refuses and in which words, and when it shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from amazon_orders.sandbox import Clock, Fault, Seller, SimulatedAmazon
from tests.unit.sandbox.application import CONFIRMATION, Application

DE = "A1PA6795UKMFR9"
WRONG_TYPE = "The input you have submitted is not valid. Please check the fields with invalid type [{}]."


def items_of(seller: Seller, order_id: str) -> list[str]:
    return [item["orderItemId"] for item in seller.order(order_id)["orderItems"]]


def package(seller: Seller, order_id: str, items: dict[str, int] | None = None, **fields: Any) -> dict[str, Any]:
    """A confirmation of everything, unless the fields say otherwise; None leaves a field out."""
    units = items or {item["orderItemId"]: item["quantityOrdered"] for item in seller.order(order_id)["orderItems"]}
    made: dict[str, Any] = {
        "packageReferenceId": "1",
        "carrierCode": "DHL",
        "shippingMethod": "DHL Paket",
        "trackingNumber": "00340434161094000000",
        "shipDate": "2026-11-20T12:00:00Z",
        "orderItems": [{"orderItemId": item, "quantity": count} for item, count in units.items()],
    } | fields
    return {name: value for name, value in made.items() if value is not None}


def confirm(app: Application, order_id: str, detail: dict[str, Any], **body: Any) -> requests.Response:
    document = {"marketplaceId": DE, "packageDetail": detail} | body
    return app.call("POST", CONFIRMATION.replace("{orderId}", order_id), document)


def refusal(response: requests.Response) -> str:
    assert response.status_code == 400, response.text
    (error,) = response.json()["errors"]
    assert error["code"] == "InvalidInput"
    message: str = error["message"]
    return message


def packages(app: Application, order_id: str) -> dict[str, dict[str, int]]:
    shown = app.order(order_id).get("packages", [])
    return {
        row["packageReferenceId"]: {part["orderItemId"]: part["quantity"] for part in row["packageItems"]}
        for row in shown
    }


def status(app: Application, order_id: str) -> str:
    value: str = app.order(order_id)["fulfillment"]["fulfillmentStatus"]
    return value


def test_a_confirmed_package_shows(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place(("MUG-WHITE", 3), "CAP-BLACK")
    clock.advance(600)
    mugs, cap = items_of(seller, order_id)
    detail = package(seller, order_id, {mugs: 2}, orderItems=[
        {"orderItemId": mugs, "quantity": 2, "transparencyCodes": ["AZ:1", "AZ:2"]}
    ])  # fmt: skip
    response = confirm(app, order_id, detail)
    assert (response.status_code, response.content) == (204, b"")
    seen = app.order(order_id)
    assert seen["packages"] == [
        {
            "packageReferenceId": "1",
            "createdTime": "2026-11-20T12:10:00Z",
            "packageStatus": {"status": "SHIPPED"},
            "carrier": "DHL",
            "shipTime": "2026-11-20T12:00:00Z",
            "shippingService": "DHL Paket",
            "trackingNumber": "00340434161094000000",
            "packageItems": [{"orderItemId": mugs, "quantity": 2, "transparencyCodes": ["AZ:1", "AZ:2"]}],
        }
    ]
    assert seen["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    assert seen["lastUpdatedTime"] == "2026-11-20T12:10:00Z"

    clock.advance(60)
    rest = package(seller, order_id, {mugs: 1, cap: 1}, packageReferenceId="2", carrierCode="Other", carrierName="Rad")
    assert confirm(app, order_id, rest).status_code == 204
    seen = app.order(order_id)
    assert seen["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert seen["packages"][1]["carrier"] == "Rad"
    assert [item["fulfillment"]["quantityUnfulfilled"] for item in seen["orderItems"]] == [0, 0]


def test_the_same_reference_again_is_an_edit(app: Application, seller: Seller) -> None:
    order_id = seller.place(("MUG-WHITE", 3))
    (mugs,) = items_of(seller, order_id)
    for units, tracking in ((3, "T1"), (3, "T2"), (1, "T2")):
        assert confirm(app, order_id, package(seller, order_id, {mugs: units}, trackingNumber=tracking)).ok
    assert packages(app, order_id) == {"1": {mugs: 1}}
    assert status(app, order_id) == "PARTIALLY_SHIPPED"
    assert [(made.tracking, made.edit, dict(made.items)) for made in seller.confirmations(order_id)] == [
        ("T1", False, {mugs: 3}),
        ("T2", True, {mugs: 3}),
        ("T2", True, {mugs: 1}),
    ]


def test_a_package_shows_after_a_while_and_holds_its_units_until_then(
    app: Application, seller: Seller, clock: Clock
) -> None:
    seller.confirm_delay = 300
    order_id = seller.place(("MUG-WHITE", 2))
    (mugs,) = items_of(seller, order_id)
    clock.advance(60)
    assert confirm(app, order_id, package(seller, order_id, {mugs: 2})).ok
    clock.advance(299)
    assert packages(app, order_id) == {}
    assert status(app, order_id) == "UNSHIPPED"
    assert "PackageToUpdateNotFound" in refusal(
        confirm(app, order_id, package(seller, order_id, {mugs: 1}, packageReferenceId="2"))
    )
    assert confirm(app, order_id, package(seller, order_id, {mugs: 1})).ok  # an edit before it ever showed
    clock.advance(1000)
    assert packages(app, order_id) == {"1": {mugs: 1}}
    assert app.order(order_id)["lastUpdatedTime"] == "2026-11-20T12:10:59Z"


def test_a_search_by_update_time_finds_what_was_confirmed(app: Application, seller: Seller, clock: Clock) -> None:
    seller.confirm_delay = 120
    order_id = seller.place("MUG-WHITE")
    clock.advance(60)
    since = app.ago()
    assert confirm(app, order_id, package(seller, order_id)).ok
    clock.advance(600)
    assert app.found_ids(lastUpdatedAfter=since, fulfillmentStatuses="SHIPPED") == [order_id]


def test_taken_and_ignored(app: Application, seller: Seller, clock: Clock) -> None:
    deaf, heard = seller.place("MUG-WHITE"), seller.place("MUG-WHITE")
    seller.ignore_confirmations(deaf)
    for order_id in (deaf, heard):
        assert confirm(app, order_id, package(seller, order_id)).status_code == 204
    clock.advance(86_000)
    app.log_in()
    assert (status(app, deaf), status(app, heard)) == ("UNSHIPPED", "SHIPPED")
    assert packages(app, deaf) == {}
    assert [made.ignored for made in seller.confirmations(deaf)] == [True]
    seller.heed_confirmations()
    assert confirm(app, deaf, package(seller, deaf)).status_code == 204
    assert status(app, deaf) == "SHIPPED"
    seller.ignore_confirmations()
    last = seller.place("MUG-WHITE")
    assert confirm(app, last, package(seller, last, shipDate=app.ago())).status_code == 204
    assert status(app, last) == "UNSHIPPED"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"packageReferenceId": 1}, WRONG_TYPE.format("packageDetail.packageReferenceId")),
        ({"packageReferenceId": "0"}, "PackageReferenceId: is invalid, must be a positive numeric value."),
        ({"packageReferenceId": "P1"}, "PackageReferenceId: is invalid, must be a positive numeric value."),
        ({"packageReferenceId": "-1"}, "PackageReferenceId: is invalid, must be a positive numeric value."),
        ({"packageReferenceId": None}, "Missing required field: packageDetail.packageReferenceId."),
        ({"carrierCode": None}, "Missing required field: packageDetail.carrierCode."),
        ({"carrierCode": "Other"}, "CarrierName is required when CarrierCode is Other."),
        ({"trackingNumber": None}, "Missing required field: packageDetail.trackingNumber."),
        ({"trackingNumber": ""}, "Missing required field: packageDetail.trackingNumber."),
        ({"shipDate": None}, "Missing required field: packageDetail.shipDate."),
        ({"shipDate": "2026-11-20T12:00:00.001Z"}, "ShipDate is invalid, it is in the future."),
        ({"shipDate": "2026-11-20T11:59:59Z"}, "ShipDate is invalid, it is before the order date."),
        ({"orderItems": []}, "Missing required field: packageDetail.orderItems."),
        ({"weight": "1"}, "packageDetail.weight is not a field of this request."),
    ],
)  # fmt: skip
def test_what_a_package_must_say(app: Application, seller: Seller, fields: dict[str, Any], message: str) -> None:
    order_id = seller.place("MUG-WHITE")
    assert refusal(confirm(app, order_id, package(seller, order_id, **fields))) == message
    assert seller.confirmations(order_id) == []
    assert status(app, order_id) == "UNSHIPPED"


def test_a_date_that_is_none_gets_the_answer_of_the_sandbox(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    for text in ("02/21/2022", "2026-11-20", "2026-11-20T12:00:00"):
        response = confirm(app, order_id, package(seller, order_id, shipDate=text))
        assert response.status_code == 400
        assert response.json() == {"errors": [{"code": "Invalid Input", "message": "Invalid Input"}]}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"orderItemId": "12345678901234", "quantity": 1},
         "OrderItemId is invalid, please obtain the value through the getOrderItems API or Manage Orders page"),
        ({"quantity": 2}, "Quantity is invalid, it is more than the open quantity of the order item."),
        ({"quantity": 0}, "Quantity is invalid, must be a positive numeric value."),
        ({"quantity": "1"}, WRONG_TYPE.format("packageDetail.orderItems[0].quantity")),
        ({"quantity": True}, WRONG_TYPE.format("packageDetail.orderItems[0].quantity")),
        ({"orderItemId": 17}, WRONG_TYPE.format("packageDetail.orderItems[0].orderItemId")),
    ],
)  # fmt: skip
def test_what_an_item_must_say(app: Application, seller: Seller, row: dict[str, Any], message: str) -> None:
    order_id = seller.place("MUG-WHITE")
    (item,) = items_of(seller, order_id)
    rows = [{"orderItemId": item, "quantity": 1} | row]
    assert refusal(confirm(app, order_id, package(seller, order_id, orderItems=rows))) == message
    assert seller.confirmations(order_id) == []


@pytest.mark.parametrize("program", ["FBM_SHIP_PLUS", "AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON", "IN_STORE_PICK_UP"])
def test_orders_that_others_confirm(app: Application, seller: Seller, program: str) -> None:
    order_id = seller.place("MUG-WHITE")
    with seller.change(order_id) as order:
        order["programs"] = [program]
    assert program in refusal(confirm(app, order_id, package(seller, order_id)))


def test_orders_that_cannot_be_shipped(app: Application, seller: Seller, amazon: SimulatedAmazon) -> None:
    cancelled = seller.place("MUG-WHITE")
    seller.cancel(cancelled)
    by_amazon = seller.place("MUG-WHITE", fulfilled_by="AMAZON")
    pending = seller.place("MUG-WHITE", pending=True)
    french = seller.place("MUG-WHITE", marketplace="FR")
    for order_id in (cancelled, by_amazon, pending, french):
        refusal(confirm(app, order_id, package(seller, order_id)))
        assert seller.confirmations(order_id) == []
    assert confirm(app, "302-9999999-9999999", package(seller, pending)).status_code == 404
    refusal(confirm(app, "nonsense", package(seller, pending)))


def test_cash_on_delivery_is_collected_in_japan_alone(
    app: Application, seller: Seller, amazon: SimulatedAmazon
) -> None:
    order_id = seller.place("MUG-WHITE")
    refusal(confirm(app, order_id, package(seller, order_id), codCollectionMethod="DirectPayment"))
    japanese = amazon.add_seller("A1JP", region="fe", marketplaces=["JP"])
    there = Application(amazon, japanese, "https://sellingpartnerapi-fe.amazon.com")
    order_id = japanese.place("MUG-WHITE")
    body = {"marketplaceId": "A1VC38T7YXB528", "codCollectionMethod": "DirectPayment"}
    assert confirm(there, order_id, package(japanese, order_id), **body).status_code == 204
    assert japanese.confirmations(order_id)[0].cod_collection == "DirectPayment"


def test_what_seller_central_shipped_is_not_edited_by_a_call(app: Application, seller: Seller) -> None:
    order_id = seller.place(("MUG-WHITE", 2))
    (mugs,) = items_of(seller, order_id)
    seller.ship(order_id, {mugs: 1}, tracking="CENTRAL")
    rest = package(seller, order_id, {mugs: 1})
    assert "PackageToUpdateNotFound" in refusal(confirm(app, order_id, rest))
    assert confirm(app, order_id, rest | {"packageReferenceId": "2"}).status_code == 204
    assert packages(app, order_id) == {"1": {mugs: 1}, "2": {mugs: 1}}
    assert "already fulfilled" in refusal(confirm(app, order_id, rest | {"packageReferenceId": "3"}))


def test_seller_central_is_quicker_than_a_package_that_does_not_show_yet(
    app: Application, seller: Seller, clock: Clock
) -> None:
    seller.confirm_delay = 60
    order_id = seller.place("MUG-WHITE")
    assert confirm(app, order_id, package(seller, order_id)).ok
    seller.cancel(order_id)
    clock.advance(120)
    assert status(app, order_id) == "CANCELLED"
    assert packages(app, order_id) == {}


def test_a_lost_answer_was_worked_on_and_a_reset_was_not(
    app: Application, seller: Seller, amazon: SimulatedAmazon
) -> None:
    order_id = seller.place("MUG-WHITE")
    for kind, count in (("reset", 0), ("lost_answer", 1)):
        amazon.faults.add(Fault(kind=kind, operation="confirmShipment"))
        with pytest.raises(requests.ConnectionError):
            confirm(app, order_id, package(seller, order_id))
        assert len(seller.confirmations(order_id)) == count


def test_the_published_plan(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock)
    seller = amazon.add_seller(marketplaces=["DE"])
    app = Application(amazon, seller)
    order_id = seller.place("MUG-WHITE")
    answers = [confirm(app, order_id, package(seller, order_id)) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [204] * 10 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "2.0"
    assert "x-amzn-RateLimit-Limit" not in answers[-1].headers
    clock.advance(0.5)
    assert confirm(app, order_id, package(seller, order_id)).status_code == 204


def test_who_may_not_confirm(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    seller.roles = {"Pricing"}
    assert confirm(app, order_id, package(seller, order_id)).status_code == 403
    assert seller.confirmations(order_id) == []


def test_a_body_that_is_no_request(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    path = CONFIRMATION.replace("{orderId}", order_id)
    refusal(app.call("POST", path, ["not", "an", "object"]))
    refusal(app.call("POST", path, {"packageDetail": package(seller, order_id)}))
    app.headers["content-type"] = "text/plain"
    assert confirm(app, order_id, package(seller, order_id)).status_code == 415


def test_what_a_test_may_ask_of_a_confirmation(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    (mug,) = items_of(seller, order_id)
    clock.advance(5)
    assert confirm(app, order_id, package(seller, order_id, shipFromSupplySourceId="source-1")).ok
    (made,) = seller.confirmations(order_id)
    assert (made.order_id, made.by, made.reference) == (order_id, "call", "1")
    assert (made.carrier_code, made.carrier_name, made.service) == ("DHL", "", "DHL Paket")
    assert made.shipped_at == datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert made.at == datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)
    assert (dict(made.items), made.supply_source) == ({mug: 1}, "source-1")
