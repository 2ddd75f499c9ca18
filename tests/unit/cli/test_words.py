"""What flows and commands are called: counts in the words of their flow, states in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.cli.command_text import show_commands
from amazon_orders.cli.report_text import counts
from amazon_orders.model import FlowReport, OrderDetail

FLOWS = {
    "orders": (FlowReport(flow="orders", placed=10, held=1, skipped=3, pending=1), "10 placed, 1 held, 1 not paid "
               "yet, 2 not for this shop"),
    "all stock sent": (FlowReport(flow="stock", changed=2, sent=2, unchanged=38), "2 quantities sent, 38 as they were"),
    "some stock left": (FlowReport(flow="stock", changed=40, sent=5), "5 quantities sent, 35 still to send"),
    "one of each": (FlowReport(flow="stock", sent=1, changed=1, held=1, unchanged=1), "1 quantity sent, 1 waits, "
                    "1 as it was"),
    "parcels": (FlowReport(flow="shipments", sent=1, changed=2, held=1), "1 parcel told to Amazon, 2 parcels seen "
                "there, 1 parcel waits"),
    "cancellations": (FlowReport(flow="cancellations", sent=2, skipped=1), "2 cancellations told to Amazon, "
                      "1 not for Amazon"),
    "refunds": (FlowReport(flow="refunds", sent=1, failed=1), "1 refund told to Amazon, 1 failed"),
    "nothing": (FlowReport(flow="refunds"), "nothing new"),
}  # fmt: skip


@pytest.mark.parametrize(("flow", "told"), FLOWS.values(), ids=FLOWS)
def test_a_flow_is_told_in_its_own_words(flow: FlowReport, told: str) -> None:
    assert counts(flow) == told


def command(kind: str, state: str, detail: str, reason: str = "") -> dict[str, str]:
    return {"kind": kind, "state": state, "at": "2026-11-26T12:15:01Z", "detail": detail, "reason": reason}


TAKEN = {"at": "2026-11-26T12:10:59Z", "rule": "confirm", "outcome": "accepted", "detail": "package 1: Amazon took it"}
COMMANDS: dict[str, tuple[dict[str, str], str]] = {
    "seen": (
        command("confirm", "verified", "package 1: Amazon shows package 1"),
        "package 1 confirmed at Amazon 2026-11-26 12:10, seen there 12:15",
    ),
    "another package's time is not its own": (
        command("confirm", "verified", "package 2: Amazon shows package 2"),
        "package 2 seen at Amazon 2026-11-26 12:15",
    ),
    "taken": (
        command("confirm", "accepted", "package 1: Amazon took it"),
        "package 1 confirmed at Amazon 2026-11-26 12:10, not seen there yet",
    ),
    "a refund ends so": (
        command("refund", "accepted", "refund 7: Amazon took it"),
        "refund 7 taken by Amazon 2026-11-26 12:15, which shows no more of a refund",
    ),
    "on its way": (
        command("cancel", "sent", "3: in feed 1"),
        "cancellation sent 2026-11-26 12:15; Amazon's answer is not here yet",
    ),
    "to be sent": (
        command("cancel_units", "intended", "3: 1 unit"),
        "cancellation of units goes to Amazon with the next sync",
    ),
    "held": (
        command("confirm", "held", "package 1: no number", "NO_TRACKING"),
        "package 1 waits since 2026-11-26 12:15: The package has no tracking number, and Amazon's call needs one. "
        "no number What to do: Add the number in the store; it is sent with the next sync. For parcels that are never "
        "tracked set `untracked = feed`.",
    ),
    "refused": (
        command("confirm", "refused", "package 1: InvalidInput: carrier", "AMAZON_REFUSED"),
        "package 1 refused 2026-11-26 12:15: InvalidInput: carrier What to do: The detail has Amazon's words. Mend the "
        "cause in the store; what changes there is sent as a new command.",
    ),
    "unknown, and a person must look": (
        command("confirm", "unknown", "package 1: not shown after 3 looks.", "NOT_VERIFIED"),
        "package 1 sent, and it is not known whether Amazon has it, since 2026-11-26 12:15: not shown after 3 looks. "
        "What to do: Look at the order in Seller Central. It is never sent again by itself.",
    ),
    "unknown, and it settles by itself": (
        command("confirm", "unknown", "package 1: no answer"),
        "package 1 sent, and it is not known whether Amazon has it, since 2026-11-26 12:15: no answer. Amazon is asked "
        "what it has before it is sent again.",
    ),
    "skipped": (
        command("confirm", "skipped", "shipment 9: by Amazon", "AMAZON_LABEL"),
        "shipment 9 nothing to send: Amazon confirms packages of this kind by itself. by Amazon",
    ),
}


@pytest.mark.parametrize(("one", "told"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_is_told_in_words(one: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("reason", "store_ref", "amazon_total", "store_total", "marketplace_tax", "balance")
    )
    order = OrderDetail(
        amazon_order_id="302-1", connection="de", marketplace="DE", status="placed", amazon_status="SHIPPED",
        currency="EUR", trace=[TAKEN], commands=[one], **nothing,
    )  # fmt: skip
    show_commands(order)
    assert " ".join(capsys.readouterr().out.split()) == f"Sent to Amazon (UTC) {told}"
