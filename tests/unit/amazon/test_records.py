"""What an order of Amazon's becomes, and what is refused: each field, each kind of wrong value, by its name alone."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.amazon import INCLUDED
from amazon_orders.amazon.schemas import load_order
from amazon_orders.errors import PayloadError
from amazon_orders.model import (
    Address,
    Breakdown,
    Buyer,
    CancelRequest,
    Order,
    OrderLine,
    Package,
    TaxCollection,
    TaxId,
    Window,
)
from tests.amazon_models import sandbox_cases
from tests.unit.amazon.documents import bare, full, money, with_value, without


def utc(year: int, month: int, day: int, hour: int, *rest: int) -> datetime:
    minute, second, microsecond, *_ = [*rest, 0, 0, 0]
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def problems(document: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as caught:
        load_order(document, INCLUDED)
    return caught.value.problems


def test_a_full_order_is_read_field_by_field() -> None:
    assert load_order(full(), INCLUDED) == Order(
        amazon_order_id="303-2222222-0000002",
        created_at=utc(2026, 11, 18, 4, 58, 35),
        updated_at=utc(2026, 11, 18, 5, 2, 19, 925_000),
        marketplace_id="A1PA6795UKMFR9",
        channel="AMAZON",
        status="PARTIALLY_SHIPPED",
        fulfilled_by="MERCHANT",
        service_level="STANDARD",
        ship_by=Window(earliest=utc(2026, 11, 18, 23), latest=utc(2026, 11, 20, 23, 59, 59)),
        deliver_by=Window(latest=utc(2026, 11, 23, 23, 59, 59)),
        programs=frozenset({"AMAZON_BUSINESS", "PRIME"}),
        currency="EUR",
        grand_total=Decimal("47.18"),
        breakdowns=(Breakdown(type="DELIVERY_TIP", subtotal=Decimal("2.00"), status="PENDING"),),
        lines=(
            OrderLine(
                order_item_id="22222220000001",
                seller_sku="BOARD-OAK",
                asin="B0SBX00024",
                title="Cutting board, oiled oak “groß”",
                quantity_ordered=3,
                quantity_fulfilled=1,
                quantity_unfulfilled=1,
                unit_price=Decimal("13.06"),
                total=Decimal("45.18"),
                breakdowns=(
                    Breakdown(type="ITEM", subtotal=Decimal("39.18")),
                    Breakdown(
                        type="TAX",
                        subtotal=Decimal("7.00"),
                        details=(("ITEM", Decimal("6.50")), ("SHIPPING", Decimal("0.50"))),
                    ),
                    Breakdown(type="DISCOUNT", subtotal=Decimal("-1.00")),
                ),
                tax_collections=(TaxCollection(model="MARKETPLACE_FACILITATOR", responsible_party="Amazon"),),
                reporting_schemes=("IOSS",),
                ioss="IM0000000000",
                cancel_request=CancelRequest(requester="BUYER", reason="Bought twice"),
                cancelled_by="MERCHANT",
                cancel_reason="NoInventory",
                programs=frozenset({"TRANSPARENCY"}),
                price_designation="BUSINESS_PRICE",
                points=Decimal("0.14"),
                gift_wrap_level="Classic",
                gift_message="Für Dich",
                customization_url="https://example.com/custom.zip",
            ),
            OrderLine(order_item_id="22222220000002", seller_sku="BOARD-ASH"),
        ),
        recipient=Address(
            name="Zoë Muster",
            company="Muster GmbH",
            line1="Beispielweg 1",
            line2="Hinterhaus",
            line3="3. Stock",
            city="Köln",
            district="Ehrenfeld",
            state="NRW",
            municipality="Köln",
            postal_code="50825",
            country="DE",
            phone="+49 221 000000",
            kind="RESIDENTIAL",
            extra=(("streetName", "Beispielweg"), ("streetNumber", "1"), ("neighborhood", "E")),
        ),
        buyer=Buyer(
            name="Zoë Muster",
            email="zoe@marketplace.example.com",
            company="Muster GmbH",
            purchase_order="PO-1",
            tax_ids=(TaxId(holder="BUYER", kind="VAT", number="DE000000000", name="Muster GmbH"),),
        ),
        packages=(
            Package(
                package_reference_id="1",
                status="SHIPPED",
                detailed_status="PICKED_UP",
                carrier="DHL",
                service="Paket",
                tracking="00340000000000000001",
                shipped_at=utc(2026, 11, 19, 9),
                created_at=utc(2026, 11, 19, 8),
                items=(("22222220000001", 1),),
            ),
        ),
        associations=(("303-1111111-0000001", "REPLACEMENT_ORIGINAL_ID"),),
        seller_order_id="SHOP-77",
        payment_methods=("CREDIT_CARD", "GIFT_CARD"),
        included=INCLUDED,
    )


def test_what_amazon_leaves_out_is_unknown_and_never_zero() -> None:
    order = load_order(bare(), frozenset())
    assert order == Order(
        amazon_order_id="303-1111111-0000001",
        created_at=utc(2026, 11, 18, 4, 58, 35),
        updated_at=utc(2026, 11, 18, 5, 2, 19, 925_000),
        lines=(OrderLine(order_item_id="11111110000001", quantity_ordered=1),),
    )
    assert order.grand_total is None
    assert order.lines[0].total is None
    assert order.recipient is None
    assert order.buyer is None


def every_optional_field(at: Any, path: str = "") -> list[str]:
    required = {"orderId", "createdTime", "lastUpdatedTime", "orderItems", "orderItemId", "quantityOrdered"}
    required |= {"type", "subtotal", "amount", "currencyCode", "quantity"}
    found: list[str] = []
    rows = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
    for key, value in rows:
        here = f"{path}.{key}" if path else str(key)
        optional = (isinstance(at, dict) and key not in required) or (path == "packages.0" and key == "createdTime")
        found += [here] if optional else []
        found += every_optional_field(value, here)
    return found


@pytest.mark.parametrize("path", every_optional_field(full()))
def test_null_means_the_same_as_absent(path: str) -> None:
    assert load_order(with_value(full(), path, None), INCLUDED) == load_order(without(full(), path), INCLUDED)


@pytest.mark.parametrize(
    "path",
    [
        "orderId",
        "createdTime",
        "lastUpdatedTime",
        "orderItems",
        "orderItems.0.orderItemId",
        "orderItems.1.quantityOrdered",
        "orderItems.0.proceeds.breakdowns.1.type",
        "orderItems.0.proceeds.breakdowns.1.subtotal",
        "packages.0.packageItems.0.orderItemId",
        "packages.0.packageItems.0.quantity",
    ],
)
def test_what_an_order_cannot_do_without_is_named(path: str) -> None:
    assert problems(without(full(), path)) == {path: "is missing"}
    assert problems(with_value(full(), path, None)) == {path: "is null"}


SECRET = "Zoë's secret"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        pytest.param("buyer.buyerName", 7, "must be text", id="a number for a name"),
        pytest.param("buyer.buyerName", "x" * 20_001, "is longer than 20000 characters", id="a name without end"),
        pytest.param("buyer", [SECRET], "must be an object", id="a list for an object"),
        pytest.param("orderItems", {"0": SECRET}, "must be a list", id="an object for a list"),
        pytest.param("orderItems", SECRET, "must be a list", id="text for a list"),
        pytest.param("orderItems.1", SECRET, "must be an object", id="text for an item"),
        pytest.param("orderItems.1", None, "is null", id="null for an item"),
        pytest.param("programs", [None], "is null", id="null among the programs"),
        pytest.param("createdTime", "2026-11-18T04:58:35", "must say its time zone", id="a time without a zone"),
        pytest.param("createdTime", SECRET, "must be an ISO-8601 time", id="no time at all"),
        pytest.param("createdTime", 1_763_441_915, "must be an ISO-8601 time", id="seconds since 1970"),
        pytest.param("createdTime", "0001-01-01T00:00:00+14:00", "must be an ISO-8601 time", id="before the calendar"),
        pytest.param("createdTime", "9999-12-31T23:59:59-14:00", "must be an ISO-8601 time", id="after the calendar"),
        pytest.param("fulfillment.shipByWindow.latestDateTime", "", "must be an ISO-8601 time", id="an empty time"),
        pytest.param("orderItems.0.quantityOrdered", -1, "must be between 0 and 1000000", id="fewer than none"),
        pytest.param("orderItems.0.quantityOrdered", 10**6 + 1, "must be between 0 and 1000000", id="too many"),
        pytest.param("orderItems.0.quantityOrdered", 1.0, "must be a whole number", id="a fraction for a count"),
        pytest.param("orderItems.0.quantityOrdered", "1", "must be a whole number", id="text for a count"),
        pytest.param("orderItems.0.quantityOrdered", True, "must be a whole number", id="true for a count"),
        pytest.param("orderId", "", "must be an id of 1 to 200 printable characters", id="an empty id"),
        pytest.param("orderId", "3" * 201, "must be an id of 1 to 200 printable characters", id="an id without end"),
        pytest.param("orderId", "303\n1", "must be an id of 1 to 200 printable characters", id="an id of two lines"),
        pytest.param("orderId", 303, "must be text", id="a number for an id"),
    ],
)
def test_a_wrong_value_is_named_by_its_field_and_never_shown(path: str, value: Any, complaint: str) -> None:
    document = with_value(full(), path, value)
    with pytest.raises(PayloadError) as caught:
        load_order(document, INCLUDED)
    (where,) = caught.value.problems
    assert where.startswith(path)
    assert caught.value.problems[where] == complaint
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert SECRET not in told
    assert "Muster" not in told
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("amount", "seen"),
    [
        ("12.50", "12.50"),
        ("0.00", "0.00"),
        ("-3.10", "-3.10"),
        ("0", "0"),
        (12, "12"),
        (-12, "-12"),
        ("999999999999999.999999", "999999999999999.999999"),
    ],
)
def test_an_amount_keeps_every_digit_it_was_written_with(amount: Any, seen: str) -> None:
    order = load_order(with_value(full(), "proceeds.grandTotal", money(amount)), INCLUDED)
    assert str(order.grand_total) == seen


NOT_MONEY = {
    "a float, which has lost its cents": 12.5,
    "a float without a fraction": 12.0,
    "not a number": float("nan"),
    "without end": float("inf"),
    "NaN as text": "NaN",
    "Infinity as text": "Infinity",
    "an exponent": "1e3",
    "an exponent that fills the memory": "1e999999999",
    "no digits": "",
    "blanks": " 12.50",
    "a line more": "12.50\n",
    "a comma": "12,50",
    "thousands": "1,200.00",
    "a plus": "+12.50",
    "no whole part": ".50",
    "no decimals after the point": "12.",
    "digits of another script": "١٢.٥٠",
    "an underscore": "1_000",
    "sixteen digits": "1000000000000000",
    "a number of sixteen digits": 10**15,
    "a number of five thousand digits": 10**5000,
    "seven decimals": "0.1234567",
    "true": True,
    "nothing": None,
    "a list": ["12.50"],
}


@pytest.mark.parametrize("amount", NOT_MONEY.values(), ids=list(NOT_MONEY))
def test_what_is_no_exact_amount_is_refused(amount: Any) -> None:
    (found,) = problems(with_value(full(), "orderItems.0.proceeds.proceedsTotal", money(amount)))
    assert found == "orderItems.0.proceeds.proceedsTotal"


@pytest.mark.parametrize("currency", [None, "", "EURO", "eur", "€", 978, ["EUR"], "EU\n"])
def test_an_amount_without_a_currency_is_refused(currency: Any) -> None:
    assert problems(with_value(full(), "proceeds.grandTotal", money("1.00", currency))) == {
        "proceeds.grandTotal": "needs a currencyCode of three letters"
    }


@pytest.mark.parametrize(
    "path",
    [
        "proceeds.grandTotal",
        "proceeds.breakdowns.0.subtotal",
        "orderItems.0.product.price.unitPrice",
        "orderItems.0.proceeds.proceedsTotal",
        "orderItems.0.proceeds.breakdowns.2.subtotal",
        "orderItems.0.proceeds.breakdowns.1.detailedBreakdowns.1.value",
        "orderItems.0.expense.pointsCost.pointsGranted.pointsMonetaryValue",
    ],
)
def test_two_currencies_in_one_order_are_refused_wherever_they_are(path: str) -> None:
    assert problems(with_value(full(), path, money("1.00", "GBP"))) == {
        "proceeds": "has amounts in more than one currency"
    }


def test_an_item_that_comes_twice_is_refused() -> None:
    document = with_value(full(), "orderItems.1.orderItemId", "22222220000001")
    assert problems(document) == {"orderItems": "names an orderItemId twice"}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("fulfillment.fulfillmentStatus", "status"),
        ("fulfillment.fulfilledBy", "fulfilled_by"),
        ("fulfillment.fulfillmentServiceLevel", "service_level"),
        ("salesChannel.channelName", "channel"),
    ],
)
def test_a_value_that_amazon_adds_one_day_is_kept(path: str, field: str) -> None:
    assert getattr(load_order(with_value(full(), path, "NEW_IN_2027"), INCLUDED), field) == "NEW_IN_2027"


def test_only_the_sellers_own_id_is_taken_for_it() -> None:
    aliases = [{"aliasId": "X-1", "aliasType": "NEW_IN_2027"}, {"aliasId": "SHOP-77", "aliasType": "SELLER_ORDER_ID"}]
    assert load_order(full() | {"orderAliases": aliases}, INCLUDED).seller_order_id == "SHOP-77"
    assert load_order(full() | {"orderAliases": aliases[:1]}, INCLUDED).seller_order_id == ""


def test_an_unknown_kind_of_breakdown_keeps_its_amount() -> None:
    order = load_order(with_value(full(), "orderItems.0.proceeds.breakdowns.2.type", "RECYCLING"), INCLUDED)
    assert order.lines[0].breakdowns[2] == Breakdown(type="RECYCLING", subtotal=Decimal("-1.00"))


@pytest.mark.parametrize("order_id", ["303-2222222-0000002", "S01-1234567-1234567", "anything"])
def test_a_refusal_names_the_order_where_its_id_can_be_read(order_id: str) -> None:
    with pytest.raises(PayloadError) as caught:
        load_order(with_value(full(order_id), "createdTime", 1), INCLUDED)
    assert caught.value.record_id == caught.value.record == order_id


@pytest.mark.parametrize("document", [None, [], "text", 7, True, float("nan")], ids=repr)
def test_what_is_no_object_is_no_order(document: Any) -> None:
    with pytest.raises(PayloadError) as caught:
        load_order(document, INCLUDED)
    assert caught.value.record_id == ""
    assert caught.value.problems == {"(record)": "must be an object"}


def test_every_problem_is_told_at_once() -> None:
    document = with_value(with_value(full(), "createdTime", 1), "orderItems.0.quantityOrdered", -1)
    assert set(problems(without(document, "orderId"))) == {"orderId", "createdTime", "orderItems.0.quantityOrdered"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [("Z\0", "Z\N{REPLACEMENT CHARACTER}"), ("\ud83d!", "\N{REPLACEMENT CHARACTER}!"), ("😀", "😀"), ("Zoë", "Zoë")],
    ids=["a NUL", "half an emoji", "an emoji", "an accent"],
)
def test_text_can_be_written_to_any_database(sent: str, read: str) -> None:
    order = load_order(with_value(full(), "buyer.buyerName", sent), INCLUDED)
    assert order.buyer is not None
    assert order.buyer.name == read
    order.buyer.name.encode()


def test_amazons_own_examples_are_read() -> None:
    read = 0
    for case in sandbox_cases("orders_2026-01-01"):
        response = case["response"]
        for document in [*response.get("orders", ()), *([response["order"]] if "order" in response else ())]:
            order = load_order(json.loads(json.dumps(document)), INCLUDED)
            assert order.amazon_order_id == document["orderId"]
            assert [line.order_item_id for line in order.lines] == [
                item["orderItemId"] for item in document["orderItems"]
            ]
            total = document.get("proceeds", {}).get("grandTotal")
            assert (str(order.grand_total), order.currency) == (total["amount"], total["currencyCode"])
            read += 1
    assert read == 6
