"""Exit codes: one table of what happened -> what a script sees."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.cli import outcome
from amazon_orders.errors import (
    AdapterBug,
    AmazonAuthError,
    AmazonOrdersError,
    AmazonRejected,
    AmazonThrottled,
    AmazonUnavailable,
    Busy,
    ConfigError,
    LeaseLost,
    LedgerError,
    NotFound,
    StoreRejected,
    StoreUnavailable,
)
from amazon_orders.model import ConnectionReport, FlowReport, Report


def flow(error: AmazonOrdersError | None = None, **counts: Any) -> FlowReport:
    return FlowReport(flow="orders", error=error.as_dict() if error else None, **counts)


def report(*flows: FlowReport) -> Report:
    return Report(connections=[ConnectionReport(name=f"c{number}", flows=[one]) for number, one in enumerate(flows)])


def flows(*several: FlowReport) -> Report:
    """Of one connection."""
    return Report(connections=[ConnectionReport(name="c", flows=list(several))])


AUTH = AmazonAuthError("revoked")
THROTTLED = AmazonThrottled("quota", retry_after=60)
DOWN = AmazonUnavailable("HTML")
BUSY = Busy("somebody else")
BROKEN = LedgerError("disk full")

RUNS = {
    "nothing to do": (report(flow()), 0),
    "no connection at all": (report(), 0),
    "orders placed": (report(flow(seen=3, placed=3)), 0),
    "held orders are no failure": (report(flow(seen=1, held=1)), 0),
    "failed orders are tried again by themselves": (report(flow(seen=1, failed=1)), 0),
    "credentials refused": (report(flow(AUTH)), 4),
    "credentials refused half-way": (report(flow(AUTH, seen=100, placed=100)), 4),
    "busy": (report(flow(BUSY)), 7),
    "another process took over": (report(flow(LeaseLost("late"))), 7),
    "quota before anything was done": (report(flow(THROTTLED, throttled=1)), 75),
    "quota after some orders were placed": (report(flow(THROTTLED, seen=100, placed=100, throttled=1)), 0),
    "quota ended it in peace before anything was done": (report(flow(throttled=1)), 75),
    "quota ended it in peace after a page": (report(flow(seen=100, unchanged=100, throttled=1)), 0),
    "Amazon is down": (report(flow(DOWN)), 75),
    "Amazon went down half-way": (report(flow(DOWN, seen=100, unchanged=100)), 0),
    "the store is down": (report(flow(StoreUnavailable("no answer"), seen=100)), 75),
    "the ledger fails": (report(flow(BROKEN, seen=100, placed=100)), 1),
    "the adapter is broken": (report(flow(AdapterBug("TypeError"))), 1),
    "the store refuses as a whole": (report(flow(StoreRejected("no"))), 1),
    "Amazon refuses the call": (report(flow(AmazonRejected("400"))), 1),
    "an environment variable is missing": (report(flow(ConfigError("LWA_CLIENT_ID is not set"))), 2),
    "orders were read, and stock has to wait": (flows(flow(), flow(throttled=1)), 0),
    "orders were read, and the store's stock is out of reach": (flows(flow(unchanged=3), flow(DOWN)), 0),
    "orders have to wait, and stock was sent": (flows(flow(throttled=1), flow(sent=2)), 75),
    "orders are out of reach, and parcels have nothing to do": (flows(flow(DOWN), flow(), flow(unchanged=3)), 75),
    "every flow has to wait": (flows(flow(throttled=1), flow(throttled=1)), 75),
    "orders were read, and stock fails": (flows(flow(), flow(BROKEN)), 1),
    "orders were read, and Amazon refuses stock": (flows(flow(), flow(AUTH)), 4),
    "first of several: failure": (report(flow(BUSY), flow(DOWN), flow(AUTH), flow(BROKEN), flow()), 1),
    "first of several: credentials": (report(flow(BUSY), flow(DOWN), flow(AUTH), flow(placed=1)), 4),
    "first of several: try later": (report(flow(BUSY), flow(DOWN), flow(placed=1)), 75),
    "first of several: busy": (report(flow(placed=1), flow(BUSY)), 7),
}


@pytest.mark.parametrize(("what", "code"), RUNS.values(), ids=RUNS)
def test_a_run_ends_with(what: Report, code: int) -> None:
    assert outcome.of_report(what) == code


ERRORS = {
    "wrong configuration": (ConfigError("bad"), 2),
    "an unknown name": (NotFound("no such order"), 2),
    "credentials": (AUTH, 4),
    "busy": (BUSY, 7),
    "quota": (THROTTLED, 75),
    "outage": (DOWN, 75),
    "the ledger": (BROKEN, 1),
    "anything else": (AmazonOrdersError("?"), 1),
}


@pytest.mark.parametrize(("error", "code"), ERRORS.values(), ids=ERRORS)
def test_an_error_ends_the_command_with(error: AmazonOrdersError, code: int) -> None:
    assert outcome.of_error(error) == outcome.of_error(error.as_dict()) == code
