"""Parcels of the shop at Amazon: each once, with proof, told in a shop's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.model import FlowReport
from amazon_orders.sandbox import Fault

from .world import World, world

LATER = "2126-01-01T00:00:00.000000Z"
"""The shop dates what it does by the computer's clock, which runs ahead of the story's."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


def placed(shop: World, *lines: tuple[str, int], **options: object) -> str:
    """An order that is in the shop."""
    order = shop.seller.place(*(lines or (("MUG-WHITE", 2),)), **options)  # type: ignore[arg-type]
    shop.clock.advance(180)
    shop.sync()
    assert shop.status(order) == "placed"
    return order


def ship(
    shop: World, order: str, lines: Mapping[str, int] | None = None, *, tracking: str = "00340434161094042557",
    carrier: str = "DHL", service: str = "",
) -> str:  # fmt: skip
    """A parcel leaves the shop."""
    warehouse = Shop.open(shop.shop_file)
    try:
        ((ref,),) = shop.look("SELECT id FROM orders WHERE external_id = ?", order)
        return warehouse.ship(str(ref), lines, carrier, service, tracking, shop.clock.now())
    finally:
        warehouse.close()


@contextmanager
def by_hand(shop: World) -> Iterator[sqlite3.Connection]:
    """The shop's own database, past the adapter."""
    with closing(sqlite3.connect(shop.shop_file)) as database:
        yield database
        database.commit()


def flow(shop: World, name: str = "shipments") -> FlowReport:
    """One run; what it says of a flow."""
    shop.clock.advance(180)
    (found,) = (flow for flow in shop.sync().connections[0].flows if flow.flow == name)
    return found


def commands(shop: World, order: str) -> list[tuple[str, str]]:
    return [(command["kind"], command["state"]) for command in shop.app.orders.get(order).commands]


def test_a_parcel_is_confirmed_once_and_proved_by_what_amazon_shows(shop: World) -> None:
    order = placed(shop)
    ship(shop, order)
    assert flow(shop).sent == 1
    assert commands(shop, order) == [("confirm", "accepted")], "an answer alone is no proof"
    assert flow(shop).sent == 0
    assert commands(shop, order) == [("confirm", "verified")]
    for _ in range(3):
        assert flow(shop).sent == 0
    (told,) = shop.seller.confirmations(order)
    assert (told.reference, told.carrier_code, told.tracking) == ("1", "DHL", "00340434161094042557")
    assert list(told.items.values()) == [2]
    assert shop.seller.order(order)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_what_amazon_then_shows_is_not_told_to_the_shop(shop: World) -> None:
    order = placed(shop)
    ship(shop, order)
    for _ in range(3):
        flow(shop)
    assert shop.look("SELECT count(*) FROM shipments") == [(1,)], "the shop's own parcel, and no echo of it"
    assert shop.status(order) == "placed"


def test_two_parcels_are_two_packages(shop: World) -> None:
    order = placed(shop, ("MUG-WHITE", 3))
    (item,) = shop.seller.order(order)["orderItems"]
    ship(shop, order, {item["orderItemId"]: 1}, tracking="00340434161094042557")
    flow(shop)
    ship(shop, order, {item["orderItemId"]: 2}, tracking="00340434161094042564")
    flow(shop)
    flow(shop)
    told = shop.seller.confirmations(order)
    assert [(one.reference, list(one.items.values())) for one in told] == [("1", [1]), ("2", [2])]
    assert commands(shop, order) == [("confirm", "verified"), ("confirm", "verified")]


def test_a_late_tracking_number_edits_the_same_package(shop: World) -> None:
    order = placed(shop)
    shipment = ship(shop, order, tracking="00340434161094042557")
    flow(shop)
    with by_hand(shop) as database:
        database.execute(
            "UPDATE shipments SET tracking = '00340434161094042564', updated_at = ? WHERE id = ?",
            (LATER, shipment),
        )
    flow(shop)
    flow(shop)
    told = shop.seller.confirmations(order)
    assert [(one.reference, one.tracking) for one in told] == [
        ("1", "00340434161094042557"),
        ("1", "00340434161094042564"),
    ]
    assert [package["trackingNumber"] for package in shop.seller.order(order)["packages"]] == ["00340434161094042564"]


def test_a_parcel_without_a_number_is_held_until_it_has_one(shop: World) -> None:
    order = placed(shop)
    shipment = ship(shop, order, tracking="")
    assert flow(shop).held == 1
    assert commands(shop, order) == [("confirm", "held")]
    assert [(entry.reason, entry.amazon_order_id) for entry in shop.app.orders.inbox()] == [("NO_TRACKING", order)]
    with by_hand(shop) as database:
        database.execute(
            "UPDATE shipments SET tracking = '00340434161094042564', updated_at = ? WHERE id = ?",
            (LATER, shipment),
        )
    assert flow(shop).sent == 1
    assert shop.app.orders.inbox() == []
    assert [one.tracking for one in shop.seller.confirmations(order)] == ["00340434161094042564"]


def test_a_changed_setting_lets_a_held_parcel_go(shop: World) -> None:
    order = placed(shop)
    ship(shop, order, tracking="")
    flow(shop)
    shop.app.connections.set("de", {"untracked": "feed"})
    flow(shop)
    assert commands(shop, order) == [("confirm", "sent")]
    for _ in range(4):
        shop.clock.advance(900)
        flow(shop)
    assert commands(shop, order) == [("confirm", "verified")]
    (told,) = shop.seller.confirmations(order)
    assert (told.by, told.tracking) == ("feed", "")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            Fault(kind="lost_answer", operation="confirmShipment"),
            id="the connection breaks after Amazon has carried it out",
        ),
        pytest.param(Fault(kind="500", operation="confirmShipment"), id="an internal failure"),
    ],
)
def test_an_answer_that_is_lost_is_looked_for_before_anything_is_sent_again(shop: World, fault: Fault) -> None:
    order = placed(shop)
    ship(shop, order)
    shop.amazon.faults.add(fault)
    assert flow(shop).failed == 1
    assert commands(shop, order) == [("confirm", "unknown")]
    for _ in range(3):
        flow(shop)
    assert commands(shop, order) == [("confirm", "verified")]
    assert len(shop.seller.order(order)["packages"]) == 1


def test_more_than_is_open_is_never_sent(shop: World) -> None:
    order = placed(shop)
    (item,) = shop.seller.order(order)["orderItems"]
    shop.seller.ship(order, {item["orderItemId"]: 1})
    ship(shop, order)
    flow(shop)
    assert commands(shop, order) == [("confirm", "held")]
    assert [entry.reason for entry in shop.app.orders.inbox()] == ["TOO_MANY_UNITS"]
    assert shop.seller.confirmations(order) == []


def test_a_sale_of_the_shops_own_is_only_counted(shop: World) -> None:
    placed(shop)
    with by_hand(shop) as database:
        database.execute(
            "INSERT INTO orders (number, external_id, status, currency, total, tax, shipping, shipping_method,"
            " placed_at, hold_reason, updated_at) SELECT 'OWN', 'OWN-1', status, currency, total, tax, shipping,"
            " shipping_method, placed_at, hold_reason, updated_at FROM orders LIMIT 1"
        )
        database.execute(
            "INSERT INTO shipments (order_id, carrier, service, tracking, shipped_at, updated_at)"
            " SELECT id, 'DHL', '', 'X', placed_at, ? FROM orders WHERE number = 'OWN'",
            (shop.clock.now().isoformat().replace("+00:00", "Z"),),
        )
    found = flow(shop)
    assert (found.seen, found.skipped, found.sent, found.held) == (1, 1, 0, 0)


def test_a_dry_run_says_what_would_be_confirmed_and_sends_nothing(shop: World) -> None:
    order = placed(shop)
    ship(shop, order)
    shop.clock.advance(180)
    report = shop.sync(dry_run=True)
    assert [(plan.amazon_order_id, plan.action) for plan in report.plan if plan.action == "confirm"] == [
        (order, "confirm")
    ]
    assert commands(shop, order) == []
    assert shop.seller.confirmations(order) == []
