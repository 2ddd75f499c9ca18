"""A package that left the store: facts -> what Amazon is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amazon_orders.model import (
    CommandKind,
    CommandState,
    Confirm,
    Connection,
    Hold,
    Reason,
    Shipment,
    Skip,
    Sold,
    Wait,
    Window,
)
from amazon_orders.rules import confirm
from tests.unit.rules.build import NOON, connection
from tests.unit.rules.outbound import NOW, at, item, of, parcel, shipment, sold, step, told, units
from tests.unit.rules.rows import named

CONFIRM, CANCEL, CANCEL_UNITS = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.CANCEL_UNITS
HELD, INTENDED, REFUSED = CommandState.HELD, CommandState.INTENDED, CommandState.REFUSED
SKIPPED, UNKNOWN, VERIFIED = CommandState.SKIPPED, CommandState.UNKNOWN, CommandState.VERIFIED

FIVE = (item("A", 5),)
TWO_LINES = (item("A", 2), item("B", 1))
ONE_PRODUCT = {"A": "mug", "B": "mug"}


def decide(
    of_store: Shipment, of_amazon: Sold, settings: Connection | None = None, **given: Any
) -> Confirm | Skip | Hold | Wait:
    return confirm(of_store, of_amazon, settings or connection(), **({"carrier": None, "now": NOW} | given))


def confirmed(of_store: Shipment, of_amazon: Sold, settings: Connection | None = None, **given: Any) -> Confirm:
    decision = decide(of_store, of_amazon, settings, **given)
    assert isinstance(decision, Confirm), decision
    return decision


def before(cause: str, state: CommandState = VERIFIED, /, number: int = 1, road: Any = "call", **items: int) -> Any:
    return told(CONFIRM, cause, state, number=number, road=road, units=items)


UNITS: dict[str, tuple[Shipment, Sold, dict[str, int]]] = {
    "a package without lines holds all that is left": (shipment(), sold(*TWO_LINES), {"A": 2, "B": 1}),
    "a line by its order item": (shipment(of(2, "A")), sold(*TWO_LINES), {"A": 2}),
    "a line by the store's product": (shipment(of(1, product="product of B")), sold(*TWO_LINES), {"B": 1}),
    "a product on two lines fills them in order": (
        shipment(of(3, product="mug")), sold(*TWO_LINES, products=ONE_PRODUCT), {"A": 2, "B": 1},
    ),
    "one line told twice counts together": (shipment(of(1, "A"), of(1, "A")), sold(*TWO_LINES), {"A": 2}),
    "units of a pack of three are one piece": (
        shipment(of(6, "A")), sold(item("A", 2), packs={"A": 3}), {"A": 2},
    ),
    "a pack told in two parts is one piece": (
        shipment(of(1, "A"), of(2, "A")), sold(item("A", 2), packs={"A": 3}), {"A": 1},
    ),
    "a product sold single and in packs fills the pack first, as far as whole ones go": (
        shipment(of(4, product="mug")),
        sold(item("A", 1), item("B", 1), packs={"A": 3}, products=ONE_PRODUCT), {"A": 1, "B": 1},
    ),
    "what another package of the store holds is not left": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", A=3),)), {"A": 2},
    ),
    "what an unanswered call may have sent is not left": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", UNKNOWN, A=3),)), {"A": 2},
    ),
    "what Amazon refused is still open": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", REFUSED, A=3),)), {"A": 5},
    ),
    "what was never sent is still open": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", SKIPPED, A=3),)), {"A": 5},
    ),
    "what a package of Seller Central holds is not left": (
        shipment(), sold(*FIVE, packages=(parcel("771", A=3),)), {"A": 2},
    ),
    "a package that was called off at Amazon holds nothing": (
        shipment(), sold(*FIVE, packages=(parcel("771", status="CANCELLED", A=3),)), {"A": 5},
    ),
    "the store's own package is not counted a second time when Amazon shows it": (
        shipment(id="S2"),
        sold(item("A", 5, quantity_fulfilled=3, quantity_unfulfilled=2), commands=(before("S1", A=3),),
             packages=(parcel("1", A=3),)),
        {"A": 2},
    ),
    "a package by feed is the store's own although Amazon numbers it": (
        shipment(id="S2"),
        sold(*FIVE, commands=(before("S1", road="feed", A=3),), packages=(parcel("771", A=3),)), {"A": 2},
    ),
    "units that Amazon shows as shipped in no package are not left": (
        shipment(), sold(item("A", 5, quantity_fulfilled=1, quantity_unfulfilled=4)), {"A": 4},
    ),
    "units cancelled at Amazon are not left": (
        shipment(), sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3)), {"A": 3},
    ),
    "units that Amazon is being told to cancel are not left": (
        shipment(), sold(*FIVE, commands=(told(CANCEL_UNITS, "C1", INTENDED, units={"A": 2}),)), {"A": 3},
    ),
    "units that Amazon shows as cancelled by the store come off once": (
        shipment(),
        sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3),
             commands=(told(CANCEL_UNITS, "C1", units={"A": 2}),)),
        {"A": 3},
    ),
    "units that the store cancelled and Amazon is told of later are not left": (
        shipment(), sold(*FIVE, commands=(told(CANCEL_UNITS, "C1", HELD, units={"A": 2}),)), {"A": 3},
    ),
    "units of a cancellation with the same id in the store are not left": (
        shipment(), sold(*FIVE, commands=(told(CANCEL_UNITS, "S1", HELD, units={"A": 2}),)), {"A": 3},
    ),
    "a package by feed that Amazon does not show yet is not left": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", road="feed", A=3),)), {"A": 2},
    ),
    "Amazon counts nothing, and the order has not left": (
        shipment(), sold(item("A", 5, quantity_fulfilled=None, quantity_unfulfilled=None)), {"A": 5},
    ),
    "a line told with its product and without is one": (
        shipment(of(1, "A", "mug"), of(2, "A")), sold(item("A", 2), packs={"A": 3}), {"A": 1},
    ),
    "a line told by its item and by its product counts together": (
        shipment(of(1, "A"), of(1, product="product of A")), sold(*FIVE), {"A": 2},
    ),
    "a line without units says nothing": (shipment(of(1, "A"), of(0, "X")), sold(*FIVE), {"A": 1}),
    "a line that was cancelled before the store got the order": (
        shipment(), sold(*TWO_LINES[:1], item("B", 1, quantity_fulfilled=0, quantity_unfulfilled=0), unknown=("B",)),
        {"A": 2},
    ),
    "units in a package that waits are not left": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", HELD, A=3),)), {"A": 2},
    ),
    "units that Amazon shows as cancelled before it was proven come off once": (
        shipment(),
        sold(item("A", 5, quantity_fulfilled=0, quantity_unfulfilled=3),
             commands=(told(CANCEL_UNITS, "C1", UNKNOWN, units={"A": 2}),)),
        {"A": 3},
    ),
    "a line by its item goes before the product on the same lines": (
        shipment(of(1, product="mug"), of(2, "A")), sold(*TWO_LINES, products=ONE_PRODUCT), {"A": 2, "B": 1},
    ),
    "less than no unit is none": (shipment(of(3, "A"), of(-1, "A")), sold(*FIVE), {"A": 3}),
    "part of a line beside a package at Amazon with another number": (
        shipment(of(2, "A")), sold(*FIVE, packages=(parcel("771", "OTHER", A=3),)), {"A": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "expected"), named(UNITS, {}))
def test_units_of_a_package(of_store: Shipment, of_amazon: Sold, expected: dict[str, int]) -> None:
    assert units(*confirmed(of_store, of_amazon).units) == expected


EASY: dict[str, Any] = {"programs": frozenset({"AMAZON_EASY_SHIP"})}
PRIME: dict[str, Any] = {"programs": frozenset({"PRIME"})}
LATER: dict[str, Any] = {"asked": True, "held_since": at(13), "ship_by": Window(latest=at(18, day=4))}
BEFORE_IT: dict[str, Any] = {"asked": True, "held_since": at(15), "ship_by": Window(latest=at(18, day=4))}

OTHERWISE: dict[str, tuple[Shipment, Sold, dict[str, Any], type, Reason]] = {
    "cancelled at Amazon": (shipment(), sold(status="CANCELLED"), {}, Skip, Reason.CANCELLED),
    "shipped by Amazon": (shipment(), sold(fulfilled_by="AMAZON"), {}, Skip, Reason.AMAZON_LABEL),
    "Easy Ship": (shipment(), sold(**EASY), {}, Skip, Reason.AMAZON_LABEL),
    "Ship+": (shipment(), sold(programs=frozenset({"FBM_SHIP_PLUS"})), {}, Skip, Reason.AMAZON_LABEL),
    "picked up in the shop": (
        shipment(), sold(programs=frozenset({"IN_STORE_PICK_UP"})), {}, Skip, Reason.AMAZON_LABEL,
    ),
    "delivered by Amazon": (
        shipment(), sold(programs=frozenset({"DELIVERY_BY_AMAZON"})), {}, Skip, Reason.AMAZON_LABEL,
    ),
    "a program of one line alone": (shipment(), sold(item("A", **EASY)), {}, Skip, Reason.AMAZON_LABEL),
    "all of it is in packages of Seller Central": (
        shipment(of(5, "A")), sold(*FIVE, status="SHIPPED", packages=(parcel("771", A=5),)), {}, Skip, Reason.AT_AMAZON,
    ),
    "shipped in Seller Central, and Amazon names no package": (
        shipment(), sold(item("A", 5, quantity_fulfilled=5, quantity_unfulfilled=0), status="SHIPPED"), {},
        Skip, Reason.AT_AMAZON,
    ),
    "shipped, and Amazon counts nothing": (
        shipment(), sold(item("A", 5, quantity_fulfilled=None, quantity_unfulfilled=None), status="SHIPPED"), {},
        Skip, Reason.AT_AMAZON,
    ),
    "the parcel itself is at Amazon under the number of one that went by feed": (
        shipment(of(2, "A"), id="S2"),
        sold(*FIVE, commands=(before("S1", road="feed", A=3),), packages=(parcel("1", "JJD01", A=2),)), {},
        Skip, Reason.AT_AMAZON,
    ),
    "the parcel itself is at Amazon, by its tracking number": (
        shipment(of(2, "A"), tracking="jjd 01"), sold(*FIVE, packages=(parcel("771", "JJD01", A=2),)), {},
        Skip, Reason.AT_AMAZON,
    ),
    "Prime, and Amazon has the package": (
        shipment(), sold(status="SHIPPED", packages=(parcel("771", A=1),), **PRIME), {}, Skip, Reason.AT_AMAZON,
    ),
    "Prime, and Amazon has no package": (shipment(), sold(**PRIME), {}, Wait, Reason.PRIME_LABEL),
    "packed after the store was told to hold it": (
        shipment(), sold(**LATER), {}, Wait, Reason.BUYER_REQUESTS_CANCEL,
    ),
    "no tracking number": (shipment(tracking=" "), sold(), {}, Hold, Reason.NO_TRACKING),
    "no tracking number, and the order's first package went by call": (
        shipment(of(1, "A"), id="S2", tracking=""), sold(*FIVE, commands=(before("S1", A=3),)), {"untracked": "feed"},
        Hold, Reason.NO_TRACKING,
    ),
    "one unit more than is open": (shipment(of(6, "A")), sold(*FIVE), {}, Hold, Reason.TOO_MANY_UNITS),
    "a line told by item and by product does not fit twice": (
        shipment(of(4, "A"), of(4, product="product of A")), sold(*FIVE), {}, Hold, Reason.TOO_MANY_UNITS,
    ),
    "one line fits and the other does not": (
        shipment(of(2, "A"), of(2, "B")), sold(*TWO_LINES), {}, Hold, Reason.TOO_MANY_UNITS,
    ),
    "more than other packages have left": (
        shipment(of(3, "A"), id="S2"), sold(*FIVE, commands=(before("S1", A=3),)), {}, Hold, Reason.TOO_MANY_UNITS,
    ),
    "all that is left, and nothing is": (
        shipment(id="S2"), sold(*FIVE, commands=(before("S1", A=5),)), {}, Hold, Reason.TOO_MANY_UNITS,
    ),
    "Amazon was told to cancel the order": (
        shipment(), sold(commands=(told(CANCEL, "C1", CommandState.SENT),)), {}, Hold, Reason.TOO_MANY_UNITS,
    ),
    "an order item that the order does not have": (shipment(of(1, "X")), sold(), {}, Hold, Reason.UNKNOWN_LINE),
    "a product that the order does not have": (
        shipment(of(1, product="cup")), sold(), {}, Hold, Reason.UNKNOWN_LINE,
    ),
    "a line that names nothing": (shipment(of(1)), sold(), {}, Hold, Reason.UNKNOWN_LINE),
    "lines without any unit are not all that is left": (shipment(of(0, "A")), sold(), {}, Hold, Reason.UNKNOWN_LINE),
    "two units of a pack of three": (
        shipment(of(2, "A")), sold(item("A", 2), packs={"A": 3}), {}, Hold, Reason.UNKNOWN_LINE,
    ),
}  # fmt: skip

ROWS = {
    "cancelled at Amazon": "52",
    "all of it is in packages of Seller Central": "55",
    "Prime, and Amazon has the package": "56",
    "Prime, and Amazon has no package": "56",
    "Easy Ship": "57",
    "Ship+": "57",
    "picked up in the shop": "57",
    "no tracking number": "61",
}


@pytest.mark.parametrize(("of_store", "of_amazon", "settings", "kind", "reason"), named(OTHERWISE, ROWS))
def test_what_is_not_sent(
    of_store: Shipment, of_amazon: Sold, settings: dict[str, Any], kind: type, reason: Reason
) -> None:
    decision = decide(of_store, of_amazon, connection(**settings))
    assert (type(decision), getattr(decision, "reason", None)) == (kind, reason), decision
    assert not isinstance(decision, Confirm)
    assert decision.detail
    assert decision.trace


@pytest.mark.rule("56")
def test_prime_goes_where_the_seller_may_print_labels() -> None:
    assert confirmed(shipment(), sold(**PRIME), connection(confirm_prime=True)).units


def test_a_refused_package_says_what_is_open() -> None:
    decision = decide(shipment(of(3, "A"), id="S2"), sold(*FIVE, commands=(before("S1", A=3),)))
    assert isinstance(decision, Hold)
    assert "3 units of A, and only 2" in decision.detail
    assert "5 wanted, 3 in other packages, 2 open" in decision.detail


ASKED: dict[str, tuple[Sold, datetime]] = {
    "the parcel left before the store was told": (sold(**BEFORE_IT), NOW),
    "the store cannot hold an order": (sold(asked=True), NOW),
    "a person let it go": (sold(released=True, **LATER), NOW),
    "the order must be shipped by now": (sold(**LATER), at(18, day=4)),
}


@pytest.mark.parametrize(("of_amazon", "now"), named(ASKED, {"the parcel left before the store was told": "51"}))
def test_a_buyers_request_does_not_keep_back_what_has_to_go(of_amazon: Sold, now: datetime) -> None:
    assert confirmed(shipment(), of_amazon, now=now).flags == (Reason.BUYER_REQUESTS_CANCEL,)


def test_a_buyers_request_keeps_the_package_back_until_a_minute_before_it_has_to_be_shipped() -> None:
    decision = decide(shipment(of(1, "A")), sold(**LATER), now=at(18, day=4) - timedelta(minutes=1))
    assert isinstance(decision, Wait)
    assert units(*decision.units) == {"A": 1}


def test_a_request_that_was_taken_back_is_no_remark() -> None:
    assert confirmed(shipment(), sold(held_since=at(13))).flags == ()


DATES = {
    "earlier than the order": (at(0), NOON),
    "tomorrow": (NOW + timedelta(days=1), NOW),
    "between the order and now": (at(14), at(14)),
}


@pytest.mark.parametrize(("left", "expected"), named(DATES, {"earlier than the order": "62", "tomorrow": "62"}))
def test_the_ship_date_is_one_that_amazon_takes(left: datetime, expected: datetime) -> None:
    assert confirmed(shipment(shipped_at=left), sold()).ship_date == expected


def test_the_trace_says_that_the_ship_date_was_moved() -> None:
    moved = step(confirmed(shipment(shipped_at=at(0)), sold()).trace, "ship date")
    assert at(0).isoformat() in moved.detail
    assert moved.outcome == NOON.isoformat()


def road(of_store: Shipment, of_amazon: Sold, **settings: Any) -> str:
    return confirmed(of_store, of_amazon, connection(**settings)).road


@pytest.mark.rule("61")
def test_a_package_without_tracking_number_goes_by_feed_where_the_seller_says_so() -> None:
    assert road(shipment(tracking=""), sold(), untracked="feed") == "feed"


def test_a_tracked_package_goes_by_call() -> None:
    assert road(shipment(), sold(), untracked="feed") == "call"


def test_a_later_package_takes_the_road_of_the_first() -> None:
    order = sold(*FIVE, commands=(before("S1", road="feed", A=3),))
    assert road(shipment(of(2, "A"), id="S2"), order) == "feed"


def test_a_refused_package_is_no_first_one() -> None:
    order = sold(*FIVE, commands=(before("S1", REFUSED, road="feed", A=3),))
    assert road(shipment(of(2, "A"), id="S2"), order) == "call"


def seen_at_amazon(state: CommandState = VERIFIED, way: Any = "call") -> Sold:
    """Five sold; the package S1 holds three and Amazon shows it."""
    return sold(
        item("A", 5, quantity_fulfilled=3, quantity_unfulfilled=2),
        commands=(before("S1", state, road=way, A=3),),
        packages=(parcel("1" if way == "call" else "771", "JJD01", A=3),),
        status="PARTIALLY_SHIPPED",
    )


@pytest.mark.parametrize("way", ["call", "feed"])
def test_a_package_that_was_sent_comes_out_the_same(way: str) -> None:
    again = confirmed(shipment(of(3, "A")), seen_at_amazon(way=way))
    assert (units(*again.units), again.road) == ({"A": 3}, way)


@pytest.mark.parametrize("way", ["call", "feed"])
def test_a_new_tracking_number_of_a_package_that_was_sent_goes_out(way: str) -> None:
    assert confirmed(shipment(of(3, "A"), tracking="JJD02"), seen_at_amazon(way=way)).tracking == "JJD02"


def test_two_versions_of_one_package_count_once() -> None:
    order = sold(*FIVE, commands=(before("S1", A=3), before("S1", INTENDED, A=3)))
    assert units(*confirmed(shipment(id="S2"), order).units) == {"A": 2}


def test_the_trace_names_no_tracking_number_and_every_choice() -> None:
    decision = confirmed(shipment(of(2, "A"), tracking="SECRET1"), sold(*FIVE, packages=(parcel("9", A=3),)))
    assert "SECRET1" not in repr(decision)
    assert step(decision.trace, "units").detail == "item A: 5 wanted, 3 in packages of others at Amazon, 2 open"
    assert {each.rule for each in decision.trace} == {"units", "buyer", "carrier", "service", "ship date", "road"}


def test_a_package_is_decided_on_from_its_arguments_alone() -> None:
    facts = (shipment(of(2, "A")), sold(*FIVE), connection())
    assert confirm(*facts, carrier=None, now=NOW) == confirm(*facts, carrier=None, now=NOW)
    assert facts[1] == replace(facts[1])
