"""The sentences by which a person is told how Amazon is told of money given back, or why it is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import Charge, CommandKind, CommandState, Reason, Refund, RefundLine, Sold, TraceStep, Window
from tests.unit.rules.build import connection
from tests.unit.rules.outbound import (
    WITH_SHIPPING,
    at,
    given_back,
    gone,
    item,
    of,
    parcel,
    priced,
    refunded,
    sent_refund,
    sold,
    told,
)

D = Decimal
CONFIRM, CANCEL_UNITS, REFUND = CommandKind.CONFIRM, CommandKind.CANCEL_UNITS, CommandKind.REFUND
INTENDED, SENT = CommandState.INTENDED, CommandState.SENT
JP: dict[str, Any] = {"marketplace": "JP"}
US: dict[str, Any] = {"marketplace": "US"}
YEN: dict[str, Any] = {"currency": "JPY"}
MUGS = {"A": "mug", "B": "mug"}
NO_AMOUNTS: dict[str, Any] = {"total": None, "breakdowns": ()}
NONE_LEFT: dict[str, Any] = {"quantity_fulfilled": 0, "quantity_unfulfilled": 0}

# -> reason, sentence
STOPPED: dict[str, tuple[Refund, Sold, bool, Reason, str]] = {
    "cancelled at Amazon": (
        given_back(), sold(status="CANCELLED"), False, Reason.AT_AMAZON,
        "the order is cancelled at Amazon, which charges nothing for it",
    ),
    "shipped by Amazon": (
        given_back(), gone(fulfilled_by="AMAZON"), False, Reason.AT_AMAZON,
        "Amazon ships this order and gives money back by itself",
    ),
    "another currency": (
        given_back(), gone(item("A"), marketplace="GB"), False, Reason.CURRENCY,
        "the refund is in EUR, the order in GBP; amounts are never converted",
    ),
    "its units were cancelled at Amazon": (
        given_back((of(1, "A"), "10.00")), sold(item("A", **NONE_LEFT), item("B"), packages=(parcel("9", B=1),)), False,
        Reason.AT_AMAZON, "all units of its lines are cancelled at Amazon, which charges nothing for them",
    ),
    "not shown as shipped": (
        given_back((of(1, product="mug"), "9.00"), (of(1, "A"), "1.00")),
        sold(item("A"), item("B"), products=MUGS,
             commands=(told(CONFIRM, "S1", INTENDED, number=1, units={"A": 1, "B": 1}),)),
        False, Reason.AWAITS_SHIPMENT, "Amazon does not show yet that it was shipped: item A, B",
    ),
    "no amounts at Amazon": (
        given_back((of(1, "A"), "9.00")), gone(item("A", **NO_AMOUNTS), total=None), False, Reason.AMOUNTS_MISSING,
        "Amazon's record shows no amounts for the order",
    ),
    "a marketplace that nobody knows": (
        given_back((of(1, "A"), "9.00")), gone(item("A"), marketplace_id="A000"), False, Reason.AMOUNTS_MISSING,
        "Amazon's record shows no amounts for the order",
    ),
    "shipping alone, of two lines": (
        given_back(shipping="5.00"), gone(item("A"), item("B")), False, Reason.UNALLOCATED,
        "the refund names no line, and the order has 2",
    ),
    "no line, of two": (
        given_back((of(0), "5.00")), gone(item("A"), item("B")), False, Reason.UNALLOCATED,
        "an amount names no line, and the order has 2",
    ),
    "an order item that is not there": (
        given_back((of(1, "X"), "5.00")), gone(), False, Reason.UNKNOWN_LINE,
        "the store names order item X, and the order has no such line",
    ),
    "a product that is not there": (
        given_back((of(1, product="cup"), "5.00")), gone(), False, Reason.UNKNOWN_LINE,
        "the store names product cup, and the order has no such line",
    ),
    "part of a price before it has left": (
        given_back((of(2, "A"), "6.63")), sold(item("A", 3)), False, Reason.AWAITS_SHIPMENT,
        "6.63 EUR is less than the price of 2 units, 6.67; Amazon gives back part of a price only after shipping",
    ),
    "part of a price in yen before it has left": (
        given_back((of(2, "A"), "1330"), **YEN), sold(priced("2000", pieces=3), **JP), False, Reason.AWAITS_SHIPMENT,
        "1330 JPY is less than the price of 2 units, 1333; Amazon gives back part of a price only after shipping",
    ),
    "part of the price of a pack": (
        given_back((of(3, "A"), "4.96")), sold(item("A", 2), item("B"), packs={"A": 3}), False, Reason.AWAITS_SHIPMENT,
        "4.96 EUR is less than the price of 3 units, 5.00; Amazon gives back part of a price only after shipping",
    ),
    "part of the price of a line that the store does not have": (
        given_back((of(1, "A"), "3.00")), sold(unknown=("A",)), False, Reason.AWAITS_SHIPMENT,
        "3.00 EUR is less than the price of 1 units, 10.00; Amazon gives back part of a price only after shipping",
    ),
    "the second of two lines is part of a price": (
        given_back((of(1, "A"), "10.00"), (of(1, "B"), "9.98")), sold(item("A"), item("B")), False,
        Reason.AWAITS_SHIPMENT,
        "9.98 EUR is less than the price of 1 units, 10.00; Amazon gives back part of a price only after shipping",
    ),
    "money without units before it has left": (
        given_back((of(0, "A"), "29.00"), shipping="4.99"), sold(WITH_SHIPPING), False, Reason.AWAITS_SHIPMENT,
        "33.99 EUR without units; Amazon gives back part of a price only after shipping",
    ),
    "yen without units before it has left": (
        given_back((of(0, "A"), "1999"), **YEN), sold(priced("2000"), **JP), False, Reason.AWAITS_SHIPMENT,
        "1999 JPY without units; Amazon gives back part of a price only after shipping",
    ),
    "less than nothing": (
        given_back((of(1, "A"), "-5.00")), gone(), False, Reason.UNALLOCATED,
        "the amount for item A is -5.00; only money given back can be sent",
    ),
    "no number": (
        given_back((of(1, "A"), "NaN")), gone(), False, Reason.UNALLOCATED,
        "the amount for item A is NaN; only money given back can be sent",
    ),
    "shipping of less than nothing": (
        given_back((of(1, "A"), "5.00"), shipping="-1.00"), gone(), False, Reason.UNALLOCATED,
        "the amount for shipping is -1.00; only money given back can be sent",
    ),
    "no amount": (
        given_back((of(1, "A"), "0.00")), gone(), False, Reason.UNALLOCATED, "the refund comes to no amount",
    ),
    "Amazon shows no VAT": (
        given_back((of(1, "A"), "5.00")), gone(priced("23.80")), True, Reason.AMOUNTS_MISSING,
        "Amazon calculates VAT and shows none for item A, and the store names no net amount",
    ),
    "too much for two lines of one product": (
        given_back((of(2, product="mug"), "20.01")), gone(item("A"), item("B"), products=MUGS), False,
        Reason.REFUND_TOO_HIGH, "20.01 EUR for item A, B is 0.01 more than is left of the charge",
    ),
    "too many yen": (
        given_back((of(1, "A"), "2001"), **YEN), gone(priced("2000"), **JP), False, Reason.REFUND_TOO_HIGH,
        "2001 JPY for item A is 1 more than is left of the charge",
    ),
    "too much shipping": (
        given_back((of(1, "A"), "10.00"), shipping="5.00"), gone(WITH_SHIPPING), False, Reason.REFUND_TOO_HIGH,
        "5.00 EUR for shipping is 0.01 more than is left of the charge",
    ),
    "changed after it was sent": (
        given_back((of(1, "A"), "5.00")),
        gone(item("A"), item("B"), commands=(told(REFUND, "R1", SENT, amounts={"A": "4.00", "B": "1.50"}),)), False,
        Reason.REFUND_TOO_HIGH, "the record was changed after it was sent, with 4.00 for item A, 1.50 for item B",
    ),
    "yen changed after they were sent": (
        given_back((of(1, "A"), "500"), **YEN),
        gone(priced("2000"), commands=(told(REFUND, "R1", SENT, amounts={"A": "400"}),), **JP), False,
        Reason.REFUND_TOO_HIGH, "the record was changed after it was sent, with 400 for item A",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "vat", "reason", "said"), STOPPED.values(), ids=STOPPED)
def test_why_a_refund_is_not_told(of_store: Refund, of_amazon: Sold, vat: bool, reason: Reason, said: str) -> None:
    decision: Any = refunded(of_store, of_amazon, vat=vat)
    assert (decision.reason, decision.detail) == (reason, said)
    assert decision.trace == (TraceStep("refund", reason, said),)


def test_a_refund_of_what_has_not_left_says_that_it_cancels() -> None:
    decision = refunded(given_back((of(1, "A"), "10.00")), sold())
    said = "nothing of it has left, and Amazon charges only what is shipped"
    assert decision.trace[0] == TraceStep("refund", "cancel", said)


def test_a_refund_of_one_line_before_anything_has_left_says_that_the_order_is_late() -> None:
    decision: Any = refunded(
        given_back((of(1, "A"), "10.00")), sold(item("A"), item("B"), ship_by=Window(latest=at(20)))
    )  # fmt: skip
    said = "still to be shipped: 1 of item B; the order had to be shipped by 2026-11-02T20:00:00+00:00"
    assert decision.detail == f"1 of item A called off; {said}"


AMERICAN = priced("39.99", tax="3.20", total="43.19")
NET = RefundLine(line=of(0, "A"), amount=Charge(gross=D(1000), net=D(909), tax=D(91)))
OF_1980 = "Amazon calculates VAT: the charge of 1980 is 1800 without it"
OUTSIDE = ", which the store's order leaves out"
# -> outcomes and sentences of the amounts
SHARED: dict[str, tuple[Refund, Sold, dict[str, Any], bool, list[tuple[str, str]]]] = {
    "as it is": (
        given_back((of(1, "A"), "4.00")), gone(), {}, False,
        [("Principal 4.00", "item A: 4.00 of 10.00 left; the charge is 10.00, told as it is")],
    ),
    "what is left of the shipping, after the item": (
        given_back((of(0, "A"), "2.00"), id="R2"),
        gone(WITH_SHIPPING, commands=(told(REFUND, "R1", components=(("A", "Principal", D("30.00")),)),)), {}, False,
        [("Shipping 2.00", "item A: 2.00 of 4.99 left; the charge is 4.99, told as it is")],
    ),
    "yen as they are": (
        given_back((of(1, "A"), "400"), **YEN), gone(priced("2000"), **JP), {}, False,
        [("Principal 400", "item A: 400 of 2000 left; the charge is 2000, told as it is")],
    ),
    "yen of which Amazon calculates the tax": (
        given_back((of(0, "A"), "981"), **YEN), gone(priced("1980", tax="180"), **JP), {}, True,
        [("Principal 892", f"item A: 981 of 1980 left; {OF_1980}")],
    ),
    "the rest of yen of which Amazon calculates the tax": (
        given_back((of(0, "A"), "998"), id="R2", **YEN),
        gone(priced("1980", tax="180"), commands=(
            told(REFUND, "R1", amounts={"A": "892"}, components=(("A", "Principal", D(892)),)),), **JP), {}, True,
        [("Principal 907", f"item A: 998 of 999 left; {OF_1980}")],
    ),
    "yen of which the store knows the tax": (
        given_back(NET, **YEN), gone(priced("1980"), **JP), {}, True,
        [("Principal 909", f"item A: 1000 of 1980 left; {OF_1980}")],
    ),
    "the store knows the tax of one amount, and that tells of the other": (
        given_back(NET, (of(0, "A"), "500"), **YEN), gone(priced("1980"), **JP), {}, True,
        [
            ("Principal 909", f"item A: 1000 of 1980 left; {OF_1980}"),
            ("Principal 455", f"item A: 500 of 980 left; {OF_1980}"),
        ],
    ),
    "tax on top": (
        given_back((of(0, "A"), "21.60"), currency="USD"), gone(AMERICAN, **US), {}, False,
        [("Principal 20.00 + Tax 1.60", "item A: 21.60 of 43.19 left; the charge is 39.99 and 3.20 of tax")],
    ),
    "tax that the store's order leaves out": (
        given_back((of(0, "A"), "20.00"), currency="USD"), gone(AMERICAN, **US), {"ignore_amazon_tax": True}, False,
        [("Principal 20.00 + Tax 1.60", f"item A: 20.00 of 39.99 left; the charge is 39.99 and 3.20 of tax{OUTSIDE}")],
    ),
    "a product on two lines, and shipping of both": (
        given_back((of(2, product="mug"), "12.00"), shipping="1.00"),
        gone(priced("10.00", "A", shipping="1.00"), priced("5.00", "B", shipping="1.00"), products=MUGS), {}, False,
        [
            ("Principal 10.00", "item A, B: 10.00 of 10.00 left; the charge is 10.00, told as it is"),
            ("Shipping 1.00", "item A, B: 1.00 of 1.00 left; the charge is 1.00, told as it is"),
            ("Principal 1.00", "item A, B: 1.00 of 5.00 left; the charge is 5.00, told as it is"),
            ("Shipping 1.00", "shipping of item B: 1.00 of 1.00 left; the charge is 1.00, told as it is"),
        ],
    ),
    "so little that nothing of it is without tax": (
        given_back((of(0, "A"), "0.01")), gone(priced("10.00", tax="6.00")), {}, True,
        [("nothing", "item A: 0.01 of 10.00 left; Amazon calculates VAT: the charge of 10.00 is 4.00 without it")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "settings", "vat", "said"), SHARED.values(), ids=SHARED)
def test_how_an_amount_was_shared_out(
    of_store: Refund, of_amazon: Sold, settings: dict[str, Any], vat: bool, said: list[tuple[str, str]]
) -> None:
    decision = sent_refund(of_store, of_amazon, connection(**settings), vat=vat)
    assert decision.amazon_order_id == of_amazon.order.amazon_order_id
    assert decision.trace == (
        TraceStep("reason", "GeneralAdjustment", "the store names none, and this claims nothing"),
        *(TraceStep("refund", outcome, detail) for outcome, detail in said),
        TraceStep("refund", "as far as is known", "refunds made in Seller Central are not counted in"),
    )
