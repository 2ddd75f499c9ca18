"""Which parts of an order an application sees: data sets, roles, the order's state."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.sandbox import DATA_SETS, Clock, Line, Seller, order
from tests.unit.sandbox.application import ORDERS, Application

ALWAYS = {"orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems", "programs"}
ALWAYS_OF_AN_ITEM = {"orderItemId", "quantityOrdered", "product"}
ADDS = {
    "BUYER": ({"buyer"}, set()),
    "RECIPIENT": ({"recipient"}, set()),
    "PROCEEDS": ({"proceeds"}, {"proceeds"}),
    "EXPENSE": (set(), {"expense"}),
    "PROMOTION": (set(), {"promotion"}),
    "CANCELLATION": (set(), {"cancellation"}),
    "FULFILLMENT": ({"fulfillment"}, {"fulfillment"}),
    "PACKAGES": ({"packages"}, set()),
    "TAX": ({"tax"}, {"tax"}),
    "PAYMENT": ({"payment"}, set()),
    "FULFILLMENT_ORDERS": ({"fulfillmentOrders"}, set()),
}


@pytest.fixture
def full(seller: Seller, clock: Clock) -> str:
    """An order that has something in every data set."""
    order_id = seller.place(
        Line(sku="MUG-WHITE", item="12.50", gift_wrap="3.00", gift_message="For you", promotion="P", collected_by="A"),
        business=True,
    )
    seller.request_cancel(order_id)
    seller.ship(order_id)
    with seller.change(order_id) as document:
        document["payment"] = {"paymentExecutions": [{"paymentMethod": "Other"}]}
        document["tax"] = {"taxInvoicing": {"invoiceStatus": "NOT_REQUIRED"}}
        document["fulfillmentOrders"] = [{"fulfillmentOrderId": "FO-1"}]
        (item,) = document["orderItems"]
        points = {"amount": "1", "currencyCode": "EUR"}
        item["expense"] = {"pointsCost": {"pointsGranted": {"pointsNumber": 1, "pointsMonetaryValue": points}}}
        item["product"]["customization"] = {"customizedUrl": "https://example.com/engraving"}
    clock.advance(600)
    return order_id


def test_every_data_set_is_here() -> None:
    assert set(DATA_SETS) == set(ADDS)


@pytest.mark.parametrize("data_set", sorted(ADDS))
def test_a_data_set_shows_its_own_fields_and_no_others(app: Application, full: str, data_set: str) -> None:
    on_order, on_item = ADDS[data_set]
    for seen in (app.order(full, data_set), app.found(includedData=data_set)[0]):
        assert set(seen) == ALWAYS | on_order
        assert set(seen["orderItems"][0]) == ALWAYS_OF_AN_ITEM | on_item


def test_without_data_sets_products_and_times_are_left(app: Application, full: str) -> None:
    for seen in (app.get(f"{ORDERS}/{full}").json()["order"], app.found()[0]):
        assert set(seen) == ALWAYS
        assert set(seen["orderItems"][0]) == ALWAYS_OF_AN_ITEM
        assert seen["orderItems"][0]["product"]["price"]["unitPrice"]["amount"] == "12.50"


def personal(seen: dict[str, Any]) -> set[str]:
    """The personal fields that an order shows, by their last name."""
    address = seen.get("recipient", {}).get("deliveryAddress", {})
    item = seen["orderItems"][0]
    shown = {name for name in ("name", "addressLine1", "postalCode", "phone") if name in address}
    shown |= {name for name in ("buyerName", "buyerEmail") if name in seen.get("buyer", {})}
    shown |= {"giftMessage"} & item["fulfillment"].get("packing", {}).get("giftOption", {}).keys()
    return shown | {name for name in ("customization",) if name in item["product"]}


EVERYTHING = {
    "name",
    "addressLine1",
    "postalCode",
    "phone",
    "buyerName",
    "buyerEmail",
    "giftMessage",
    "customization",
}


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ({"Direct-to-Consumer Shipping", "Tax Invoicing"}, EVERYTHING),
        ({"Direct-to-Consumer Shipping"}, EVERYTHING),
        ({"Tax Invoicing"}, {"buyerName"}),
        ({"Tax Remittance", "Pricing"}, {"buyerName"}),
        ({"Inventory and Order Tracking"}, set()),
    ],
    ids=lambda value: "+".join(sorted(value)) or "nothing",
)
def test_roles_withhold_personal_data_in_silence(
    app: Application, seller: Seller, full: str, roles: set[str], seen: set[str]
) -> None:
    seller.roles = roles
    shown = app.order(full)
    assert personal(shown) == seen
    assert personal(app.found(includedData=",".join(DATA_SETS))[0]) == seen
    # What is not personal stays: an importer must still be able to tell the country.
    assert shown["recipient"]["deliveryAddress"]["countryCode"] == "DE"
    assert shown["orderItems"][0]["fulfillment"]["packing"]["giftOption"]["giftWrapLevel"] == "STANDARD"


def test_without_any_role_both_operations_are_closed(app: Application, seller: Seller, full: str) -> None:
    seller.roles = {"Brand Analytics"}
    assert app.search().status_code == 403
    assert app.get(f"{ORDERS}/{full}").status_code == 403


@pytest.mark.parametrize("pending", [True, False], ids=["pending", "paid"])
def test_a_pending_order_has_no_price_and_no_address(app: Application, seller: Seller, pending: bool) -> None:
    order_id = seller.place("MUG-WHITE", pending=True)
    if not pending:
        seller.pay(order_id)
    seen = app.order(order_id)
    item = seen["orderItems"][0]
    assert ("proceeds" in seen, "recipient" in seen) == (not pending, not pending)
    assert ("proceeds" in item, "price" in item["product"]) == (not pending, not pending)
    assert ("buyerEmail" in seen["buyer"]) is not pending
    assert item["quantityOrdered"] == 1
    assert seen["fulfillment"]["fulfillmentStatus"] == ("PENDING" if pending else "UNSHIPPED")


def test_a_cancelled_order_has_no_price_and_no_address(app: Application, seller: Seller) -> None:
    order_id = seller.place("MUG-WHITE")
    seller.cancel(order_id)
    seen = app.order(order_id)
    assert not {"proceeds", "recipient"} & seen.keys()
    assert seen["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "BUYER"


@pytest.mark.parametrize("kept", [False, True], ids=["as sellers report", "as Amazon's example shows"])
def test_orders_that_amazon_ships_show_less(app: Application, seller: Seller, clock: Clock, kept: bool) -> None:
    line = Line(sku="MUG-WHITE", item="12.50")
    seller.add(order("302-0000000-0000001", line, created=clock.now(), fulfilled_by="AMAZON"))
    with seller.change("302-0000000-0000001") as document:
        document["packages"] = [{"packageReferenceId": "1"}]
    seller.fba_personal_data = kept
    seen = app.order("302-0000000-0000001")
    expected = (
        {"name", "addressLine1", "postalCode", "buyerName", "buyerEmail"} if kept else {"postalCode", "buyerName"}
    )
    assert personal(seen) == expected
    assert "packages" not in seen


def test_the_phone_is_withdrawn_after_the_latest_delivery(
    app: Application, seller: Seller, clock: Clock, full: str
) -> None:
    latest = seller.order(full)["fulfillment"]["deliverByWindow"]["latestDateTime"]
    assert "phone" in personal(app.order(full))
    while app.ago() <= latest:
        clock.advance(6 * 3600)
    app.log_in()
    assert personal(app.order(full)) == EVERYTHING - {"phone"}
    assert app.order(full)["lastUpdatedTime"] == seller.order(full)["lastUpdatedTime"]


def test_an_open_order_keeps_its_phone(app: Application, seller: Seller, clock: Clock) -> None:
    order_id = seller.place("MUG-WHITE")
    clock.advance(30 * 86_400)
    assert "phone" in personal(app.order(order_id))
