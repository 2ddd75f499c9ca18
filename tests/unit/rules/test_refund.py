"""The store gave money back: facts -> the components that Amazon is told, or why it is not told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    CancelUnitsAtAmazon,
    CommandKind,
    CommandState,
    Hold,
    Reason,
    Refund,
    Skip,
    Sold,
    Wait,
)
from amazon_orders.rules import fingerprint
from tests.unit.rules.build import connection
from tests.unit.rules.outbound import (
    WITH_SHIPPING,
    given_back,
    gone,
    item,
    of,
    parcel,
    priced,
    refunded,
    sent_refund,
    sold,
    step,
    told,
)
from tests.unit.rules.rows import named

D = Decimal
CONFIRM, CANCEL, REFUND = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.REFUND
INTENDED, SENT, UNKNOWN = CommandState.INTENDED, CommandState.SENT, CommandState.UNKNOWN


ONE_OF_TWO = (of(1, "A"), "10.00")
OTHERWISE: dict[str, tuple[Refund, Sold, bool, type, Reason]] = {
    "euros for an order in pounds": (
        given_back(ONE_OF_TWO), gone(item("A"), marketplace="GB"), False, Hold, Reason.CURRENCY,
    ),
    "no line, of an order with two": (
        given_back((of(0), "5.00")), gone(item("A"), item("B")), False, Hold, Reason.UNALLOCATED,
    ),
    "shipping alone, of an order with two lines": (
        given_back(shipping="5.00"), gone(WITH_SHIPPING, item("B")), False, Hold, Reason.UNALLOCATED,
    ),
    "no amount at all": (given_back(), gone(item("A")), False, Hold, Reason.UNALLOCATED),
    "an amount of zero": (given_back((of(1, "A"), "0.00")), gone(item("A")), False, Hold, Reason.UNALLOCATED),
    "less than nothing": (given_back((of(1, "A"), "-5.00")), gone(item("A")), False, Hold, Reason.UNALLOCATED),
    "a cent more than the line": (
        given_back((of(1, "A"), "10.01")), gone(item("A")), False, Hold, Reason.REFUND_TOO_HIGH,
    ),
    "more than is left of the line": (
        given_back((of(1, "A"), "6.01"), id="R2"),
        gone(item("A"), commands=(told(REFUND, "R1", UNKNOWN, amounts={"A": "4.00"}),)), False,
        Hold, Reason.REFUND_TOO_HIGH,
    ),
    "more than is left, and the first has not gone yet": (
        given_back((of(1, "A"), "6.01"), id="R2"),
        gone(item("A"), commands=(told(REFUND, "R1", INTENDED, amounts={"A": "4.00"}),)), False,
        Hold, Reason.REFUND_TOO_HIGH,
    ),
    "more shipping than there was": (
        given_back((of(1, "A"), "10.00"), shipping="5.00"), gone(WITH_SHIPPING), False, Hold, Reason.REFUND_TOO_HIGH,
    ),
    "shipping a second time": (
        given_back((of(1, "A"), "1.00"), shipping="4.99", id="R2"),
        gone(WITH_SHIPPING, commands=(
            told(REFUND, "R1", amounts={"A": "4.99"}, components=(("A", "Shipping", D("4.99")),)),)), False,
        Hold, Reason.REFUND_TOO_HIGH,
    ),
    "changed after it was sent": (
        given_back((of(1, "A"), "5.00")),
        gone(item("A"), commands=(told(REFUND, "R1", SENT, amounts={"A": "4.00"}),)), False, Hold,
        Reason.REFUND_TOO_HIGH,
    ),
    "a line that the order does not have": (given_back((of(1, "X"), "5.00")), gone(), False, Hold, Reason.UNKNOWN_LINE),
    "a product that the order does not have": (
        given_back((of(1, product="cup"), "5.00")), gone(), False, Hold, Reason.UNKNOWN_LINE,
    ),
    "Amazon calculates VAT, and nobody knows how much": (
        given_back((of(1, "A"), "5.00")), gone(priced("23.80")), True, Hold, Reason.AMOUNTS_MISSING,
    ),
    "Amazon's record has no amounts": (
        given_back((of(1, "A"), "5.00")), gone(item("A", total=None, breakdowns=()), total=None), False,
        Hold, Reason.AMOUNTS_MISSING,
    ),
    "cancelled at Amazon": (given_back(ONE_OF_TWO), sold(status="CANCELLED"), False, Skip, Reason.AT_AMAZON),
    "cancelled at Amazon after it left": (
        given_back(ONE_OF_TWO),
        sold(item("A", quantity_fulfilled=1, quantity_unfulfilled=0), status="CANCELLED"), False,
        Skip, Reason.AT_AMAZON,
    ),
    "shipped by Amazon": (given_back(ONE_OF_TWO), gone(fulfilled_by="AMAZON"), False, Skip, Reason.AT_AMAZON),
    "its units were cancelled at Amazon": (
        given_back((of(1, "A"), "10.00")),
        sold(item("A", quantity_fulfilled=0, quantity_unfulfilled=0), item("B"), packages=(parcel("9", B=1),)), False,
        Skip, Reason.AT_AMAZON,
    ),
    "the order is being cancelled": (
        given_back(ONE_OF_TWO), sold(commands=(told(CANCEL, "C1", INTENDED),)), False, Skip, Reason.AT_AMAZON,
    ),
    "Amazon does not show the package yet": (
        given_back(ONE_OF_TWO), sold(commands=(told(CONFIRM, "S1", INTENDED, number=1, units={"A": 1}),)), False,
        Wait, Reason.AWAITS_SHIPMENT,
    ),
    "one of its lines has left and the other has not": (
        given_back((of(1, "A"), "10.00"), (of(1, "B"), "10.00")),
        sold(item("A"), item("B"), packages=(parcel("9", A=1),)), False, Wait, Reason.AWAITS_SHIPMENT,
    ),
    "nothing has left, and it is part of a price": (
        given_back((of(1, "A"), "3.00")), sold(), False, Wait, Reason.AWAITS_SHIPMENT,
    ),
    "nothing has left, and it is money without units": (
        given_back((of(0, "A"), "3.00")), sold(), False, Wait, Reason.AWAITS_SHIPMENT,
    ),
    "nothing has left, and it is for one of two lines": (
        given_back((of(1, "A"), "10.00")), sold(item("A"), item("B")), False, Wait, Reason.AWAITS_SHIPMENT,
    ),
}  # fmt: skip
OTHER_ROWS = {"euros for an order in pounds": "66", "no line, of an order with two": "66"}


@pytest.mark.parametrize(("of_store", "of_amazon", "vat", "kind", "reason"), named(OTHERWISE, OTHER_ROWS))
def test_what_is_not_sent(of_store: Refund, of_amazon: Sold, vat: bool, kind: type, reason: Reason) -> None:
    decision = refunded(of_store, of_amazon, vat=vat)
    assert (type(decision), getattr(decision, "reason", None)) == (kind, reason), decision
    assert isinstance(decision, (Skip, Hold, Wait))
    assert decision.detail
    assert decision.trace


CANCELS: dict[str, tuple[Refund, Sold]] = {
    "the whole line": (given_back((of(1, "A"), "10.00")), sold()),
    "two of three units, a cent short": (
        given_back((of(2, "A"), "6.66"), (of(1, "A"), "3.33")),
        sold(item("A", 3)),
    ),
    "two of three units, short by a cent for each": (
        given_back((of(2, "A"), "6.65"), (of(1, "A"), "3.33")),
        sold(item("A", 3)),
    ),
    "two of three units, short by a yen for each": (
        given_back((of(2, "A"), "1331"), (of(1, "A"), "666"), currency="JPY"),
        sold(priced("2000", pieces=3), marketplace="JP"),
    ),
    "units, and Amazon shows no amounts": (
        given_back((of(1, "A"), "9.00")),
        sold(item("A", total=None, breakdowns=()), total=None),
    ),
    "a line, and money without units beside it": (given_back((of(1, "A"), "10.00"), (of(0, "A"), "1.00")), sold()),
    "every line": (given_back((of(1, "A"), "10.00"), (of(1, "B"), "10.00")), sold(item("A"), item("B"))),
    "no line and no amount": (given_back(), sold(item("A"), item("B"))),
    "all the money, without units": (given_back((of(0, "A"), "34.99")), sold(WITH_SHIPPING)),
}


@pytest.mark.parametrize(("of_store", "of_amazon"), named(CANCELS, {"the whole line": "66"}))
def test_before_anything_has_left_a_refund_cancels_the_order(of_store: Refund, of_amazon: Sold) -> None:
    decision = refunded(of_store, of_amazon)
    assert isinstance(decision, CancelAtAmazon), decision
    assert decision.cause == of_store.id
    assert decision.trace[0].outcome == "cancel"


def test_a_line_that_has_not_left_is_called_off_when_the_rest_has() -> None:
    of_store = given_back((of(1, "B"), "10.00"), reason="BuyerCanceled")
    decision = refunded(of_store, sold(item("A"), item("B"), packages=(parcel("9", A=1),)))
    assert isinstance(decision, CancelUnitsAtAmazon), decision
    assert ([each.order_item_id for each in decision.units], decision.reason) == (["B"], "CustomerCancel")


REASONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "nobody says why": ("", {}, "GeneralAdjustment"),
    "a word that is not Amazon's": ("Laune", {}, "GeneralAdjustment"),
    "a word of Amazon's": ("different item", {}, "DifferentItem"),
    "a word of Amazon's for cancellations": ("PricingError", {}, "PriceError"),
    "a mapped word": ("Kunde", {"cancellation_reasons": {"Kunde": "CustomerExchange"}}, "Exchange"),
}


@pytest.mark.parametrize(("word", "settings", "expected"), named(REASONS, {}))
def test_why_money_is_given_back(word: str, settings: dict[str, Any], expected: str) -> None:
    decision = sent_refund(given_back((of(1, "A"), "10.00"), reason=word), gone(), connection(**settings))
    assert decision.items[0].reason == expected
    assert step(decision.trace, "reason").outcome == expected


def test_a_refund_that_is_too_high_says_by_how_much() -> None:
    decision = refunded(given_back((of(1, "A"), "12.50")), gone(item("A")))
    assert isinstance(decision, Hold)
    assert decision.detail == "12.50 EUR for item A is 2.50 more than is left of the charge"


def test_the_same_refund_has_the_same_fingerprint_and_another_amount_another() -> None:
    one = sent_refund(given_back((of(1, "A"), "4.00")), gone())
    same = sent_refund(given_back((of(1, "A"), "4")), gone())
    other = sent_refund(given_back((of(1, "A"), "4.01")), gone())
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)
