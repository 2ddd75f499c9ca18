"""An open order that cannot leave: its time to ship is told a day before, at it, and daily until Amazon cancels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.sandbox import Fault
from tests.story.world import World, world


class Killed(BaseException):
    """The process is gone."""


class Ears:
    """Hears of orders at risk."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.ship_by: list[datetime] = []
        self.dies = False

    @hookimpl
    def on_order_at_risk(self, connection, amazon_order_id, ref, ship_by, reason):
        self.heard.append((amazon_order_id, ref, reason))
        self.ship_by.append(ship_by)
        if self.dies:
            raise Killed


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[World, Ears]]:
    ears, hooks = Ears(), Hooks("shop")
    with world(tmp_path) as shop:
        hooks.load("sqlite", {"path": str(shop.shop_file)})
        hooks.register(ears, "ears")
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect()
        yield shop, ears
    hooks.close()


def held(shop: World, marketplace: str = "") -> tuple[str, datetime]:
    """An order that waits for a product, and until when it has to be shipped."""
    order_id = shop.seller.place(("MUG-WHITE", 2), "NO-SUCH-THING", marketplace=marketplace)
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "held"
    return order_id, ship_by(shop, order_id)


def ship_by(shop: World, order_id: str) -> datetime:
    return datetime.fromisoformat(shop.seller.order(order_id)["fulfillment"]["shipByWindow"]["latestDateTime"])


def at(shop: World, moment: datetime) -> None:
    """Sync at `moment`, and once more a little later, from a process of its own."""
    shop.clock.advance(moment - shop.clock.now())
    shop.sync()
    shop.restart()
    shop.clock.advance(600)
    shop.sync()


def attention(shop: World) -> list[str]:
    return [row.amazon_order_id for row in shop.app.orders.list(status="attention")]


@pytest.mark.rule("70")
@pytest.mark.rule("70")
def test_it_is_told_once_a_day_before_once_at_its_time_and_then_daily(heard) -> None:
    shop, ears = heard
    order_id, until = held(shop)
    at(shop, until - timedelta(hours=25))
    assert ears.heard == []
    told = (order_id, "", "UNKNOWN_SKU")
    at(shop, until - timedelta(hours=23))
    at(shop, until - timedelta(hours=2))
    assert ears.heard == [told]
    at(shop, until + timedelta(minutes=1))
    at(shop, until + timedelta(hours=20))
    assert ears.heard == [told] * 2
    for day in range(1, 7):
        at(shop, until + timedelta(days=day, minutes=1))
    assert ears.heard == [told] * 8
    assert set(ears.ship_by) == {until}
    assert shop.look("SELECT stock FROM products WHERE sku = 'MUG-WHITE'") == [(998,)], "it keeps its units"


@pytest.mark.rule("70")
@pytest.mark.rule("70")
@pytest.mark.parametrize(("marketplace", "days"), [("DE", 7), ("AE", 3)])
def test_past_amazons_own_time_it_is_expected_to_be_cancelled_and_read_again_at_once(
    tmp_path: Path, marketplace: str, days: int
) -> None:
    ears, hooks = Ears(), Hooks("shop")
    with world(tmp_path) as shop:
        hooks.load("sqlite", {"path": str(shop.shop_file)})
        hooks.register(ears, "ears")
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.amazon.sellers.clear()
        shop.seller = shop.amazon.add_seller("A1SANDBOXSELLER", "eu", [marketplace], refresh_token="Atzr|story2")
        shop.connect(marketplaces=[marketplace], refresh_token="Atzr|story2")
        order_id, until = held(shop, marketplace)
        at(shop, until + timedelta(days=days, minutes=-30))
        assert {reason for _, _, reason in ears.heard} == {"UNKNOWN_SKU"}
        shop.amazon.reset_calls()
        at(shop, until + timedelta(days=days, minutes=1))
        assert ears.heard[-1] == (order_id, "", "CANCELLED_EXPECTED")
        assert [call.params["orderId"] for call in shop.amazon.calls.of("getOrder")] == [order_id]
        shop.seller.cancel_silently(order_id)
        at(shop, until + timedelta(days=days + 1, minutes=1))
        assert (shop.status(order_id), shop.app.orders.get(order_id).reason) == ("skipped", "CANCELLED")
        count = len(ears.heard)
        at(shop, until + timedelta(days=days + 2, minutes=1))
        assert len(ears.heard) == count
        assert shop.app.orders.inbox() == []
        assert shop.look("SELECT stock FROM products WHERE sku = 'MUG-WHITE'") == [(1000,)]
    hooks.close()


def test_an_order_that_the_shop_can_ship_is_nobodys_worry(heard) -> None:
    shop, ears = heard
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.sync()
    at(shop, ship_by(shop, order_id) - timedelta(hours=1))
    assert ears.heard == []
    assert attention(shop) == []


def test_an_order_that_the_buyer_wants_cancelled_is_told_with_its_reference(heard) -> None:
    shop, ears = heard
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.sync()
    shop.seller.request_cancel(order_id)
    until = ship_by(shop, order_id)
    at(shop, until - timedelta(hours=26))
    assert ears.heard == []
    at(shop, until - timedelta(hours=1))
    ref = shop.app.orders.get(order_id).store_ref
    assert ears.heard == [(order_id, ref, "BUYER_REQUESTS_CANCEL")]
    assert attention(shop) == [order_id]
    shop.app.orders.release(order_id)
    at(shop, until + timedelta(hours=1))
    assert len(ears.heard) == 1
    assert attention(shop) == []


def test_an_order_whose_change_the_shop_refused_is_told(heard) -> None:
    shop, ears = heard
    order_id = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.sync()
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["addressLine1"] = "Elsewhere 9"
    shop.clock.advance(300)
    shop.sync()
    ears.heard.clear()  # it was told at once that the shop refused
    at(shop, ship_by(shop, order_id) - timedelta(hours=1))
    ref = shop.app.orders.get(order_id).store_ref
    assert ears.heard == [(order_id, ref, "ADDRESS_CHANGED")]


def test_it_stands_in_health_and_among_what_needs_attention_until_it_is_settled(heard) -> None:
    shop, _ = heard
    order_id, until = held(shop)
    at(shop, until - timedelta(hours=3))
    assert attention(shop) == [order_id]
    (entry,) = shop.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order_id, "AT_RISK")
    assert "UNKNOWN_SKU" in entry.detail
    assert f"{until:%Y-%m-%d %H:%M}" in entry.detail

    def worry() -> list[str]:
        (part,) = shop.app.health().connections
        return [problem.detail for problem in part.problems if problem.what == "at risk"]

    assert order_id in worry()[0]
    shop.add_product("NO-SUCH-THING")
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "placed"
    assert (worry(), shop.app.orders.inbox(), attention(shop)) == ([], [], [])


def test_a_ship_by_time_that_moves_is_told_anew(heard) -> None:
    shop, ears = heard
    order_id, until = held(shop)
    at(shop, until - timedelta(hours=1))
    later = until + timedelta(days=3)
    with shop.seller.change(order_id) as order:
        order["fulfillment"]["shipByWindow"]["latestDateTime"] = later.isoformat().replace("+00:00", "Z")
    at(shop, until + timedelta(hours=1))
    assert len(ears.heard) == 1, "there is time again"
    assert attention(shop) == [order_id], "it is held all the same"
    assert shop.app.orders.inbox() == []
    at(shop, later - timedelta(hours=1))
    assert ears.ship_by == [until, later]


def test_a_process_that_dies_while_it_tells_does_not_tell_again(heard) -> None:
    shop, ears = heard
    _, until = held(shop)
    shop.clock.advance(until - timedelta(hours=1) - shop.clock.now())
    ears.dies = True
    with pytest.raises(Killed):
        shop.sync()
    ears.dies = False
    shop.restart()
    shop.clock.advance(300)
    shop.sync()
    assert len(ears.heard) == 1


def test_it_is_told_while_amazon_is_down(heard) -> None:
    shop, ears = heard
    order_id, until = held(shop)
    shop.clock.advance(until - timedelta(hours=1) - shop.clock.now())
    shop.amazon.faults.add(Fault(operation="*", kind="html_503", times=None))
    shop.sync()
    assert ears.heard == [(order_id, "", "UNKNOWN_SKU")]


def test_a_held_order_that_was_shipped_by_hand_is_out_of_danger(heard) -> None:
    shop, ears = heard
    order_id, until = held(shop)
    shop.seller.ship(order_id)
    at(shop, until + timedelta(hours=1))
    assert shop.status(order_id) == "held"
    assert ears.heard == []
    (part,) = shop.app.health().connections
    assert part.late == 0


def test_a_dry_run_tells_nobody(heard) -> None:
    shop, ears = heard
    _, until = held(shop)
    shop.clock.advance(until - timedelta(hours=1) - shop.clock.now())
    shop.sync(dry_run=True)
    assert ears.heard == []
    assert shop.app.orders.inbox() == []
