"""A person has seen to it: what Amazon was told of an order and waits is settled, and stays so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from amazon_orders.errors import Busy, ConfigError
from amazon_orders.sandbox import Fault

from .way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def test_a_refund_that_nobody_can_prove_is_settled_by_a_person(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    shop.ship(order)
    shop.settle(2)
    shop.refund(order, {shop.items(order)[0]: "5.00"})
    shop.amazon.faults.add(Fault(kind="hanging_feed", operation="createFeed"))
    shop.run()
    shop.settle(2, 25 * 3600)
    assert shop.commands(order) == [("confirm", "verified"), ("refund", "unknown")]
    assert shop.inbox() == [(order, "NOT_VERIFIED")]
    shop.app.orders.ignore(order, reason="refunded by hand")
    assert shop.inbox() == []
    assert shop.commands(order) == [("confirm", "verified"), ("refund", "skipped")]
    shop.settle(3)
    assert shop.inbox() == []
    assert len(shop.seller.feeds()) == 1, "it is never sent again"
    assert "refunded by hand" in shop.app.orders.explain(order).order.trace[-1]["detail"]


def test_a_parcel_without_a_number_that_was_seen_to_is_not_asked_for_again(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    parcel = shop.ship(order, tracking="")
    shop.run()
    assert shop.inbox() == [(order, "NO_TRACKING")]
    shop.app.orders.ignore(order, reason="told Amazon by hand")
    shop.settle(2)
    assert shop.inbox() == []
    shop.edit(parcel, tracking="00340434161094042557")
    shop.settle(3)
    assert shop.commands(order)[-1] == ("confirm", "verified"), "what the shop writes anew is a new word"


def test_what_waits_for_nobody_cannot_be_settled(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    with pytest.raises(ConfigError, match="nothing that Amazon was told of it waits for you"):
        shop.app.orders.ignore(order, reason="never mind")


def test_a_parcel_and_a_cancellation_of_the_same_id_do_not_hide_each_other(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 4))
    (item,) = shop.items(order)
    # While orders cannot be read, somebody ships a unit in Seller Central: Amazon has another package 1 by then.
    shop.amazon.faults.add(Fault(kind="500", operation="searchOrders", times=None))
    shop.seller.ship(order, {item: 1})
    shop.ship(order, {item: 1}, id="17")
    shop.run()
    shop.amazon.faults.clear()
    assert shop.commands(order) == [("confirm", "refused")]
    cancellation = shop.cancel(order, {item: 1})
    shop.warehouse.cancellations[0] = replace(cancellation, id="17")
    shop.ship(order, {item: 1}, id="18")
    shop.settle(2)
    assert ("confirm", "verified") in shop.commands(order)
    assert shop.inbox() == [(order, "AMAZON_REFUSED")], "parcel 17 is still to be seen to"
    shop.seller.ship(order)
    shop.settle(2)
    assert (order, "AMAZON_REFUSED") not in shop.inbox(), "Amazon shows as shipped what that parcel was about"


@pytest.mark.parametrize(
    ("seen_to", "state"),
    [
        pytest.param(False, "held", id="not seen to: the order waits"),
        pytest.param(True, "sent", id="seen to: it is cancelled"),
    ],
)
def test_an_order_whose_parcel_amazon_refused_is_not_cancelled_before_that_was_seen_to(
    shop: Depot, seen_to: bool, state: str
) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    # Amazon takes no parcel of such an order, which is not known here while orders cannot be read.
    shop.amazon.faults.add(Fault(kind="500", operation="searchOrders", times=None))
    with shop.seller.change(order, silently=True) as record:
        programs, record["programs"] = record.get("programs", []), ["FBM_SHIP_PLUS"]
    shop.ship(order)
    shop.run()
    shop.amazon.faults.clear()
    with shop.seller.change(order, silently=True) as record:
        record["programs"] = programs
    assert shop.commands(order) == [("confirm", "refused")]
    if seen_to:
        shop.app.orders.ignore(order, reason="the parcel came back")
    shop.cancel(order)
    shop.run()
    assert shop.commands(order)[-1] == ("cancel", state)


def test_while_a_sync_runs_nothing_is_settled(shop: Depot) -> None:
    order = shop.placed(("MUG-WHITE", 2))
    shop.ship(order, tracking="")
    shop.run()
    lease = shop.app.ledger.leases.acquire("de")
    with pytest.raises(Busy):
        shop.app.orders.ignore(order, reason="told Amazon by hand")
    shop.app.ledger.leases.release(lease)
    assert shop.commands(order) == [("confirm", "held")]
