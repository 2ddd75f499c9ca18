"""What the store can promise -> the quantity that Amazon is told, if it is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from amazon_orders.model import Publish, Reason, Skip, TraceStep, Wait
from amazon_orders.rules import is_restock, mass_fall, quantity, stock_decision
from tests.unit.rules.build import connection, says
from tests.unit.rules.outbound import at
from tests.unit.rules.rows import named

D = Decimal


def count(available: str | None, *, unheld: int = 0, units: int = 1, buffer: int = 0, cap: int | None = None) -> Any:
    return quantity(None if available is None else D(available), unheld=unheld, units=units, buffer=buffer, cap=cap)


COUNTS: dict[str, tuple[str | None, dict[str, Any], int | None]] = {
    "an order of three is held": ("10", {"unheld": 3}, 7),
    "four are pending on another connection": ("10", {"unheld": 4}, 6),
    "packs of three": ("10", {"units": 3}, 3),
    "packs of three, two units sold and not held": ("10", {"units": 3, "unheld": 2}, 2),
    "part of a unit": ("2.7", {"buffer": 1}, 1),
    "less than nothing": ("-4", {"buffer": 1}, 0),
    "more sold than there is": ("2", {"unheld": 5}, 0),
    "not counted, with a cap": (None, {"buffer": 1, "cap": 20}, 20),
    "not counted, without a cap": (None, {"buffer": 1}, None),
    "more than the cap": ("100", {"cap": 20}, 20),
    "the buffer comes off after the packs": ("10", {"units": 3, "buffer": 1}, 2),
    "the buffer is all there is": ("2", {"buffer": 2}, 0),
    "nothing": ("0", {}, 0),
    "a cap of zero": ("10", {"cap": 0}, 0),
    "more than anybody has": ("1E+40", {"units": 3, "cap": 20}, 20),
}
ROWS = {
    "an order of three is held": "37",
    "four are pending on another connection": "38",
    "packs of three": "42",
    "part of a unit": "43",
    "less than nothing": "43",
    "not counted, with a cap": "43",
    "not counted, without a cap": "43",
}


@pytest.mark.parametrize(("available", "other", "expected"), named(COUNTS, ROWS))
def test_a_quantity(available: str | None, other: dict[str, Any], expected: int | None) -> None:
    assert count(available, **other) == expected


@given(
    available=some.decimals(min_value=-1000, max_value=10_000, places=2),
    unheld=some.integers(0, 500),
    units=some.integers(1, 12),
    buffer=some.integers(0, 20),
    cap=some.none() | some.integers(0, 100),
)
def test_nothing_is_promised_twice(available: Decimal, unheld: int, units: int, buffer: int, cap: int | None) -> None:
    told = quantity(available, unheld=unheld, units=units, buffer=buffer, cap=cap)
    assert told is not None
    assert told >= 0
    assert cap is None or told <= cap
    if told:
        assert (told + buffer) * units + unheld <= available
    if told != cap:  # not a piece less than there is
        assert (told + 1 + buffer) * units + unheld > available


def decide(available: str | None = "10", settings: dict[str, Any] | None = None, **other: Any) -> Any:
    values = {"channel": "merchant", "available": None if available is None else D(available)}
    return stock_decision("SKU-1", connection(**(settings or {})), **(values | other))


PUBLISHED: dict[str, tuple[str | None, dict[str, Any], dict[str, Any], int]] = {
    "nothing was sent before": ("10", {}, {}, 10),
    "another number than the last": ("10", {}, {"last": 7}, 10),
    "buffer and cap of the connection": ("100", {"stock_buffer": 1, "stock_cap": 50}, {}, 50),
    "orders are stale, and it falls": ("5", {}, {"stale": True, "last": 7}, 5),
    "orders are stale, and nothing is there": ("0", {}, {"stale": True}, 0),
    "put back by the store, and it falls": ("5", {}, {"restocked": True, "last": 7}, 5),
    "gone from a full list": ("10", {}, {"absent": True, "last": 7}, 0),
    "gone from a full list while orders are stale": (None, {}, {"absent": True, "stale": True, "last": 7}, 0),
    "the seller's listing beside Amazon's": ("10", {}, {"channel": "merchant"}, 10),
    "not counted, by the cap": (None, {"stock_cap": 20}, {"last": 7}, 20),
    "a plugin starts from its own number": ("10", {}, {"hook": says(4)}, 4),
    "units sold and not held come off a plugin's number": ("10", {}, {"hook": says(4), "unheld": 3}, 1),
    "a plugin's number is in the store's units": ("10", {}, {"hook": says(7), "units": 3}, 2),
    "a plugin's number has no buffer and no cap": (
        "10", {"stock_buffer": 2, "stock_cap": 3}, {"hook": says(9)}, 9,
    ),
    "a plugin knows what the store does not count": (None, {}, {"hook": says(9)}, 9),
}  # fmt: skip
PUBLISHED_ROWS = {
    "orders are stale, and it falls": "39",
    "the seller's listing beside Amazon's": "40",
    "gone from a full list": "44",
}


@pytest.mark.parametrize(("available", "settings", "other", "expected"), named(PUBLISHED, PUBLISHED_ROWS))
def test_what_is_published(
    available: str | None, settings: dict[str, Any], other: dict[str, Any], expected: int
) -> None:
    decision = decide(available, settings, **other)
    assert isinstance(decision, Publish), decision
    assert (decision.seller_sku, decision.quantity) == ("SKU-1", expected)


OTHERWISE: dict[str, tuple[str | None, dict[str, Any], type, Reason]] = {
    "Amazon has the same number": ("7", {"last": 7}, Skip, Reason.AT_AMAZON),
    "Amazon has the same number, and orders are stale": ("7", {"last": 7, "stale": True}, Skip, Reason.AT_AMAZON),
    "Amazon's own listing": ("10", {"channel": "amazon"}, Skip, Reason.AMAZON_CHANNEL),
    "Amazon's own listing, gone from the store": (
        None, {"channel": "amazon", "absent": True}, Skip, Reason.AMAZON_CHANNEL,
    ),
    "a listing whose channel is not known": ("10", {"channel": ""}, Wait, Reason.LISTING_UNKNOWN),
    "a channel of Amazon's under another word": ("10", {"channel": "AMAZON_EU"}, Wait, Reason.LISTING_UNKNOWN),
    "orders are stale, and it would rise": ("10", {"last": 7, "stale": True}, Wait, Reason.STALE_ORDERS),
    "orders are stale, and nothing was sent before": ("10", {"stale": True}, Wait, Reason.STALE_ORDERS),
    "orders are stale, and one piece would come back": ("1", {"last": 0, "stale": True}, Wait, Reason.STALE_ORDERS),
    "orders are stale, and one piece would be the first": ("1", {"stale": True}, Wait, Reason.STALE_ORDERS),
    "cancelled for want of stock, and put back": ("3", {"last": 0, "restocked": True}, Wait, Reason.AT_AMAZON),
    "not counted": (None, {}, Skip, Reason.UNTRACKED_STOCK),
}  # fmt: skip
OTHER_ROWS = {
    "Amazon's own listing": "40",
    "a listing whose channel is not known": "41",
    "a channel of Amazon's under another word": "41",
    "orders are stale, and it would rise": "39",
    "cancelled for want of stock, and put back": "45",
    "not counted": "43",
}


@pytest.mark.parametrize(("available", "other", "kind", "reason"), named(OTHERWISE, OTHER_ROWS))
def test_what_is_not_published(available: str | None, other: dict[str, Any], kind: type, reason: Reason) -> None:
    decision = decide(available, **other)
    assert (type(decision), decision.reason) == (kind, reason), decision
    assert decision.detail


SUMS: dict[str, tuple[str | None, dict[str, Any], dict[str, Any], tuple[str, str, str]]] = {
    "buffer and cap": (
        "10", {"stock_buffer": 1, "stock_cap": 5}, {"unheld": 2, "units": 3},
        ("1", "(10 available - 2 sold and not yet in the store) / 3 a piece - 1 buffer, at most 5", ""),
    ),
    "no cap": ("10", {}, {}, ("10", "(10 available - 0 sold and not yet in the store) / 1 a piece - 0 buffer", "")),
    "a plugin, for what the store does not count": (
        None, {"stock_buffer": 1, "stock_cap": 5}, {"hook": says(4, plugin="showroom"), "unheld": 1},
        ("3", "(4 by a plugin - 1 sold and not yet in the store) / 1 a piece", "showroom"),
    ),
    "not counted": (None, {"stock_cap": 20}, {}, ("20", "the store does not count it: `stock_cap`", "")),
    "gone from the store's list": (
        "10", {}, {"absent": True}, ("0", "the store's full list does not have the product any more", ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("available", "settings", "other", "said"), SUMS.values(), ids=SUMS)
def test_the_trace_is_a_sum_that_anybody_can_do_again(
    available: str | None, settings: dict[str, Any], other: dict[str, Any], said: tuple[str, str, str]
) -> None:
    outcome, detail, plugin = said
    assert decide(available, settings, **other).trace == (TraceStep("stock", outcome, detail, plugin),)


NOT_UP: dict[str, tuple[dict[str, Any], str]] = {
    "orders are stale": ({"stale": True, "last": 7}, "10 now, Amazon has 7: orders may have been missed"),
    "orders are stale, and nothing was sent": (
        {"stale": True}, "10 now, nothing was sent before: orders may have been missed",
    ),
    "put back": (
        {"restocked": True, "last": 7},
        "10 now, Amazon has 7: units were cancelled, and Amazon or somebody who counts has to say so first",
    ),
    "put back, and nothing was sent": (
        {"restocked": True},
        "10 now, nothing was sent before: units were cancelled, and Amazon or somebody who counts has to say so first",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("other", "said"), NOT_UP.values(), ids=NOT_UP)
def test_a_raise_that_waits_says_for_what(other: dict[str, Any], said: str) -> None:
    assert decide(**other).detail == said


RESTOCKS = {
    "the level of before the cancellation": ("0", -1, True),
    "the store put the three back": ("3", 1, True),
    "counted again, and one is there": ("1", 1, False),
    "the level of the moment of the cancellation": ("0", 0, True),
    "not counted any more": (None, 1, True),
    "counted again, and none is there": ("0", 1, False),
}


@pytest.mark.parametrize(
    ("available", "hours", "expected"),
    named(RESTOCKS, {"the store put the three back": "45", "counted again, and one is there": "45"}),
)
def test_a_restock_of_units_that_are_not_there(available: str | None, hours: int, expected: bool) -> None:
    """Three were cancelled for want of stock at noon; nothing was on the shelf."""
    noon = at(12)
    level = None if available is None else D(available)
    seen = is_restock(level, noon + timedelta(hours=hours), cancelled_at=noon, restock=D(3))
    assert seen is expected


def stock(listings: int, each: int = 5) -> dict[str, int]:
    return {f"SKU-{number}": each for number in range(listings)}


def without(before: dict[str, int], gone: int) -> dict[str, int]:
    return dict(list(before.items())[gone:])


FALLS: dict[str, tuple[dict[str, int], dict[str, int], bool]] = {
    "one of a thousand is gone": (stock(1000), without(stock(1000), 1), False),
    "two hundred of a thousand are gone": (stock(1000), without(stock(1000), 200), True),
    "two hundred of a thousand are at zero": (stock(1000), stock(1000) | stock(200, 0), True),
    "exactly one in ten": (stock(1000), without(stock(1000), 100), False),
    "one more than one in ten": (stock(1000), without(stock(1000), 101), True),
    "the last pieces of many are sold": (stock(1000, 1), stock(1000, 1) | stock(101, 0), True),
    "many fall to their last piece": (stock(1000), stock(1000, 1), False),
    "an empty list": (stock(1000), {}, True),
    "all fall by one": (stock(1000), stock(1000, 4), False),
    "listings that were empty before do not count": (stock(1000, 0) | stock(30), stock(1000, 0) | stock(26), True),
    "what was empty before has not fallen": (stock(1000, 0) | stock(30), stock(1000, 0) | stock(28), False),
    "two of the smallest shop sell out": (stock(3), stock(3) | stock(2, 0), False),
    "three of the smallest shop are gone": (stock(3), {}, True),
    "nothing was sent before": ({}, stock(10), False),
    "changes alone, on top of what was": (stock(1000), stock(1000) | stock(50, 0), False),
}
FALL_ROWS = {"one of a thousand is gone": "44", "two hundred of a thousand are gone": "44"}


@pytest.mark.parametrize(("before", "after", "expected"), named(FALLS, FALL_ROWS))
def test_many_at_once_are_a_fault_until_a_person_says_otherwise(
    before: dict[str, int], after: dict[str, int], expected: bool
) -> None:
    assert mass_fall(before, after) is expected
