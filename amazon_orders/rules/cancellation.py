"""Decides what Amazon is told where the store cancelled an order, or units of it.

A whole order is refused before anything of it left. After that Amazon would refund what was shipped: then only the open
units are called off, and only once the rest is shipped and Amazon shows it.
"""

from __future__ import annotations

from datetime import datetime

from ..model import (
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    Commanded,
    CommandKind,
    CommandState,
    Connection,
    Hold,
    Reason,
    Skip,
    Sold,
    Status,
    TraceStep,
    Units,
    Wait,
)
from .amazon_reasons import AS_CANCELLED_UNITS, cancel_reason
from .standing import (
    SENT,
    ItemUnits,
    Misfit,
    allot,
    anything_left,
    as_units,
    confirms,
    parcels_refused,
    parcels_waiting,
    standing,
    told,
    whole_cancels,
)


def cancel(
    cancellation: Cancellation, sold: Sold, connection: Connection, *, now: datetime
) -> CancelAtAmazon | CancelUnitsAtAmazon | Skip | Hold | Wait:
    """What Amazon is told of a cancellation of the store.

    One that was sent before comes out the same again; one that the store changed after it was sent is held, since
    Amazon adds cancellations up.
    """
    order = sold.order
    if order.status == Status.CANCELLED:
        return _skip(Reason.AT_AMAZON, "the order is cancelled at Amazon")
    wholes = whole_cancels(sold)
    if any(each.cause != cancellation.id for each in wholes):
        return _skip(Reason.AT_AMAZON, "another record of the store cancels the whole order")
    if any(each.state in SENT for each in wholes):
        return _whole(cancellation, sold, connection, "as it was sent before")
    before = [each for each in sold.commands if _sent(each, cancellation.id)]
    if before:
        return _as_before(cancellation, before, sold, connection)
    items = standing(sold, but=(CommandKind.CANCEL_UNITS, cancellation.id))
    nothing_left = not anything_left(sold)
    refused = parcels_refused(sold)
    if nothing_left and refused:
        numbers = ", ".join(str(each.number or each.cause) for each in refused)
        detail = f"the store sent package {numbers}, which Amazon refused: see to that first"
        return _hold(Reason.ALREADY_SHIPPED, detail)
    if nothing_left and not cancellation.lines:
        return _whole(cancellation, sold, connection, "the store cancelled the order, and nothing has left")
    waiting = parcels_waiting(sold)
    if waiting and not cancellation.lines:
        # What is left of the order is known once these are told: a parcel may hold all that is open.
        numbers = ", ".join(str(each.number or each.cause) for each in waiting)
        return _awaits(f"the order is called off; packages that Amazon is not told of yet: {numbers}")
    found = _called_off(cancellation, sold, items)
    if isinstance(found, (Skip, Hold)):
        return found
    if nothing_left and _all(found, items):
        return _whole(cancellation, sold, connection, "the store cancelled every unit, and nothing has left")
    return _rest(cancellation, sold, connection, items, found, now)


def _sent(command: Commanded, cause: str) -> bool:
    return command.kind == CommandKind.CANCEL_UNITS and command.cause == cause and command.state in SENT


def _called_off(cancellation: Cancellation, sold: Sold, items: dict[str, ItemUnits]) -> dict[str, int] | Skip | Hold:
    """Order item id -> pieces to call off; or that Amazon has it already; or that they do not fit the order."""
    elsewhere = {item: units.cancelled_elsewhere for item, units in items.items()}
    if not cancellation.lines:
        return _all_that_is_open(items)
    fitted = allot(cancellation.lines, sold, elsewhere)
    if not isinstance(fitted, Misfit):
        return _skip(Reason.AT_AMAZON, f"Amazon shows as cancelled already: {told(fitted)}")
    fitted = allot(cancellation.lines, sold, {item: units.open for item, units in items.items()})
    if not isinstance(fitted, Misfit):
        return fitted
    if fitted.reason == Reason.TOO_MANY_UNITS and any(units.left for units in items.values()):
        return _hold(Reason.ALREADY_SHIPPED, f"{fitted.detail}; {_how_it_stands(items)}")
    return _hold(fitted.reason, f"{fitted.detail}; {_how_it_stands(items)}")


def _all_that_is_open(items: dict[str, ItemUnits]) -> dict[str, int] | Skip | Hold:
    """The whole order, of which something has left."""
    found = {item: units.open - units.calling_off for item, units in items.items() if units.open > units.calling_off}
    if found:
        return found
    if any(units.open for units in items.values()):
        return _skip(Reason.AT_AMAZON, "other records of the store cancel all that is open")
    return _hold(Reason.ALREADY_SHIPPED, f"nothing is open any more; {_how_it_stands(items)}")


def _all(found: dict[str, int], items: dict[str, ItemUnits]) -> bool:
    """Whether nothing is left of the order, counting the cancellations that wait."""
    return all(
        found.get(item, 0) + units.calling_off + units.cancelling >= units.wanted for item, units in items.items()
    )


def _whole(cancellation: Cancellation, sold: Sold, connection: Connection, why: str) -> CancelAtAmazon | Hold:
    reason, step = cancel_reason(cancellation.reason, connection, sold.order.buyer_requests_cancel)
    if reason is None:
        return Hold(reason=Reason.UNKNOWN_REASON, detail=step.detail, trace=(step,))
    lines = sold.order.lines
    return CancelAtAmazon(
        amazon_order_id=sold.order.amazon_order_id,
        cause=cancellation.id,
        reason=reason,
        order_item_ids=tuple(line.order_item_id for line in lines if line.units) or tuple(_ids(sold)),
        trace=(TraceStep("cancel", "whole order", why), step),
    )


def _ids(sold: Sold) -> list[str]:
    return [line.order_item_id for line in sold.order.lines]


def _rest(
    cancellation: Cancellation,
    sold: Sold,
    connection: Connection,
    items: dict[str, ItemUnits],
    found: dict[str, int],
    now: datetime,
) -> CancelUnitsAtAmazon | Hold | Wait:
    """The open units, once everything else of the order is shipped and seen at Amazon."""
    missing = {item: _not_shipped(units) - found.get(item, 0) for item, units in items.items()}
    unshipped = {item: quantity for item, quantity in missing.items() if quantity > 0}
    unseen = [each for each in confirms(sold) if each.state != CommandState.VERIFIED] + parcels_waiting(sold)
    unverified = [str(each.number or each.cause) for each in unseen]
    if not unshipped and not unverified:
        return _units(cancellation, sold, connection, as_units(found), f"the rest is shipped; {_how_it_stands(items)}")
    why = f"still to be shipped: {told(unshipped)}" if unshipped else ""
    if unverified:
        seen = f"packages that Amazon does not show yet: {', '.join(unverified)}"
        why = f"{why}; {seen}" if why else seen
    latest = sold.order.ship_by.latest if sold.order.ship_by else None
    if latest is not None and now >= latest:
        why += f"; the order had to be shipped by {latest.isoformat(timespec='seconds')}"
    return _awaits(f"{told(found)} called off; {why}", as_units(found))


def _awaits(detail: str, units: tuple[Units, ...] = ()) -> Wait:
    step = TraceStep("cancel", Reason.AWAITS_SHIPMENT, detail)
    return Wait(reason=Reason.AWAITS_SHIPMENT, detail=detail, units=units, trace=(step,))


def _not_shipped(units: ItemUnits) -> int:
    """Wanted, not called off by other records, and not seen to have left."""
    return units.wanted - units.cancelling - units.calling_off - units.shipped


def _units(
    cancellation: Cancellation, sold: Sold, connection: Connection, units: tuple[Units, ...], why: str
) -> CancelUnitsAtAmazon | Hold:
    names = {each.order_item_id for each in units}
    asked = any(line.cancel_request is not None for line in sold.order.lines if line.order_item_id in names)
    reason, step = cancel_reason(cancellation.reason, connection, asked)
    if reason is None:
        return Hold(reason=Reason.UNKNOWN_REASON, detail=step.detail, trace=(step,))
    word = AS_CANCELLED_UNITS[reason]
    said = told({each.order_item_id: each.quantity for each in units})
    return CancelUnitsAtAmazon(
        amazon_order_id=sold.order.amazon_order_id,
        cause=cancellation.id,
        reason=word,
        units=units,
        trace=(
            TraceStep("cancel", said, why),
            step,
            TraceStep("reason", word, f"{reason} in the words of cancelled units"),
        ),
    )


def _as_before(
    cancellation: Cancellation, before: list[Commanded], sold: Sold, connection: Connection
) -> CancelUnitsAtAmazon | Hold:
    """The same again where the store's record names as many units as were sent for it."""
    sent: dict[str, int] = {}
    for command in before:
        for each in command.units:
            sent[each.order_item_id] = sent.get(each.order_item_id, 0) + each.quantity
    if cancellation.lines and allot(cancellation.lines, sold, sent) != sent:
        return _hold(Reason.TOO_MANY_UNITS, f"the record was changed after it was sent, with {told(sent)}")
    return _units(cancellation, sold, connection, as_units(sent), "as it was sent before")


def _how_it_stands(items: dict[str, ItemUnits]) -> str:
    return "; ".join(
        f"item {item}: {units.wanted} wanted, {units.left} in packages, {units.shipped} of them seen at Amazon, "
        f"{units.cancelling + units.calling_off} called off by other records"
        for item, units in items.items()
    )


def _skip(reason: Reason, detail: str) -> Skip:
    return Skip(reason=reason, detail=detail, trace=(TraceStep("cancel", reason, detail),))


def _hold(reason: Reason, detail: str) -> Hold:
    return Hold(reason=reason, detail=detail, trace=(TraceStep("cancel", reason, detail),))
