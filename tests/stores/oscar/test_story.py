"""The story of every host in an Oscar shop, and what Oscar's own tables have of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.sandbox import Line
from tests.story.world import World

from ..story import Days, HostStory
from . import HOST
from .host import OscarHost


class TestOscarStory(HostStory):
    host_name = HOST

    @pytest.fixture
    def host(self, store: Any, shop: Any) -> OscarHost:
        return OscarHost(store, shop)


@pytest.fixture
def days(world: World, store: Any, shop: Any) -> Days:
    """With a connection that is active."""
    world.connect(product_attribute="sku")
    return Days(world, OscarHost(store, shop))


def written(days: Days, amazon_order_id: str) -> Any:
    """The order as Oscar has it."""
    return days.shop.order(days.order(amazon_order_id).ref)


def test_the_shop_has_all_that_it_needs_to_send_the_parcel(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    sent = written(days, order)
    address = days.seller.order(order)["recipient"]["deliveryAddress"]
    assert sent.shipping_address.last_name == address["name"]
    assert sent.shipping_address.line4 == address["city"]
    assert sent.shipping_address.country_id == "DE"
    assert sent.status == "Pending"
    assert [line.partner_line_reference for line in sent.lines.all()] == days.items(order)
    assert sent.date_placed == datetime.fromisoformat(days.seller.order(order)["createdTime"])


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
    sent = written(days, order)
    mug, bowl = sent.lines.all()
    assert mug.line_price_incl_tax == Decimal("30.03")
    assert (bowl.line_price_incl_tax, bowl.line_price_excl_tax) == (Decimal("10.00"), Decimal("9.35"))
    assert sent.total_tax == Decimal("5.44"), "what Amazon says, of all lines and shipping"
    prices = [(each.quantity, each.price_incl_tax) for each in mug.prices.all()]
    assert sum(number for number, _ in prices) == 3
    assert sum(number * price for number, price in prices) == Decimal("30.03")


def test_tax_that_amazon_does_not_tell_is_found_by_the_rate_of_the_options(days: Days) -> None:
    order = days.placed(Line(sku="MUG-WHITE", quantity=1, item="11.90"))
    (line,) = written(days, order).lines.all()
    assert (line.line_price_incl_tax, line.line_price_excl_tax) == (Decimal("11.90"), Decimal("10.00"))


def test_an_order_for_more_than_there_is_is_placed_and_says_so(days: Days) -> None:
    days.shop.set_stock(days.mug, 3)
    order = days.placed(("MUG-WHITE", 5))
    assert days.shop.stock(days.mug) == -2
    assert "Oversold: 5 of MUG-WHITE, 3 free" in days.shop.notes(days.order(order).ref)


def test_a_company_can_be_invoiced(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 1), business=True)
    buyer = days.seller.order(order)["buyer"]
    notes = days.shop.notes(days.order(order).ref)
    assert buyer["buyerPurchaseOrderNumber"] in notes


def test_what_left_by_seller_central_is_taken_from_the_shelf_and_not_told_back(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.seller.ship(order)
    for _ in range(3):
        days.run("shipments")
    assert written(days, order).status == "Shipped"
    assert days.seller.confirmations(order) == []
    record = days.shop.record(days.mug)
    assert (record.num_in_stock, record.num_allocated) == (48, 0)


def test_a_buyer_who_wants_to_cancel_stops_the_order(days: Days) -> None:
    order = days.placed(("MUG-WHITE", 2))
    days.seller.request_cancel(order)
    days.run()
    assert written(days, order).status == "On hold"
    assert "On hold" in days.shop.notes(days.order(order).ref)
