"""Promises about one order that is placed: it is there, whole, as it should be, or refused and not there."""

from __future__ import annotations

from unittest import SkipTest

from ..errors import StoreError, StoreRejected
from ..model import Address, Buyer, StoreLine, StoreOrder, TaxId
from .desk import Desk, promise
from .orders import NAME, line

NO_PRODUCT = "no-such-product"


class PlacingOrders:
    """`store_place_order`."""

    def test_an_order_is_in_the_shop_when_placing_answers(self, desk: Desk) -> None:
        order = desk.order()
        placed = desk.place(order)
        promise(
            placed.ref in desk.under(order.amazon_order_id),
            "store_place_order answered before the order was in the shop: it is not seen there",
        )

    def test_quantities_are_kept_whole(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked(1000)
        _, placed = desk.given(desk.line("240.00", 120))
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(units == 120, f"store_place_order cut a quantity in silence: 120 units were asked, {units} are kept")

    def test_two_lines_of_one_product_are_both_kept(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        _, placed = desk.given(desk.line(quantity=2), desk.line(quantity=3))
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(units == 5, f"store_place_order lost a line: two lines of one product had 5 units, {units} are kept")

    def test_many_lines_are_kept(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        _, placed = desk.given(*(desk.line("1.00") for _ in range(60)))
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(units == 60, f"store_place_order lost lines: an order had 60, units of {units} are kept")

    def test_what_is_oversold_is_taken_or_refused_whole(self, desk: Desk) -> None:
        desk.stocked(2)
        order = desk.order(desk.line("100.00", 5))
        try:
            placed = desk.place(order)
        except StoreRejected:
            promise(
                desk.hooks.checks_stock,
                "store_place_order refused an oversold order though the adapter says checks_stock = False",
            )
            promise(
                not desk.under(order.amazon_order_id),
                "store_place_order refused an oversold order and kept it all the same",
            )
            return
        finally:
            desk.stocked()
        units = desk.seen(placed.ref).lines.get(desk.product.ref)
        promise(units == 5, f"store_place_order cut an oversold order: 5 units were sold at Amazon, {units} are kept")

    def test_an_order_that_amazon_ships_leaves_stock_alone(self, desk: Desk) -> None:
        before = desk.available()
        desk.given(desk.line(quantity=2), affects_stock=False, fulfilled_by="amazon")
        promise(
            desk.available() == before,
            f"store_place_order moved stock for an order with affects_stock=False: {before} -> {desk.available()}",
        )

    def test_stock_falls_at_placing_as_reserves_says(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        before = desk.available()
        desk.given(desk.line(quantity=2))
        fallen = before - desk.available()
        promise(
            fallen == (2 if desk.hooks.reserves else 0),
            f"the adapter says reserves = {desk.hooks.reserves}, and placing 2 units lowered the stock by {fallen}",
        )

    def test_an_order_that_has_left_already_is_not_shipped_again(self, desk: Desk) -> None:
        _, placed = desk.given(already_shipped=True)
        desk.is_now(placed.ref, "shipped", "store_place_order left an already shipped order to be shipped again")

    def test_an_order_on_hold_is_kept_on_hold(self, desk: Desk) -> None:
        _, placed = desk.given(on_hold="The buyer asked to cancel")
        desk.is_now(placed.ref, "on_hold", "store_place_order ignored on_hold")

    def test_an_address_is_kept(self, desk: Desk) -> None:
        _, placed = desk.given(recipient=Address(name=NAME, line1="Ring 1", city="Wien", country="AT"))
        country = desk.seen(placed.ref).country
        if country is None:
            raise SkipTest("the shop keeps no addresses")
        promise(country == "AT", f"store_place_order did not keep where the order goes: AT became {country!r}")

    def test_an_order_without_an_address_is_taken_as_needs_address_says(self, desk: Desk) -> None:
        order = desk.order(recipient=None, buyer=None)
        try:
            desk.place(order)
        except StoreError as error:
            promise(
                desk.hooks.needs_address and isinstance(error, StoreRejected),
                f"store_place_order did not take an order without an address; say needs_address = True: {error}",
            )

    def test_an_order_of_a_business_is_taken(self, desk: Desk) -> None:
        tax = TaxId(holder="BUYER", kind="VAT", number="DE123456789")
        buyer = Buyer(company="Canary GmbH", purchase_order="PO-1", tax_ids=(tax,))
        try:
            desk.place(desk.order(buyer=buyer))
        except StoreError as error:
            promise(False, f"store_place_order did not take an order of a business without a buyer's name: {error}")

    def test_any_script_is_taken(self, desk: Desk) -> None:
        recipient = Address(name="山田 太郎", line1="Łódź 5 🎁", city="Ærø", country="DE")
        try:
            desk.place(desk.order(desk.line(title="Größe „L“ 青 🎁" * 20), recipient=recipient))
        except StoreError as error:
            promise(False, f"store_place_order did not take long texts in any script: {error}")

    def test_an_unknown_product_is_refused(self, desk: Desk) -> None:
        try:
            desk.place(_unpaired(desk))
        except StoreRejected:
            return
        except StoreError as error:
            promise(False, f"store_place_order did not refuse an unknown product with StoreRejected: {error}")
        promise(False, "store_place_order placed an order whose product the shop does not have")

    def test_a_refused_order_leaves_nothing(self, desk: Desk) -> None:
        order = _unpaired(desk, desk.line())
        desk.refuses(order)
        promise(
            not desk.under(order.amazon_order_id),
            "store_place_order raised StoreRejected and left an order: whatever it wrote has to be undone",
        )

    def test_a_refused_order_takes_no_stock(self, desk: Desk) -> None:
        before = desk.available()
        desk.refuses(_unpaired(desk, desk.line(quantity=2)))
        promise(desk.available() == before, "store_place_order raised StoreRejected and took stock")


def _unpaired(desk: Desk, *before: StoreLine) -> StoreOrder:
    """An order whose last line names a product that the shop lacks."""
    return desk.order(*before, line(NO_PRODUCT))
