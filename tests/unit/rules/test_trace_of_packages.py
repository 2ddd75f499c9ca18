"""The sentences by which a person is told what became of a package, and in which words it was told to Amazon."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from amazon_orders.model import (
    Carrier,
    CommandKind,
    CommandState,
    Confirm,
    Reason,
    Shipment,
    Sold,
    TraceStep,
    Window,
)
from amazon_orders.rules import confirm
from tests.unit.rules.build import connection, says
from tests.unit.rules.outbound import NOW, at, item, of, parcel, seen, shipment, sold, told

CONFIRM, CANCEL, CANCEL_UNITS = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.CANCEL_UNITS
HELD, SENT, VERIFIED = CommandState.HELD, CommandState.SENT, CommandState.VERIFIED
FIVE = (item("A", 5),)
TWO_LINES = (item("A", 2), item("B", 1))
ORDER = "303-1234567-1234567"


def decide(of_store: Shipment, of_amazon: Sold, settings: dict[str, Any], now: datetime = NOW, **given: Any) -> Any:
    return confirm(of_store, of_amazon, connection(**settings), **({"carrier": None, "now": now} | given))


def before(cause: str, state: CommandState = VERIFIED, /, road: Any = "call", **items: int) -> Any:
    return told(CONFIRM, cause, state, number=1, road=road, units=items)


PRIME: dict[str, Any] = {"programs": frozenset({"PRIME"})}
PRIME_WAITS = "Amazon shows no package for it; a label bought there shows up by itself"

# -> reason, sentence
STOPPED: dict[str, tuple[Shipment, Sold, dict[str, Any], Reason, str]] = {
    "cancelled at Amazon": (
        shipment(), sold(status="CANCELLED"), {}, Reason.CANCELLED,
        "cancelled at Amazon, which takes no package for it any more",
    ),
    "shipped by Amazon": (
        shipment(), sold(fulfilled_by="AMAZON"), {}, Reason.AMAZON_LABEL,
        "Amazon ships this order from its own stock",
    ),
    "two programs of Amazon's": (
        shipment(), sold(programs=frozenset({"FBM_SHIP_PLUS", "EASY_SHIP", "PRIME"})), {}, Reason.AMAZON_LABEL,
        "the order is under EASY_SHIP, FBM_SHIP_PLUS",
    ),
    "the same tracking number": (
        shipment(of(2, "A"), tracking="jjd 01"), sold(*FIVE, packages=(parcel("771", "JJD01", A=2),)), {},
        Reason.AT_AMAZON, "a package with the same tracking number is at Amazon",
    ),
    "all of it in packages of others": (
        shipment(of(2, "A"), of(1, "B")), sold(*TWO_LINES, packages=(parcel("771", A=2, B=1),)), {}, Reason.AT_AMAZON,
        "packages at Amazon that are not the store's hold 2 of item A, 1 of item B",
    ),
    "nothing is left, others shipped it": (
        shipment(), sold(*TWO_LINES, packages=(parcel("771", A=2, B=1),)), {}, Reason.AT_AMAZON,
        "nothing is left: item A: 2 wanted, 2 in packages of others at Amazon, 0 open; "
        "item B: 1 wanted, 1 in packages of others at Amazon, 0 open",
    ),
    "nothing is left, the store shipped it": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", A=5),)), {}, Reason.TOO_MANY_UNITS,
        "the package names no line and nothing is left; item A: 5 wanted, 5 in other packages, 0 open",
    ),
    "more than is open, everything counted": (
        shipment(of(9, "A"), id="S9"),
        sold(item("A", 9), packages=(parcel("771", A=1),), commands=(
            before("S1", A=2), told(CANCEL_UNITS, "C1", SENT, units={"A": 1}),
            before("S2", HELD, A=1), told(CANCEL_UNITS, "C2", HELD, units={"A": 2}),
        )), {}, Reason.TOO_MANY_UNITS,
        "9 units of A, and only 5 of them are open; item A: 9 wanted, 2 in other packages, "
        "1 in packages of others at Amazon, 1 being cancelled, 1 in packages that wait, 2 called off by the store, "
        "5 open",
    ),
    "more of a product than is open": (
        shipment(of(6, product="product of A")), sold(*FIVE), {}, Reason.TOO_MANY_UNITS,
        "6 units of product product of A, and only 5 of them are open; item A: 5 wanted, 5 open",
    ),
    "no whole pack": (
        shipment(of(2, "A")), sold(item("A", 2), packs={"A": 3}), {}, Reason.UNKNOWN_LINE,
        "2 units of A are no whole pieces: Amazon sells 3 units as one; item A: 2 wanted, 2 open",
    ),
    "an order item that is not there": (
        shipment(of(1, "X")), sold(), {}, Reason.UNKNOWN_LINE,
        "the store names order item X, and the order has no such line; item A: 1 wanted, 1 open",
    ),
    "a line that Amazon does not show any more": (
        shipment(of(1, "B")), seen(sold(*TWO_LINES), lines=TWO_LINES[:1]), {}, Reason.TOO_MANY_UNITS,
        "1 units of B, and only 0 of them are open; item A: 2 wanted, 2 open",
    ),
    "a product that is not there": (
        shipment(of(1, product="cup")), sold(), {}, Reason.UNKNOWN_LINE,
        "the store names product cup, and the order has no such line; item A: 1 wanted, 1 open",
    ),
    "neither": (
        shipment(of(1)), sold(), {}, Reason.UNKNOWN_LINE,
        "the store names no line, and the order has no such line; item A: 1 wanted, 1 open",
    ),
    "no unit": (
        shipment(of(0, "A")), sold(), {}, Reason.UNKNOWN_LINE,
        "the store's record names lines, and no unit of them; item A: 1 wanted, 1 open",
    ),
    "the order is being cancelled": (
        shipment(), sold(commands=(told(CANCEL, "C1", SENT),)), {}, Reason.TOO_MANY_UNITS,
        "the cancellation of the whole order is on its way to Amazon",
    ),
    "Prime": (shipment(), sold(**PRIME), {}, Reason.PRIME_LABEL, PRIME_WAITS),
    "no tracking number": (
        shipment(tracking=" "), sold(), {}, Reason.NO_TRACKING,
        "the package has no tracking number, and `untracked` is `hold`",
    ),
    "no tracking number after a call": (
        shipment(of(1, "A"), id="S2", tracking=""), sold(*FIVE, commands=(before("S1", A=3),)), {"untracked": "feed"},
        Reason.NO_TRACKING, "an earlier package of the order went by call, and a call needs a number",
    ),
    "no tracking number after a feed, where that is not wanted any more": (
        shipment(of(1, "A"), id="S2", tracking=""), sold(*FIVE, commands=(before("S1", road="feed", A=3),)), {},
        Reason.NO_TRACKING, "the package has no tracking number, and `untracked` is `hold`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "settings", "reason", "said"), STOPPED.values(), ids=STOPPED)
def test_why_a_package_is_not_told(
    of_store: Shipment, of_amazon: Sold, settings: dict[str, Any], reason: Reason, said: str
) -> None:
    decision = decide(of_store, of_amazon, settings)
    assert (decision.reason, decision.detail) == (reason, said)
    assert decision.trace == (TraceStep("confirm", reason, said),)


ASKED: dict[str, Any] = {"asked": True, "held_since": at(13)}
LATEST: dict[str, Any] = {"ship_by": Window(latest=at(18, day=4))}
WAITS = "packed 2026-11-02T14:00:00+00:00, after the store held the order 2026-11-02T13:00:00+00:00: waits until it is"
BUYER: dict[str, tuple[Sold, datetime, str]] = {
    "until somebody or the clock lets it go": (
        sold(**ASKED, **LATEST), NOW, f"{WAITS} released or until 2026-11-04T18:00:00+00:00",
    ),
    "until somebody lets it go": (sold(**ASKED, ship_by=None), NOW, f"{WAITS} released"),
    "no latest time is named": (sold(**ASKED, ship_by=Window()), NOW, f"{WAITS} released"),
}  # fmt: skip


@pytest.mark.parametrize(("of_amazon", "now", "said"), BUYER.values(), ids=BUYER)
def test_why_a_package_waits_for_the_buyers_request(of_amazon: Sold, now: datetime, said: str) -> None:
    decision = decide(shipment(), of_amazon, {}, now)
    assert decision.detail == said
    assert decision.trace == (TraceStep("buyer", Reason.BUYER_REQUESTS_CANCEL, said),)


# rule -> outcome, sentence
Told = tuple[Shipment, Sold, dict[str, Any], str, str, str]
SAID: dict[str, Told] = {
    "units of two lines": (
        shipment(), sold(*TWO_LINES), {}, "units", "2 of item A, 1 of item B",
        "item A: 2 wanted, 2 open; item B: 1 wanted, 1 open",
    ),
    "no request": (shipment(), sold(), {}, "buyer", "no request", "the buyer has not asked to cancel"),
    "a request, and a person let it go": (
        shipment(), sold(**ASKED, released=True), {}, "buyer", "goes", "the buyer asked to cancel; a person let it go",
    ),
    "a request, and the store was not told": (
        shipment(), sold(asked=True), {}, "buyer", "goes",
        "the buyer asked to cancel; the store was not told to hold it",
    ),
    "a request, and the parcel had left": (
        shipment(), sold(asked=True, held_since=at(15)), {}, "buyer", "goes",
        "the buyer asked to cancel; "
        "the parcel left 2026-11-02T14:00:00+00:00, before the store held the order 2026-11-02T15:00:00+00:00",
    ),
    "a request at the moment the parcel left": (
        shipment(), sold(asked=True, held_since=at(14)), {}, "buyer", "goes",
        "the buyer asked to cancel; "
        "the parcel left 2026-11-02T14:00:00+00:00, before the store held the order 2026-11-02T14:00:00+00:00",
    ),
    "a request, and time is up": (
        shipment(), sold(**ASKED, ship_by=Window(latest=NOW)), {}, "buyer", "goes",
        "the buyer asked to cancel; the order had to be shipped by 2026-11-03T12:00:00+00:00",
    ),
    "the date of the store": (
        shipment(), sold(), {}, "ship date", "2026-11-02T14:00:00+00:00", "as the store says",
    ),
    "a date in the future": (
        shipment(shipped_at=at(12, day=4)), sold(), {}, "ship date", "2026-11-03T12:00:00+00:00",
        "the store says 2026-11-04T12:00:00+00:00; Amazon takes from the order's creation to now, so now",
    ),
    "a date before the order": (
        shipment(shipped_at=at(0)), sold(), {}, "ship date", "2026-11-02T12:00:00+00:00",
        "the store says 2026-11-02T00:00:00+00:00; "
        "Amazon takes from the order's creation to now, so when the order was created",
    ),
    "by call": (shipment(), sold(), {}, "road", "call", "the order's first package, tracked"),
    "by feed": (
        shipment(tracking=""), sold(), {"untracked": "feed"}, "road", "feed",
        "without tracking number, by `untracked = feed`",
    ),
    "a second package": (
        shipment(of(1, "A"), id="S2"), sold(*FIVE, commands=(before("S1", road="feed", A=3),)), {}, "road", "feed",
        "as the order's first package",
    ),
    "a second package without a number": (
        shipment(of(1, "A"), id="S2", tracking=""), sold(*FIVE, commands=(before("S1", road="feed", A=3),)),
        {"untracked": "feed"}, "road", "feed", "as the order's first package",
    ),
    "a carrier of Amazon's list": (
        shipment(carrier="dhl"), sold(), {}, "carrier", "DHL", "the store's 'dhl' is in Amazon's list",
    ),
    "a mapped carrier": (
        shipment(carrier="Velo"), sold(), {"carriers": {"Velo": "GLS"}}, "carrier", "GLS",
        "the store's 'Velo' by `carriers`",
    ),
    "a carrier of no list": (
        shipment(carrier="Velo"), sold(), {}, "carrier", "Other: Velo", "the store's 'Velo' is not in Amazon's list",
    ),
    "the default method for a carrier": (
        shipment(carrier=""), sold(), {"default_shipping_method": "gls"}, "carrier", "GLS",
        "default_shipping_method 'gls' is in Amazon's list",
    ),
    "no carrier": (
        shipment(carrier="", service=""), sold(), {}, "carrier", "Other: Other", "nobody names a carrier",
    ),
    "the carrier of the default service": (
        shipment(carrier="", service=""), sold(), {"default_shipping_service": "DHL / Paket"}, "carrier", "DHL",
        "nobody names a carrier: the carrier of default_shipping_service",
    ),
    "the carrier of the default service for one of no list": (
        shipment(carrier="Velo", service=""), sold(), {"default_shipping_service": "DHL / Paket"}, "carrier", "DHL",
        "the store's 'Velo' is not in Amazon's list: the carrier of default_shipping_service",
    ),
    "a service that is allowed": (
        shipment(service="next day"), sold(), {}, "service", "NextDay", "the store's 'next day' is allowed",
    ),
    "a service that is not allowed": (
        shipment(service="Blitz"), sold(), {"default_shipping_service": "Standard"}, "service", "Standard",
        "the store's 'Blitz' is not in allowed_shipping_services: default_shipping_service",
    ),
    "no service": (
        shipment(service=""), sold(), {"default_shipping_service": "Standard"}, "service", "Standard",
        "the store names none: default_shipping_service",
    ),
    "a service, and no default": (
        shipment(service="Blitz"), sold(), {}, "service", "Blitz",
        "no default_shipping_service, so the store's own word",
    ),
    "no service and no default": (shipment(service=""), sold(), {}, "service", "none", "nobody names one"),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "settings", "rule", "outcome", "said"), SAID.values(), ids=SAID)
def test_what_is_said_of_a_package(
    of_store: Shipment, of_amazon: Sold, settings: dict[str, Any], rule: str, outcome: str, said: str
) -> None:
    decision = decide(of_store, of_amazon, settings)
    assert [each for each in decision.trace if each.rule == rule] == [TraceStep(rule, outcome, said)]


def test_a_plugin_that_chooses_the_carrier_is_named() -> None:
    decision = decide(shipment(), sold(), {}, carrier=says(Carrier(code="Velo"), plugin="depot"))
    assert TraceStep("carrier", "Velo", "a plugin chose for 'DHL'", "depot") in decision.trace


def test_a_package_is_told_with_all_that_the_store_knows() -> None:
    decision = decide(
        shipment(of(2, "A"), carrier="", service="", tracking=" JJD01 "),
        sold(*FIVE, packages=(parcel("7", A=1), parcel("x8", A=1))),
        {"default_shipping_service": "DHL / Paket"},
    )
    assert isinstance(decision, Confirm)
    assert (decision.amazon_order_id, decision.shipment, decision.carrier) == (ORDER, "S1", Carrier(code="DHL"))
    assert (decision.method, decision.tracking, decision.after) == ("Paket", "JJD01", 7)


@pytest.mark.parametrize(
    ("numbers", "after"), [((), 0), (("1",), 1), (("9", "10"), 10), (("x8", "²", "3"), 3), (("x8",), 0)]
)
def test_a_package_gets_a_number_above_all_that_amazon_shows(numbers: tuple[str, ...], after: int) -> None:
    decision = decide(shipment(of(1, "A")), sold(*FIVE, packages=tuple(parcel(each) for each in numbers)), {})
    assert decision.after == after


def test_amazon_numbers_a_package_by_feed() -> None:
    of_amazon = sold(*FIVE, packages=(parcel("9"),))
    assert decide(shipment(of(1, "A"), tracking=""), of_amazon, {"untracked": "feed"}).after == 0
