"""How an order's money is shared out: item, shipping, discounts, and what stands outside the lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from amazon_orders.model import Breakdown, Hold, Order, Place
from tests.unit.rules.build import decide, line, order, placed, us
from tests.unit.rules.equations import holds, text
from tests.unit.rules.rows import named

D = Decimal
TIP = Breakdown(type="DELIVERY_TIP", subtotal=D("2.00"), status="FINALIZED")


def fee(decision: Place) -> tuple[str, str, str, str]:
    (one,) = decision.order.fees
    return one.kind, text(one.gross), text(one.tax or D(0)), one.tax_owner


def split_of(decision: Place) -> tuple[str, str]:
    return text(decision.order.lines[0].total.gross), text(decision.order.shipping.gross)


SHIPPING: dict[str, tuple[Order, tuple[str, str]]] = {
    "shipping stands beside the line": (order(line("30.00", shipping="4.99")), ("30", "4.99")),
    "a shipping discount inside the subtotal takes shipping away": (
        order(line("30.00", shipping="4.99", discount=("4.99", {"shipping": "4.99"}))), ("30", "0"),
    ),
    "a shipping discount beside the subtotal takes both away": (
        order(line("30.00", shipping="4.99", discount=("2.00", {"shipping": "4.99"}), total="28.00")), ("28", "0"),
    ),
    "a shipping discount as large as the subtotal may stand beside it": (
        order(line("30.00", shipping="4.99", discount=("4.99", {"shipping": "4.99"}), total="25.01")), ("25.01", "0"),
    ),
    "a shipping discount may stand beside a subtotal of which the details tell a part": (
        order(line("30.00", shipping="4.99", discount=("5.00", {"item": "1.00", "shipping": "2.00"}), total="27.99")),
        ("25", "2.99"),
    ),
    "a negative shipping discount is a discount": (
        order(line("30.00", shipping="4.99", discount=("-2.00", {"shipping": "-4.99"}), total="28.00")), ("28", "0"),
    ),
    "a discount on both is told apart by its details": (
        order(line("30.00", shipping="4.99", discount=("5.00", {"item": "3.00", "shipping": "2.00"}))), ("27", "2.99"),
    ),
    "a discount larger than the shipping price never makes it negative": (
        order(line("30.00", shipping="4.99", discount=("6.00", {"shipping": "6.00"}))), ("28.99", "0"),
    ),
    "a shipping discount takes no more than the whole discount": (
        order(line("30.00", shipping="4.99", discount=("2.00", {"shipping": "4.99"}))), ("30", "2.99"),
    ),
    "the grand total tells where the shipping discount stands": (
        order(
            replace(line("30.00", shipping="4.99", discount=("2.00", {"shipping": "4.99"})), total=None), total="28.00",
        ), ("28", "0"),
    ),
    "two rows of one type add up": (
        order(replace(
            line("30.00", shipping="4.99", total="36.99"),
            breakdowns=(*line("30.00", shipping="4.99").breakdowns, Breakdown(type="SHIPPING", subtotal=D("2.00"))),
        )), ("30", "6.99"),
    ),
    "a discount without details is the item's": (
        order(line("30.00", shipping="4.99", discount="3.00")), ("27", "4.99"),
    ),
    "a price of shipping alone is no item's": (order(line(None, shipping="4.99")), ("0", "4.99")),
    "a discount larger than the item takes from shipping": (
        order(line("30.00", shipping="4.99", discount="34.99")), ("0", "0"),
    ),
    "shipping of several lines is one amount": (
        order(line("30.00", shipping="4.99"), line("5.00", shipping="1.00", sku="SKU-2")), ("30", "5.99"),
    ),
}  # fmt: skip


SHIPPING_ROWS = {
    "a shipping discount inside the subtotal takes shipping away": "17",
    "a shipping discount beside the subtotal takes both away": "18",
}


@pytest.mark.parametrize(("of", "wanted"), named(SHIPPING, SHIPPING_ROWS))
def test_item_and_shipping(of: Order, wanted: tuple[str, str]) -> None:
    decision = placed(of)
    assert split_of(decision) == wanted
    assert decision.order.total == of.grand_total


# item, shipping, gift wrap
TOO_MUCH: dict[str, tuple[Order, tuple[str, str, str]]] = {
    "what is too much for the item is taken from one extra after the other": (
        order(line("10.00", shipping="3.00", gift_wrap="5.00", discount="16.00")), ("0", "0", "2"),
    ),
    "what is too much for the item takes of an extra what its own discount left": (
        order(line(
            "10.00", shipping="5.00", gift_wrap="5.00", discount=("16.00", {"shipping": "2.00", "item": "14.00"})
        )),
        ("0", "0", "4"),
    ),
    "what the item can bear is taken from no extra": (
        order(line("10.00", shipping="3.00", gift_wrap="5.00", discount="10.00")), ("0", "3", "5"),
    ),
    "a cent that the item cannot bear is taken from shipping": (
        order(line("10.00", shipping="3.00", gift_wrap="5.00", discount="10.01")), ("0", "2.99", "5"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "wanted"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_discount_larger_than_its_part(of: Order, wanted: tuple[str, str, str]) -> None:
    decision = placed(of)
    wrap = sum((each.gross for each in decision.order.fees), D(0))
    assert (*split_of(decision), text(wrap)) == wanted
    assert text(decision.order.lines[0].discount) == "10"


def test_a_discount_that_is_surely_in_the_subtotal_is_not_taken_twice() -> None:
    # 30.00 + 4.99 - 5.00 - 2.00 would be 27.99; the details already make up the 5.00.
    of = order(line("30.00", shipping="4.99", discount=("5.00", {"item": "3.00", "shipping": "2.00"}), total="27.99"))
    assert isinstance(decide(of), Hold)


def test_two_discounts_add_up() -> None:
    one = line("30.00", discount="3.00", total="25.00")
    one = replace(one, breakdowns=(*one.breakdowns, Breakdown(type="DISCOUNT", subtotal=D("-2.00"))))
    decision = placed(order(one))
    assert (text(decision.order.total), text(decision.order.lines[0].discount)) == ("25", "5")
    assert decision.balance.equation == "30.00 - 5.00 = 25.00"


def test_the_discount_is_shown_beside_the_line_and_is_already_off() -> None:
    decision = placed(order(line("30.00", discount="3.00")))
    assert (text(decision.order.lines[0].discount), text(decision.order.lines[0].total.gross)) == ("3", "27")


@pytest.mark.parametrize("discount", [False, True], ids=["at full price", "beside a discount"])
def test_a_type_that_amazon_adds_one_day_counts_under_its_own_name(discount: bool) -> None:
    full = line("30.00", RECYCLING_FEE="1.20")
    decision = placed(order(line("30.50", RECYCLING_FEE="1.20", discount="0.50") if discount else full))
    assert text(decision.order.total) == "31.2"
    assert [(each.kind, each.title, text(each.gross)) for each in decision.order.fees] == [
        ("other", "RECYCLING_FEE", "1.2")
    ]


def test_a_final_tip_inside_the_total_is_a_charge_of_its_own() -> None:
    decision = placed(us(line("10.00"), total="12.00", breakdowns=(TIP,)))
    assert fee(decision) == ("tip", "2", "0", "none")
    assert decision.balance.equation == "10.00 + 2.00 = 12.00"


def test_a_tip_counts_beside_tax_that_amazon_left_out_of_its_total() -> None:
    of = us(line("10.00", tax="0.80", total="10.80", by_amazon=True), total="12.00", breakdowns=(TIP,))
    decision = placed(of)
    assert fee(decision) == ("tip", "2", "0", "none")
    assert decision.balance.reading == "apart"


def test_a_tip_outside_the_total_stays_outside() -> None:
    assert placed(us(line("10.00"), breakdowns=(TIP,))).order.fees == ()


def test_rows_of_the_order_that_repeat_its_lines_count_once() -> None:
    repeated = (Breakdown(type="ITEM", subtotal=D("10.00")), Breakdown(type="TAX", subtotal=D("0.80")))
    decision = placed(us(line("10.00", tax="0.80", total="10.80"), breakdowns=repeated))
    assert text(decision.order.total) == "10.8"


BAG = Breakdown(type="BAG_FEE", subtotal=D("0.10"))
EXTRAS = {
    "both": (us(line("10.00"), total="12.10", breakdowns=(TIP, BAG)), ["tip", "other"]),
    "the first alone": (us(line("10.00"), total="12.00", breakdowns=(TIP, BAG)), ["tip"]),
    "the second alone": (us(line("10.00"), total="10.10", breakdowns=(TIP, BAG)), ["other"]),
    "none": (us(line("10.00"), total="10.00", breakdowns=(TIP, BAG)), []),
    "the closest, and a cent": (us(line("10.00"), total="12.01", breakdowns=(TIP, BAG)), ["tip", "rounding"]),
    "both, and a cent for each amount": (
        us(line("10.00"), total="12.13", breakdowns=(TIP, BAG)), ["tip", "other", "rounding"],
    ),
    "none, and a cent less": (us(line("10.00"), total="9.99", breakdowns=(TIP, BAG)), ["rounding"]),
    "one beside lines without total": (
        us(replace(line("10.00"), total=None), total="10.10", breakdowns=(TIP, BAG)), ["other"],
    ),
    "one without amount": (us(line("10.00"), breakdowns=(replace(TIP, subtotal=D(0)),)), []),
}  # fmt: skip


@pytest.mark.parametrize(("of", "wanted"), EXTRAS.values(), ids=EXTRAS)
def test_of_what_stands_outside_the_lines_that_counts_which_the_total_holds(of: Order, wanted: list[str]) -> None:
    decision = placed(of)
    assert [each.kind for each in decision.order.fees] == wanted
    assert decision.order.total == of.grand_total
    assert holds(decision.balance.equation)


def test_more_than_a_cent_for_each_amount_inside_the_total_is_no_rounding() -> None:
    assert isinstance(decide(us(line("10.00"), total="12.14", breakdowns=(TIP, BAG))), Hold)


def test_a_charge_that_only_the_order_has_counts_once() -> None:
    rows = (Breakdown(type="ITEM", subtotal=D("10.00")), Breakdown(type="BAG_FEE", subtotal=D("0.10")))
    decision = placed(us(line("10.00"), total="10.10", breakdowns=rows))
    assert [(each.kind, each.title, text(each.gross)) for each in decision.order.fees] == [("other", "BAG_FEE", "0.1")]


def test_what_stands_outside_the_lines_is_known_to_bear_no_tax() -> None:
    (tip,) = placed(us(line("10.00"), total="12.00", breakdowns=(TIP,))).order.fees
    assert (tip.gross, tip.net, tip.tax) == (D("2.00"), D("2.00"), D(0))
