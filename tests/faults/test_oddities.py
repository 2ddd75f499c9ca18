"""Values that no seller ever saw, in one order of many: it is held or unreadable, and the others go in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.story.world import World, world

Json = dict[str, Any]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


def flow(report):
    return report.connections[0].flows[0]


def item(order: Json) -> Json:
    first: Json = order["orderItems"][0]
    return first


def set_breakdown(order: Json, value: Any) -> None:
    for row in item(order)["proceeds"]["breakdowns"]:
        row["subtotal"]["amount"] = value


ODDITIES: dict[str, Callable[[Json], object]] = {
    "a total of fifty digits": lambda order: order["proceeds"]["grandTotal"].update(amount="9" * 50),
    "a total of a thousand digits": lambda order: order["proceeds"]["grandTotal"].update(amount="9" * 1000),
    "an exponent": lambda order: order["proceeds"]["grandTotal"].update(amount="1E+400"),
    "a tiny amount": lambda order: order["proceeds"]["grandTotal"].update(amount="1E-400"),
    "no number": lambda order: order["proceeds"]["grandTotal"].update(amount="NaN"),
    "infinity": lambda order: order["proceeds"]["grandTotal"].update(amount="Infinity"),
    "huge units": lambda order: item(order).update(quantityOrdered=10**30),
    "huge open units": lambda order: item(order)["fulfillment"].update(quantityUnfulfilled=10**30),
    "no units": lambda order: item(order).update(quantityOrdered=0),
    "breakdowns of fifty digits": lambda order: set_breakdown(order, "9" * 50),
    "breakdowns with an exponent": lambda order: set_breakdown(order, "1E+400"),
    "the year one": lambda order: order.update(createdTime="0001-01-01T00:00:00+14:00"),
    "the end of time": lambda order: order.update(createdTime="9999-12-31T23:59:59-14:00"),
    "updated at the end of time": lambda order: order.update(lastUpdatedTime="9999-12-31T23:59:59Z"),
    "a zero byte": lambda order: item(order)["product"].update(sellerSku="A\x00B"),
    "a zero byte in the title": lambda order: item(order)["product"].update(title="A\x00B"),
    "a long SKU": lambda order: item(order)["product"].update(sellerSku="A" * 100_000),
    "an unknown currency": lambda order: order["proceeds"]["grandTotal"].update(currencyCode="XXQ"),
    "an empty currency": lambda order: order["proceeds"]["grandTotal"].update(currencyCode=""),
    "an unknown marketplace": lambda order: order["salesChannel"].update(marketplaceId="ANOWHERE"),
    "no items": lambda order: order.update(orderItems=[]),
    "items twice": lambda order: order.update(orderItems=[item(order), item(order)]),
    "a long order id": lambda order: order.update(orderId="3" * 300),
    "an order id with a slash": lambda order: order.update(orderId="../303"),
    "a deep nest": lambda order: order.update(programs=__import__("json").loads("[" * 900 + "]" * 900)),
}


@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_value_stops_its_order_alone(shop: World, name: str) -> None:
    ids = [shop.seller.place("MUG-WHITE") for _ in range(4)]
    shop.clock.advance(300)
    shop.seller.spoil(ids[1], ODDITIES[name])
    for _ in range(3):
        report = flow(shop.sync())
        assert report.error is None
        shop.clock.advance(600)
    assert {ids[0], ids[2], ids[3]} <= set(shop.shop_orders())
