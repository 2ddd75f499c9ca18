"""From what happened to what is remembered: one ledger row for each order of a page, counts, and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..ledger import OrderRecord, Remembered
from ..model import (
    Cancel,
    Change,
    FlowReport,
    Hold,
    LineReport,
    Match,
    Order,
    Place,
    PlannedOrder,
    Reason,
    Reserve,
    Skip,
    TraceStep,
    as_text,
)
from .deciding import NAMELESS, hold_failing
from .work import Event, Item, Work

RETRY_MINUTES = (1, 5, 30, 120, 480)
"""After a failure an order is tried again by itself this many minutes later; after the last it is held."""


def records(work: Work, items: Sequence[Item], report: FlowReport) -> tuple[list[OrderRecord], list[Event]]:
    """Ledger rows and events for a page; counts go into `report`."""
    rows: list[OrderRecord] = []
    events: list[Event] = []
    for item in items:
        row = _record(work, item)
        if row is None:
            report.unchanged += 1
            continue
        rows.append(row)
        _count(item, row, report)
        events.extend(_events(work, item, row))
    return rows, events


def planned(work: Work, item: Item) -> PlannedOrder | None:
    """What a dry run says of one order; `None` where nothing would happen."""
    decision, order = item.decision, item.order
    currency = order.currency if order else ""
    name = work.connection.name
    if item.error is not None:
        return PlannedOrder(
            connection=name, amazon_order_id=item.order_id, action="fail", reason=Reason.UNREADABLE,
            total=None, currency=currency, detail=str(item.error),
        )  # fmt: skip
    if decision is None:
        return None
    action, reason, detail, total = "skip", None, "", None
    match decision:
        case Place():
            action, total = "place", as_text(decision.order.total, currency)
            detail = decision.balance.equation
        case Hold():
            action, reason, detail = "hold", decision.reason, decision.detail
        case Reserve():
            action, reason = "pending", decision.reason
        case Skip():
            action, reason, detail = "skip", decision.reason, decision.detail
        case Change():
            action = "change"
        case Cancel():
            action, detail = "cancel", decision.reason
    return PlannedOrder(
        connection=name, amazon_order_id=item.order_id, action=action, reason=reason,
        total=total, currency=currency, detail=detail,
    )  # fmt: skip


def _record(work: Work, item: Item) -> OrderRecord | None:
    now = work.now()
    attempts, next_try = 0, None
    decision = item.decision
    if item.error is not None:
        attempts = (item.remembered.attempts if item.remembered else 0) + 1
        if attempts > len(RETRY_MINUTES):
            decision, item.error = hold_failing(item, attempts), None
            item.decision = decision
        else:
            next_try = now + timedelta(minutes=RETRY_MINUTES[attempts - 1])
    if item.order is None:
        return _unread(work, item, attempts, next_try)
    order = item.order
    status, reason, detail, trace = _state(item)
    before = item.remembered
    if before is not None and item.error is None and _is_same(before, item, status, reason):
        return None  # tried again, and nothing is different
    placed = decision if isinstance(decision, Place) else None
    kept = before if before is not None and decision is None else None
    return OrderRecord(
        connection=work.connection.name,
        store=work.connection.store,
        amazon_order_id=item.order_id,
        marketplace=work.connection.country(order.marketplace_id) or order.marketplace_id,
        status=status,
        amazon_status=order.status,
        reason=reason,
        detail=detail,
        fulfilled_by=order.fulfilled_by,
        created_at=order.created_at,
        updated_at=order.updated_at,
        ship_by=order.ship_by.latest if order.ship_by else None,
        deliver_by=order.deliver_by.latest if order.deliver_by else None,
        currency=order.currency,
        amazon_total=order.grand_total,
        store_total=placed.order.total if placed else kept.store_total if kept else None,
        marketplace_tax=placed.order.marketplace_tax if placed else kept.marketplace_tax if kept else None,
        store_ref=item.store_ref,
        store_number=item.store_number,
        digest=item.raw.digest,
        balance=placed.balance if placed else getattr(decision, "balance", None),
        lines=_placed_lines(placed) if placed else () if kept else _open_lines(order, decision),
        flags=tuple(placed.flags) if placed else (),
        trace=trace,
        at=now,
        raw=item.raw.raw,
        attempts=attempts,
        next_try=next_try,
    )


def _is_same(before: Remembered, item: Item, status: str, reason: str | None) -> bool:
    found = (item.raw.digest, status, reason, item.store_ref or None)
    return found == (before.digest, before.status, before.reason, before.store_ref or None)


def _unread(work: Work, item: Item, attempts: int, next_try: datetime | None) -> OrderRecord:
    """A record that could not be read: known by its id, or by its digest where even that is missing."""
    now = work.now()
    held = isinstance(item.decision, Hold)
    before = item.remembered
    message = str(item.error) if item.error else getattr(item.decision, "detail", "")
    return OrderRecord(
        connection=work.connection.name,
        store=work.connection.store,
        amazon_order_id=item.order_id,
        marketplace="",
        status="placed" if before and before.store_ref else "held" if held else "failed",
        amazon_status=before.amazon_status if before else "",
        reason=Reason.UNREADABLE,
        detail=message,
        fulfilled_by="",
        created_at=before.created_at if before else now,
        updated_at=before.updated_at if before else now,
        ship_by=None,
        deliver_by=None,
        currency="",
        amazon_total=None,
        store_total=None,
        marketplace_tax=None,
        store_ref=before.store_ref if before else "",
        store_number=before.store_number if before else "",
        digest=item.raw.digest,
        balance=None,
        lines=(),
        flags=(),
        trace=(TraceStep("read", "unreadable", message),),
        at=now,
        raw=None if item.order_id.startswith(NAMELESS) else item.raw.raw,
        attempts=attempts,
        next_try=next_try,
    )


def _state(item: Item) -> tuple[str, str | None, str, tuple[TraceStep, ...]]:
    """Status, reason, detail and trace of an order that was read."""
    decision = item.decision
    if item.error is not None:
        trace = decision.trace if decision else ()
        return "failed", Reason.FAILING, str(item.error), (*trace, TraceStep("place", "failed", str(item.error)))
    match decision:
        case None:
            return _still_in_store(item)
        case Place():
            return "placed", item.remark[0] if item.remark else None, "", decision.trace
        case Hold():
            return "held", decision.reason, decision.detail, decision.trace
        case Reserve():
            return "pending", decision.reason, "", decision.trace
        case Skip():
            return "skipped", decision.reason, decision.detail, decision.trace
        case Change() | Cancel():
            return "placed", None, "", decision.trace


def _still_in_store(item: Item) -> tuple[str, str | None, str, tuple[TraceStep, ...]]:
    before, order = item.remembered, item.order
    assert before is not None and order is not None  # noqa: S101, PT018 - only followed orders come here
    reason = item.remark[0] if item.remark else before.reason
    detail = item.remark[1] if item.remark else ""
    trace = (
        (TraceStep("follow", "status", f"{before.amazon_status or 'unknown'} -> {order.status or 'unknown'}"),)
        if before.amazon_status != order.status
        else ()
    )
    if item.remark:
        trace = (*trace, TraceStep("follow", item.remark[0], item.remark[1]))
    return before.status, reason, detail, trace


def _placed_lines(placed: Place) -> tuple[LineReport, ...]:
    matched = {match.seller_sku: match.matched_by for match in placed.matches}
    return tuple(
        LineReport(
            order_item_id=line.order_item_id,
            seller_sku=line.seller_sku,
            product=line.product,
            matched_by=matched.get(line.seller_sku),
            quantity=line.quantity,
            gross=line.total.gross,
            net=line.total.net,
            tax=line.total.tax,
        )
        for line in placed.order.lines
    )


def _open_lines(order: Order, decision: object) -> tuple[LineReport, ...]:
    """Lines of an order that is not in the store, with the products that were found."""
    matches: Sequence[Match] = getattr(decision, "matches", ())
    by_sku = {match.seller_sku: match for match in matches}
    return tuple(
        LineReport(
            order_item_id=line.order_item_id,
            seller_sku=line.seller_sku,
            product=by_sku[line.seller_sku].product if line.seller_sku in by_sku else None,
            matched_by=by_sku[line.seller_sku].matched_by if line.seller_sku in by_sku else None,
            quantity=line.units,
            gross=line.total,
            net=None,
            tax=None,
        )
        for line in order.lines
    )


def _count(item: Item, row: OrderRecord, report: FlowReport) -> None:
    if row.status == "failed" or (item.error is not None):
        report.failed += 1
    elif row.status == "held":
        report.held += 1
    elif item.how in ("placed", "found"):
        report.placed += 1
    elif item.how == "known":
        report.changed += 1
    else:
        report.skipped += 1


def _events(work: Work, item: Item, row: OrderRecord) -> list[Event]:
    name = work.connection.name
    if item.how in ("placed", "found") and row.status == "placed":
        return [("on_order_placed", (name, item.order_id, item.store_ref))]
    newly = item.remembered is None or item.remembered.status != "held" or item.remembered.reason != row.reason
    if row.status == "held" and newly:
        return [("on_order_held", (name, item.order_id, row.reason))]
    return []
