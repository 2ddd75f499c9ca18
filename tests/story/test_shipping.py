"""Parcels of the shop at Amazon: each once, with proof, told in a shop's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Carrier, FlowReport, Shipment
from amazon_orders.sandbox import Fault

from .way_back import Depot, depot, later
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


def test_an_older_record_does_not_prove_a_newer_word_on_a_parcel(shop: World) -> None:
    order = placed(shop)
    shipment = ship(shop, order)
    for _ in range(2):
        flow(shop)
    assert commands(shop, order) == [("confirm", "verified")]
    with by_hand(shop) as database:  # another carrier under the same number
        database.execute("UPDATE shipments SET carrier = 'GLS', updated_at = ? WHERE id = ?", (LATER, shipment))
    flow(shop)
    assert commands(shop, order)[-1] == ("confirm", "accepted")
    for operation in ("searchOrders", "getOrder"):
        shop.amazon.faults.add(Fault(kind="500", operation=operation, times=None))
    flow(shop)
    assert commands(shop, order)[-1] == ("confirm", "accepted"), "all that is kept shows the first carrier"
    shop.amazon.faults.clear()
    flow(shop)
    assert commands(shop, order)[-1] == ("confirm", "verified")


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


# A warehouse that says whatever happens to it.


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def told(yard: Depot, order: str) -> list[tuple[str, str, str]]:
    """Carrier code, carrier name and service of what Amazon was told."""
    return [(one.carrier_code, one.carrier_name, one.service) for one in yard.seller.confirmations(order)]


class Carriers:
    """A plugin that knows one carrier."""

    @hookimpl
    def rule_carrier(self, shipment: Shipment) -> Carrier | None:
        return Carrier(code="GLS") if shipment.carrier == "the green one" else None


@pytest.mark.parametrize(
    ("carrier", "service", "settings", "expected"),
    [
        pytest.param("dhl", "", {}, ("DHL", "", ""), id="in Amazon's list, in any case"),
        pytest.param("Post", "", {"carriers": {"Post": "Deutsche Post"}}, ("Deutsche Post", "", ""), id="by the map"),
        pytest.param("DHL", "", {"carriers": {"DHL": "DHL Express"}}, ("DHL Express", "", ""), id="the map goes first"),
        pytest.param("the green one", "", {}, ("GLS", "", ""), id="by a plugin"),
        pytest.param("Mueller", "", {}, ("Other", "Mueller", ""), id="nobody knows it"),
        pytest.param(
            "", "", {"default_shipping_method": "DHL DE"}, ("Other", "DHL DE", ""), id="none: the default method"
        ),
        pytest.param(
            "", "", {"default_shipping_method": "DHL DE", "carriers": {"DHL DE": "DHL"}}, ("DHL", "", ""),
            id="none: the default method, mapped",
        ),
        pytest.param(
            "dhl", "Blitz", {"default_shipping_service": "Standard"}, ("DHL", "", "Standard"), id="a service unknown"
        ),
        pytest.param("dhl", "Blitz", {}, ("DHL", "", "Blitz"), id="no default service"),
        pytest.param(
            "dhl", "Blitz", {"allowed_shipping_services": ["Blitz"], "default_shipping_service": "Standard"},
            ("DHL", "", "Blitz"), id="an allowed service",
        ),
        pytest.param(
            "Mueller", "", {"default_shipping_service": "UPS / Standard"}, ("UPS", "", "Standard"),
            id="the default's carrier in place of Other",
        ),
    ],
)  # fmt: skip
@pytest.mark.rule("58", "59", "60")
def test_how_it_travels_in_amazons_words(
    tmp_path: Path, carrier: str, service: str, settings: dict[str, object], expected: tuple[str, str, str]
) -> None:
    with depot(tmp_path, Carriers(), settings=settings) as yard:
        order = yard.placed()
        yard.ship(order, carrier=carrier, service=service)
        yard.settle(2)
        assert told(yard, order) == [expected]
        assert yard.commands(order) == [("confirm", "verified")]


@pytest.mark.rule("49", "51")
def test_a_parcel_made_before_the_buyer_asked_goes_out_and_one_made_after_waits(yard: Depot) -> None:
    before, after = yard.placed(), yard.placed()
    left = yard.clock.now()
    for order in (before, after):
        yard.seller.request_cancel(order)
    yard.run()
    yard.clock.advance(60)
    yard.ship(before, shipped_at=left)
    yard.ship(after)
    yard.settle(2)
    assert yard.commands(before) == [("confirm", "verified")]
    assert yard.commands(after) == [("confirm", "held")]
    assert (after, "BUYER_REQUESTS_CANCEL") in yard.inbox()
    yard.app.orders.release(after)
    yard.settle(3)
    assert yard.commands(after) == [("confirm", "verified")]


@pytest.mark.rule("56")
def test_prime_waits_for_amazons_label_and_goes_where_own_labels_are_allowed(yard: Depot) -> None:
    amazons, own = yard.placed(programs=("PRIME",)), yard.placed(programs=("PRIME",))
    yard.ship(amazons)
    yard.run()
    assert yard.commands(amazons) == [("confirm", "held")]
    yard.seller.ship(amazons)
    yard.settle(2)
    assert yard.commands(amazons) == [("confirm", "skipped")], "Amazon has its package"
    assert (amazons, "PRIME_LABEL") not in yard.inbox()
    yard.app.connections.set("de", {"confirm_prime": True})
    yard.ship(own)
    yard.settle(2)
    assert yard.commands(own) == [("confirm", "verified")]


@pytest.mark.rule("57")
@pytest.mark.parametrize("program", ["AMAZON_EASY_SHIP", "FBM_SHIP_PLUS", "IN_STORE_PICK_UP"])
def test_what_amazon_confirms_by_itself_is_not_sent(yard: Depot, program: str) -> None:
    order = yard.placed(programs=(program,))
    yard.ship(order)
    yard.settle(2)
    assert yard.commands(order) == [("confirm", "skipped")]
    assert yard.amazon.calls.of("confirmShipment") == []


@pytest.mark.rule("55")
def test_what_was_shipped_in_seller_central_comes_back_from_the_shop_and_is_not_sent(shop: World) -> None:
    order = placed(shop)
    shop.seller.ship(order)
    flow(shop)
    assert shop.look("SELECT count(*) FROM shipments") == [(1,)], "the shop was told"
    flow(shop)
    flow(shop)
    assert shop.amazon.calls.of("confirmShipment") == []
    assert commands(shop, order) == [("confirm", "skipped")]
    assert shop.app.orders.inbox() == []


def test_seller_central_ships_first_and_the_shops_own_parcel_is_no_second_one(yard: Depot) -> None:
    order = yard.placed()
    yard.seller.ship(order, tracking="00340434161094042557")
    yard.ship(order, tracking="0034 0434 1610 9404 2557")
    yard.settle(3)
    assert yard.commands(order) == [("confirm", "skipped")]
    assert len(yard.packages(order)) == 1


@pytest.mark.rule("62")
def test_a_ship_date_is_moved_into_what_amazon_takes(yard: Depot) -> None:
    early, late = yard.placed(), yard.placed()
    yard.ship(early, shipped_at=later(yard.clock.now(), -60 * 24))
    yard.ship(late, shipped_at=later(yard.clock.now(), 60 * 24))
    yard.settle(2)
    (first,), (second,) = yard.seller.confirmations(early), yard.seller.confirmations(late)
    created = yard.seller.order(early)["createdTime"]
    assert first.shipped_at.strftime("%Y-%m-%dT%H:%M:%S") == created[:19]
    assert second.shipped_at <= second.at


def test_two_parcels_of_one_list_are_never_more_than_is_open(yard: Depot) -> None:
    order = yard.placed(("MUG-WHITE", 3))
    (item,) = yard.items(order)
    yard.ship(order, {item: 2})
    yard.ship(order, {item: 2})
    everything = yard.placed(("MUG-WHITE", 3))
    yard.ship(everything)
    yard.ship(everything)
    yard.settle(2)
    assert sorted(yard.commands(order)) == [("confirm", "held"), ("confirm", "verified")]
    assert sorted(yard.commands(everything)) == [("confirm", "held"), ("confirm", "verified")]
    assert sorted(yard.inbox()) == sorted([(order, "TOO_MANY_UNITS"), (everything, "TOO_MANY_UNITS")])


@pytest.mark.timeout(300)
def test_many_parcels_go_by_feed_and_each_order_keeps_its_road(yard: Depot) -> None:
    yard.app.connections.set("de", {"untracked": "feed"})
    begun = yard.placed(("MUG-WHITE", 2))
    (item,) = yard.items(begun)
    yard.ship(begun, {item: 1})
    yard.settle(2)
    orders = [yard.seller.place("MUG-WHITE") for _ in range(200)]
    yard.run()
    for order in orders:
        yard.ship(order)
    yard.ship(begun, {item: 1})
    yard.settle(4)
    assert [one.by for one in yard.seller.confirmations(begun)] == ["call", "call"], "as its first package"
    roads = {one.by for order in orders for one in yard.seller.confirmations(order)}
    assert roads == {"feed"}
    assert all(len(yard.seller.confirmations(order)) == 1 for order in orders)
    assert {state for order in (begun, *orders) for _, state in yard.commands(order)} == {"verified"}
    by_feed = orders[0]
    edited = next(one for one in yard.warehouse.shipments if one.ref == yard.ref(by_feed))
    yard.edit(edited, tracking="00340434161094049999")
    yard.settle(4)
    assert [one.by for one in yard.seller.confirmations(by_feed)] == ["feed", "feed"]
    assert [tracking for _, tracking in yard.packages(by_feed)] == ["00340434161094049999"]


def test_what_amazon_takes_and_ignores_is_looked_for_thrice_and_never_sent_under_another_number(yard: Depot) -> None:
    order = yard.placed()
    yard.seller.ignore_confirmations(order)
    yard.ship(order)
    yard.run()
    for minutes, state in ((5, "accepted"), (7, "accepted"), (20, "unknown")):
        yard.run(60 * minutes)
        assert yard.commands(order) == [("confirm", state)], f"after {minutes} more minutes"
    (entry,) = yard.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order, "NOT_VERIFIED")
    yard.settle(4, 7200)
    assert [one.reference for one in yard.seller.confirmations(order)] == ["1"]


def test_what_shows_up_after_all_is_verified_and_leaves_the_inbox(yard: Depot) -> None:
    order = yard.placed()
    yard.seller.confirm_delay = 3 * 3600
    yard.ship(order)
    yard.settle(8)
    assert yard.inbox() == [(order, "NOT_VERIFIED")]
    yard.settle(2, 7200)
    assert yard.commands(order) == [("confirm", "verified")]
    assert yard.inbox() == []


def test_what_a_person_ships_in_seller_central_instead_leaves_the_inbox(yard: Depot) -> None:
    order = yard.placed()
    yard.seller.ignore_confirmations(order)
    yard.ship(order)
    yard.settle(8)
    assert yard.inbox() == [(order, "NOT_VERIFIED")]
    yard.seller.ship(order)
    yard.settle(2)
    assert yard.inbox() == []


def test_another_number_is_a_new_word_on_a_parcel_that_amazon_never_showed(yard: Depot) -> None:
    order = yard.placed()
    yard.seller.ignore_confirmations(order)
    parcel = yard.ship(order)
    yard.settle(8)
    assert yard.inbox() == [(order, "NOT_VERIFIED")]
    yard.seller.heed_confirmations()
    yard.edit(parcel, tracking="ANOTHER-1")
    yard.settle(4)
    assert yard.packages(order) == [("1", "ANOTHER-1")]
    assert yard.inbox() == []


def test_the_quota_is_waited_for_in_seconds_and_left_to_the_next_run_beyond_that(tmp_path: Path) -> None:
    with depot(tmp_path, speed=1.0) as yard:
        orders = [yard.seller.place("MUG-WHITE") for _ in range(30)]
        yard.run()
        for order in orders:
            yard.ship(order)
        begun = yard.clock.now()
        found = yard.flow("shipments", 60)
        assert found.sent == 30, "ten at once, then two a second"
        assert 8 <= (yard.clock.now() - begun).total_seconds() - 60 <= 20
        assert found.throttled == 0
        more = [yard.seller.place("MUG-WHITE") for _ in range(3)]
        yard.run()
        for order in more:
            yard.ship(order)
        yard.amazon.faults.add(Fault(kind="429", operation="confirmShipment", times=None))
        stopped = yard.flow("shipments", 60)
        assert (stopped.sent, stopped.throttled) == (0, 1)
        assert stopped.next_due is not None
        assert stopped.next_due > yard.clock.now()
        yard.amazon.faults.clear()
        yard.settle(3)
        assert {state for order in (*orders, *more) for _, state in yard.commands(order)} == {"verified"}


def test_a_list_that_breaks_off_goes_on_in_the_next_run(yard: Depot) -> None:
    orders = [yard.seller.place("MUG-WHITE") for _ in range(5)]
    yard.run()
    for order in orders:
        yard.ship(order)
        yard.clock.advance(1)
    yard.warehouse.breaks_after["shipments"] = 3
    report = yard.run(3600)
    assert {error["code"] for error in report.errors} == {"store_unavailable"}
    yard.warehouse.breaks_after.clear()
    yard.warehouse.asked.clear()
    yard.settle(3)
    asked = [since for name, since in yard.warehouse.asked if name == "shipments"]
    assert asked[0] <= yard.warehouse.shipments[0].updated_at, "the cursor has not moved"
    assert [yard.commands(order) for order in orders] == [[("confirm", "verified")]] * 5


def test_a_record_dated_in_the_future_hides_none_of_today_and_may_be_corrected(yard: Depot) -> None:
    ahead, today = yard.placed(), yard.placed()
    shipment = yard.ship(ahead, updated_at=later(yard.clock.now(), 60 * 24 * 365))
    yard.run()
    yard.ship(today)
    yard.settle(2)
    assert yard.commands(today) == [("confirm", "verified")]
    yard.edit(shipment, tracking="00340434161094049999")
    yard.settle(2)
    assert [tracking for _, tracking in yard.packages(ahead)] == ["00340434161094049999"]


def test_two_connections_on_one_shop_each_send_their_own(tmp_path: Path) -> None:
    with depot(tmp_path, settings={"marketplaces": ["DE"]}) as yard:
        yard.world.connect("fr", marketplaces=["FR"], publish_stock=False)
        german, french = yard.placed(marketplace="DE"), yard.placed(marketplace="FR")
        yard.ship(german)
        yard.ship(french)
        for _ in range(3):
            reports = yard.run().connections
            assert [report.name for report in reports] == ["de", "fr"]
        assert [yard.commands(order) for order in (german, french)] == [[("confirm", "verified")]] * 2
        assert [len(yard.seller.confirmations(order)) for order in (german, french)] == [1, 1]


def test_a_shop_that_gets_no_orders_sends_nothing_back(tmp_path: Path) -> None:
    with depot(tmp_path, settings={"level": "stock_only"}) as yard:
        yard.seller.place("MUG-WHITE")
        (report,) = yard.run().connections
        assert {found.flow for found in report.flows} == {"orders", "stock"}
        assert yard.warehouse.asked == []


def test_parcels_alone(yard: Depot) -> None:
    order, other = yard.placed(), yard.placed()
    yard.ship(order)
    yard.cancel(other)
    (report,) = yard.run(only=["shipments"]).connections
    assert [found.flow for found in report.flows] == ["shipments"]
    assert yard.commands(order) == [("confirm", "accepted")]
    assert yard.commands(other) == []
    yard.run(only=["shipments"])
    assert yard.commands(order) == [("confirm", "verified")], "it asks Amazon for the order by itself"


def test_a_dry_run_plans_what_the_real_run_does(yard: Depot) -> None:
    shipped, part, gone, paid, stuck = (yard.placed(("MUG-WHITE", 3)) for _ in range(5))
    (item,) = yard.items(part)
    (money,) = yard.items(paid)
    yard.ship(shipped)
    yard.ship(part, {item: 2})
    yard.cancel(part, {item: 1})
    yard.cancel(gone)
    yard.ship(gone, tracking="")
    yard.refund(paid, {money: ("38.70", 3)})
    yard.ship(stuck, tracking="")
    yard.ship(stuck)
    yard.clock.advance(180)
    plan = [
        (step.amazon_order_id, step.action, step.reason)
        for step in yard.world.sync(dry_run=True).plan
        if step.action in ("confirm", "cancel", "cancel_units", "refund", "hold", "skip")
    ]
    assert all(yard.commands(order) == [] for order in (shipped, part, gone, paid, stuck))
    yard.world.sync()
    done = []
    for order in (shipped, part, gone, paid, stuck):
        for step in yard.app.orders.explain(order).order.trace:
            if step["outcome"] in ("intended", "held", "skipped"):
                action = {"held": "hold", "skipped": "skip", "intended": step["rule"]}[step["outcome"]]
                done.append((order, action))
    assert sorted((order, action) for order, action, _ in plan) == sorted(done)
