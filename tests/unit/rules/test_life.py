"""An order that is in the store, and what a newer record of Amazon's means for it: facts -> what the store is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from amazon_orders.model import (
    Address,
    Cancel,
    CancelRequest,
    CancelUnits,
    Change,
    ChangeAddress,
    Order,
    OrderLine,
    Package,
    PutOnHold,
    ShippedByAmazon,
    TakeOffHold,
    TraceStep,
)
from amazon_orders.rules import Known, follow
from tests.unit.rules.rows import named

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINES = (
    OrderLine(order_item_id="1", seller_sku="A", quantity_ordered=3),
    OrderLine(order_item_id="2", seller_sku="B", quantity_ordered=1),
)
HOME = Address(name="N", line1="Street 1", city="Berlin", postal_code="10115", country="DE", phone="030")
ORDER = Order(
    amazon_order_id="1-1-1",
    created_at=NOW,
    updated_at=NOW,
    status="UNSHIPPED",
    currency="EUR",
    lines=LINES,
    recipient=HOME,
    included=frozenset({"CANCELLATION"}),
)


def line(index: int, **changes) -> Order:
    lines = list(LINES)
    lines[index] = replace(lines[index], **changes)
    return replace(ORDER, lines=tuple(lines))


ASKED = line(0, cancel_request=CancelRequest(requester="BUYER", reason="changed my mind"))
SHIPPED = replace(
    ORDER,
    status="SHIPPED",
    packages=(Package(package_reference_id="1", carrier="DHL", tracking="T1", shipped_at=NOW, items=(("1", 3),)),),
)
CANCELLED = replace(line(0, cancelled_by="BUYER", cancel_reason="changed my mind"), status="CANCELLED")

CASES = {
    "nothing is different": (ORDER, ORDER, []),
    "cancelled at Amazon": (ORDER, CANCELLED, [Cancel]),
    "cancelled again seen": (CANCELLED, CANCELLED, []),
    "the buyer asks to cancel": (ORDER, ASKED, [PutOnHold]),
    "the buyer asks once": (ASKED, ASKED, []),
    "the request is taken back": (ASKED, ORDER, [TakeOffHold]),
    "the request is not shown because nobody asked for it": (ASKED, replace(ORDER, included=frozenset()), []),
    "the buyer asks after the parcel left": (SHIPPED, replace(SHIPPED, lines=ASKED.lines), []),
    "one unit of three is cancelled": (ORDER, line(0, quantity_ordered=2), [CancelUnits]),
    "units come back": (line(0, quantity_ordered=2), ORDER, []),
    "a line is new": (replace(ORDER, lines=LINES[:1]), ORDER, []),
    "another street": (ORDER, replace(ORDER, recipient=replace(HOME, line1="Street 2")), [ChangeAddress]),
    "the phone is withdrawn": (ORDER, replace(ORDER, recipient=replace(HOME, phone="")), []),
    "another kind of address": (ORDER, replace(ORDER, recipient=replace(HOME, kind="COMMERCIAL")), []),
    "another field by Amazon's name": (ORDER, replace(ORDER, recipient=replace(HOME, extra=(("a", "b"),))), []),
    "another country": (ORDER, replace(ORDER, recipient=replace(HOME, country="AT")), [ChangeAddress]),
    "another phone": (ORDER, replace(ORDER, recipient=replace(HOME, phone="031")), []),
    "the address is withdrawn": (ORDER, replace(ORDER, recipient=None), []),
    "the name is withdrawn": (ORDER, replace(ORDER, recipient=replace(HOME, name="")), []),
    "an address appears that was never there": (replace(ORDER, recipient=None), ORDER, []),
    "shipped in Seller Central": (ORDER, SHIPPED, [ShippedByAmazon]),
    "shipped, seen again": (SHIPPED, SHIPPED, []),
    "partly shipped": (ORDER, replace(ORDER, status="PARTIALLY_SHIPPED"), []),
    "a request and a new street in one record": (
        ORDER,
        replace(ASKED, recipient=replace(HOME, city="Bonn")),
        [PutOnHold, ChangeAddress],
    ),
    "cancelled wins over all else": (ORDER, replace(CANCELLED, recipient=replace(HOME, city="Bonn")), [Cancel]),
}


ROWS = {
    "cancelled at Amazon": "33",
    "the buyer asks to cancel": "49",
    "the phone is withdrawn": "53",
    "the address is withdrawn": "53",
    "the name is withdrawn": "53",
    "another street": "54",
}


@pytest.mark.parametrize(("before", "after", "told"), named(CASES, ROWS))
def test_what_the_store_is_told(before: Order, after: Order, told: list[type]) -> None:
    found = follow(after, before=before, known=Known(amazon_status=before.status), total=Decimal("10.00"), now=NOW)
    assert [type(getattr(decision, "change", decision)) for decision in found] == told
    assert all(decision.trace for decision in found)


def cancelled(by: str = "", why: str = "", index: int = 0) -> Order:
    return replace(line(index, cancelled_by=by, cancel_reason=why), status="CANCELLED")


REASONS = {
    "the buyer, with a reason": (cancelled("BUYER", "changed my mind"), "by the buyer: changed my mind"),
    "the seller": (cancelled("MERCHANT"), "by the seller"),
    "Amazon": (cancelled("AMAZON"), "by Amazon"),
    "somebody whom Amazon does not name": (cancelled(why="no payment"), "by Amazon: no payment"),
    "somebody who is new here": (cancelled("COURIER"), "by COURIER"),
    "the buyer, of the second line": (cancelled("BUYER", "too late", index=1), "by the buyer: too late"),
    "the buyer, at length": (cancelled("BUYER", "so\nlong " * 50), f"by the buyer: {('so long ' * 50)[:120]}"),
}


@pytest.mark.parametrize(("after", "said"), REASONS.values(), ids=REASONS)
def test_the_store_is_told_who_cancelled_and_why(after: Order, said: str) -> None:
    (cancel,) = follow(after, before=ORDER, known=Known(amazon_status="UNSHIPPED"), total=None, now=NOW)
    reason = f"cancelled at Amazon {said}"
    assert cancel == Cancel(reason=reason, trace=(TraceStep("life", "cancelled", reason),))


def test_what_the_store_was_told_last_counts_and_not_what_was_last_seen() -> None:
    known = Known(amazon_status="CANCELLED", asked_to_cancel=True)
    found = follow(CANCELLED, before=ORDER, known=known, total=None, now=NOW)
    assert [type(each) for each in found] == [Cancel]


ASKED_TO_CANCEL = "The buyer asked Amazon to cancel. Do not ship before that is settled."
STEPS = {
    "a request": (
        ORDER, ASKED, PutOnHold(reason=ASKED_TO_CANCEL), TraceStep("life", "hold", "the buyer asked to cancel"),
    ),
    "its end": (
        ASKED, ORDER, TakeOffHold(), TraceStep("life", "off hold", "the buyer's request to cancel is gone"),
    ),
    "another street": (
        ORDER, replace(ORDER, recipient=replace(HOME, line1="Street 2")),
        ChangeAddress(recipient=replace(HOME, line1="Street 2")),
        TraceStep("life", "address", "Amazon shows another address, in DE"),
    ),
    "another street, nowhere": (
        replace(ORDER, recipient=replace(HOME, country="")),
        replace(ORDER, recipient=replace(HOME, line1="Street 2", country="")),
        ChangeAddress(recipient=replace(HOME, line1="Street 2", country="")),
        TraceStep("life", "address", "Amazon shows another address, in no country"),
    ),
    "units of two lines": (
        ORDER, replace(line(1, quantity_ordered=0), lines=(
            replace(LINES[0], quantity_ordered=1), replace(LINES[1], quantity_ordered=0),
        )),
        CancelUnits(lines={"1": 2, "2": 1}, new_total=Decimal("10.00"), reason="cancelled at Amazon"),
        TraceStep("life", "units", "2 of A, 1 of B cancelled; the order comes to 10.00 EUR"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "change", "step"), STEPS.values(), ids=STEPS)
def test_a_change_says_what_and_the_trace_says_why(before: Order, after: Order, change, step: TraceStep) -> None:
    known = Known(amazon_status=before.status)
    (found,) = follow(after, before=before, known=known, total=Decimal("10.00"), now=NOW)
    assert found == Change(change=change, trace=(step,))


def test_a_part_cancel_says_which_units_and_where_the_order_ends() -> None:
    (change,) = follow(
        line(0, quantity_ordered=1, cancel_reason="no\nneed"),
        before=ORDER,
        known=Known(amazon_status="UNSHIPPED"),
        total=Decimal("7.50"),
        now=NOW,
    )
    assert isinstance(change, Change)
    assert change.change == CancelUnits(lines={"1": 2}, new_total=Decimal("7.50"), reason="no need")


def test_a_part_cancel_whose_total_is_unknown_is_not_told() -> None:
    after = line(0, quantity_ordered=1)
    assert follow(after, before=ORDER, known=Known(amazon_status="UNSHIPPED"), total=None, now=NOW) == ()


HOUR = timedelta(hours=1)


def parcel(
    number: str, carrier: str = "DHL", tracking: str = "T", at: datetime | None = NOW, units: int = 1
) -> Package:
    return Package(
        package_reference_id=number, carrier=carrier, tracking=f"{tracking}{number}" if tracking else "",
        shipped_at=at, items=(("1", units),),
    )  # fmt: skip


def sent(*parcels: Package) -> Order:
    return replace(ORDER, status="SHIPPED", packages=parcels)


def shipment(units: int, carrier: str, tracking: str, at: datetime) -> ShippedByAmazon:
    return ShippedByAmazon(lines={"1": units} if units else {}, carrier=carrier, tracking=tracking, shipped_at=at)


PARCELS = {
    "one parcel": (sent(parcel("1", units=3)), shipment(3, "DHL", "T1", NOW), "parcels at Amazon: 1"),
    "two parcels: the later one's carrier and tracking, all units": (
        sent(parcel("1", "UPS", units=2), parcel("2", at=NOW - HOUR)), shipment(3, "UPS", "T1", NOW),
        "parcels at Amazon: 2",
    ),
    "the later parcel is named last": (
        sent(parcel("1", "UPS", at=NOW - HOUR, units=2), parcel("2")), shipment(3, "DHL", "T2", NOW),
        "parcels at Amazon: 2",
    ),
    "a parcel without time is as old as Amazon's last change": (
        sent(parcel("1", "UPS", at=NOW - HOUR), parcel("2", at=None)), shipment(2, "DHL", "T2", NOW),
        "parcels at Amazon: 2",
    ),
    "a parcel that nobody can find is left out": (
        sent(parcel("1"), parcel("2", carrier="", tracking="")), shipment(1, "DHL", "T1", NOW), "parcels at Amazon: 1",
    ),
    "a carrier without tracking is a parcel": (
        sent(parcel("1", tracking="")), shipment(1, "DHL", "", NOW), "parcels at Amazon: 1",
    ),
    "tracking without a carrier is a parcel": (
        sent(parcel("1", carrier="")), shipment(1, "", "T1", NOW), "parcels at Amazon: 1",
    ),
    "a parcel of an hour ago": (
        sent(parcel("1", at=NOW - HOUR)), shipment(1, "DHL", "T1", NOW - HOUR), "parcels at Amazon: 1",
    ),
    "no parcel has left in the future": (
        sent(parcel("1", at=NOW + HOUR)), shipment(1, "DHL", "T1", NOW), "parcels at Amazon: 1",
    ),
    "no parcel at all: all that is left": (sent(), shipment(0, "", "", NOW), "Amazon names no parcel"),
}  # fmt: skip


@pytest.mark.parametrize(("after", "told", "said"), PARCELS.values(), ids=PARCELS)
def test_parcels_of_amazon_come_with_carrier_tracking_and_units(after: Order, told: ShippedByAmazon, said: str) -> None:
    (change,) = follow(after, before=ORDER, known=Known(amazon_status="UNSHIPPED"), total=None, now=NOW)
    step = TraceStep("life", "shipped", f"shipped outside the store; {said}")
    assert change == Change(change=told, trace=(step,))


@pytest.mark.parametrize(
    ("after", "known", "told"),
    [
        (CANCELLED, Known(amazon_status="UNSHIPPED"), [Cancel]),
        (CANCELLED, Known(amazon_status="CANCELLED"), []),
        (SHIPPED, Known(amazon_status="UNSHIPPED"), [ShippedByAmazon]),
        (SHIPPED, Known(amazon_status="SHIPPED"), []),
        (ASKED, Known(amazon_status="UNSHIPPED"), [PutOnHold]),
        (ASKED, Known(amazon_status="UNSHIPPED", asked_to_cancel=True), []),
        (ORDER, Known(amazon_status="UNSHIPPED", asked_to_cancel=True), [TakeOffHold]),
    ],
    ids=["cancelled", "cancelled before", "shipped", "shipped before", "asked", "asked before", "taken back"],
)
def test_where_no_earlier_record_is_kept_status_and_request_still_tell(after: Order, known: Known, told: list) -> None:
    found = follow(after, before=None, known=known, total=None, now=NOW)
    assert [type(getattr(decision, "change", decision)) for decision in found] == told
