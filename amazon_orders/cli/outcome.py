"""Exit codes: what a script learns from how the command ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..errors import AmazonOrdersError
    from ..model import ConnectionReport, FlowReport, Report

DONE = 0
FAILED = 1
WRONG = 2
REFUSED = 4
BUSY = 7
LATER = 75
INTERRUPTED = 130

# The first of these that applies to any connection is the code of the whole.
_ORDER = (FAILED, REFUSED, LATER, BUSY, DONE)

_CODES = {
    "config": WRONG,
    "not_found": WRONG,
    "amazon_auth": REFUSED,
    "busy": BUSY,
    "lease_lost": BUSY,
    "amazon_throttled": LATER,
    "amazon_unavailable": LATER,
    "store_unavailable": LATER,
}


def of_code(code: str) -> int:
    """The exit code for an error's stable word; 1 for those that have none of their own."""
    return _CODES.get(code, FAILED)


def of_error(error: AmazonOrdersError | Mapping[str, Any]) -> int:
    """The exit code for an error that stopped a command."""
    return of_code(error["code"] if isinstance(error, Mapping) else error.code)


def of_report(report: Report) -> int:
    """The exit code for a run: held and failed orders are no failure, and neither is a quota that ended it half-way."""
    codes = {code for connection in report.connections for code in _of_connection(connection)}
    if WRONG in codes:
        return WRONG
    return worst(codes)


def _of_connection(connection: ConnectionReport) -> set[int]:
    """The codes of its flows. Where the first did its work, one after it that has to wait is no failure of the run."""
    codes = [of_flow(flow) for flow in connection.flows]
    return {code for code in codes if code != LATER or codes[0] != DONE}


def of_flow(flow: FlowReport) -> int:
    """The exit code for one flow. Outages and quotas count only where the flow could do nothing at all."""
    if flow.error is None:
        return LATER if flow.throttled and not _did_something(flow) else DONE
    code = of_error(flow.error)
    return DONE if code == LATER and _did_something(flow) else code


def worst(codes: Iterable[int]) -> int:
    """The first that applies of 1, 4, 75, 7, 0."""
    return min(codes, key=_ORDER.index, default=DONE)


def _did_something(flow: FlowReport) -> bool:
    return any((flow.unchanged, flow.placed, flow.changed, flow.cancelled, flow.held, flow.skipped, flow.sent))
