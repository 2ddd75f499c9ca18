"""The store cancelled an order, or units of it: facts -> what Amazon is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    Cancellation,
    CancelRequest,
    CancelUnitsAtAmazon,
    CommandKind,
    CommandState,
    Connection,
    Hold,
    LineQuantity,
    Reason,
    Skip,
    Sold,
    Wait,
    Window,
)
from amazon_orders.rules import cancel, confirm, fingerprint
from amazon_orders.rules.amazon_reasons import AS_CANCELLED_UNITS, AS_REFUND, REFUND_REASONS
from tests.unit.rules.build import connection
from tests.unit.rules.outbound import NOW, at, item, of, parcel, shipment, sold, step, told, units
from tests.unit.rules.rows import named

CONFIRM, CANCEL, CANCEL_UNITS = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.CANCEL_UNITS
ACCEPTED, HELD, INTENDED = CommandState.ACCEPTED, CommandState.HELD, CommandState.INTENDED
REFUSED, SENT, UNKNOWN, VERIFIED = (
    CommandState.REFUSED, CommandState.SENT, CommandState.UNKNOWN, CommandState.VERIFIED,
)  # fmt: skip

FIVE = (item("A", 5),)
TWO_LINES = (item("A", 2), item("B", 1))


def cancelled(*lines: LineQuantity, **what: Any) -> Cancellation:
    values: dict[str, Any] = {"id": "C1", "ref": "1001", "lines": lines, "updated_at": at(14)}
    return Cancellation(**(values | what))


def decide(
    of_store: Cancellation, of_amazon: Sold, settings: Connection | None = None
) -> CancelAtAmazon | CancelUnitsAtAmazon | Skip | Hold | Wait:
    return cancel(of_store, of_amazon, settings or connection(), now=NOW)


def three_shipped(state: CommandState = VERIFIED, **other: Any) -> Sold:
    """Five sold, three of them left in package 1; Amazon shows it where the command is verified."""
    shown = state == VERIFIED
    line = item("A", 5, quantity_fulfilled=3 if shown else 0, quantity_unfulfilled=2 if shown else 5)
    commands = (told(CONFIRM, "S1", state, number=1, units={"A": 3}), *other.pop("commands", ()))
    packages = (parcel("1", A=3),) if shown else ()
    return sold(line, commands=commands, packages=packages, **other)


WHOLE: dict[str, tuple[Cancellation, Sold, tuple[str, ...]]] = {
    "the order, and nothing has left": (cancelled(), sold(*TWO_LINES), ("A", "B")),
    "every unit of every line": (cancelled(of(2, "A"), of(1, "B")), sold(*TWO_LINES), ("A", "B")),
    "every unit by the store's products": (
        cancelled(of(2, product="product of A"), of(1, product="product of B")), sold(*TWO_LINES), ("A", "B"),
    ),
    "the last unit, the others are called off already": (
        cancelled(of(1, "B"), id="C2"),
        sold(*TWO_LINES, commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)), ("A", "B"),
    ),
    "the order, after units of it": (
        cancelled(id="C2"), sold(*TWO_LINES, commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)), ("A", "B"),
    ),
    "a package that Amazon refused, and that was seen to": (
        cancelled(),
        sold(*TWO_LINES, commands=(
            told(CONFIRM, "S1", REFUSED, number=1, units={"A": 2}), told(CONFIRM, "S1", CommandState.SKIPPED),
        )),
        ("A", "B"),
    ),
    "a line that Amazon cancelled already is not named": (
        cancelled(), sold(item("A", 2, quantity_fulfilled=0, quantity_unfulfilled=0), item("B", 1)), ("B",),
    ),
    "every unit was cancelled at Amazon, and the order is not yet": (
        cancelled(), sold(item("A", 2, quantity_fulfilled=0, quantity_unfulfilled=0)), ("A",),
    ),
    "one that was sent comes out the same": (
        cancelled(), sold(*TWO_LINES, commands=(told(CANCEL, "C1", SENT),)), ("A", "B"),
    ),
    "one that was sent comes out the same although something has left since": (
        cancelled(), sold(*TWO_LINES, commands=(told(CANCEL, "C1", SENT),), packages=(parcel("9", A=2),)), ("A", "B"),
    ),
    "every pack of three": (cancelled(of(6, "A")), sold(item("A", 2), packs={"A": 3}), ("A",)),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "items"), named(WHOLE, {}))
def test_the_whole_order_is_cancelled(of_store: Cancellation, of_amazon: Sold, items: tuple[str, ...]) -> None:
    decision = decide(of_store, of_amazon)
    assert isinstance(decision, CancelAtAmazon), decision
    assert (decision.order_item_ids, decision.cause, decision.reason) == (items, of_store.id, "NoInventory")


PARTS: dict[str, tuple[Cancellation, Sold, dict[str, int]]] = {
    "the two that are left of five": (cancelled(of(2, "A")), three_shipped(), {"A": 2}),
    "the order, of which three have left": (cancelled(), three_shipped(), {"A": 2}),
    "a line, when the other one has left": (
        cancelled(of(1, "B")),
        sold(item("A", 2, quantity_fulfilled=2, quantity_unfulfilled=0), item("B", 1), packages=(parcel("9", A=2),)),
        {"B": 1},
    ),
    "one, when the other is called off too": (
        cancelled(of(1, "A"), id="C2"),
        three_shipped(commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 1}),)), {"A": 1},
    ),
    "one, after another was cancelled": (
        cancelled(of(1, "A"), id="C2"),
        three_shipped(commands=(told(CANCEL_UNITS, "C1", ACCEPTED, units={"A": 1}),)), {"A": 1},
    ),
    "the order, of which one more is called off": (
        cancelled(id="C2"), three_shipped(commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 1}),)), {"A": 1},
    ),
    "one that was sent comes out the same": (
        cancelled(of(2, "A")), three_shipped(commands=(told(CANCEL_UNITS, "C1", UNKNOWN, units={"A": 2}),)), {"A": 2},
    ),
    "two of five, of a package that is verified and not in Amazon's record yet": (
        cancelled(of(2, "A")), sold(*FIVE, commands=(told(CONFIRM, "S1", number=1, units={"A": 3}),)), {"A": 2},
    ),
    "the order, of which a parcel with the same id in the store has left": (
        cancelled(id="S1"), three_shipped(), {"A": 2},
    ),
    "the order, of which the rest has waited until now": (
        cancelled(), three_shipped(commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)), {"A": 2},
    ),
    "units that were about to be sent": (
        cancelled(of(2, "A")), three_shipped(commands=(told(CANCEL_UNITS, "C1", INTENDED, units={"A": 2}),)), {"A": 2},
    ),
    "every unit, and Amazon shows a package that names none": (
        cancelled(of(5, "A")), sold(*FIVE, packages=(parcel("9"),)), {"A": 5},
    ),
    "the order, to be cancelled as a whole, and something has left since": (
        cancelled(), sold(*TWO_LINES, commands=(told(CANCEL, "C1", INTENDED),), packages=(parcel("9", A=1),)),
        {"A": 1, "B": 1},
    ),
    "the whole rest that was sent comes out the same": (
        cancelled(), three_shipped(commands=(told(CANCEL_UNITS, "C1", ACCEPTED, units={"A": 2}),)), {"A": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "expected"), named(PARTS, {"the two that are left of five": "63"}))
def test_units_are_cancelled_after_the_rest_was_shipped(
    of_store: Cancellation, of_amazon: Sold, expected: dict[str, int]
) -> None:
    decision = decide(of_store, of_amazon)
    assert isinstance(decision, CancelUnitsAtAmazon), decision
    assert units(*decision.units) == expected
    assert decision.reason == "NoInventory"


OTHERWISE: dict[str, tuple[Cancellation, Sold, type, Reason]] = {
    "cancelled at Amazon already": (cancelled(), sold(status="CANCELLED"), Skip, Reason.AT_AMAZON),
    "these units are cancelled at Amazon already": (
        cancelled(of(2, "A")), sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3)), Skip, Reason.AT_AMAZON,
    ),
    "another record cancels the order": (
        cancelled(of(1, "A"), id="C2"), sold(*TWO_LINES, commands=(told(CANCEL, "C1", INTENDED),)),
        Skip, Reason.AT_AMAZON,
    ),
    "other records cancel all that is open": (
        cancelled(id="C2"), three_shipped(commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)),
        Skip, Reason.AT_AMAZON,
    ),
    "two of five, and nothing has left": (cancelled(of(2, "A")), sold(*FIVE), Wait, Reason.AWAITS_SHIPMENT),
    "one of two lines, and nothing has left": (cancelled(of(1, "B")), sold(*TWO_LINES), Wait, Reason.AWAITS_SHIPMENT),
    "two of five, and Amazon does not show the package yet": (
        cancelled(of(2, "A")), three_shipped(ACCEPTED), Wait, Reason.AWAITS_SHIPMENT,
    ),
    "the order, and a package is about to be sent": (
        cancelled(), three_shipped(INTENDED), Wait, Reason.AWAITS_SHIPMENT,
    ),
    "the order, and a package may have been sent": (cancelled(), three_shipped(UNKNOWN), Wait, Reason.AWAITS_SHIPMENT),
    "one of five, and three have left": (cancelled(of(1, "A")), three_shipped(), Wait, Reason.AWAITS_SHIPMENT),
    "three of five, and three have left": (cancelled(of(3, "A")), three_shipped(), Hold, Reason.ALREADY_SHIPPED),
    "the order, and all of it has left": (
        cancelled(), sold(item("A", 5, quantity_fulfilled=5, quantity_unfulfilled=0), status="SHIPPED"),
        Hold, Reason.ALREADY_SHIPPED,
    ),
    "the order, and Amazon refused a package of it that left": (
        cancelled(), sold(*TWO_LINES, commands=(told(CONFIRM, "S1", REFUSED, number=1, units={"A": 2}),)),
        Hold, Reason.ALREADY_SHIPPED,
    ),
    "the order, which Amazon ships": (
        cancelled(), sold(item("A", 5, quantity_fulfilled=5, quantity_unfulfilled=0), status="SHIPPED",
                          fulfilled_by="AMAZON"), Hold, Reason.ALREADY_SHIPPED,
    ),
    "the order, of which Amazon shows units as shipped": (
        cancelled(), sold(item("A", 2, quantity_fulfilled=2, quantity_unfulfilled=0), item("B", 2),
                          commands=(told(CONFIRM, "S1", ACCEPTED, units={"A": 2}),)), Wait, Reason.AWAITS_SHIPMENT,
    ),
    "one more, after two that Amazon was told of and shows": (
        cancelled(of(1, "A"), id="C2"),
        sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3),
             commands=(told(CANCEL_UNITS, "C1", VERIFIED, units={"A": 2}),)), Wait, Reason.AWAITS_SHIPMENT,
    ),
    "one more, after two that Amazon shows before it was proven": (
        cancelled(of(1, "A"), id="C2"),
        sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3),
             commands=(told(CANCEL_UNITS, "C1", ACCEPTED, units={"A": 2}),)), Wait, Reason.AWAITS_SHIPMENT,
    ),
    "a line that the order does not have, and something has left": (
        cancelled(of(1, "X")), three_shipped(), Hold, Reason.UNKNOWN_LINE,
    ),
    "more than was sold": (cancelled(of(6, "A")), sold(*FIVE), Hold, Reason.TOO_MANY_UNITS),
    "a line that the order does not have": (cancelled(of(1, "X")), sold(*FIVE), Hold, Reason.UNKNOWN_LINE),
    "part of a pack": (cancelled(of(2, "A")), sold(item("A", 2), packs={"A": 3}), Hold, Reason.UNKNOWN_LINE),
    "changed after it was sent": (
        cancelled(of(1, "A")), three_shipped(commands=(told(CANCEL_UNITS, "C1", SENT, units={"A": 2}),)),
        Hold, Reason.TOO_MANY_UNITS,
    ),
}  # fmt: skip
ROWS = {"two of five, and Amazon does not show the package yet": "63"}


@pytest.mark.parametrize(("of_store", "of_amazon", "kind", "reason"), named(OTHERWISE, ROWS))
def test_what_is_not_sent(of_store: Cancellation, of_amazon: Sold, kind: type, reason: Reason) -> None:
    decision = decide(of_store, of_amazon)
    assert (type(decision), getattr(decision, "reason", None)) == (kind, reason), decision
    assert isinstance(decision, (Skip, Hold, Wait))
    assert decision.detail
    assert decision.trace


def test_what_waits_names_its_units_so_that_packages_leave_them_alone() -> None:
    waits = decide(cancelled(of(2, "A")), sold(*FIVE))
    assert isinstance(waits, Wait)
    assert units(*waits.units) == {"A": 2}
    assert "still to be shipped: 3 of item A" in waits.detail


@pytest.mark.rule("63")
def test_three_of_five_shipped_and_two_cancelled_in_one_run() -> None:
    """The package goes first; the cancellation waits until Amazon shows it, and then cancels the two."""
    parcel_of_three = confirm(shipment(of(3, "A")), sold(*FIVE), connection(), carrier=None, now=NOW)
    assert units(*parcel_of_three.units) == {"A": 3}  # type: ignore[union-attr]
    assert isinstance(decide(cancelled(of(2, "A")), three_shipped(INTENDED)), Wait)
    assert isinstance(decide(cancelled(of(2, "A")), three_shipped(VERIFIED)), CancelUnitsAtAmazon)


def test_an_echo_is_known_although_amazon_lowers_what_was_ordered() -> None:
    of_amazon = sold(item("A", 5))
    lowered = (replace(of_amazon.order.lines[0], quantity_ordered=4, quantity_unfulfilled=4),)
    decision = decide(cancelled(of(1, "A")), replace(of_amazon, order=replace(of_amazon.order, lines=lowered)))
    assert isinstance(decision, Skip)
    assert decision.reason == Reason.AT_AMAZON


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "PARTIALLY_SHIPPED"},
        {"packages": (parcel("9", A=1),)},
        {"lines": (item("A", 5, quantity_fulfilled=1, quantity_unfulfilled=4),)},
    ],
    ids=["by its status", "by a package", "by its units"],
)
def test_an_order_of_which_anything_left_is_never_cancelled_as_a_whole(facts: dict[str, Any]) -> None:
    of_amazon = sold(*FIVE)
    decision = decide(cancelled(), replace(of_amazon, order=replace(of_amazon.order, **facts)))
    assert not isinstance(decision, CancelAtAmazon)


def test_what_was_cancelled_before_the_order_was_placed_is_no_echo() -> None:
    of_amazon = sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3))
    placed_with_three = replace(of_amazon, lines=(replace(of_amazon.lines[0], pieces=3),))
    assert isinstance(decide(cancelled(of(3, "A")), placed_with_three), CancelAtAmazon)
    assert isinstance(decide(cancelled(of(2, "A")), placed_with_three), Wait)


def test_a_late_order_says_so() -> None:
    waits = decide(cancelled(of(2, "A")), sold(*FIVE, ship_by=Window(latest=at(20))))
    assert isinstance(waits, Wait)
    assert "had to be shipped by 2026-11-02T20:00:00+00:00" in waits.detail


MAPPED: dict[str, Any] = {"cancellation_reasons": {"Lager leer": "NoInventory", "Kunde": "CustomerReturn"}}
REASONS: dict[str, tuple[str, bool, dict[str, Any], str]] = {
    "nobody says why": ("", False, {}, "NoInventory"),
    "the buyer asked, and the store says nothing": ("", True, {}, "BuyerCanceled"),
    "the buyer asked, and the store says something": ("Lager leer", True, MAPPED, "BuyerCanceled"),
    "the store's word is mapped": ("Kunde", False, MAPPED, "CustomerReturn"),
    "the store's word is mapped in other letters": ("KUNDE", False, MAPPED, "CustomerReturn"),
    "the store's word is mapped in two spellings": (
        "Kunde", False, {"cancellation_reasons": {"kunde": "RejectOrder", "Kunde": "CustomerReturn"}}, "CustomerReturn",
    ),
    "the store's word is not mapped": ("Laune", False, MAPPED | {"cancellation_reason": "RejectOrder"}, "RejectOrder"),
    "the store's word is Amazon's": ("pricing error", False, {}, "PricingError"),
    "the store's word is Amazon's and mapped": (
        "PricingError", False, {"cancellation_reasons": {"PricingError": "RejectOrder"}}, "RejectOrder",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "asked", "settings", "expected"),
    named(REASONS, {"the buyer asked, and the store says nothing": "50"}),
)
def test_why_the_order_is_cancelled(word: str, asked: bool, settings: dict[str, Any], expected: str) -> None:
    decision = decide(cancelled(reason=word), sold(asked=asked), connection(**settings))
    assert isinstance(decision, CancelAtAmazon)
    assert decision.reason == expected
    assert step(decision.trace, "reason").outcome == expected


def test_a_reason_that_is_none_of_amazons_is_held() -> None:
    decision = decide(cancelled(), sold(), connection(cancellation_reason="Because"))
    assert isinstance(decision, Hold)
    assert decision.reason == Reason.UNKNOWN_REASON
    assert "'Because'" in decision.detail


WORDS = {
    "NoInventory": ("NoInventory", "NoInventory"),
    "ShippingAddressUndeliverable": ("NoInventory", "Undeliverable"),
    "CustomerExchange": ("CustomerCancel", "Exchange"),
    "BuyerCanceled": ("CustomerCancel", "CustomerCancel"),
    "GeneralAdjustment": ("NoInventory", "GeneralAdjustment"),
    "CarrierCreditDecision": ("NoInventory", "CarrierCreditDecision"),
    "RiskAssessmentInformationNotValid": ("NoInventory", "RiskAssessmentInformationNotValid"),
    "CarrierCoverageFailure": ("NoInventory", "CarrierCoverageFailure"),
    "CustomerReturn": ("CustomerCancel", "CustomerReturn"),
    "MerchandiseNotReceived": ("CustomerCancel", "Undeliverable"),
    "CannotVerifyInformation": ("NoInventory", "GeneralAdjustment"),
    "PricingError": ("NoInventory", "PriceError"),
    "RejectOrder": ("NoInventory", "GeneralAdjustment"),
    "WeatherDelay": ("NoInventory", "CouldNotShip"),
}


@pytest.mark.parametrize("reason", WORDS)
def test_a_reason_in_the_words_of_units_and_of_refunds(reason: str) -> None:
    of_units, of_refund = WORDS[reason]
    decision = decide(cancelled(of(2, "A")), three_shipped(), connection(cancellation_reason=reason))
    assert isinstance(decision, CancelUnitsAtAmazon)
    assert decision.reason == of_units
    assert AS_REFUND[reason] == of_refund


def test_all_fourteen_reasons_have_a_word_in_both() -> None:
    assert list(AS_CANCELLED_UNITS) == list(AS_REFUND) == list(WORDS)
    assert set(AS_CANCELLED_UNITS.values()) == {"NoInventory", "CustomerCancel"}
    assert set(AS_REFUND.values()) <= set(REFUND_REASONS)
    assert len(REFUND_REASONS) == 18


def test_units_of_a_line_that_the_buyer_asked_about_are_the_buyers_wish() -> None:
    of_amazon = three_shipped()
    asked = (replace(of_amazon.order.lines[0], cancel_request=CancelRequest(requester="BUYER")),)
    decision = decide(cancelled(of(2, "A")), replace(of_amazon, order=replace(of_amazon.order, lines=asked)))
    assert isinstance(decision, CancelUnitsAtAmazon)
    assert decision.reason == "CustomerCancel"


def test_the_same_cancellation_has_the_same_fingerprint_and_another_reason_another() -> None:
    one = decide(cancelled(), sold(*TWO_LINES))
    again = decide(cancelled(), sold(*TWO_LINES, commands=(told(CANCEL, "C1", SENT),)))
    other = decide(cancelled(reason="PricingError"), sold(*TWO_LINES))
    assert isinstance(one, CancelAtAmazon)
    assert isinstance(again, CancelAtAmazon)
    assert isinstance(other, CancelAtAmazon)
    assert fingerprint(one) == fingerprint(again) != fingerprint(other)
