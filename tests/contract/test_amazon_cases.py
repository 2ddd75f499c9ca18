"""Amazon's own sandbox cases, all eight: what the client asks, and what becomes of the answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from amazon_orders.amazon import AmazonClient, LwaCredentials, OrderQuery, Transport
from amazon_orders.errors import AmazonRejected
from amazon_orders.model import (
    TOKEN_ENDPOINT,
    Address,
    Breakdown,
    Buyer,
    Connection,
    Order,
    OrderLine,
    Package,
    TaxCollection,
    TaxId,
    Window,
)
from tests.amazon_models import sandbox_cases
from tests.unit.amazon.wire import Counter, Drawer

HOST = "https://sellingpartnerapi-eu.amazon.com"
ORDERS = f"{HOST}/orders/2026-01-01/orders"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CASES = [("searchOrders", 200, 3), ("searchOrders", 400, 1), ("getOrder", 200, 3), ("getOrder", 400, 1)]


@pytest.fixture
def client() -> AmazonClient:
    return AmazonClient(
        Connection(name="de", seller_id="A1", region="eu", refresh_token="Atzr|1"),
        LwaCredentials("client", "secret"),
        transport=Transport(now=lambda: NOW),
        buckets=Counter(),
        tokens=Drawer(),
        now=lambda: NOW,
    )


def case(operation: str, status: int, number: int) -> dict[str, Any]:
    (found,) = (
        row
        for row in sandbox_cases("orders_2026-01-01")
        if (row["operationId"], row["status"], row["case"]) == (operation, status, number)
    )
    return found


def answers(row: dict[str, Any], url: str) -> None:
    """Amazon gives a token, and this case's answer to `url`."""
    token = {"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600}
    responses.post(TOKEN_ENDPOINT, json=token)
    responses.get(url, json=row["response"], status=row["status"], headers={"x-amzn-RequestId": "request-1"})


def searched(client: AmazonClient, number: int) -> Order:
    row = case("searchOrders", 200, number)
    answers(row, ORDERS)
    sent = row["request"]["query"]
    query = OrderQuery(
        created_after=datetime.fromisoformat(sent["createdAfter"]), marketplace_ids=tuple(sent["marketplaceIds"])
    )
    page = client.search_orders(query, sent.get("paginationToken"))
    (record,) = page.records(frozenset())
    asked = parse_qs(urlsplit(responses.calls[-1].request.url or "").query)
    assert asked["marketplaceIds"] == [",".join(sent["marketplaceIds"])]
    assert datetime.fromisoformat(asked["createdAfter"][0]) == datetime.fromisoformat(sent["createdAfter"])
    assert asked.get("paginationToken") == ([sent["paginationToken"]] if "paginationToken" in sent else None)
    assert page.next_token == row["response"].get("pagination", {}).get("nextToken")
    assert json.loads(record.raw) == row["response"]["orders"][0]
    return record.order()


def fetched(client: AmazonClient, number: int) -> Order:
    row = case("getOrder", 200, number)
    order_id = row["request"]["path"]["orderId"]
    answers(row, f"{ORDERS}/{order_id}")
    record = client.get_order(order_id)
    assert json.loads(record.raw) == row["response"]["order"]
    return record.order()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_all_eight_cases_are_here() -> None:
    rows = sandbox_cases("orders_2026-01-01")
    counted = [
        (operation, status, sum((row["operationId"], row["status"]) == (operation, status) for row in rows))
        for operation, status, _ in CASES
    ]
    assert (counted, len(rows)) == (CASES, 8)


@responses.activate
def test_a_japanese_order_has_whole_yen_and_points(client: AmazonClient) -> None:
    order = searched(client, 0)
    assert (order.amazon_order_id, order.marketplace_id) == ("250-1234567-8901234", "A1VC38T7YXB528")
    assert (order.status, order.fulfilled_by, order.service_level) == ("SHIPPED", "AMAZON", "STANDARD")
    assert (order.grand_total, order.currency) == (Decimal("19940"), "JPY")
    assert order.seller_order_id == "JP-ORDER-2024-001"
    assert [
        (line.seller_sku, line.quantity_ordered, line.unit_price, line.total, line.points) for line in order.lines
    ] == [
        ("ECHO-DOT-4-JP-CHARCOAL", 1, Decimal(5980), Decimal(5980), Decimal(60)),
        ("FIRE-TV-4K-MAX-JP", 2, Decimal(6980), Decimal(13960), Decimal(140)),
    ]
    assert order.lines[0].programs == {"TRANSPARENCY"}
    assert sum(line.total or 0 for line in order.lines) == order.grand_total  # points are an expense of the seller
    assert order.associations == ()
    assert order.deliver_by is None


@responses.activate
def test_a_british_order_has_a_parcel_on_its_way(client: AmazonClient) -> None:
    order = searched(client, 1)
    assert order.packages == (
        Package(
            package_reference_id="UK-PKG-CONSUMER-2024-002",
            status="IN_TRANSIT",
            detailed_status="OUT_FOR_DELIVERY",
            carrier="DPD",
            service="DPD Next Day Delivery",
            tracking="15501234567890123456",
            shipped_at=utc("2024-12-25T14:00:00"),
            created_at=utc("2024-12-24T19:00:00"),
            items=(("20276543210987", 1),),
        ),
    )
    assert order.recipient == Address(
        name="Sarah Thompson",
        line1="45 Oak Avenue",
        line2="Flat 2A",
        city="London",
        district="Greater London",
        state="England",
        postal_code="SW1A 1AA",
        country="GB",
        phone="+44 20 7946 0958",
        kind="RESIDENTIAL",
    )
    assert order.programs == {"PRIME"}
    assert (order.currency, order.grand_total) == ("GBP", Decimal("34.99"))


@responses.activate
def test_a_brazilian_company_has_its_registrations_and_street_in_parts(client: AmazonClient) -> None:
    order = searched(client, 2)
    assert order.buyer == Buyer(
        name="Carlos Oliveira",
        email="buyer-email@marketplace.amazon.com.br",
        company="Oliveira Tecnologia Ltda",
        purchase_order="PO-BR-2024-5678",
        tax_ids=(
            TaxId(holder="BUYER", kind="VAT", number="1234567890", name="Oliveira Tecnologia Ltda"),
            TaxId(holder="MARKETPLACE", kind="CNPJ", number="15436940"),
            TaxId(holder="MERCHANT", name="TechStore"),
        ),
    )
    assert order.recipient is not None
    assert order.recipient.extra == (
        ("streetName", "Avenida Paulista"),
        ("streetNumber", "1000"),
        ("complement", "Sala 301"),
        ("neighborhood", "Bela Vista"),
    )
    assert order.payment_methods == ("CreditCard",)
    assert order.lines[0].price_designation == "BUSINESS_PRICE"
    assert order.lines[0].units == 1


@responses.activate
def test_a_brazilian_gift_has_its_message(client: AmazonClient) -> None:
    order = fetched(client, 0)
    (line,) = order.lines
    assert line.gift_message == "Feliz Natal! Espero que goste do seu novo alto-falante inteligente!"
    assert line.gift_wrap_level == "STANDARD"
    assert "Feliz" not in repr(order)
    assert order.deliver_by == Window(earliest=utc("2024-12-28T00:00:00"), latest=utc("2024-12-31T23:59:59"))


@responses.activate
def test_a_turkish_order_has_its_tax_collected_by_amazon(client: AmazonClient) -> None:
    order = fetched(client, 1)
    (line,) = order.lines
    assert line.tax_collections == (
        TaxCollection(model="MARKETPLACE_FACILITATOR", responsible_party="Amazon Services Europe S.a.r.L."),
    )
    assert (line.reporting_schemes, line.ioss) == (("IOSS",), "")
    assert (line.unit_price, line.total, line.units) == (Decimal("62.50"), Decimal("125.00"), 2)
    assert order.buyer is not None
    assert order.buyer.tax_ids == (
        TaxId(holder="BUYER", kind="BUSINESS", number="TR1234567890", name="Test company name"),
    )


@responses.activate
def test_an_american_order_for_pick_up_is_read_whole(client: AmazonClient) -> None:
    order = fetched(client, 2)
    assert order == Order(
        amazon_order_id="114-9876543-1234567",
        created_at=utc("2025-03-10T14:00:00"),
        updated_at=utc("2025-03-10T14:30:00"),
        marketplace_id="ATVPDKIKX0DER",
        status="UNSHIPPED",
        fulfilled_by="MERCHANT",
        service_level="STANDARD",
        programs=frozenset({"IN_STORE_PICK_UP"}),
        currency="USD",
        grand_total=Decimal("49.99"),
        lines=(
            OrderLine(
                order_item_id="11498765431234",
                seller_sku="ECHO-POP-US-BLK",
                asin="B0BSHF7WHW",
                title="All-new Echo Pop | Full sound compact smart speaker with Alexa",
                quantity_ordered=1,
                quantity_fulfilled=0,
                quantity_unfulfilled=1,
                unit_price=Decimal("39.99"),
                total=Decimal("49.99"),
                breakdowns=(
                    Breakdown(type="ITEM", subtotal=Decimal("39.99")),
                    Breakdown(type="TAX", subtotal=Decimal("10.00")),
                ),
            ),
        ),
        recipient=Address(
            name="Test Store #1234",
            company="Test Store",
            line1="100 Main Street",
            line2="Suite 200",
            city="Seattle",
            state="WA",
            postal_code="98101",
            country="US",
            phone="+1 206 555 0100",
            kind="COMMERCIAL",
        ),
        included=order.included,
    )


@responses.activate
@pytest.mark.parametrize("operation", ["searchOrders", "getOrder"])
def test_a_request_that_amazon_cannot_read_is_a_refusal_with_its_code(client: AmazonClient, operation: str) -> None:
    row = case(operation, 400, 0)
    order_id = row["request"].get("path", {}).get("orderId", "")
    answers(row, f"{ORDERS}/{order_id}" if order_id else ORDERS)
    calls = {
        "getOrder": lambda: client.get_order(order_id),
        "searchOrders": lambda: client.search_orders(OrderQuery(created_after=NOW - timedelta(days=1))),
    }
    with pytest.raises(AmazonRejected) as caught:
        calls[operation]()
    assert caught.value.amazon_code == row["response"]["errors"][0]["code"]
    assert (caught.value.status, caught.value.retryable) == (400, False)
    assert str(caught.value).startswith("[request-1] ")
