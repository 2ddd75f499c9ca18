"""How an order's money is shared out: item, shipping, extras, discounts, tax, units; what is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import Breakdown, Hold, Order, OrderLine, Place, Reason
from tests.unit.rules.build import connection, decide, line, order, placed, silent, us
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


# tax, its details, discount -> what the item and shipping come to, and their tax. Item 20.00, shipping 10.00, GB.
TAX_SHARES: dict[str, tuple[tuple[str, dict[str, str]], Any, tuple[tuple[str, str], tuple[str, str]]]] = {
    "by details that add up": (
        ("5.00", {"item": "4.50", "shipping": "0.50"}), None, (("24.5", "4.5"), ("10.5", "0.5")),
    ),
    "by amount where details do not add up": (
        ("6.00", {"item": "1.00", "shipping": "1.00"}), None, (("24", "4"), ("12", "2")),
    ),
    "by amount where details name something else": (
        ("6.00", {"item": "5.00", "handling": "1.00"}), None, (("24", "4"), ("12", "2")),
    ),
    "to shipping alone": (("2.00", {"shipping": "2.00"}), None, (("20", "0"), ("12", "2"))),
    "to the item alone": (("2.00", {"item": "2.00"}), None, (("22", "2"), ("10", "0"))),
    "a few pence": (("0.50", {"item": "0.40", "shipping": "0.10"}), None, (("20.4", "0.4"), ("10.1", "0.1"))),
    "of two signs: by amount": (("3.00", {"item": "-1.00", "shipping": "4.00"}), None, (("22", "2"), ("11", "1"))),
    "the discount's own detail takes the share of what is given away": (
        ("5.00", {"item": "4.50", "shipping": "1.00", "discount": "-0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "details that are net of the discount stay as they are": (
        ("5.00", {"item": "4.50", "shipping": "0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "details that are net of the discount stay as they are, though the discount has one": (
        ("5.00", {"item": "4.50", "shipping": "0.50", "discount": "-0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "what bears no price bears no tax": (
        ("2.00", {"item": "1.00", "shipping": "1.00"}), ("20.00", {"item": "20.00"}), (("0", "0"), ("12", "2")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tax", "discount", "wanted"), TAX_SHARES.values(), ids=TAX_SHARES)
def test_tax_is_shared_out(tax: Any, discount: Any, wanted: tuple[tuple[str, str], tuple[str, str]]) -> None:
    rows: dict[str, Any] = {"tax": tax} | ({"discount": discount} if discount else {})
    total = D(30) - D(discount[0] if discount else 0) + D(tax[0])
    decision = placed(order(line("20.00", shipping="10.00", total=str(total), **rows), marketplace="GB"))
    told = charges(decision)
    assert (told["Mug"], told["Shipping"]) == wanted


@pytest.mark.parametrize(
    ("details", "wanted"),
    [
        ({"shipping": "1.20", "gift_wrap": "0.80"}, ("1.2", "0.8")),
        ({"item": "1.00", "shipping": "0.60", "gift_wrap": "0.40"}, ("1", "1")),
    ],
    ids=["by details", "by amount where a detail is the item's"],
)
def test_tax_of_an_item_that_is_given_away_is_borne_by_the_rest(
    details: dict[str, str], wanted: tuple[str, str]
) -> None:
    given = ("10.00", {"item": "10.00"})
    one = line("10.00", shipping="5.00", gift_wrap="5.00", discount=given, tax=("2.00", details), total="12.00")
    told = charges(placed(order(one, marketplace="GB")))
    assert told["Mug"] == ("0", "0")
    assert (told["Shipping"][1], told["Gift wrap"][1]) == wanted


def test_yen_of_tax_are_shared_whole() -> None:
    shared = charges(placed(order(line("2500", shipping="500", tax="273"), marketplace="JP")))
    assert (shared["Mug"], shared["Shipping"]) == (("2500", "228"), ("500", "45"))
    tax = ("273", {"item": "228", "shipping": "91", "discount": "-46"})
    lowered = line("2500", shipping="1000", discount=("505", {"shipping": "505"}), tax=tax)
    shared = charges(placed(order(lowered, marketplace="JP")))
    assert (shared["Mug"], shared["Shipping"]) == (("2500", "228"), ("495", "45"))


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


def apart(decision: Place) -> list[tuple[str, str, str, str | None, str]]:
    every = [decision.order.shipping, *decision.order.fees]
    return [
        (each.kind, each.title, text(each.gross), None if each.tax is None else text(each.tax), each.tax_owner)
        for each in every
    ]


def test_shipping_with_and_without_tax_is_one_charge_where_both_are_known() -> None:
    free = line("10.00", shipping="4.00", tax="0.00", total="14.00", sku="SKU-2")
    taxed = line("10.00", shipping="5.00", tax="3.00", total="18.00")
    assert apart(placed(order(free, taxed, marketplace="GB"))) == [("shipping", "Shipping", "10", "1", "seller")]


def test_shipping_without_tax_of_several_lines_bears_none() -> None:
    decision = placed(us(line("10.00", shipping="4.00"), line("10.00", shipping="5.00", sku="SKU-2")))
    assert apart(decision) == [("shipping", "Shipping", "9", "0", "none")]
    assert decision.order.shipping.net == D(9)


def test_shipping_is_kept_apart_by_what_is_known_of_its_tax_and_the_largest_is_the_shipping() -> None:
    of = order(
        line("10.00", shipping="2.00", tax="1.92"),
        line("10.00", shipping="5.00", sku="SKU-2"),
        line(
            "100.00",
            shipping="19.00",
            tax=("19.00", {"item": "15.97", "shipping": "3.03"}),
            by_amazon=True,
            sku="SKU-3",
        ),
        line("10.00", shipping="1.00", sku="SKU-4"),
    )
    decision = placed(of)
    assert decision.order.fees[0].net is None
    assert apart(decision) == [
        ("shipping", "Shipping", "15.97", "0", "marketplace"),
        ("shipping", "Shipping (tax not known)", "6", None, "seller"),
        ("shipping", "Shipping (tax as stated)", "2", "0.32", "seller"),
    ]


def test_shipping_that_amazon_collects_for_is_named_so_where_it_is_the_smaller_part() -> None:
    of = us(
        line("10.00", shipping="5.00", tax="1.50", total="16.50"),
        line("10.00", shipping="4.00", tax="1.40", total="15.40", by_amazon=True, sku="SKU-2"),
    )
    assert [title for _, title, *_ in apart(placed(of))] == ["Shipping", "Shipping (Amazon collects its tax)"]


def test_an_item_among_other_charges_keeps_kind_and_title() -> None:
    (one,) = placed(order(line("30.00", shipping="4.99"))).order.lines
    assert (one.total.kind, one.total.title) == ("item", "Mug")


def test_charges_of_a_line_whose_tax_amazon_collects_and_does_not_tell() -> None:
    decision = placed(order(line("120.00", shipping="5.00", by_amazon=True), marketplace="TR"))
    assert decision.order.marketplace_tax is None
    assert apart(decision) == [("shipping", "Shipping", "5", "0", "marketplace")]


def test_tax_that_is_ignored_is_lost_on_every_charge_of_the_line() -> None:
    of = us(line("20.00", shipping="10.00", tax=("3.00", {"item": "2.00", "shipping": "1.00"}), total="33.00"))
    decision = placed(of, connection(ignore_amazon_tax=True))
    (step,) = [step for step in decision.trace if step.rule == "amounts"]
    assert "3.00 of tax on top leaves the total" in step.detail
    assert text(decision.order.total) == "30"


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


@pytest.mark.rule("25")
@pytest.mark.parametrize(
    ("price", "quantity", "unit_price", "remainder"),
    [
        ("10.00", 3, "3.33", "0.01"),
        ("20.00", 3, "6.66", "0.02"),
        ("10.01", 2, "5", "0.01"),
        ("-10.00", 3, "-3.33", "-0.01"),
        ("10.005", 1, "10", "0.005"),
        ("10.00", 1, "10", "0"),
    ],
)
def test_units_that_do_not_divide_leave_a_remainder(price: str, quantity: int, unit_price: str, remainder: str) -> None:
    (one,) = placed(order(line(price, quantity=quantity))).order.lines
    assert (one.quantity, text(one.unit_price), text(one.remainder)) == (quantity, unit_price, remainder)
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


def three_of_five(**rows: Any) -> OrderLine:
    return replace(line("50.00", quantity=5, unit="10.00", **rows), quantity_unfulfilled=3)


def test_what_amazon_collects_for_cancelled_units_is_not_told() -> None:
    decision = placed(us(three_of_five(tax="4.00", total="54.00", by_amazon=True)))
    assert decision.order.marketplace_tax == D("2.40")
    assert (text(decision.order.total), decision.order.lines[0].total.tax_owner) == ("30", "marketplace")


def test_what_amazon_collects_and_does_not_tell_stays_untold_for_the_rest() -> None:
    assert placed(order(three_of_five(by_amazon=True), marketplace="TR")).order.marketplace_tax is None


def test_the_discount_of_cancelled_units_goes_with_them() -> None:
    (one,) = placed(order(three_of_five(discount="5.00"))).order.lines
    assert (text(one.total.gross), text(one.discount), one.total.kind, one.total.title) == ("27", "3", "item", "Mug")


def test_tax_that_is_ignored_is_lost_for_the_rest_alone() -> None:
    decision = placed(us(three_of_five(tax="4.00", total="54.00")), connection(ignore_amazon_tax=True))
    (step,) = [step for step in decision.trace if step.rule == "amounts"]
    assert "2.40 of tax on top leaves the total" in step.detail


def test_units_that_are_left_bear_whole_yen_of_tax() -> None:
    one = replace(line("1500", quantity=3, unit="500", tax="136"), quantity_unfulfilled=2)
    total = placed(order(one, marketplace="JP")).order.lines[0].total
    assert (text(total.gross), total.tax and text(total.tax), total.net and text(total.net)) == ("1000", "91", "909")


def test_lowered_units_keep_tax_discount_and_owner() -> None:
    one = three_of_five(tax="4.00", discount="5.00", by_amazon=True)
    one = replace(one, total=D("29.00"))  # 30.00 - 5.00 + 4.00
    decision = placed(us(one))
    assert (text(decision.order.total), decision.order.marketplace_tax) == ("25", D("4.00"))
    assert text(decision.order.lines[0].discount) == "5"
    assert decision.balance.equation == "30.00 - 5.00 + 4.00 = 29.00"


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
