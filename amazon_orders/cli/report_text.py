"""What a run did, as text: counts, errors with what to do, and the plan of a dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from .connection_text import clean_lines
from .output import clean, say, show, wrapped
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..model import FlowReport, PlannedOrder, Report

COUNTS = {
    "placed": "placed",
    "changed": "changed",
    "cancelled": "cancelled",
    "sent": "sent to Amazon",
    "held": "held",
    "failed": "failed",
    "pending": "not paid yet",
    "skipped": "not for this shop",
    "unchanged": "unchanged",
}


WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "cancellations": {
        "sent": ("cancellation told to Amazon", "cancellations told to Amazon"),
        "changed": ("cancellation seen there", "cancellations seen there"),
        "held": ("cancellation waits", "cancellations wait"),
    },
    "shipments": {
        "sent": ("parcel told to Amazon", "parcels told to Amazon"),
        "changed": ("parcel seen there", "parcels seen there"),
        "held": ("parcel waits", "parcels wait"),
    },
    "refunds": {
        "sent": ("refund told to Amazon", "refunds told to Amazon"),
        "held": ("refund waits", "refunds wait"),
    },
    "stock": {
        "sent": ("quantity sent", "quantities sent"),
        "changed": ("still to send", "still to send"),
        "unchanged": ("as it was", "as they were"),
        "held": ("waits", "wait"),
    },
}
"""Flow -> count -> what one is called, and more of them; `COUNTS` has the rest."""


def counts(flow: FlowReport) -> str:
    """`10 placed, 1 held`, `2 quantities sent, 38 as they were`; what did not happen is not mentioned."""
    found = {name: getattr(flow, name) for name in COUNTS}
    found["skipped"] -= flow.pending
    if flow.flow == "stock":
        # Of what has changed only the rest is news; what was sent says the same.
        found["changed"] = max(flow.changed - flow.sent - flow.failed, 0)
    names = ("sent", *(name for name in COUNTS if name != "sent")) if flow.flow in WORDS else tuple(COUNTS)
    words = [f"{found[name]} {_word(name, flow.flow, found[name])}" for name in names if found[name]]
    return ", ".join(words) or ("nothing done" if flow.error else "nothing new")


def _word(name: str, flow: str, count: int) -> str:
    """What a count is called; what other flows pass over comes from the shop, and is nothing for Amazon."""
    if name in WORDS.get(flow, {}):
        return WORDS[flow][name][count != 1]
    return "not for Amazon" if name == "skipped" and flow != "orders" else COUNTS[name]


def worth_a_line(flows: Sequence[FlowReport]) -> list[FlowReport]:
    """The flows in which something happened; else the first, so that nobody wonders whether it ran."""
    found = [flow for flow in flows if flow.error or flow.next_due or any(getattr(flow, name) for name in COUNTS)]
    return found or list(flows[:1])


def show_report(report: Report) -> None:
    """One line for each flow in which something happened; what went wrong under it."""
    if report.dry_run:
        show_plan(report.plan)
    for connection in report.connections:
        for flow in worth_a_line(connection.flows):
            calls = sum(flow.calls.values())
            asked = f"{calls} call{'' if calls == 1 else 's'} to Amazon" if calls else "no call to Amazon"
            would = "would be: " if report.dry_run else ""
            show(f"{connection.name}  {flow.flow}: {would}{counts(flow)}   ({asked}, {flow.seconds:.1f} s)")
            if flow.error:
                _error(flow)
            if flow.next_due is not None:
                say(f"  More at {flow.next_due:%Y-%m-%d %H:%M:%S} UTC: Amazon's quota is used up until then.")
            if flow.waiting and flow.next_try is not None:
                orders = "1 order waits" if flow.waiting == 1 else f"{flow.waiting} orders wait"
                say(f"  {orders} for another try, the first one at {flow.next_try:%Y-%m-%d %H:%M:%S} UTC.")


def show_plan(plan: Sequence[PlannedOrder]) -> None:
    """What a dry run would do, order by order."""
    print_table(
        [
            Column("Amazon order", least=19),
            Column("Would"),
            Column("Reason"),
            Column("Total", right=True),
            Column("Because"),
        ],
        [
            (
                item.amazon_order_id,
                item.action,
                item.reason or "",
                f"{item.total} {item.currency}" if item.total is not None else "-",
                item.detail,
            )
            for item in plan
        ],
    )
    say("A dry run: nothing was written, neither in the shop nor in the ledger.")


def needs_a_person(report: Report) -> str:
    """What to do after a run that left orders waiting; empty where there is nothing to do."""
    flows = [flow for connection in report.connections for flow in connection.flows]
    found = []
    if any(flow.held for flow in flows if flow.flow != "stock"):
        found.append("Some orders need you: amazon-orders orders list --status attention")
    found += [
        f"Some quantities wait; why: amazon-orders stock show {connection.name}"
        for connection in report.connections
        if any(flow.held for flow in connection.flows if flow.flow == "stock")
    ]
    if any(flow.failed for flow in flows):
        found.append("Failed orders are tried again by themselves: amazon-orders orders list --status failed")
    return "\n".join(found)


def _error(flow: FlowReport) -> None:
    error = flow.error or {}
    say(
        wrapped(clean_lines(str(error.get("message", ""))), "         ", click.style("  Error: ", fg="red", bold=True))
        + (f"\n         [{clean(error.get('code', ''))}]" if error.get("code") else "")
    )
