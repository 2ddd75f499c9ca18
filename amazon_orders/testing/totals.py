"""Promises about money: what the shop ends up with is the order's total, whatever the order is made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest import SkipTest

from ..errors import StoreError, StoreRejected
from ..model import Charge, Placed
from .desk import Desk, promise
from .orders import charge


class EndingAtTheTotal:
    """`StoreOrder.total`."""

    def test_shipping_is_part_of_the_total(self, desk: Desk) -> None:
        _ends(desk, "an order with shipping", desk.line("20.00"), shipping="4.99")

    def test_two_tax_rates_end_at_the_total(self, desk: Desk) -> None:
        lines = desk.line("10.01", rate="0.07"), desk.line("20.02", rate="0.19")
        _ends(desk, "an order with 7 % and 19 % tax", *lines)

    def test_units_that_do_not_divide_end_at_the_total(self, desk: Desk) -> None:
        _ends(desk, "three units for 10.00", desk.line("10.00", 3))

    def test_an_amount_without_tax_ends_at_the_total(self, desk: Desk) -> None:
        _ends(desk, "an order whose tax Amazon did not tell", desk.line("20.02", rate=None))

    def test_a_discount_is_not_taken_off_again(self, desk: Desk) -> None:
        _ends(desk, "a discounted line", desk.line("18.00", discount="2.00"))

    def test_fees_are_part_of_the_total(self, desk: Desk) -> None:
        fees = charge("3.50", kind="gift_wrap"), charge("-0.01", kind="rounding", rate=None)
        _ends(desk, "an order with gift wrap and rounding", desk.line(), fees=fees)

    def test_a_row_of_the_marketplaces_tax_is_part_of_the_total(self, desk: Desk) -> None:
        fee = Charge(kind="marketplace_tax", gross=Decimal("1.60"), tax_owner="marketplace")
        _ends(desk, "an order with a row of tax that Amazon collects", desk.line(), fees=(fee,))

    def test_a_free_order_is_taken(self, desk: Desk) -> None:
        _ends(desk, "a free replacement", desk.line("0.00"))

    def test_a_currency_without_decimals_is_kept(self, desk: Desk) -> None:
        line = desk.line("3004", 2, currency="JPY", rate="0.10")
        try:
            _ends(desk, "an order in JPY", line, currency="JPY", marketplace="JP")
        except StoreRejected as refusal:
            raise SkipTest(f"the shop refuses JPY: {refusal}") from None

    def test_an_order_keeps_its_currency(self, desk: Desk) -> None:
        _, placed = desk.given()
        _in_currency(desk, placed, "EUR")
        dollars = desk.order(desk.line(currency="USD"), currency="USD", marketplace="US")
        try:
            placed = desk.place(dollars)
        except StoreRejected:
            return  # a shop with one currency refuses every other
        _in_currency(desk, placed, "USD")

    def test_tax_that_amazon_collects_is_not_made_the_shops_own(self, desk: Desk) -> None:
        _, taxed = desk.given()
        if desk.tax(taxed.ref) is None:
            raise SkipTest("the back door does not tell the tax in an order")
        line, delivery = desk.line(), charge("4.99", kind="shipping")
        collected = desk.order(replace(line, total=_collected(line.total)), shipping="4.99")
        placed = desk.place(replace(collected, shipping=_collected(delivery), marketplace_tax=Decimal("4.75")))
        promise(
            not desk.tax(placed.ref),
            "store_place_order made tax of the shop's own in an order whose tax Amazon collects and pays: "
            f"{desk.tax(placed.ref)} of {collected.total}",
        )

    def test_the_total_told_is_the_total_kept(self, desk: Desk) -> None:
        order, placed = desk.given(amazon_total=Decimal("21.60"), marketplace_tax=Decimal("1.60"))
        promise(
            placed.total is None or placed.total == order.total,
            f"store_place_order answered a total of {placed.total} for an order that has to end at {order.total}",
        )

    def test_an_order_that_does_not_add_up_is_never_kept_at_another_total(self, desk: Desk) -> None:
        order = desk.order(desk.line("20.00"), total=Decimal("19.00"))
        try:
            desk.place(order)
        except StoreError:
            promise(
                not desk.under(order.amazon_order_id),
                "store_place_order refused an order that does not add up, and kept it",
            )
            return
        kept = [desk.seen(ref).total for ref in desk.under(order.amazon_order_id)]
        promise(
            kept == [order.total],
            f"store_place_order kept an order at {kept} that had to end at {order.total} or be refused",
        )


def _in_currency(desk: Desk, placed: Placed, asked: str) -> None:
    kept = desk.currency(placed.ref)
    if kept is None:
        raise SkipTest("the back door does not tell an order's currency")
    promise(kept == asked, f"store_place_order was given an order in {asked}, and the shop keeps it in {kept!r}")


def _collected(amount: Charge) -> Charge:
    """The charge as it comes where Amazon collects the tax: none of it is inside."""
    return replace(amount, net=amount.gross, tax=Decimal(0), tax_owner="marketplace")


def _ends(desk: Desk, what: str, *lines: Any, **more: Any) -> None:
    order = desk.order(*lines, **more)
    try:
        placed = desk.place(order)
    except StoreRejected:
        if more.get("currency"):
            raise
        promise(False, f"store_place_order refused {what}, which it has to take")
    total = desk.seen(placed.ref).total if desk.can("orders") else placed.total
    if total is None:
        raise SkipTest("neither Placed.total nor a back door tells what the order ends at")
    promise(
        total == order.total,
        f"{what} had to end at {order.total} {order.currency}, and the shop has {total}",
    )
