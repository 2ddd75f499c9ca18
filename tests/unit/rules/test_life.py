"""An order that is in the store, and what a newer record of Amazon's means for it: facts -> what the store is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
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
    "another street": (ORDER, replace(ORDER, recipient=replace(HOME, line1="Street 2")), [ChangeAddress]),
    "the phone is withdrawn": (ORDER, replace(ORDER, recipient=replace(HOME, phone="")), []),
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


def test_parcels_of_amazon_come_with_carrier_tracking_and_units() -> None:
    (change,) = follow(SHIPPED, before=ORDER, known=Known(amazon_status="UNSHIPPED"), total=None, now=NOW)
    assert isinstance(change, Change)
    assert change.change == ShippedByAmazon(lines={"1": 3}, carrier="DHL", tracking="T1", shipped_at=NOW)


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
