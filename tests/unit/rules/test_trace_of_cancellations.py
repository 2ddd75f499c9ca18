"""The sentences by which a person is told what became of a cancellation, and by which reason Amazon was told."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.model import (
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    CommandKind,
    CommandState,
    LineQuantity,
    Reason,
    Sold,
    TraceStep,
    Window,
)
from amazon_orders.rules import cancel
from tests.unit.rules.build import connection
from tests.unit.rules.outbound import NOW, at, given_back, gone, item, of, parcel, sent_refund, sold, step, told

CONFIRM, CANCEL, CANCEL_UNITS = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.CANCEL_UNITS
ACCEPTED, HELD, INTENDED, SENT = CommandState.ACCEPTED, CommandState.HELD, CommandState.INTENDED, CommandState.SENT
UNKNOWN, VERIFIED = CommandState.UNKNOWN, CommandState.VERIFIED
FIVE = (item("A", 5),)
TWO_LINES = (item("A", 2), item("B", 1))
ORDER = "303-1234567-1234567"


def cancelled(*lines: LineQuantity, **what: Any) -> Cancellation:
    values: dict[str, Any] = {"id": "C1", "ref": "1001", "lines": lines, "updated_at": at(14)}
    return Cancellation(**(values | what))


def decide(of_store: Cancellation, of_amazon: Sold, **settings: Any) -> Any:
    return cancel(of_store, of_amazon, connection(**settings), now=NOW)


def three_left(state: CommandState = VERIFIED, number: int = 1, **other: Any) -> Sold:
    """Five sold, and Amazon was told of a package with three; it shows it where the command is verified."""
    shown = (parcel("1", A=3),) if state == VERIFIED else ()
    commands = (told(CONFIRM, "S1", state, number=number, units={"A": 3}), *other.pop("commands", ()))
    return sold(*FIVE, commands=commands, packages=shown, **other)


def stands(wanted: int, packed: int, seen: int, off: int = 0, name: str = "A") -> str:
    return (
        f"item {name}: {wanted} wanted, {packed} in packages, {seen} of them seen at Amazon, "
        f"{off} called off by other records"
    )


NOT_SHOWN = "packages that Amazon does not show yet"
# -> reason, sentence
STOPPED: dict[str, tuple[Cancellation, Sold, Reason, str]] = {
    "cancelled at Amazon": (
        cancelled(), sold(status="CANCELLED"), Reason.AT_AMAZON, "the order is cancelled at Amazon",
    ),
    "another record of the order": (
        cancelled(id="C2"), sold(commands=(told(CANCEL, "C1", INTENDED),)), Reason.AT_AMAZON,
        "another record of the store cancels the whole order",
    ),
    "units that Amazon shows as cancelled": (
        cancelled(of(2, "A"), of(1, "B")),
        sold(*(item(name, 3, quantity_fulfilled=0, quantity_unfulfilled=left) for name, left in (("A", 1), ("B", 2)))),
        Reason.AT_AMAZON, "Amazon shows as cancelled already: 2 of item A, 1 of item B",
    ),
    "other records cancel all": (
        cancelled(id="C2"), three_left(commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)), Reason.AT_AMAZON,
        "other records of the store cancel all that is open",
    ),
    "nothing is open": (
        cancelled(), sold(*TWO_LINES, packages=(parcel("9", A=2, B=1),)), Reason.ALREADY_SHIPPED,
        f"nothing is open any more; {stands(2, 2, 2)}; {stands(1, 1, 1, name='B')}",
    ),
    "more than is open, and the rest has left": (
        cancelled(of(3, "A"), id="C9"), three_left(commands=(
            told(CANCEL_UNITS, "C1", ACCEPTED, units={"A": 1}), told(CANCEL_UNITS, "C2", HELD, units={"A": 1}),
        )), Reason.ALREADY_SHIPPED, f"3 units of A, and only 1 of them are open; {stands(5, 3, 3, 2)}",
    ),
    "more than was sold": (
        cancelled(of(6, "A")), sold(*FIVE), Reason.TOO_MANY_UNITS,
        f"6 units of A, and only 5 of them are open; {stands(5, 0, 0)}",
    ),
    "an order item that is not there": (
        cancelled(of(1, "X")), sold(), Reason.UNKNOWN_LINE,
        f"the store names order item X, and the order has no such line; {stands(1, 0, 0)}",
    ),
    "changed after it was sent": (
        cancelled(of(1, "A")), three_left(commands=(told(CANCEL_UNITS, "C1", SENT, units={"A": 2}),)),
        Reason.TOO_MANY_UNITS, "the record was changed after it was sent, with 2 of item A",
    ),
    "the rest has not left": (
        cancelled(of(2, "A"), of(1, "B")), sold(*FIVE, item("B", 2), item("C")), Reason.AWAITS_SHIPMENT,
        "2 of item A, 1 of item B called off; still to be shipped: 3 of item A, 1 of item B, 1 of item C",
    ),
    "the order, and parcels of which Amazon is not told yet": (
        cancelled(),
        sold(*TWO_LINES, commands=(told(CONFIRM, "S1", HELD, units={"A": 1}), told(CONFIRM, "S2", HELD, number=7))),
        Reason.AWAITS_SHIPMENT, "the order is called off; packages that Amazon is not told of yet: S1, 7",
    ),
    "every unit, and a parcel of which Amazon is not told yet": (
        cancelled(of(2, "A"), of(1, "B")), sold(*TWO_LINES, commands=(told(CONFIRM, "S1", HELD, units={"A": 2}),)),
        Reason.AWAITS_SHIPMENT, f"2 of item A, 1 of item B called off; {NOT_SHOWN}: S1",
    ),
    "the rest has not left, and time is up": (
        cancelled(of(2, "A")), sold(*FIVE, ship_by=Window(latest=NOW)), Reason.AWAITS_SHIPMENT,
        "2 of item A called off; still to be shipped: 3 of item A; "
        "the order had to be shipped by 2026-11-03T12:00:00+00:00",
    ),
    "Amazon does not show two packages": (
        cancelled(of(2, "A")), three_left(ACCEPTED, commands=(told(CONFIRM, "S2", SENT, number=2),)),
        Reason.AWAITS_SHIPMENT, f"2 of item A called off; still to be shipped: 3 of item A; {NOT_SHOWN}: 1, 2",
    ),
    "Amazon shows units of a package and not the package": (
        cancelled(of(2, "A")),
        sold(item("A", 5, quantity_fulfilled=3, quantity_unfulfilled=2),
             commands=(told(CONFIRM, "S1", ACCEPTED, road="feed", units={"A": 3}),)),
        Reason.AWAITS_SHIPMENT, f"2 of item A called off; {NOT_SHOWN}: S1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "reason", "said"), STOPPED.values(), ids=STOPPED)
def test_why_a_cancellation_is_not_told(of_store: Cancellation, of_amazon: Sold, reason: Reason, said: str) -> None:
    decision = decide(of_store, of_amazon)
    assert (decision.reason, decision.detail) == (reason, said)
    assert decision.trace == (TraceStep("cancel", reason, said),)


NO_REASON = TraceStep("reason", "NoInventory", "the store names none: `cancellation_reason`")
WHOLE: dict[str, tuple[Cancellation, Sold, str]] = {
    "the order": (cancelled(), sold(*TWO_LINES), "the store cancelled the order, and nothing has left"),
    "every unit": (
        cancelled(of(2, "A"), of(1, "B")), sold(*TWO_LINES), "the store cancelled every unit, and nothing has left",
    ),
    "the last units, the others are on their way": (
        cancelled(of(1, "B"), id="C2"), sold(*TWO_LINES, commands=(told(CANCEL_UNITS, "C1", SENT, units={"A": 2}),)),
        "the store cancelled every unit, and nothing has left",
    ),
    "again": (cancelled(), sold(*TWO_LINES, commands=(told(CANCEL, "C1", UNKNOWN),)), "as it was sent before"),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "said"), WHOLE.values(), ids=WHOLE)
def test_why_the_whole_order_is_cancelled(of_store: Cancellation, of_amazon: Sold, said: str) -> None:
    assert decide(of_store, of_amazon) == CancelAtAmazon(
        amazon_order_id=ORDER, cause=of_store.id, reason="NoInventory", order_item_ids=("A", "B"),
        trace=(TraceStep("cancel", "whole order", said), NO_REASON),
    )  # fmt: skip


PART: dict[str, tuple[Cancellation, Sold, str]] = {
    "the rest is shipped": (cancelled(of(2, "A")), three_left(), f"the rest is shipped; {stands(5, 3, 3)}"),
    "again": (
        cancelled(of(2, "A")), three_left(commands=(told(CANCEL_UNITS, "C1", SENT, units={"A": 2}),)),
        "as it was sent before",
    ),
    "again, sent in two parts": (
        cancelled(of(2, "A")), three_left(commands=(
            told(CANCEL_UNITS, "C1", VERIFIED, units={"A": 1}), told(CANCEL_UNITS, "C1", SENT, units={"A": 1}),
        )), "as it was sent before",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "said"), PART.values(), ids=PART)
def test_why_units_are_cancelled(of_store: Cancellation, of_amazon: Sold, said: str) -> None:
    decision = decide(of_store, of_amazon)
    assert isinstance(decision, CancelUnitsAtAmazon)
    assert (decision.amazon_order_id, decision.cause) == (ORDER, "C1")
    words = TraceStep("reason", "NoInventory", "NoInventory in the words of cancelled units")
    assert decision.trace == (TraceStep("cancel", "2 of item A", said), NO_REASON, words)


@pytest.mark.parametrize("of_amazon", [sold(*FIVE), three_left()], ids=["the whole order", "units"])
def test_a_setting_that_is_none_of_amazons_reasons(of_amazon: Sold) -> None:
    decision = decide(cancelled(), of_amazon, cancellation_reason="Because")
    said = "the store names none: `cancellation_reason` gives 'Because', which is none of Amazon's reasons"
    assert (decision.reason, decision.detail) == (Reason.UNKNOWN_REASON, said)
    assert decision.trace == (TraceStep("reason", "unknown", said),)


MAPPED = {"Laune": "CustomerReturn", "Mist": "Because"}
REASONS: dict[str, tuple[str, bool, str, str, str, str]] = {
    "nobody says why": (
        "", False, "NoInventory", "the store names none: `cancellation_reason`",
        "GeneralAdjustment", "the store names none, and this claims nothing",
    ),
    "a word of the setting": (
        "laune", False, "CustomerReturn", "'laune' by `cancellation_reasons`",
        "CustomerReturn", "'laune' by `cancellation_reasons`",
    ),
    "a word of Amazon's for both": (
        "no inventory", False, "NoInventory", "the store's own word", "NoInventory", "the store's own word",
    ),
    "a word of Amazon's for cancellations": (
        "pricing error", False, "PricingError", "the store's own word",
        "PriceError", "the store's 'pricing error' in the words of refunds",
    ),
    "a word that nobody knows": (
        "Pech", False, "NoInventory", "'Pech' is not in `cancellation_reasons`: `cancellation_reason`",
        "GeneralAdjustment", "'Pech' is none of Amazon's, and this claims nothing",
    ),
    "punctuation": (
        "?", False, "NoInventory", "'?' is not in `cancellation_reasons`: `cancellation_reason`",
        "GeneralAdjustment", "'?' is none of Amazon's, and this claims nothing",
    ),
    "the buyer's request": (
        "Laune", True, "BuyerCanceled", "the buyer asked Amazon to cancel",
        "CustomerReturn", "'Laune' by `cancellation_reasons`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("word", "asked", "reason", "said", "back", "back_said"), REASONS.values(), ids=REASONS)
def test_how_a_reason_was_chosen(word: str, asked: bool, reason: str, said: str, back: str, back_said: str) -> None:
    settings = {"cancellation_reasons": MAPPED}
    cancels = decide(cancelled(reason=word), sold(asked=asked), **settings)
    assert step(cancels.trace, "reason") == TraceStep("reason", reason, said)
    refund = sent_refund(given_back((of(1, "A"), "10.00"), reason=word), gone(), connection(**settings))
    assert step(refund.trace, "reason") == TraceStep("reason", back, back_said)
