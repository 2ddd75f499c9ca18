"""From what happened to what is remembered: one ledger row for each order of a page, counts, and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ..errors import AdapterBug
from ..ledger import OrderRecord, Remembered
from ..model import (
    Cancel,
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
from .deciding import NAMELESS, hold_failing, is_in_store
from .followed import RETRY_MINUTES, followed
from .following import KINDS, kinds
from .work import Event, Item, Work

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When a record that cannot be read was changed: whatever can be read is newer."""
_HOOKS = ("on_order_placed", "on_order_held", "on_order_changed", "on_order_cancelled", "on_order_at_risk")


def records(work: Work, items: Sequence[Item], report: FlowReport) -> tuple[list[OrderRecord], list[Event]]:
    """Ledger rows and events for a page; counts go into `report`."""
    rows: list[OrderRecord] = []
    events: list[Event] = []
    listened_to = any(work.hooks.implemented(hook) for hook in _HOOKS)
    for item in items:
        if item.left is not None:
            continue
        if isinstance(item.error, AdapterBug):
            work.bugs.append(item.error)
        row = _record(work, item)
        if row is None:
            report.unchanged += 1
            continue
        rows.append(row)
        _count(item, row, report)
        if listened_to:
            events.extend(_events(work, item, row))
    return rows, events


def planned(work: Work, item: Item) -> list[PlannedOrder]:
    """What a dry run says of one order; empty where nothing would happen."""
    decision, currency = item.decision, item.order.currency if item.order else ""
    if item.error is not None:
        return [_plan(work, item, "fail", Reason.UNREADABLE, str(item.error))]
    match decision:
        case Place():
            total = as_text(decision.order.total, currency)
            return [_plan(work, item, "place", None, decision.balance.equation, total)]
        case Hold():
            return [_plan(work, item, "hold", decision.reason, decision.detail)]
        case Reserve():
            return [_plan(work, item, "pending", decision.reason, "")]
        case Skip():
            return [_plan(work, item, "skip", decision.reason, decision.detail)]
        case _:
            return [
                _plan(work, item, "cancel", None, told.decision.reason)
                if isinstance(told.decision, Cancel)
                else _plan(work, item, "change", None, KINDS[type(told.decision.change).__name__])
                for told in item.told
            ]


def _plan(
    work: Work, item: Item, action: str, reason: str | None, detail: str, total: str | None = None
) -> PlannedOrder:
    return PlannedOrder(
        connection=work.connection.name,
        amazon_order_id=item.order_id,
        action=action,
        reason=reason,
        total=total,
        currency=item.order.currency if item.order else "",
        detail=detail,
    )


def _record(work: Work, item: Item) -> OrderRecord | None:
    if item.how == "known":
        return followed(work, item)
    now = work.now()
    attempts, next_try = 0, None
    if item.error is not None:
        attempts = (item.remembered.attempts if item.remembered else 0) + 1
        if attempts > len(RETRY_MINUTES):
            item.decision, item.error = hold_failing(item, attempts), None
        else:
            next_try = now + timedelta(minutes=RETRY_MINUTES[attempts - 1])
    if item.order is None:
        return _unread(work, item, attempts, next_try)
    decision, order, before = item.decision, item.order, item.remembered
    status, reason, detail, trace = _state(item)
    if before is not None and item.error is None and _is_same(before, item, status, reason):
        return None  # tried again, and nothing is different
    placed = decision if isinstance(decision, Place) else None
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
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        currency=order.currency,
        amazon_total=order.grand_total,
        store_total=_store_total(item, placed),
        marketplace_tax=placed.order.marketplace_tax if placed else None,
        store_ref=item.store_ref,
        store_number=item.store_number,
        digest=item.raw.digest,
        balance=placed.balance if placed else getattr(decision, "balance", None),
        lines=_placed_lines(placed) if placed else _open_lines(order, decision),
        flags=tuple(placed.flags) if placed else (),
        trace=trace,
        at=now,
        raw=item.raw.raw,
        attempts=attempts,
        next_try=next_try,
    )


def _store_total(item: Item, placed: Place | None) -> Decimal | None:
    """What the store's order ends at: as the store says, else as it was asked to. `None`: unknown, or no order."""
    if placed is None or not item.store_ref or item.unsure:
        return None
    return item.store_total if item.store_total is not None else placed.order.total


def _is_same(before: Remembered, item: Item, status: str, reason: str | None) -> bool:
    found = (item.raw.digest, status, reason, item.store_ref or None, None)
    return found == (before.digest, before.status, before.reason, before.store_ref or None, before.next_try)


def _unread(work: Work, item: Item, attempts: int, next_try: datetime | None) -> OrderRecord:
    """A record that could not be read: known by its id, or by its digest where even that is missing.

    Of an order in the store the record that the store was told of last stays, so that the next whole one is compared
    with that.
    """
    now = work.now()
    held = isinstance(item.decision, Hold)
    before = item.remembered
    in_store = is_in_store(before)
    message = str(item.error) if item.error else getattr(item.decision, "detail", "")
    return OrderRecord(
        connection=work.connection.name,
        store=work.connection.store,
        amazon_order_id=item.order_id,
        marketplace="",
        status=before.status if before and in_store else "held" if held else "failed",
        amazon_status=before.amazon_status if before else "",
        reason=Reason.UNREADABLE,
        detail=message,
        fulfilled_by="",
        created_at=before.created_at if before else now,
        updated_at=before.updated_at if before else _LONG_AGO,
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
        raw=None if in_store or item.order_id.startswith(NAMELESS) else item.raw.raw,
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
        case Place():
            asked = Reason.BUYER_REQUESTS_CANCEL if decision.order.on_hold else None
            return "placed", item.remark[0] if item.remark else asked, "", decision.trace
        case Hold():
            return "held", decision.reason, decision.detail, decision.trace
        case Reserve():
            return "pending", decision.reason, "", decision.trace
        case Skip():
            return "skipped", decision.reason, decision.detail, decision.trace
        case _:
            raise AssertionError("an order that is not in the store was decided, or failed")


def _placed_lines(placed: Place) -> tuple[LineReport, ...]:
    matched = {match.seller_sku: match.matched_by for match in placed.matches}
    units = {match.seller_sku: match.units for match in placed.matches}
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
            units_per_piece=units.get(line.seller_sku, 1),
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
            units_per_piece=by_sku[line.seller_sku].units if line.seller_sku in by_sku else 1,
        )
        for line in order.lines
    )


def _count(item: Item, row: OrderRecord, report: FlowReport) -> None:
    if row.status == "failed" or item.error is not None:
        report.failed += 1
    elif row.status == "held":
        report.held += 1
    elif item.how in ("placed", "found"):
        report.placed += 1
    elif item.how == "known":
        if item.cancelled:
            report.cancelled += 1
        else:
            report.changed += 1
    else:
        report.skipped += 1
        report.pending += row.status == "pending"


def _events(work: Work, item: Item, row: OrderRecord) -> list[Event]:
    name, order_id, ref = work.connection.name, item.order_id, item.store_ref
    if item.how in ("placed", "found") and row.status == "placed":
        changed: list[Event] = [("on_order_changed", (name, order_id, ref, kind)) for kind in kinds(item)]
        return [("on_order_placed", (name, order_id, ref)), *changed]
    if item.how == "known":
        found: list[Event] = [("on_order_changed", (name, order_id, ref, kind)) for kind in kinds(item)]
        if item.cancelled:
            found.append(("on_order_cancelled", (name, order_id, ref, row.detail)))
        if item.remark:
            found.append(("on_order_at_risk", (name, order_id, ref, row.ship_by, item.remark[0])))
        return found
    newly = item.remembered is None or item.remembered.status != "held" or item.remembered.reason != row.reason
    if row.status == "held" and newly:
        return [("on_order_held", (name, order_id, row.reason))]
    return []
