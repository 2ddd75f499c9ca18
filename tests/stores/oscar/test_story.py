"""A seller's days with a django-oscar shop: orders in, parcels, cancellations, refunds and stock back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection

from amazon_orders.model import FlowReport
from amazon_orders.sandbox import Line
from tests.story.world import World


class Days:
    """What the stories are told with."""

    def __init__(self, world: World, shop: Any) -> None:
        self.world = world
        self.shop = shop
        self.mug = str(shop.add_product("MUG-WHITE", 50, asin="B0MUG", upc="4006381333931").pk)
        self.bowl = str(shop.add_product("BOWL-GREY", 50).pk)

    def flow(self, name: str = "orders") -> FlowReport:
        """One run, three minutes later; what it says of a flow."""
        self.world.clock.advance(180)
        (found,) = (flow for flow in self.world.sync().connections[0].flows if flow.flow == name)
        return found

    def placed(self, *lines: Any, **options: Any) -> str:
        """An order that is in the shop; its Amazon order id."""
        order = self.world.seller.place(*(lines or (("MUG-WHITE", 2),)), **options)
        self.flow()
        assert self.world.status(order) == "placed", self.world.app.orders.explain(order)
        return order

    def order(self, amazon_order_id: str) -> Any:
        """As the shop has it."""
        (found,) = (seen for seen in self.shop.orders() if seen.key == amazon_order_id)
        return self.shop.order(found.ref)

    def items(self, amazon_order_id: str) -> list[str]:
        """Its order item ids."""
        return [row["orderItemId"] for row in self.world.seller.order(amazon_order_id)["orderItems"]]

    def ship(
        self, amazon_order_id: str, lines: Mapping[str, int] | None = None, tracking: str = "0034043416109"
    ) -> None:
        """A parcel leaves."""
        self.shop.ship(str(self.order(amazon_order_id).pk), lines, "DHL", "", tracking)


@pytest.fixture
def days(world: World, shop: Any) -> Days:
    """With a connection that is active."""
    world.connect(product_attribute="sku")
    return Days(world, shop)


def test_an_order_is_placed_once_and_its_units_are_promised(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.flow()
    days.world.restart()
    days.flow()
    assert [seen.key for seen in days.shop.orders()] == [order]
    assert days.shop.stock(days.mug) == 48
    record = days.shop.record(days.mug)
    assert (record.num_in_stock, record.num_allocated) == (50, 2)


def test_the_shop_has_all_that_it_needs_to_send_the_parcel(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    written = days.order(order)
    address = days.world.seller.order(order)["recipient"]["deliveryAddress"]
    assert written.shipping_address.last_name == address["name"]
    assert written.shipping_address.line4 == address["city"]
    assert written.shipping_address.country_id == "DE"
    assert written.status == "Pending"
    assert [line.partner_line_reference for line in written.lines.all()] == days.items(order)
    assert written.date_placed == datetime.fromisoformat(days.world.seller.order(order)["createdTime"])


@pytest.mark.parametrize(("attribute", "value"), [("asin", "MUG-WHITE"), ("upc", "MUG-WHITE")])
def test_a_product_is_found_by_an_attribute(world: World, shop: Any, attribute: str, value: str) -> None:
    product = str(shop.add_product("internal-7", 50, **{attribute: value}).pk)
    world.connect(product_attribute=attribute)
    world.seller.place(("MUG-WHITE", 1))
    world.clock.advance(180)
    world.sync()
    assert [dict(seen.lines) for seen in shop.orders()] == [{product: 1}]


def test_two_rates_end_at_the_total_to_the_cent(days: Days) -> None:
    order = days.placed(
        Line(sku="MUG-WHITE", quantity=3, item="30.03", tax="4.79", shipping="4.99"),
        Line(sku="BOWL-GREY", quantity=1, item="10.00", tax="0.65"),
    )
    written = days.order(order)
    mug, bowl = written.lines.all()
    assert written.total_incl_tax == Decimal("45.02")
    assert mug.line_price_incl_tax == Decimal("30.03")
    assert (bowl.line_price_incl_tax, bowl.line_price_excl_tax) == (Decimal("10.00"), Decimal("9.35"))
    assert written.total_tax == Decimal("5.44"), "what Amazon says, of all lines and shipping"
    prices = [(each.quantity, each.price_incl_tax) for each in mug.prices.all()]
    assert sum(number for number, _ in prices) == 3
    assert sum(number * price for number, price in prices) == Decimal("30.03")


def test_a_total_that_no_net_price_reaches_is_kept_exactly(days: Days) -> None:
    order = days.placed(Line(sku="MUG-WHITE", quantity=1, item="30.03", tax="4.79"))
    (line,) = days.order(order).lines.all()
    assert (line.line_price_incl_tax, line.line_price_excl_tax) == (Decimal("30.03"), Decimal("25.24"))


def test_tax_that_amazon_does_not_tell_is_found_by_the_rate_of_the_options(days: Days) -> None:
    order = days.placed(Line(sku="MUG-WHITE", quantity=1, item="11.90"))
    (line,) = days.order(order).lines.all()
    assert (line.line_price_incl_tax, line.line_price_excl_tax) == (Decimal("11.90"), Decimal("10.00"))


def test_an_order_for_more_than_there_is_is_placed_and_says_so(days: Days) -> None:
    days.shop.set_stock(days.mug, 3)
    order = days.placed(("MUG-WHITE", 5))
    assert days.shop.stock(days.mug) == -2
    assert "Oversold: 5 of MUG-WHITE, 3 free" in days.shop.notes(str(days.order(order).pk))


def test_a_company_can_be_invoiced(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 1), business=True)
    buyer = days.world.seller.order(order)["buyer"]
    notes = days.shop.notes(str(days.order(order).pk))
    assert buyer["buyerPurchaseOrderNumber"] in notes


def test_parts_are_confirmed_at_amazon_as_they_leave(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 3))
    (item,) = days.items(order)
    days.ship(order, {item: 1}, tracking="00340434161094042557")
    days.flow("shipments")
    days.ship(order, {item: 2}, tracking="00340434161094042564")
    for _ in range(3):
        days.flow("shipments")
    told = days.world.seller.confirmations(order)
    assert [(one.carrier_code, one.tracking, list(one.items.values())) for one in told] == [
        ("DHL", "00340434161094042557", [1]),
        ("DHL", "00340434161094042564", [2]),
    ]
    assert days.world.seller.order(order)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    record = days.shop.record(days.mug)
    assert (record.num_in_stock, record.num_allocated) == (47, 0)


def test_what_left_by_seller_central_is_taken_from_the_shelf_and_not_told_back(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.world.seller.ship(order)
    for _ in range(3):
        days.flow("shipments")
    assert days.order(order).status == "Shipped"
    assert days.world.seller.confirmations(order) == []
    record = days.shop.record(days.mug)
    assert (record.num_in_stock, record.num_allocated) == (48, 0)


def test_a_cancellation_at_amazon_frees_the_stock(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.world.seller.cancel(order)
    days.flow()
    days.flow("cancellations")
    assert days.order(order).status == "Cancelled"
    assert [line.status for line in days.order(order).lines.all()] == ["Cancelled"]
    assert days.shop.stock(days.mug) == 50
    assert days.world.seller.cancellations(order) == [], "Amazon said it; it is not told so"


def test_a_cancellation_in_the_shop_reaches_amazon(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.shop.cancel(str(days.order(order).pk), None, "sold out")
    for _ in range(6):
        days.flow("cancellations")
    assert days.world.seller.order(order)["fulfillment"]["fulfillmentStatus"] == "CANCELLED"


def test_a_buyer_who_wants_to_cancel_stops_the_order(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.world.seller.request_cancel(order)
    days.flow()
    assert days.order(order).status == "On hold"
    assert "On hold" in days.shop.notes(str(days.order(order).pk))


def test_a_refund_in_the_shop_reaches_the_buyer_through_amazon(days: Days) -> None:
    order = days.placed(Line(sku="MUG-WHITE", quantity=2, item="23.80", tax="3.80"))
    (item,) = days.items(order)
    days.ship(order)
    for _ in range(3):
        days.flow("shipments")
    days.shop.refund(str(days.order(order).pk), {item: 1}, "11.90")
    for _ in range(6):
        days.flow("refunds")
    assert sum(refund.paid for refund in days.world.seller.refunds(order)) == Decimal("11.90")


def test_an_order_that_amazon_ships_promises_nothing(days: Days) -> None:
    days.world.app.connections.set("de", {"fulfillment": "all"})
    days.world.seller.place(("MUG-WHITE", 2), fulfilled_by="AMAZON", status="SHIPPED")
    days.flow()
    (seen,) = days.shop.orders()
    assert seen.status == "shipped"
    assert days.shop.stock(days.mug) == 50


def test_a_deleted_product_holds_the_order(days: Days) -> None:
    days.shop.delete(days.mug)
    order = days.world.seller.place(("MUG-WHITE", 1))
    days.flow()
    assert (days.world.status(order), days.shop.orders()) == ("held", [])


def test_one_sku_at_two_partners_is_ambiguous_unless_one_is_chosen(days: Days) -> None:
    days.shop.twin(days.mug)
    order = days.world.seller.place(("MUG-WHITE", 1))
    days.flow()
    assert (days.world.status(order), days.shop.orders()) == ("held", [])


def test_an_answer_that_is_lost_after_the_commit_places_nothing_twice(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = days.world.seller.place(("MUG-WHITE", 2))
    commit = connection._commit

    def lost() -> None:
        commit()
        raise OperationalError

    monkeypatch.setattr(connection, "_commit", lost)
    days.flow()
    monkeypatch.undo()
    assert [seen.key for seen in days.shop.orders()] == [order], "it is there, and nobody knows"
    days.world.restart()
    for _ in range(3):
        days.world.clock.advance(600)
        days.world.sync()
    assert [seen.key for seen in days.shop.orders()] == [order]
    assert days.world.status(order) == "placed"
    assert days.shop.stock(days.mug) == 48


def test_the_shops_stock_is_published(days: Days) -> None:
    days.world.seller.list_item("MUG-WHITE", 10)
    days.world.app.connections.set("de", {"publish_stock": True})
    days.shop.set_stock(days.mug, 7)
    for _ in range(4):
        days.flow("stock")
    assert days.world.seller.quantity("MUG-WHITE") == 7


def test_units_of_an_unpaid_order_are_promised_once_and_then_are_the_orders(days: Days) -> None:
    order = days.world.seller.place(("MUG-WHITE", 2), pending=True)
    for _ in range(2):
        days.flow()
        assert (days.shop.orders(), days.shop.stock(days.mug)) == ([], 48)
    days.world.seller.pay(order)
    days.flow()
    assert [seen.key for seen in days.shop.orders()] == [order]
    assert days.shop.stock(days.mug) == 48, "the reservation was used up in the order's own transaction"


def test_units_of_an_unpaid_order_come_back_when_it_is_cancelled(days: Days) -> None:
    order = days.world.seller.place(("MUG-WHITE", 2), pending=True)
    days.flow()
    days.world.seller.cancel(order)
    days.flow()
    assert (days.shop.orders(), days.shop.stock(days.mug)) == ([], 50)


def test_a_shop_whose_stock_alone_follows_gets_no_order(world: World, shop: Any) -> None:
    product = str(shop.add_product("MUG-WHITE", 50).pk)
    world.connect(level="stock_only")
    world.seller.place(("MUG-WHITE", 2))
    for _ in range(2):
        world.clock.advance(180)
        world.sync()
    record = shop.record(product)
    assert (shop.orders(), record.net_stock_level) == ([], 48)
