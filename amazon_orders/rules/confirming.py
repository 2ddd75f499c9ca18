"""Decides whether Amazon is told that a package left, and of what.

Amazon's own packages come first: what it has already is never sent. A parcel that has left is a fact and is not held
back by what became known later.
"""

from __future__ import annotations

from datetime import datetime

from ..model import (
    Answer,
    Carrier,
    CommandKind,
    Confirm,
    Connection,
    FulfilledBy,
    Hold,
    Order,
    Reason,
    Road,
    Shipment,
    Skip,
    Sold,
    Status,
    TraceStep,
    Wait,
)
from .carriage import carrier_of, shipping_service
from .carriers import fold
from .standing import (
    SENT,
    ItemUnits,
    Misfit,
    allot,
    as_units,
    confirms,
    foreign_packages,
    standing,
    told,
    whole_cancels,
)

AMAZON_CONFIRMS = frozenset(
    {"AMAZON_EASY_SHIP", "EASY_SHIP", "FBM_SHIP_PLUS", "DELIVERY_BY_AMAZON", "IN_STORE_PICK_UP"}
)
"""Programs under which Amazon prints the label or hands over the goods, and refuses a confirmation."""


def confirm(
    shipment: Shipment, sold: Sold, connection: Connection, *, carrier: Answer[Carrier] | None = None, now: datetime
) -> Confirm | Skip | Hold | Wait:
    """What Amazon is told of a package of the store.

    A package that was sent before is decided as if it had not been: the same content comes out the same, a new carrier
    or tracking number as another `Confirm` (see `fingerprint`). `carrier`: what a plugin said.
    """
    skipped = _not_to_be_told(sold.order)
    if skipped is not None:
        return skipped
    items = standing(sold, but=(CommandKind.CONFIRM, shipment.id))
    fitted = _fitted(shipment, sold, items)
    if isinstance(fitted, Skip):
        return fitted
    waits = _prime(sold.order, connection)
    if waits is not None:
        return waits
    if isinstance(fitted, Hold):
        return fitted
    kept_back, asked = _asked_to_cancel(shipment, sold, now)
    if kept_back:
        reason = Reason.BUYER_REQUESTS_CANCEL
        return Wait(reason=reason, detail=asked.detail, units=as_units(fitted), trace=(asked,))
    road = _road(shipment, sold, connection)
    if isinstance(road, Hold):
        return road
    method, default, service_step = shipping_service(shipment, connection)
    chosen, carrier_step = carrier_of(shipment, connection, carrier, default)
    date, date_step = _ship_date(shipment, sold.order, now)
    way, road_step = road
    return Confirm(
        amazon_order_id=sold.order.amazon_order_id,
        shipment=shipment.id,
        carrier=chosen,
        method=method,
        tracking=shipment.tracking.strip(),
        ship_date=date,
        units=as_units(fitted),
        road=way,
        after=_highest(sold.order) if way == "call" else 0,
        flags=(Reason.BUYER_REQUESTS_CANCEL,) if sold.order.buyer_requests_cancel else (),
        trace=(_counted(fitted, items), asked, carrier_step, service_step, date_step, road_step),
    )


def _not_to_be_told(order: Order) -> Skip | None:
    if order.status == Status.CANCELLED:
        return _skip(Reason.CANCELLED, "cancelled at Amazon, which takes no package for it any more")
    if order.fulfilled_by == FulfilledBy.AMAZON:
        return _skip(Reason.AMAZON_LABEL, "Amazon ships this order from its own stock")
    programs = sorted((order.programs | _line_programs(order)) & AMAZON_CONFIRMS)
    if programs:
        return _skip(Reason.AMAZON_LABEL, f"the order is under {', '.join(programs)}")
    return None


def _line_programs(order: Order) -> frozenset[str]:
    return frozenset(program for line in order.lines for program in line.programs)


def _fitted(shipment: Shipment, sold: Sold, items: dict[str, ItemUnits]) -> dict[str, int] | Skip | Hold:
    """Order item id -> pieces in the package; or that Amazon has them already; or that they do not fit the order."""
    sent_before = any(each.cause == shipment.id for each in confirms(sold))
    tracking = fold(shipment.tracking)
    if tracking and not sent_before and any(fold(each.tracking) == tracking for each in foreign_packages(sold)):
        return _skip(Reason.AT_AMAZON, "a package with the same tracking number is at Amazon")
    elsewhere = {item: units.elsewhere for item, units in items.items()}
    if any(each.state in SENT for each in whole_cancels(sold)):
        detail = "the cancellation of the whole order is on its way to Amazon"
        return _hold(Reason.TOO_MANY_UNITS, detail)
    if not shipment.lines:
        return _all_that_is_left(items)
    found = allot(shipment.lines, sold, {item: units.open for item, units in items.items()})
    if not isinstance(found, Misfit):
        return found
    covered = allot(shipment.lines, sold, elsewhere)
    if not isinstance(covered, Misfit):
        return _skip(Reason.AT_AMAZON, f"packages at Amazon that are not the store's hold {told(covered)}")
    return _hold(found.reason, f"{found.detail}; {_how_it_stands(items)}")


def _all_that_is_left(items: dict[str, ItemUnits]) -> dict[str, int] | Skip | Hold:
    left = {item: max(0, units.open - units.waiting - units.calling_off) for item, units in items.items()}
    found = {item: quantity for item, quantity in left.items() if quantity}
    if found:
        return found
    if any(units.elsewhere for units in items.values()):
        return _skip(Reason.AT_AMAZON, f"nothing is left: {_how_it_stands(items)}")
    return _hold(Reason.TOO_MANY_UNITS, f"the package names no line and nothing is left; {_how_it_stands(items)}")


def _how_it_stands(items: dict[str, ItemUnits]) -> str:
    return "; ".join(f"item {item}: {_parts(units)}" for item, units in items.items())


def _parts(units: ItemUnits) -> str:
    parts = [
        (units.confirmed, "in other packages"),
        (units.elsewhere, "in packages of others at Amazon"),
        (units.cancelling, "being cancelled"),
        (units.waiting, "in packages that wait"),
        (units.calling_off, "called off by the store"),
    ]
    said = [f"{count} {where}" for count, where in parts if count]
    return ", ".join([f"{units.wanted} wanted", *said, f"{units.open} open"])


def _counted(found: dict[str, int], items: dict[str, ItemUnits]) -> TraceStep:
    return TraceStep("units", told(found), _how_it_stands(items))


def _prime(order: Order, connection: Connection) -> Wait | None:
    if "PRIME" not in order.programs or connection.confirm_prime:
        return None
    detail = "Amazon shows no package for it; a label bought there shows up by itself"
    return Wait(
        reason=Reason.PRIME_LABEL, detail=detail, trace=(TraceStep("confirm", Reason.PRIME_LABEL, detail),)
    )  # fmt: skip


def _asked_to_cancel(shipment: Shipment, sold: Sold, now: datetime) -> tuple[bool, TraceStep]:
    """Whether a buyer's request keeps the package back, and why."""
    if not sold.order.buyer_requests_cancel:
        return False, TraceStep("buyer", "no request", "the buyer has not asked to cancel")
    if sold.released:
        return _goes("a person let it go")
    since, latest = sold.held_since, sold.order.ship_by.latest if sold.order.ship_by else None
    made = _time(shipment.shipped_at)
    if since is None:
        return _goes("the store was not told to hold it")
    if shipment.shipped_at <= since:
        return _goes(f"the parcel left {made}, before the store held the order {_time(since)}")
    if latest is not None and now >= latest:
        return _goes(f"the order had to be shipped by {_time(latest)}")
    until = f" or until {_time(latest)}" if latest is not None else ""
    detail = f"packed {made}, after the store held the order {_time(since)}: waits until it is released{until}"
    return True, TraceStep("buyer", Reason.BUYER_REQUESTS_CANCEL, detail)


def _goes(why: str) -> tuple[bool, TraceStep]:
    return False, TraceStep("buyer", "goes", f"the buyer asked to cancel; {why}")


def _road(shipment: Shipment, sold: Sold, connection: Connection) -> tuple[Road, TraceStep] | Hold:
    """How it goes. A package by feed has no number that a call could edit, so an order keeps to its first road."""
    first = next(iter(confirms(sold)), None)
    tracked = bool(shipment.tracking.strip())
    if first is not None and first.road == "call" and not tracked:
        return _hold(Reason.NO_TRACKING, "an earlier package of the order went by call, and a call needs a number")
    if first is not None and (tracked or connection.untracked == "feed"):
        return first.road, TraceStep("road", first.road, "as the order's first package")
    if tracked:
        return "call", TraceStep("road", "call", "the order's first package, tracked")
    if connection.untracked == "feed":
        return "feed", TraceStep("road", "feed", "without tracking number, by `untracked = feed`")
    return _hold(Reason.NO_TRACKING, "the package has no tracking number, and `untracked` is `hold`")


def _highest(order: Order) -> int:
    """Of the numbers at Amazon, whoever gave them: a call with one of these would edit that package."""
    numbers = (package.package_reference_id for package in order.packages)
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)


def _ship_date(shipment: Shipment, order: Order, now: datetime) -> tuple[datetime, TraceStep]:
    """When it left, moved into what Amazon takes: not before the order, not in the future."""
    date = max(order.created_at, min(shipment.shipped_at, now))
    why = "as the store says"
    if date != shipment.shipped_at:
        limit = "now" if date == now else "when the order was created"
        why = f"the store says {_time(shipment.shipped_at)}; Amazon takes from the order's creation to now, so {limit}"
    return date, TraceStep("ship date", _time(date), why)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _skip(reason: Reason, detail: str) -> Skip:
    return Skip(reason=reason, detail=detail, trace=(TraceStep("confirm", reason, detail),))


def _hold(reason: Reason, detail: str) -> Hold:
    return Hold(reason=reason, detail=detail, trace=(TraceStep("confirm", reason, detail),))
