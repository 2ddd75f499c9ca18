"""What a run did and what the ledger knows, in the shapes that the command line prints as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .decision import Balance, LineReport
from .money import as_text


def iso(moment: datetime | None) -> str | None:
    """ISO-8601 text in UTC, seconds or finer, ending in `Z`."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


@dataclass(kw_only=True, slots=True)
class FlowReport:
    """Counts of one flow of one run. Each order counts once in `seen` and once in what became of it."""

    flow: str
    seen: int = 0
    unchanged: int = 0
    placed: int = 0
    changed: int = 0
    cancelled: int = 0
    held: int = 0
    failed: int = 0
    skipped: int = 0
    """Never ours, and pending ones."""
    pending: int = 0
    """Of the skipped ones, those that wait for their payment; for people, so it is no key of the JSON."""
    sent: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    """Amazon operation -> calls."""
    throttled: int = 0
    seconds: float = 0.0
    error: dict[str, Any] | None = None
    """`{"code", "message", "record"}` where the flow stopped early."""
    next_due: datetime | None = None
    waiting: int = 0
    """Orders that failed before and wait for another try, which none of the counts above has."""
    next_try: datetime | None = None
    """When the first of them is tried again."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "flow": self.flow,
            "seen": self.seen,
            "unchanged": self.unchanged,
            "placed": self.placed,
            "changed": self.changed,
            "cancelled": self.cancelled,
            "held": self.held,
            "failed": self.failed,
            "skipped": self.skipped,
            "sent": self.sent,
            "calls": dict(self.calls),
            "throttled": self.throttled,
            "seconds": round(self.seconds, 3),
            "error": self.error,
            "next_due": iso(self.next_due),
            "waiting": self.waiting,
            "next_try": iso(self.next_try),
        }


@dataclass(kw_only=True, slots=True)
class ConnectionReport:
    """What a run did for one connection."""

    name: str
    flows: list[FlowReport] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"name": self.name, "flows": [flow.as_dict() for flow in self.flows]}


@dataclass(kw_only=True, slots=True)
class PlannedOrder:
    """What a dry run would do with one order."""

    connection: str
    amazon_order_id: str
    action: str
    """`place`, `hold`, `skip`, `pending`, `change`, `cancel`."""
    reason: str | None
    total: str | None
    currency: str
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "connection": self.connection,
            "amazon_order_id": self.amazon_order_id,
            "action": self.action,
            "reason": self.reason,
            "total": self.total,
            "currency": self.currency,
            "detail": self.detail,
        }


@dataclass(kw_only=True, slots=True)
class Report:
    """What a sync did, connection by connection, flow by flow."""

    connections: list[ConnectionReport] = field(default_factory=list)
    dry_run: bool = False
    plan: list[PlannedOrder] = field(default_factory=list)
    """Dry run only."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; `plan` appears in a dry run only."""
        shape: dict[str, Any] = {"connections": [connection.as_dict() for connection in self.connections]}
        if self.dry_run:
            shape["dry_run"] = True
            shape["plan"] = [planned.as_dict() for planned in self.plan]
        return shape

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors that stopped a flow."""
        return [flow.error for connection in self.connections for flow in connection.flows if flow.error]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """One order as `orders list` prints it."""

    amazon_order_id: str
    connection: str
    marketplace: str
    status: str
    """`pending`, `placed`, `held`, `failed`, `skipped`, `cancelled`."""
    amazon_status: str
    reason: str | None
    store_ref: str | None
    currency: str
    amazon_total: Decimal | None
    store_total: Decimal | None
    purchased_at: datetime | None
    ship_by: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; amounts are strings or `null`."""
        return {
            "amazon_order_id": self.amazon_order_id,
            "connection": self.connection,
            "marketplace": self.marketplace,
            "status": self.status,
            "amazon_status": self.amazon_status,
            "reason": self.reason,
            "store_ref": self.store_ref,
            "currency": self.currency,
            "amazon_total": as_text(self.amazon_total, self.currency),
            "store_total": as_text(self.store_total, self.currency),
            "purchased_at": iso(self.purchased_at),
            "ship_by": iso(self.ship_by),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderDetail:
    """One order as `orders show` prints it: amounts, lines, and the trace of every decision."""

    amazon_order_id: str
    connection: str
    marketplace: str
    status: str
    amazon_status: str
    reason: str | None
    store_ref: str | None
    currency: str
    amazon_total: Decimal | None
    store_total: Decimal | None
    marketplace_tax: Decimal | None
    balance: Balance | None
    lines: Sequence[LineReport] = ()
    trace: Sequence[dict[str, str]] = ()
    """`{"at", "rule", "outcome", "detail", "plugin"}`, oldest first."""
    commands: Sequence[dict[str, str]] = ()
    """`{"kind", "state", "at", "detail", "reason"}`: what was sent to Amazon. The reason is for people, so it is no key
    of the JSON; empty where there is none."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; amounts are strings or `null`."""
        return {
            "amazon_order_id": self.amazon_order_id,
            "connection": self.connection,
            "marketplace": self.marketplace,
            "status": self.status,
            "amazon_status": self.amazon_status,
            "reason": self.reason,
            "store_ref": self.store_ref,
            "currency": self.currency,
            "amazon_total": as_text(self.amazon_total, self.currency),
            "store_total": as_text(self.store_total, self.currency),
            "marketplace_tax": as_text(self.marketplace_tax, self.currency),
            "balance": self.balance.as_dict() if self.balance else None,
            "lines": [line.as_dict(self.currency) for line in self.lines],
            "trace": list(self.trace),
            "commands": [{key: step[key] for key in ("kind", "state", "at", "detail")} for step in self.commands],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxEntry:
    """Something a person should look at, beside the held orders."""

    connection: str
    amazon_order_id: str
    reason: str
    detail: str
    opened_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "connection": self.connection,
            "amazon_order_id": self.amazon_order_id,
            "reason": self.reason,
            "detail": self.detail,
            "opened_at": iso(self.opened_at),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why an order is as it is, and what to do about it."""

    order: OrderDetail
    title: str
    """One sentence, and one more for each entry in the inbox."""
    advice: str
    """What to do next; empty where there is nothing to do."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape: the order's, with `title` and `advice`."""
        return {**self.order.as_dict(), "title": self.title, "advice": self.advice}


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at: what, whether it is well, and what to do if not."""

    what: str
    ok: bool
    detail: str = ""
    fix: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"what": self.what, "ok": self.ok, "detail": self.detail, "fix": self.fix}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionTest:
    """Whether a connection would work, step by step."""

    name: str
    checks: tuple[Check, ...]
    error: dict[str, Any] | None = None
    """The first error in the shape of the reports, for exit codes."""

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"name": self.name, "ok": self.ok, "checks": [check.as_dict() for check in self.checks]}
