"""What Amazon changes without saying so is found within a day: every open order is read again by its id."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from amazon_orders.errors import AmazonOrdersError
from amazon_orders.sandbox import Fault
from tests.story.world import World, world


def flow(report):
    return report.connections[0].flows[0]


def later(shop: World, **length: float):
    shop.clock.advance(timedelta(**length))
    return flow(shop.sync())


def read(shop: World) -> Counter[str]:
    return Counter(call.params["orderId"] for call in shop.amazon.calls.of("getOrder"))


def quietly(shop: World, order_id: str, status: str, *, days: int = 6) -> None:
    """Another status after so many days of daily syncs, and no search by update time shows it."""
    for _ in range(days):
        later(shop, days=1)
    with shop.seller.change(order_id, silently=True) as order:
        order["fulfillment"]["fulfillmentStatus"] = status


def lose_records(shop: World) -> None:
    """Their time is over, say."""
    with shop.app.ledger._database.writing() as work:
        work.connection.exec_driver_sql("UPDATE ao_orders SET token = NULL")
        work.wrote = True


def test_an_order_that_is_paid_in_silence_after_six_days_comes_in(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE", pending=True)
    later(shop, minutes=5)
    quietly(shop, order_id, "UNSHIPPED")
    later(shop, hours=25)
    assert set(shop.shop_orders()) == {order_id}


def test_an_order_that_is_shipped_in_silence_after_eight_days_is_shipped_in_the_shop(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    later(shop, minutes=5)
    quietly(shop, order_id, "SHIPPED", days=8)
    later(shop, hours=25)
    assert shop.look("SELECT status FROM orders") == [("shipped",)]


@pytest.mark.rule("30")
def test_a_pending_order_that_is_cancelled_in_silence_gives_its_units_back_by_this_alone(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 30, without the searches that mostly find it sooner."""
    monkeypatch.setattr("amazon_orders.sync.orders.LAYERS", ())
    order_id = shop.seller.place(("MUG-WHITE", 3), pending=True)
    later(shop, minutes=5)
    for _ in range(6):
        later(shop, days=1)
    shop.seller.cancel_silently(order_id)
    later(shop, hours=25)
    assert shop.look("SELECT stock FROM products WHERE sku = 'MUG-WHITE'") == [(1000,)]
    assert shop.status(order_id) == "skipped"


def test_an_open_order_is_read_once_a_day_and_a_settled_one_no_more(shop: World) -> None:
    pending = shop.seller.place("MUG-WHITE", pending=True)
    placed = shop.seller.place("CAP-BLACK")
    shipped = shop.seller.place("TEE-BLACK-L")
    shop.seller.ship(shipped)
    later(shop, minutes=5)
    for _ in range(3 * 24 - 1):
        later(shop, hours=1)
    assert read(shop) == {pending: 2, placed: 2}
    shop.seller.ship(placed)
    later(shop, hours=1)
    shop.amazon.reset_calls()
    for _ in range(30):
        later(shop, hours=1)
    assert set(read(shop)) == {pending}


def test_an_order_that_came_by_today_is_not_read_again_today(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    later(shop, minutes=5)
    later(shop, hours=23)
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["phone"] = "1"
    later(shop, hours=1)
    later(shop, hours=20)
    assert read(shop) == {}
    later(shop, hours=5)
    assert read(shop) == {order_id: 1}


def test_half_of_the_quota_is_left_and_the_longest_unread_come_first(tmp_path: Path) -> None:
    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        old = [shop.seller.place("MUG-WHITE") for _ in range(20)]
        later(shop, minutes=5)
        new = [shop.seller.place("MUG-WHITE") for _ in range(20)]
        later(shop, hours=1)
        shop.amazon.reset_calls()
        later(shop, hours=30)
        assert len(read(shop)) == 15
        assert set(read(shop)) <= set(old)
        assert shop.amazon.tokens_left("getOrder", "A1SANDBOXSELLER") >= 15
        later(shop, minutes=5)
        assert len(read(shop)) == 30
        assert set(old) <= set(read(shop))
        later(shop, minutes=5)
        assert read(shop) == dict.fromkeys([*old, *new], 1)
        later(shop, minutes=5)
        assert read(shop).total() == 40


def test_a_dry_run_plans_it_once_and_notes_nothing(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE", pending=True)
    later(shop, minutes=5)
    quietly(shop, order_id, "UNSHIPPED", days=2)
    shop.clock.advance(timedelta(hours=25))
    plan = shop.sync(dry_run=True).plan
    assert [(entry.amazon_order_id, entry.action) for entry in plan] == [(order_id, "place")]
    assert flow(shop.sync()).placed == 1


def test_an_order_that_amazon_does_not_know_any_more_is_asked_for_once_a_day(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE")
    later(shop, minutes=5)
    shop.amazon.faults.add(Fault(operation="getOrder", kind="hidden_order", order_id=order_id, times=None))
    for _ in range(3 * 24):
        later(shop, hours=1)
    assert read(shop)[order_id] <= 3
    assert shop.status(order_id) == "placed"


def test_what_amazon_could_not_show_is_asked_for_again_in_the_next_run(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE", pending=True)
    later(shop, minutes=5)
    quietly(shop, order_id, "UNSHIPPED")
    shop.clock.advance(timedelta(hours=25))
    shop.amazon.faults.add(Fault(operation="getOrder", kind="html_503", times=4))
    shop.sync()
    assert shop.shop_orders() == {}
    later(shop, minutes=5)
    assert set(shop.shop_orders()) == {order_id}


def test_a_held_order_without_a_record_costs_a_call_a_day_and_no_more(shop: World) -> None:
    order_id = shop.seller.place("NO-SUCH-THING")
    later(shop, minutes=5)
    lose_records(shop)
    shop.app.connections.set("de", {"stock_buffer": 1})  # a rule changed, so it is due
    for _ in range(3 * 24):
        later(shop, hours=1)
    assert 3 <= read(shop)[order_id] <= 4


def test_everything_held_is_tried_again_when_a_person_says_so_however_many_records_are_gone(tmp_path: Path) -> None:
    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        ids = [shop.seller.place("NO-SUCH-THING") for _ in range(45)]
        later(shop, minutes=5)
        lose_records(shop)
        shop.add_product("NO-SUCH-THING")
        report = flow(shop.app.orders.retry(held=True))
        assert report.error is None
        assert report.placed == 30  # what the quota of getOrder gives at once
        assert report.next_due is not None
        later(shop, minutes=5)
        assert set(shop.shop_orders()) == set(ids)


def test_one_order_that_cannot_be_read_for_want_of_quota_is_said(tmp_path: Path) -> None:
    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        order_id = shop.seller.place("NO-SUCH-THING")
        later(shop, minutes=5)
        lose_records(shop)
        for _ in range(30):
            shop.app.client(shop.app.connections.get("de")).get_order(order_id)
        error = flow(shop.app.orders.retry(order_id)).error
        assert error is not None
        assert error["code"] == "amazon_throttled"
        error = flow(shop.app.orders.recover(order_id)).error
        assert error is not None, "it is not that Amazon does not know the order"
        assert error["code"] == "amazon_throttled"


class TestRecover:
    def two_sellers(self, shop: World):
        other = shop.amazon.add_seller("A2OTHERSELLER", "eu", ["IT"], refresh_token="Atzr|other")
        shop.connect("another", seller_id="A2OTHERSELLER", marketplaces=["IT"], refresh_token="Atzr|other")
        return other

    def test_it_goes_on_past_a_connection_that_amazon_refuses_and_reports_both(self, shop: World) -> None:
        other = self.two_sellers(shop)
        order_id = shop.seller.place("MUG-WHITE")
        other.revoke()
        report = shop.app.orders.recover(order_id)
        assert [part.name for part in report.connections] == ["another", "de"]
        first, second = (part.flows[0] for part in report.connections)
        assert first.error is not None
        assert first.error["code"] == "amazon_auth"
        assert (second.error, second.placed) == (None, 1)

    def test_an_order_that_nobody_has_is_not_called_unknown_while_somebody_could_not_be_asked(
        self, shop: World
    ) -> None:
        self.two_sellers(shop).revoke()
        report = shop.app.orders.recover("303-0000000-0000000")
        assert [error["code"] for error in report.errors] == ["amazon_auth"]

    def test_a_connection_whose_secret_is_missing_stops_no_other(
        self, shop: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TOKEN_OF_ANOTHER", "Atzr|other")
        shop.amazon.add_seller("A2OTHERSELLER", "eu", ["IT"], refresh_token="Atzr|other")
        shop.connect("another", seller_id="A2OTHERSELLER", marketplaces=["IT"], refresh_token="env:TOKEN_OF_ANOTHER")
        monkeypatch.delenv("TOKEN_OF_ANOTHER")
        order_id = shop.seller.place("MUG-WHITE")
        report = shop.app.orders.recover(order_id)
        assert [error["code"] for error in report.errors] == ["config"]
        assert set(shop.shop_orders()) == {order_id}

    def test_nobody_knows_it_where_everybody_was_asked(self, shop: World) -> None:
        self.two_sellers(shop)
        with pytest.raises(AmazonOrdersError, match="another, de"):
            shop.app.orders.recover("303-0000000-0000000")
