"""Whether an order concerns the store at all: facts -> taken, waiting, held or skipped, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amazon_orders.model import Balance, Hold, Reason, Reserve, Skip, TraceStep
from amazon_orders.rules import intake
from tests.unit.rules.build import NOON, connection, line, order, says
from tests.unit.rules.rows import named

TAKEN = "taken"
FBA = {"fulfilled_by": "AMAZON"}
ALL = {"fulfillment": "all"}
LATER = NOON + timedelta(seconds=1)

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], type[Any] | str, Reason | None]] = {
    "an order to be shipped is taken": ({"status": "UNSHIPPED"}, {}, TAKEN, None),
    "an order shipped in part is taken": ({"status": "PARTIALLY_SHIPPED"}, {}, TAKEN, None),
    "an order that was shipped is taken": ({"status": "SHIPPED"}, {}, TAKEN, None),
    "an unpaid order waits": ({"status": "PENDING"}, {}, Reserve, Reason.PENDING),
    "a preorder waits": ({"status": "PENDING_AVAILABILITY"}, {}, Reserve, Reason.PENDING),
    "a cancelled order is nothing to do": ({"status": "CANCELLED"}, {}, Skip, Reason.CANCELLED),
    "an order that cannot be fulfilled is nothing to do": (
        {"status": "UNFULFILLABLE"}, {}, Skip, Reason.UNFULFILLABLE,
    ),
    "a status that Amazon adds one day is held": ({"status": "TELEPORTED"}, {}, Hold, Reason.NOT_YET_SUPPORTED),
    "an order without status is held": ({"status": ""}, {}, Hold, Reason.NOT_YET_SUPPORTED),
    "Amazon's own parcels are another's": ({**FBA, "status": "SHIPPED"}, {}, Skip, Reason.OTHER_FULFILMENT),
    "Amazon's own parcels are taken where wanted": ({**FBA, "status": "SHIPPED"}, ALL, TAKEN, None),
    "Amazon's own parcels are taken where only they are wanted": (
        {**FBA, "status": "SHIPPED"}, {"fulfillment": "amazon"}, TAKEN, None,
    ),
    "the seller's parcels are another's where only Amazon's are wanted": (
        {}, {"fulfillment": "amazon"}, Skip, Reason.OTHER_FULFILMENT,
    ),
    "the seller's parcels are taken where all are wanted": ({}, ALL, TAKEN, None),
    "Amazon's own parcel that has not left comes later": (
        {**FBA, "status": "UNSHIPPED"}, ALL, Skip, Reason.NOT_SHIPPED_YET,
    ),
    "Amazon's own order of which a part has left comes later": (
        {**FBA, "status": "PARTIALLY_SHIPPED"}, ALL, Skip, Reason.NOT_SHIPPED_YET,
    ),
    "Amazon's own order that is unpaid reserves nothing": (
        {**FBA, "status": "PENDING"}, ALL, Skip, Reason.NOT_SHIPPED_YET,
    ),
    "Amazon's own order that it cannot fulfil is nothing to do": (
        {**FBA, "status": "UNFULFILLABLE"}, ALL, Skip, Reason.UNFULFILLABLE,
    ),
    "an unknown way to fulfil is held": ({"fulfilled_by": "DRONE"}, {}, Hold, Reason.NOT_YET_SUPPORTED),
    "no word about who fulfils is held": ({"fulfilled_by": ""}, {}, Hold, Reason.NOT_YET_SUPPORTED),
    "what was sold elsewhere stays there": ({"channel": "NON_AMAZON"}, {}, Skip, Reason.NOT_AMAZON),
    "another marketplace is another connection's": ({}, {"marketplaces": ("FR",)}, Skip, Reason.OTHER_MARKETPLACE),
    "a marketplace that nobody knows is held, not lost": (
        {"marketplace_id": "A000"}, {}, Hold, Reason.NOT_YET_SUPPORTED,
    ),
    "an order without marketplace is held, not lost": (
        {"marketplace_id": ""}, {}, Hold, Reason.NOT_YET_SUPPORTED,
    ),
    "a connection that keeps stock alone takes no order": ({}, {"level": "stock_only"}, Skip, Reason.STOCK_ONLY),
    "created at the start is taken": ({}, {"sync_from": NOON}, TAKEN, None),
    "created before the start is not taken, though it changed since": (
        {"updated_at": NOON + timedelta(days=9)}, {"sync_from": LATER}, Skip, Reason.BEFORE_START,
    ),
    "the start may be text": ({}, {"sync_from": "2026-11-02T12:00:01+00:00"}, Skip, Reason.BEFORE_START),
    "an old order is old, whatever its status": (
        {"status": "CANCELLED"}, {"sync_from": LATER}, Skip, Reason.BEFORE_START,
    ),
}  # fmt: skip


ROWS = {
    "an unpaid order waits": "29",
    "created before the start is not taken, though it changed since": "47",
    "Amazon's own parcels are taken where wanted": "48",
    "Amazon's own parcel that has not left comes later": "48",
    "Amazon's own order that it cannot fulfil is nothing to do": "48",
}


@pytest.mark.parametrize(("facts", "settings", "kind", "reason"), named(CASES, ROWS))
def test_what_becomes_of_an_order(
    facts: dict[str, Any], settings: dict[str, Any], kind: type[Any] | str, reason: Reason | None
) -> None:
    told = intake(order(line(), **facts), connection(**settings))
    if kind == TAKEN:
        assert told is None
        return
    assert isinstance(kind, type)
    assert isinstance(told, kind)
    assert told is not None
    assert told.reason == reason
    assert [(step.rule, step.outcome) for step in told.trace] == [("intake", reason)]
    assert told.trace[0].detail


REFUSED = Skip(reason=Reason.PLUGIN, detail="wholesale only")
HELD = Hold(reason=Reason.PLUGIN, detail="customs papers are needed")
BEFORE = TraceStep("customs", "asked", "the office is closed")


def test_a_plugin_may_refuse_an_order() -> None:
    told = intake(order(line()), connection(), accept=says(replace(REFUSED, trace=(BEFORE,))))
    step = TraceStep("intake", Reason.PLUGIN, "wholesale only", "house rules")
    assert told == Skip(reason=Reason.PLUGIN, detail="wholesale only", trace=(BEFORE, step))


def test_a_plugin_may_hold_an_order() -> None:
    balance = Balance(reading=None, balanced=False, equation="1.00 = 2.00")
    held = replace(HELD, reason=Reason.UNBALANCED, balance=balance, trace=(BEFORE,))
    told = intake(order(line()), connection(), accept=says(held))
    step = TraceStep("intake", Reason.UNBALANCED, "customs papers are needed", "house rules")
    assert told == replace(held, trace=(BEFORE, step))


def test_a_plugin_may_refuse_what_waits_so_that_nothing_is_reserved() -> None:
    assert isinstance(intake(order(line(), status="PENDING"), connection(), accept=says(REFUSED)), Skip)


def test_a_plugin_holds_what_waits_only_once_it_is_paid() -> None:
    assert isinstance(intake(order(line(), status="PENDING"), connection(), accept=says(HELD)), Reserve)


def test_a_plugin_does_not_hold_what_is_cancelled() -> None:
    told = intake(order(line(), status="CANCELLED"), connection(), accept=says(HELD))
    assert isinstance(told, Skip)
    assert told.reason == Reason.CANCELLED


def test_the_trace_says_when_an_order_was_too_old() -> None:
    of = order(line(), created_at=datetime(2026, 1, 5, 8, tzinfo=UTC))
    told = intake(of, connection(sync_from=NOON))
    assert isinstance(told, Skip)
    assert "2026-01-05T08:00:00+00:00" in told.detail
    assert "2026-11-02T12:00:00+00:00" in told.detail
