"""Units and their price: what does not divide, what was cancelled, what is left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import Breakdown, Hold, Order, OrderLine, Place, Reason
from tests.unit.rules.build import connection, decide, line, order, placed, silent, us
from tests.unit.rules.equations import holds, text

D = Decimal


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


@pytest.mark.parametrize("kind", ["REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"])
@pytest.mark.parametrize("found", [None, {}], ids=["placed", "held"])
def test_the_trace_names_the_order_that_a_replacement_makes_up_for(kind: str, found: Any) -> None:
    """Whoever wonders at an order for nothing reads why."""
    of = order(line("0.00"), associations=(("303-0000000-0000000", kind),))
    decision = decide(of) if found is None else decide(of, found=found)
    assert isinstance(decision, Place if found is None else Hold)
    assert [step.detail for step in decision.trace if "303-0000000-0000000" in step.detail] == [
        "makes up for order 303-0000000-0000000"
    ]
    assert not any("makes up" in step.detail for step in placed(order(line("10.00"))).trace)
