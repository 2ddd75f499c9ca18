"""When Amazon, a record or the store misbehaves: nothing is lost, nothing is doubled, the reason is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from amazon_orders.sandbox import Fault
from tests.story.world import World


def flow(report):
    return report.connections[0].flows[0]


@pytest.mark.parametrize("kind", ["html_503", "empty_200", "html_200", "cut_json", "500", "reset"])
def test_an_answer_that_is_no_answer_never_moves_the_cursor_past_an_order(shop: World, kind: str) -> None:
    shop.amazon.page_limit = 10
    ids = shop.seller.generate(40, imbalance=False)
    shop.amazon.faults.add(Fault(operation="searchOrders", kind=kind, nth=3, times=20))
    report = flow(shop.sync())
    assert report.error is not None
    assert report.error["code"] == "amazon_unavailable"
    assert report.placed == 20
    shop.amazon.faults.clear()
    shop.restart()
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)


def test_a_repeated_page_does_not_loop(shop: World) -> None:
    shop.amazon.page_limit = 10
    ids = shop.seller.generate(40, imbalance=False)
    shop.amazon.faults.add(Fault(operation="searchOrders", kind="repeated_page", nth=2))
    shop.sync()
    shop.amazon.faults.clear()
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)
    assert shop.amazon.calls.count("searchOrders") < 20


def test_a_saved_page_token_goes_on_where_the_last_run_stopped(shop: World) -> None:
    shop.amazon.page_limit = 10
    ids = shop.seller.generate(40, imbalance=False)
    shop.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", nth=3, times=20))
    shop.sync()
    shop.amazon.faults.clear()
    shop.amazon.reset_calls()
    shop.restart()
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)
    assert shop.amazon.calls.count("searchOrders") <= 3  # two pages were left, and one look at older cancellations


def test_a_page_token_that_is_too_old_starts_its_window_again(shop: World) -> None:
    shop.amazon.page_limit = 10
    ids = shop.seller.generate(40, imbalance=False)
    shop.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", nth=3, times=20))
    shop.sync()
    shop.amazon.faults.clear()
    shop.clock.advance(26 * 3600)
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)


def test_settings_changed_in_the_middle_of_a_window_start_it_again(shop: World) -> None:
    shop.amazon.page_limit = 10
    ids = shop.seller.generate(40, imbalance=False)
    shop.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", nth=3, times=20))
    shop.sync()
    shop.amazon.faults.clear()
    shop.app.connections.set("de", {"fulfillment": "all"})
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda order: order.pop("createdTime"),
        lambda order: order.update(lastUpdatedTime="yesterday"),
        lambda order: order.update(orderItems="none"),
        lambda order: order["proceeds"]["grandTotal"].update(amount="12,50"),
        lambda order: order["proceeds"]["grandTotal"].update(amount=12.5),
        lambda order: order["orderItems"][0].update(quantityOrdered=-3),
    ],
    ids=[
        "no created time",
        "a time that is none",
        "items that are text",
        "comma amount",
        "float amount",
        "negative units",
    ],
)
def test_a_broken_record_stops_only_itself_and_is_tried_again(shop: World, spoil) -> None:
    ids = shop.seller.generate(20, imbalance=False)
    shop.seller.spoil(ids[7], spoil)
    report = flow(shop.sync())
    assert report.failed == 1
    assert set(shop.shop_orders()) == set(ids) - {ids[7]}
    order = shop.app.orders.get(ids[7])
    assert (order.status, order.reason) == ("failed", "UNREADABLE")
    shop.seller.spoil(ids[7], None)
    shop.clock.advance(120)
    shop.sync()
    assert set(shop.shop_orders()) == set(ids)


def test_a_record_that_stays_broken_is_held_after_five_tries(shop: World) -> None:
    (order_id,) = shop.seller.generate(1, imbalance=False)
    shop.seller.spoil(order_id, lambda order: order.pop("createdTime"))
    for _ in range(12):
        shop.sync()
        shop.clock.advance(500 * 60)
    order = shop.app.orders.get(order_id)
    assert (order.status, order.reason) == ("held", "UNREADABLE")
    calls = shop.amazon.calls.count("getOrder")
    assert 5 <= calls <= 16


def test_a_revoked_authorisation_is_said_once_and_asked_once(shop: World) -> None:
    shop.seller.generate(3)
    shop.seller.revoke()
    report = flow(shop.sync())
    assert report.error is not None
    assert report.error["code"] == "amazon_auth"
    assert shop.amazon.calls.count("token") == 1


def test_throttling_ends_the_run_in_peace_and_says_when_to_go_on(tmp_path) -> None:
    from tests.story.world import world

    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        shop.amazon.page_limit = 10
        ids = shop.seller.generate(300, imbalance=False)
        report = flow(shop.sync())
        assert report.error is None
        assert report.throttled == 1
        assert report.placed == 200  # the burst of twenty calls
        assert report.next_due is not None
        assert 0 < (report.next_due - shop.clock.now()).total_seconds() <= 180
        for _ in range(15):
            shop.clock.advance(200)
            shop.sync()
        assert set(shop.shop_orders()) == set(ids)
        assert [call for call in shop.amazon.calls if call.status == 429] == []


def test_only_one_sync_of_a_connection_runs_at_a_time(shop: World) -> None:
    shop.seller.generate(3)
    lease = shop.app.ledger.leases.acquire("de")
    report = flow(shop.sync())
    assert report.error is not None
    assert report.error["code"] == "busy"
    assert shop.shop_orders() == {}
    shop.app.ledger.leases.release(lease)
    assert flow(shop.sync()).placed == 3


@pytest.mark.parametrize("minutes", [-15, 15], ids=["slow", "fast"])
def test_a_clock_that_is_wrong_stops_nothing(tmp_path, minutes: int) -> None:
    from tests.story.world import world

    with world(tmp_path) as shop:
        shop.app.now = lambda: shop.clock.now() + timedelta(minutes=minutes)
        shop.connect(sync_from=None)
        shop.sync()
        order_id = shop.seller.place("MUG-WHITE")
        shop.clock.advance(20 * 60)
        later = shop.seller.place("MUG-WHITE")
        shop.clock.advance(20 * 60)
        shop.sync()
        assert later in shop.shop_orders()
        assert order_id in shop.shop_orders(), "bought a moment after the connection was added"
        assert [call for call in shop.amazon.calls.of("searchOrders") if call.status == 400][1:] == []


def test_where_amazons_clock_is_known_a_connection_starts_by_it(tmp_path) -> None:
    from tests.story.world import world

    with world(tmp_path) as shop:
        shop.app.now = lambda: shop.clock.now() + timedelta(minutes=40)
        shop.connect("first", marketplaces=["FR"])
        assert shop.app.connections.test("first").ok
        shop.connect("second", marketplaces=["DE"], sync_from=None)
        start = shop.app.connections.get("second").sync_from
        assert isinstance(start, datetime)
        assert abs(start - shop.clock.now()) <= timedelta(seconds=2)


@pytest.mark.parametrize("known", [False, True], ids=["Amazon's clock unknown", "Amazon's clock known"])
def test_a_start_that_is_given_back_to_its_default_is_the_one_that_adding_gave(tmp_path, known: bool) -> None:
    from tests.story.world import world

    with world(tmp_path) as shop:
        shop.app.now = lambda: shop.clock.now() + timedelta(minutes=10)
        shop.connect("first", marketplaces=["FR"])
        if known:
            assert shop.app.connections.test("first").ok
        shop.connect("second", marketplaces=["DE"], sync_from=None)
        begun = shop.app.connections.get("second").sync_from
        shop.app.connections.set("second", {"sync_from": "2026-11-01T00:00:00Z"})
        shop.clock.advance(3600)
        again = shop.app.connections.set("second", {"sync_from": None}).sync_from
        assert isinstance(begun, datetime)
        assert isinstance(again, datetime)
        assert abs(again - begun) <= timedelta(seconds=1)


def test_when_the_quota_is_used_up_health_says_until_when_until_a_run_goes_through(tmp_path) -> None:
    from tests.story.world import world

    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        shop.amazon.page_limit = 10
        shop.seller.generate(210, imbalance=False)
        report = flow(shop.sync())
        assert report.throttled == 1

        def next_due():
            (part,) = shop.app.health().connections
            return part.next_due

        assert next_due() == report.next_due
        assert report.as_dict()["next_due"] == report.next_due.isoformat().replace("+00:00", "Z")
        shop.restart()
        assert next_due() == report.next_due
        again = flow(shop.sync())
        assert again.error is not None, "nothing could be done at all"
        assert again.error["code"] == "amazon_throttled"
        assert next_due() == again.next_due
        shop.clock.advance(400)
        assert flow(shop.sync()).placed == 10
        assert next_due() is None


def test_a_test_of_the_connection_notices_a_secret_that_is_wrong_by_now(shop: World) -> None:
    assert shop.app.connections.test("de").ok
    shop.seller.revoke()
    test = shop.app.connections.test("de")
    assert not test.ok
    assert test.error is not None
    assert test.error["code"] == "amazon_auth"


def test_looking_again_at_older_orders_leaves_half_of_the_quota_to_new_ones(tmp_path) -> None:
    from tests.story.world import world

    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        shop.amazon.page_limit = 10
        shop.seller.generate(160, imbalance=False, span=timedelta(days=3))
        shop.sync()
        shop.clock.advance(26 * 3600)  # the quota is full again, and every older layer is due
        shop.sync()
        assert shop.amazon.calls.count("searchOrders") > 9, "nothing older was looked at"
        assert shop.amazon.tokens_left("searchOrders", "A1SANDBOXSELLER") >= 9
        shop.amazon.reset_calls()
        shop.clock.advance(60)
        shop.sync()
        assert shop.amazon.calls.count("searchOrders") == 1, (
            "with half of the quota gone only new orders are looked for"
        )
