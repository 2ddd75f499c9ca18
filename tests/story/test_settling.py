"""A person has seen to it: what Amazon was told of an order and waits is settled, and stays so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.errors import ConfigError
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
