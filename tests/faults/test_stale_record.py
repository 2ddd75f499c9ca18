"""Orders that could not be read lately: a parcel is told only after its order was read by its id, where that goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.sandbox import Fault
from tests.story.way_back import Depot, depot


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def no_searches(yard: Depot) -> None:
    yard.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", times=None))


def told(yard: Depot, order: str) -> list[str]:
    return [one.tracking for one in yard.seller.confirmations(order)]


def test_a_parcel_of_an_order_that_was_cancelled_unseen_is_not_confirmed(yard: Depot) -> None:
    order = yard.placed()
    no_searches(yard)
    yard.clock.advance(900)
    yard.seller.cancel(order)
    yard.ship(order)
    yard.run()
    assert told(yard, order) == []
    assert yard.app.orders.get(order).amazon_status == "CANCELLED"
    assert ("confirm", "skipped") in yard.commands(order)


def test_what_left_unseen_from_seller_central_is_not_sent_over(yard: Depot) -> None:
    order = yard.placed()
    no_searches(yard)
    yard.clock.advance(900)
    yard.seller.ship(order, tracking="00340434161099999999")
    yard.ship(order, tracking="00340434161099999999")
    yard.run()
    assert told(yard, order) == []
    assert (yard.commands(order), yard.inbox()) == ([("confirm", "skipped")], [])
    assert [number for _, number in yard.packages(order)] == ["00340434161099999999"]


def test_one_that_was_decided_before_is_looked_at_again_before_its_first_send(yard: Depot) -> None:
    order = yard.placed()
    yard.ship(order)
    yard.amazon.faults.add(Fault(operation="confirmShipment", kind="429"))
    yard.run()
    assert (yard.commands(order), told(yard, order)) == ([("confirm", "intended")], [])
    no_searches(yard)
    yard.clock.advance(900)
    yard.seller.cancel(order)
    yard.run()
    assert told(yard, order) == []
    assert yard.commands(order) == [("confirm", "skipped")]


def test_one_that_waited_for_its_number_is_looked_at_again_when_it_has_one(yard: Depot) -> None:
    order = yard.placed()
    parcel = yard.ship(order, tracking="")
    yard.run()
    assert yard.commands(order) == [("confirm", "held")]
    no_searches(yard)
    yard.clock.advance(900)
    yard.seller.cancel(order)
    yard.edit(parcel, tracking="00340434161099999999")
    yard.run()
    assert told(yard, order) == []
    assert yard.commands(order) == [("confirm", "skipped")]


def test_where_the_order_cannot_be_read_either_the_parcel_goes_out_in_time(yard: Depot) -> None:
    order = yard.placed()
    no_searches(yard)
    yard.amazon.faults.add(Fault(operation="getOrder", kind="html_503", times=None))
    yard.clock.advance(900)
    parcel = yard.ship(order)
    yard.run()
    assert told(yard, order) == [parcel.tracking]


def test_an_amazon_that_shows_nothing_is_not_asked_for_each_of_many(yard: Depot) -> None:
    waiting = yard.placed()
    yard.ship(waiting, tracking="")  # waits for its number, so it is decided again
    yard.run()
    yard.clock.advance(1200)
    yard.ship(yard.placed())  # so that the store lists the other one no more
    yard.run()
    orders = [yard.seller.place("MUG-WHITE") for _ in range(12)]
    yard.run()
    no_searches(yard)
    yard.amazon.faults.add(Fault(operation="getOrder", kind="html_503", times=None))
    yard.clock.advance(900)
    parcels = {order: yard.ship(order).tracking for order in orders}
    yard.amazon.reset_calls()
    yard.run()
    assert {order: told(yard, order) for order in orders} == {order: [number] for order, number in parcels.items()}
    assert len({call.params["orderId"] for call in yard.amazon.calls.of("getOrder")}) == 3


def test_while_orders_are_read_no_parcel_costs_a_call(yard: Depot) -> None:
    order = yard.placed()
    yard.ship(order)
    yard.amazon.reset_calls()
    yard.run()
    assert len(told(yard, order)) == 1
    assert yard.amazon.calls.of("getOrder") == []


def test_half_of_the_quota_is_left_for_what_cannot_wait(yard: Depot) -> None:
    orders = [yard.seller.place(("MUG-WHITE", 1)) for _ in range(25)]
    yard.run()
    no_searches(yard)
    yard.clock.advance(900)
    for order in orders:
        yard.ship(order)
    report = yard.run()
    calls = sum(flow.calls.get("getOrder", 0) for flow in report.connections[0].flows)
    assert 10 <= calls <= 15
    for _ in range(3):
        yard.run()
    assert all(told(yard, order) for order in orders), "what was not read goes out by what is kept"
