"""What is remembered of an order in the store after a changed record was looked at, and the store was told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ..ledger import OrderRecord
from ..model import Cancel, CancelUnits, Change, PutOnHold, Reason, TakeOffHold, TraceStep
from .following import steps
from .work import Item, Work

RETRY_MINUTES = (1, 5, 30, 120, 480)
"""After a failure an order is tried again by itself this many minutes later; after the last a person has to look."""


def followed(work: Work, item: Item) -> OrderRecord | None:
    """The row, or `None` where nothing is different.

    Where the store gave no answer, the record that it was told of last stays, so that the difference is found again.
    """
    order, before = item.order, item.remembered
    assert order is not None and before is not None  # noqa: S101, PT018 - only orders in the store come here
    trace = steps(item)
    if before.amazon_status != order.status:
        was = f"{before.amazon_status or 'unknown'} -> {order.status or 'unknown'}"
        trace = (TraceStep("life", "status", was), *trace)
    failed, attempts, next_try = item.error is not None, 0, None
    if failed:
        attempts = before.attempts + 1
        trace = (*trace, TraceStep("life", "failed", str(item.error)))
        if attempts <= len(RETRY_MINUTES):
            next_try = work.now() + timedelta(minutes=RETRY_MINUTES[attempts - 1])
        else:
            item.remark = (Reason.FAILING, f"The store was not told of a change of {item.store_ref}: {item.error}")
    elif not trace and before.digest == item.raw.digest:
        return None
    solved = item.solved
    if solved is not None:
        trace = (*trace, *solved.trace)
    return OrderRecord(
        connection=work.connection.name,
        store=work.connection.store,
        amazon_order_id=item.order_id,
        marketplace=work.connection.country(order.marketplace_id) or order.marketplace_id,
        status="cancelled" if item.cancelled else before.status,
        amazon_status=before.amazon_status if failed else order.status,
        reason=_reason(item),
        detail=_detail(item),
        fulfilled_by=order.fulfilled_by,
        created_at=order.created_at,
        updated_at=before.updated_at if failed else order.updated_at,
        ship_by=order.ship_by.latest if order.ship_by else None,
        deliver_by=order.deliver_by.latest if order.deliver_by else None,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        currency=order.currency,
        amazon_total=order.grand_total,
        store_total=_total(item),
        marketplace_tax=solved.marketplace_tax if solved else before.marketplace_tax,
        store_ref=item.store_ref,
        store_number=item.store_number,
        digest=before.digest if failed else item.raw.digest,
        balance=solved.balance if solved else None,
        lines=(),
        flags=tuple(solved.flags) if solved else (),
        trace=trace,
        at=work.now(),
        raw=None if failed else item.raw.raw,
        attempts=attempts,
        next_try=next_try,
    )


def _reason(item: Item) -> str | None:
    if item.remark:
        return item.remark[0]
    if item.cancelled:
        return None
    reason = item.remembered.reason if item.remembered else None
    for told in item.told:
        if told.done and isinstance(told.decision, Change):
            if isinstance(told.decision.change, PutOnHold):
                reason = Reason.BUYER_REQUESTS_CANCEL
            elif isinstance(told.decision.change, TakeOffHold) and reason == Reason.BUYER_REQUESTS_CANCEL:
                reason = None
    return reason


def _detail(item: Item) -> str:
    if item.remark:
        return item.remark[1]
    return next((told.decision.reason for told in item.told if told.done and isinstance(told.decision, Cancel)), "")


def _total(item: Item) -> Decimal | None:
    """What the store's order comes to now; `None` keeps what is known."""
    for told in item.told:
        if told.done and isinstance(told.decision, Change) and isinstance(told.decision.change, CancelUnits):
            return told.decision.change.new_total
    return None
