"""What becomes of an order that is in the store already, from two records of it: the last one and this one.

A value that Amazon no longer shows is not a change: it withdraws addresses and phone numbers after delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..model import (
    Address,
    Cancel,
    CancelUnits,
    Change,
    ChangeAddress,
    Order,
    OrderLine,
    PutOnHold,
    ShippedByAmazon,
    Status,
    TakeOffHold,
    TraceStep,
)

_PLACE = tuple(name for name in Address.__dataclass_fields__ if name not in ("phone", "kind", "extra"))
"""Parts of an address by which a parcel goes somewhere else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the ledger knows of an order in the store, where no earlier record is kept to compare with."""

    amazon_status: str
    asked_to_cancel: bool = False
    """Whether the store was told of a buyer's request."""


def follow(
    after: Order, *, before: Order | None, known: Known, total: Decimal | None, now: datetime
) -> tuple[Cancel | Change, ...]:
    """What the store has to be told, in order. Nothing but the cancellation where the whole order is cancelled.

    `before` is the record that the store was told of last; `total` what the order comes to now, by the amounts rule,
    or `None` where it cannot be told.
    """
    was = before.status if before is not None else known.amazon_status
    if after.status == Status.CANCELLED:
        return () if was == Status.CANCELLED else (_cancelled(after),)
    found: list[Change] = []
    units = _fewer_units(before, after) if before is not None else {}
    if units and total is not None:
        found.append(_units(after, units, total))
    if (request := _request(before, after, known)) is not None:
        found.append(request)
    if before is not None and (address := _moved(before.recipient, after.recipient)) is not None:
        step = TraceStep("life", "address", f"Amazon shows another address, in {address.country or 'no country'}")
        found.append(Change(change=ChangeAddress(recipient=address), trace=(step,)))
    if after.status == Status.SHIPPED and was != Status.SHIPPED:
        found.append(_shipped(after, now))
    return tuple(found)


def _cancelled(order: Order) -> Cancel:
    by = next((line.cancelled_by for line in order.lines if line.cancelled_by), "AMAZON")
    why = next((line.cancel_reason for line in order.lines if line.cancel_reason), "")
    who = {"BUYER": "the buyer", "MERCHANT": "the seller", "AMAZON": "Amazon"}.get(by, by)
    reason = f"cancelled at Amazon by {who}" + (f": {_short(why)}" if why else "")
    return Cancel(reason=reason, trace=(TraceStep("life", "cancelled", reason),))


def _fewer_units(before: Order, after: Order) -> dict[str, int]:
    """Order item id -> units that are no longer wanted. A line that is gone says nothing."""
    wanted = {line.order_item_id: line.units for line in before.lines}
    fewer = {}
    for line in after.lines:
        gone = wanted.get(line.order_item_id, line.units) - line.units
        if gone > 0:
            fewer[line.order_item_id] = gone
    return fewer


def _units(order: Order, units: dict[str, int], total: Decimal) -> Change:
    by_id = {line.order_item_id: line for line in order.lines}
    why = next((_why(by_id[item]) for item in units if _why(by_id[item])), "cancelled at Amazon")
    told = ", ".join(f"{count} of {by_id[item].seller_sku}" for item, count in units.items())
    step = TraceStep("life", "units", f"{told} cancelled; the order comes to {total} {order.currency}")
    return Change(change=CancelUnits(lines=units, new_total=total, reason=why), trace=(step,))


def _why(line: OrderLine) -> str:
    return _short(line.cancel_reason)


def _request(before: Order | None, after: Order, known: Known) -> Change | None:
    """A buyer's request holds the order; where it is taken back, or is out of date, the hold goes."""
    asked = before.buyer_requests_cancel if before is not None else known.asked_to_cancel
    asks = after.buyer_requests_cancel
    if asks and not asked and after.status != Status.SHIPPED:
        reason = "The buyer asked Amazon to cancel. Do not ship before that is settled."
        return Change(change=PutOnHold(reason=reason), trace=(TraceStep("life", "hold", "the buyer asked to cancel"),))
    if asked and not asks and "CANCELLATION" in after.included:
        step = TraceStep("life", "off hold", "the buyer's request to cancel is gone")
        return Change(change=TakeOffHold(), trace=(step,))
    return None


def _moved(before: Address | None, after: Address | None) -> Address | None:
    """The new address, if the parcel goes somewhere else now. What is absent now has not changed."""
    if before is None or after is None:
        return None
    for name in _PLACE:
        was, now = getattr(before, name), getattr(after, name)
        if now and now != was:
            return after
    return None


def _shipped(order: Order, now: datetime) -> Change:
    """Shipped outside the store: in Seller Central, or by Amazon."""
    packages = [package for package in order.packages if package.tracking or package.carrier]
    last = max(packages, key=lambda package: package.shipped_at or order.updated_at, default=None)
    lines = {item: 0 for package in packages for item, _ in package.items}
    for package in packages:
        for item, quantity in package.items:
            lines[item] += quantity
    shipped = ShippedByAmazon(
        lines=lines,
        carrier=last.carrier if last else "",
        tracking=last.tracking if last else "",
        shipped_at=min((last.shipped_at if last else None) or order.updated_at, now),
    )
    what = f"parcels at Amazon: {len(packages)}" if packages else "Amazon names no parcel"
    return Change(change=shipped, trace=(TraceStep("life", "shipped", f"shipped outside the store; {what}"),))


def _short(text: str) -> str:
    """A reason as Amazon words it: one line, not long, since it goes into the store and into traces."""
    return " ".join(text.split())[:120]
