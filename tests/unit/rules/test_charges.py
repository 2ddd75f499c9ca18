"""How an order's money is shared out: item, shipping, extras, discounts, tax, units; what is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from amazon_orders.model import Breakdown, Hold, Order, Place, Reason
from tests.unit.rules.build import decide, line, order, placed, silent, us
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


def test_a_discount_that_is_surely_in_the_subtotal_is_not_taken_twice() -> None:
    # 30.00 + 4.99 - 5.00 - 2.00 would be 27.99; the details already make up the 5.00.
    of = order(line("30.00", shipping="4.99", discount=("5.00", {"item": "3.00", "shipping": "2.00"}), total="27.99"))
    assert isinstance(decide(of), Hold)


def test_the_discount_is_shown_beside_the_line_and_is_already_off() -> None:
    decision = placed(order(line("30.00", discount="3.00")))
    assert (text(decision.order.lines[0].discount), text(decision.order.lines[0].total.gross)) == ("3", "27")


def charges(decision: Place) -> dict[str, tuple[str, str | None]]:
    every = [decision.order.lines[0].total, decision.order.shipping, *decision.order.fees]
    return {each.title: (text(each.gross), None if each.tax is None else text(each.tax)) for each in every}


def test_gift_wrap_and_cash_on_delivery_are_charges_of_their_own() -> None:
    decision = placed(order(line("30.00", shipping="4.99", gift_wrap="3.50", cod_fee="2.00")))
    assert [fee.kind for fee in decision.order.fees] == ["gift_wrap", "cod_fee"]
    assert charges(decision) == {
        "Mug": ("30", None), "Shipping": ("4.99", None), "Gift wrap": ("3.5", None), "Cash on delivery": ("2", None),
    }  # fmt: skip


def test_tax_goes_where_amazons_details_put_it() -> None:
    # Not in proportion, so that only the details can tell.
    tax = ("7.50", {"item": "4.00", "shipping": "2.50", "gift_wrap": "1.00"})
    decision = placed(order(line("25.00", shipping="7.50", gift_wrap="5.00", tax=tax, total="45.00"), marketplace="GB"))
    assert charges(decision) == {"Mug": ("29", "4"), "Shipping": ("10", "2.5"), "Gift wrap": ("6", "1")}


def test_tax_on_a_discounted_extra_shrinks_with_it() -> None:
    # Shipping of 10.00 bore 2.00; half of it is given away, and the tax detail of the discount says 1.00 less.
    tax = ("5.00", {"item": "4.00", "shipping": "2.00", "discount": "-1.00"})
    discount = ("5.00", {"shipping": "5.00"})
    of = order(line("20.00", shipping="10.00", discount=discount, tax=tax, total="30.00"), marketplace="GB")
    assert charges(placed(of)) == {"Mug": ("24", "4"), "Shipping": ("6", "1")}


def test_tax_without_details_is_shared_by_amount() -> None:
    decision = placed(order(line("30.00", shipping="10.00", tax="8.00", total="48.00"), marketplace="GB"))
    assert charges(decision) == {"Mug": ("36", "6"), "Shipping": ("12", "2")}


def test_shipping_that_is_given_away_bears_no_tax() -> None:
    discount = ("10.00", {"shipping": "10.00"})
    tax = ("6.00", {"item": "5.00", "shipping": "1.00"})
    decision = placed(order(line("36.00", shipping="10.00", discount=discount, tax=tax), marketplace="GB"))
    assert charges(decision) == {"Mug": ("36", "6"), "Shipping": ("0", "0")}


def test_shipping_of_which_amazon_collects_a_part_of_the_tax_is_kept_in_two() -> None:
    of = us(
        line("10.00", shipping="5.00", tax="1.50", total="16.50"),
        line("10.00", shipping="4.00", tax="1.40", total="15.40", by_amazon=True, sku="SKU-2"),
    )
    decision = placed(of)
    assert (text(decision.order.shipping.gross), decision.order.shipping.tax_owner) == ("5.5", "seller")
    assert [(each.kind, text(each.gross), each.tax_owner) for each in decision.order.fees] == [
        ("shipping", "4", "marketplace")
    ]
    assert decision.order.fees[0].title != decision.order.shipping.title
    assert text(decision.order.total) == "30.5"


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


def test_a_charge_that_only_the_order_has_counts_once() -> None:
    rows = (Breakdown(type="ITEM", subtotal=D("10.00")), Breakdown(type="BAG_FEE", subtotal=D("0.10")))
    decision = placed(us(line("10.00"), total="10.10", breakdowns=rows))
    assert [(each.kind, each.title, text(each.gross)) for each in decision.order.fees] == [("other", "BAG_FEE", "0.1")]


@pytest.mark.rule("25")
def test_units_that_do_not_divide_leave_a_remainder() -> None:
    (one,) = placed(order(line("10.00", quantity=3))).order.lines
    assert (one.quantity, text(one.unit_price), text(one.remainder)) == (3, "3.33", "0.01")
    assert one.order_item_id == "item of SKU-1"


@pytest.mark.rule("25")
def test_a_yen_is_not_split() -> None:
    (one,) = placed(order(line("1000", quantity=3), marketplace="JP")).order.lines
    assert (text(one.unit_price), text(one.remainder)) == ("333", "1")


FIVE = replace(line("50.00", quantity=5, unit="10.00"), quantity_fulfilled=0, quantity_unfulfilled=3)
SCALED = {
    "Amazon still shows the price of all": order(FIVE),
    "Amazon lowered the totals alone": order(replace(FIVE, total=D("30.00")), total="30.00"),
    "Amazon lowered the grand total alone": order(FIVE, total="30.00"),
}


@pytest.mark.rule("26")
@pytest.mark.parametrize("of", SCALED.values(), ids=SCALED)
def test_units_cancelled_are_neither_sent_nor_paid(of: Order) -> None:
    decision = placed(of)
    (one,) = decision.order.lines
    assert (one.quantity, text(one.total.gross), text(decision.order.total)) == (3, "30", "30")
    assert decision.flags == (Reason.UNITS_DIFFER,)
    assert holds(decision.balance.equation)


def test_a_line_is_lowered_by_its_own_total_whatever_the_other_lines_are() -> None:
    of = order(
        replace(FIVE, total=D("30.00")),
        line("11.90", tax="1.90", sku="SKU-2"),
        line("10.00", tax="1.90", total="11.90", sku="SKU-3"),
    )
    decision = placed(of)
    assert [text(each.total.gross) for each in decision.order.lines] == ["30", "11.9", "11.9"]
    assert decision.flags == (Reason.UNITS_DIFFER,)


def test_a_price_that_amazon_lowered_itself_is_not_lowered_again() -> None:
    decision = placed(order(replace(FIVE, breakdowns=(Breakdown(type="ITEM", subtotal=D(30)),), total=D(30))))
    assert (text(decision.order.total), decision.flags) == ("30", ())


def test_tax_of_cancelled_units_goes_with_them() -> None:
    five = line("50.00", quantity=5, unit="10.00", tax="10.00", total="60.00", shipping="6.00")
    five = replace(five, total=D("66.00"), quantity_unfulfilled=3)
    decision = placed(order(five, marketplace="GB"))
    total = decision.order.lines[0].total
    assert total.tax is not None
    assert total.net == total.gross - total.tax
    assert text(total.net) == "30"
    assert decision.order.shipping.gross >= 6  # the parcel goes out all the same


GONE = replace(line("7.00", sku="SKU-2"), quantity_unfulfilled=0)
LEFT_OUT = {
    "that costs nothing": order(line("10.00"), replace(GONE, total=D(0), breakdowns=(), quantity_ordered=0)),
    "without any amount": order(line("10.00"), replace(silent(GONE), quantity_ordered=0)),
    "whose price Amazon's total still holds": order(line("10.00"), GONE),
    "whose price Amazon's total has lost": order(line("10.00"), GONE, total="10.00"),
}


@pytest.mark.rule("27")
@pytest.mark.parametrize("of", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_line_without_units_is_left_out(of: Order) -> None:
    decision = placed(of)
    assert [each.seller_sku for each in decision.order.lines] == ["SKU-1"]
    assert text(decision.order.total) == "10"
    assert decision.flags == (Reason.LINE_LEFT_OUT,)
    assert holds(decision.balance.equation)


@pytest.mark.rule("23")
def test_a_replacement_is_linked_to_the_order_it_replaces() -> None:
    of = order(line("0.00"), associations=(("303-0000000-0000000", "REPLACEMENT_ORIGINAL_ID"),))
    assert placed(of).order.replaces == "303-0000000-0000000"
