"""One story for every host: a seller's days with a shop, orders in, parcels and stock back, and all that goes wrong.

Everything is looked at in two places: in the shop past its adapter, and at the simulated Amazon.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.errors import StoreError
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import FlowReport, Placed
from amazon_orders.sandbox import Line
from amazon_orders.testing import SeenOrder
from tests.story.world import World
from tests.story.world import world as make_world

from .host import Host

TRACKING = "00340434161094042557"
EU = {"name": "de", "seller_id": "A1SANDBOXSELLER", "region": "eu"}
FAR = {"us": ("A2USSELLER", "na", "US"), "jp": ("A3JPSELLER", "fe", "JP")}


class Crash(BaseException):
    """The process is gone."""


class Days:
    """What the stories are told with: one seller, one simulated Amazon, one shop and a connection between them."""

    def __init__(self, world: World, host: Host) -> None:
        self.world = world
        self.host = host
        self.shop = host.shop
        self.seller = world.seller
        self.connection = "de"
        self.mug, self.bowl = host.shelf()

    def move_to(self, country: str) -> None:
        """The seller sells elsewhere: another region, another marketplace."""
        seller_id, region, marketplace = FAR[country]
        token = f"Atzr|{country}"
        self.seller = self.world.amazon.add_seller(
            seller_id=seller_id, region=region, marketplaces=[marketplace], refresh_token=token
        )
        self.world.app.connections.set("de", {"active": False})
        self.world.connect(country, seller_id=seller_id, region=region, marketplaces=[marketplace], refresh_token=token)
        self.connection = country

    def set(self, **settings: Any) -> None:
        """Change the connection."""
        self.world.app.connections.set(self.connection, settings)

    def run(self, flow: str = "orders", times: int = 1) -> FlowReport:
        """Sync, three minutes later each time; what the last run says of a flow."""
        for _ in range(times):
            self.world.clock.advance(180)
            (connection,) = self.world.sync().connections
        (found,) = (part for part in connection.flows if part.flow == flow)
        return found

    def placed(self, *lines: Any, **options: Any) -> str:
        """An order that is in the shop; its Amazon order id."""
        order = self.seller.place(*(lines or (("MUG-WHITE", 2),)), **options)
        self.run()
        assert self.world.status(order) == "placed", self.world.app.orders.explain(order)
        return order

    def keys(self) -> list[str]:
        """Which orders of Amazon's the shop has."""
        return [seen.key for seen in self.shop.orders()]

    def order(self, amazon_order_id: str) -> SeenOrder:
        """As it lies in the shop; there is one and no more."""
        (found,) = (seen for seen in self.shop.orders() if seen.key == amazon_order_id)
        seen: SeenOrder = found
        return seen

    def items(self, amazon_order_id: str) -> list[str]:
        """Its order item ids."""
        return [row["orderItemId"] for row in self.seller.order(amazon_order_id)["orderItems"]]

    def ship(self, amazon_order_id: str, lines: Mapping[str, int] | None = None, tracking: str = TRACKING) -> None:
        """A parcel leaves the shop's warehouse."""
        self.shop.ship(self.order(amazon_order_id).ref, lines, "DHL", "", tracking)

    def at_amazon(self, amazon_order_id: str) -> str:
        """What Amazon says of it."""
        return str(self.seller.order(amazon_order_id)["fulfillment"]["fulfillmentStatus"])

    def stock(self) -> tuple[int | None, int | None]:
        """Mugs and bowls that can still be promised."""
        return self.shop.stock(self.mug), self.shop.stock(self.bowl)

    def reopen(self, store: Any) -> None:
        """A new process, with this adapter."""
        self.world._stores = {"shop": hooks_of(store, self.host)}
        self.world.restart()


def hooks_of(store: Any, host: Host) -> Hooks:
    """The adapter behind its hooks."""
    hooks = Hooks("shop")
    hooks.register(store, type(host).__name__)
    return hooks


def dying(store: Any) -> Any:
    """The adapter in a process that ends as soon as the shop has its next order, before anybody can note it."""

    class Dying(type(store)):  # type: ignore[misc]
        @hookimpl
        def store_place_order(self, order: Any, key: str) -> Placed:
            super().store_place_order(order=order, key=key)
            raise Crash

        @hookimpl
        def store_place_orders(self, orders: Any) -> Any:
            super().store_place_orders(orders=orders)
            raise Crash

    if not hasattr(store, "store_place_orders"):
        del Dying.store_place_orders
    doomed = copy.copy(store)
    doomed.__class__ = Dying
    return doomed


class HostStory:
    """Inherit it and give the fixture `host`, a shop with no products and no orders.

    `host_name` is the heading of its column in the table of README.md: the shop, its version, how it is reached.
    """

    host_name = ""

    @pytest.fixture
    def days(self, host: Host, tmp_path: Path) -> Iterator[Days]:
        with make_world(tmp_path, stores={"shop": hooks_of(host.store, host)}) as world:
            world.connect(product_attribute="sku", publish_stock=False)
            yield Days(world, host)

    # Products.

    def test_a_product_is_found_by_its_sku(self, days: Days) -> None:
        order = days.placed(("MUG-WHITE", 2), ("BOWL-GREY", 1))
        assert dict(days.order(order).lines) == {days.mug: 2, days.bowl: 1}

    def test_a_product_is_found_by_another_attribute(self, days: Days) -> None:
        if not days.host.attribute:
            pytest.skip("its products have no other attribute")
        product = days.host.add_product("internal-7", 50, attribute="CAP-BLACK")
        days.set(product_attribute=days.host.attribute)
        order = days.placed(("CAP-BLACK", 1))
        assert dict(days.order(order).lines) == {product: 1}

    def test_an_unknown_sku_holds_its_order_and_no_other(self, days: Days) -> None:
        strange = days.seller.place(("CAP-BLACK", 1))
        known = days.placed(("MUG-WHITE", 1))
        assert (days.world.status(strange), days.keys()) == ("held", [known])
        days.host.add_product("CAP-BLACK", 5)
        days.run(times=2)
        assert sorted(days.keys()) == sorted([known, strange]), "the product came, and nobody had to press a button"

    def test_a_sku_of_two_products_holds_the_order(self, days: Days) -> None:
        days.shop.twin(days.mug)
        order = days.seller.place(("MUG-WHITE", 1))
        days.run()
        assert (days.world.status(order), days.keys()) == ("held", [])

    def test_a_deleted_product_holds_the_order(self, days: Days) -> None:
        days.host.delete(days.mug)
        order = days.seller.place(("MUG-WHITE", 1))
        days.run()
        assert (days.world.status(order), days.keys()) == ("held", [])

    def test_a_product_without_a_stock_record_is_sold_all_the_same(self, days: Days) -> None:
        days.host.without_record("CAP-BLACK")
        days.placed(("CAP-BLACK", 1))

    # Once.

    def test_an_order_is_placed_once_however_often_it_is_read(self, days: Days) -> None:
        order = days.placed(("MUG-WHITE", 2))
        days.run()
        days.world.restart()
        days.run()
        assert (days.keys(), days.stock()) == ([order], (48, 50))

    def test_a_page_of_orders_is_placed_at_once(self, days: Days) -> None:
        orders = [days.seller.place(("MUG-WHITE", 1), ("BOWL-GREY", 1)) for _ in range(12)]
        days.run()
        assert sorted(days.keys()) == sorted(orders)
        assert days.stock() == (38, 38)

    def test_a_crash_between_the_shop_and_the_note_of_it_places_nothing_twice(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        days.reopen(dying(days.host.store))
        with pytest.raises(Crash):
            days.run()
        assert days.keys() == [order], "it is there, and nobody noted it"
        days.reopen(days.host.store)
        days.run(times=3)
        assert (days.keys(), days.world.status(order), days.stock()) == ([order], "placed", (48, 50))

    def test_an_answer_that_is_lost_places_nothing_twice(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        with days.host.answer_lost():
            days.run()
        assert days.keys() == [order], "it is there, and the answer did not arrive"
        days.world.restart()
        days.run(times=5)
        assert (days.keys(), days.world.status(order), days.stock()) == ([order], "placed", (48, 50))

    # Money.

    def test_7_and_19_percent_in_one_order_end_at_the_total(self, days: Days) -> None:
        order = days.placed(
            Line(sku="MUG-WHITE", quantity=3, item="30.03", tax="4.79", shipping="4.99"),
            Line(sku="BOWL-GREY", quantity=1, item="10.00", tax="0.65"),
        )
        assert days.order(order).total == Decimal("45.02")
        assert days.host.tax(days.order(order)) in (None, Decimal("5.44"), Decimal("6.24")), (
            "with or without the shipping's"
        )

    def test_an_amount_that_no_net_price_reaches_is_kept(self, days: Days) -> None:
        order = days.placed(Line(sku="MUG-WHITE", quantity=1, item="30.03", tax="4.79"))
        assert days.order(order).total == Decimal("30.03")
        assert days.host.tax(days.order(order)) in (None, Decimal("4.79"))

    def test_units_that_do_not_divide_end_at_the_total(self, days: Days) -> None:
        order = days.placed(Line(sku="MUG-WHITE", quantity=7, item="100.00"))
        assert days.order(order).total == Decimal("100.00")

    def test_tax_that_amazon_collects_in_the_us_is_not_the_shops(self, days: Days) -> None:
        days.move_to("us")
        order = days.placed(
            Line(sku="MUG-WHITE", quantity=1, item="39.99", tax="3.20", tax_on_top=True, collected_by="Amazon"),
            marketplace="US",
        )
        assert days.order(order).total == Decimal("39.99")
        assert days.host.tax(days.order(order)) in (None, Decimal(0))

    def test_yen_have_no_decimals(self, days: Days) -> None:
        days.move_to("jp")
        order = days.placed(Line(sku="MUG-WHITE", quantity=3, item="1000"), marketplace="JP")
        assert days.order(order).total == Decimal(1000)

    # What kind of order.

    def test_an_order_of_a_company_is_placed(self, days: Days) -> None:
        order = days.placed(("MUG-WHITE", 1), business=True)
        assert dict(days.order(order).lines) == {days.mug: 1}

    def test_an_order_for_more_than_there_is_is_placed_whole(self, days: Days) -> None:
        days.shop.set_stock(days.mug, 3)
        order = days.placed(("MUG-WHITE", 5))
        assert dict(days.order(order).lines) == {days.mug: 5}

    def test_an_order_that_amazon_ships_takes_nothing_off_the_shelf(self, days: Days) -> None:
        days.set(fulfillment="all")
        order = days.placed(("MUG-WHITE", 2), fulfilled_by="AMAZON", status="SHIPPED")
        assert days.order(order).status in ("shipped", None)
        assert days.stock() == (50, 50)

    def test_a_buyer_who_wants_to_cancel_stops_the_order(self, days: Days) -> None:
        order = days.placed()
        days.seller.request_cancel(order)
        days.run()
        assert days.order(order).status == "on_hold"

    # Parcels, cancellations, refunds.

    def test_parcels_are_confirmed_at_amazon_with_carrier_and_number(self, days: Days) -> None:
        order = days.placed(("MUG-WHITE", 3))
        (item,) = days.items(order)
        days.ship(order, {item: 1})
        days.run("shipments")
        days.ship(order, {item: 2}, tracking="00340434161094042564")
        days.run("shipments", times=3)
        assert [(one.carrier_code, one.tracking, dict(one.items)) for one in days.seller.confirmations(order)] == [
            ("DHL", TRACKING, {item: 1}),
            ("DHL", "00340434161094042564", {item: 2}),
        ]
        assert days.at_amazon(order) == "SHIPPED"
        assert days.stock() == (47, 50)

    def test_a_parcel_of_seller_central_leaves_the_shop_and_is_not_told_back(self, days: Days) -> None:
        order = days.placed()
        days.seller.ship(order)
        days.run("shipments", times=3)
        assert (days.order(order).status, days.stock()) == ("shipped", (48, 50))
        assert days.seller.confirmations(order) == []

    def test_a_cancellation_at_amazon_cancels_in_the_shop_and_frees_the_stock(self, days: Days) -> None:
        order = days.placed()
        days.seller.cancel(order)
        days.run("cancellations", times=2)
        assert (days.order(order).status, days.stock()) == ("cancelled", (50, 50))
        assert days.seller.cancellations(order) == [], "Amazon said it; it is not told so"

    def test_an_order_cancelled_before_it_was_read_is_never_in_the_shop(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        days.seller.cancel(order)
        days.run(times=2)
        assert (days.keys(), days.stock()) == ([], (50, 50))

    def test_a_cancellation_in_the_shop_reaches_amazon(self, days: Days) -> None:
        order = days.placed()
        days.shop.cancel(days.order(order).ref, None, "sold out")
        days.run("cancellations", times=6)
        assert (days.at_amazon(order), days.stock()) == ("CANCELLED", (50, 50))

    def test_a_refund_in_the_shop_reaches_the_buyer(self, days: Days) -> None:
        order = days.placed(Line(sku="MUG-WHITE", quantity=2, item="23.80", tax="3.80"))
        (item,) = days.items(order)
        days.ship(order)
        days.run("shipments", times=3)
        try:
            days.shop.refund(days.order(order).ref, {item: 1}, Decimal("11.90"))
        except NotImplementedError:
            pytest.skip("it tells nobody of its refunds")
        days.run("refunds", times=6)
        assert sum(refund.paid for refund in days.seller.refunds(order)) == Decimal("11.90")

    # Stock.

    def test_the_shops_stock_is_published(self, days: Days) -> None:
        days.seller.list_item("MUG-WHITE", 10)
        days.set(publish_stock=True)
        days.shop.set_stock(days.mug, 7)
        days.run("stock", times=4)
        assert days.seller.quantity("MUG-WHITE") == 7

    def test_units_of_an_unpaid_order_are_promised_once_and_then_are_the_orders(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2), pending=True)
        for _ in range(2):
            days.run()
            assert (days.keys(), days.stock()) == ([], (48, 50))
        days.seller.pay(order)
        days.run()
        assert (days.keys(), days.stock()) == ([order], (48, 50))

    def test_units_of_an_unpaid_order_come_back_when_it_is_cancelled(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2), pending=True)
        days.run()
        days.seller.cancel(order)
        days.run()
        assert (days.keys(), days.stock()) == ([], (50, 50))

    def test_a_shop_whose_stock_alone_follows_gets_no_order(self, days: Days) -> None:
        days.set(level="stock_only")
        days.seller.place(("MUG-WHITE", 2))
        days.run(times=2)
        assert (days.keys(), days.stock()) == ([], (48, 50))

    # What goes wrong.

    def test_a_shop_that_is_down_gets_its_orders_when_it_is_back(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        with days.host.down():
            assert days.run().error is not None
        days.run(times=3)
        assert (days.keys(), days.stock()) == ([order], (48, 50))

    def test_a_shop_that_is_slow_gets_its_orders_once(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        with days.host.slow():
            days.run()
        days.run(times=5)
        assert (days.keys(), days.world.status(order), days.stock()) == ([order], "placed", (48, 50))

    def test_wrong_credentials_are_named_and_lose_nothing(self, days: Days) -> None:
        order = days.seller.place(("MUG-WHITE", 2))
        try:
            with days.host.stranger() as store:
                days.reopen(store)
                told = str(days.run().error)
        except StoreError as error:
            told = str(error)
        assert "password" in told
        days.reopen(days.host.store)
        days.run(times=3)
        assert (days.keys(), days.stock()) == ([order], (48, 50))
