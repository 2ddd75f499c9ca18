"""Orders come from Amazon into the shop: each once, to the cent, and those that cannot come say why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from amazon_orders.sandbox import Line
from tests.story.world import START, World


def flow(report):
    return report.connections[0].flows[0]


def collected_by_amazon(order, regime: str) -> Decimal:
    """Tax inside the order's total that Amazon owes, which never is the shop's."""
    if not regime.startswith(("ioss", "facilitator in")):
        return Decimal(0)
    return sum(
        (
            Decimal(row["subtotal"]["amount"])
            for item in order["orderItems"]
            for row in item["proceeds"]["breakdowns"]
            if row["type"] == "TAX"
        ),
        Decimal(0),
    )


def test_an_order_arrives_with_amazons_total(shop: World) -> None:
    order_id = shop.seller.place(Line(sku="MUG-WHITE", quantity=2, item="25.00", shipping="4.99"))
    shop.clock.advance(300)
    report = shop.sync()
    assert flow(report).placed == 1
    assert shop.shop_orders() == {order_id: ("EUR", "29.99")}
    assert shop.status(order_id) == "placed"


def test_a_second_sync_writes_nothing_into_the_shop(shop: World) -> None:
    shop.seller.generate(30, imbalance=False)
    shop.sync()
    before = shop.shop_orders()
    changed = shop.look("SELECT max(updated_at) FROM orders")
    again = flow(shop.sync())
    assert again.placed == again.changed == again.failed == 0
    assert shop.shop_orders() == before
    assert shop.look("SELECT max(updated_at) FROM orders") == changed
    assert len(before) == 30


def test_every_total_in_the_shop_is_the_sum_of_its_lines_and_shipping(shop: World) -> None:
    shop.seller.generate(120)
    shop.sync()
    rows = shop.look("SELECT id, total, shipping FROM orders")
    assert len(rows) >= 100
    for order, total, shipping in rows:
        lines = [Decimal(amount) for (amount,) in shop.look("SELECT total FROM order_lines WHERE order_id = ?", order)]
        assert sum(lines) + Decimal(shipping) == Decimal(total)


def test_totals_match_what_the_generator_drew_or_the_order_is_held(shop: World) -> None:
    shop.seller.generate(300)
    shop.sync()
    placed = shop.shop_orders()
    held = {row.amazon_order_id: row.reason for row in shop.app.orders.list(status="held")}
    off = rounded = 0
    for order_id in shop.seller.order_ids():
        drawn = shop.seller.drawn(order_id)
        if order_id in held:
            assert drawn.off_by != 0, f"{order_id} was held for {held[order_id]} though its amounts add up"
            off += 1
        else:
            expected = drawn.total + drawn.off_by - collected_by_amazon(shop.seller.order(order_id), drawn.regime)
            assert Decimal(placed[order_id][1]) == expected, (order_id, drawn.regime)
            rounded += drawn.off_by != 0
    assert off >= 1
    assert rounded >= 1


def test_an_unknown_sku_holds_its_order_alone(shop: World) -> None:
    good = shop.seller.place("MUG-WHITE")
    bad = shop.seller.place("NO-SUCH-THING")
    shop.clock.advance(300)
    report = flow(shop.sync())
    assert (report.placed, report.held) == (1, 1)
    assert set(shop.shop_orders()) == {good}
    order = shop.app.orders.get(bad)
    assert (order.status, order.reason) == ("held", "UNKNOWN_SKU")
    assert "NO-SUCH-THING" in " ".join(step["detail"] for step in order.trace)


def test_a_held_order_goes_in_once_the_shop_has_the_product(shop: World) -> None:
    order_id = shop.seller.place("NEW-THING")
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "held"
    shop.add_product("NEW-THING")
    report = flow(shop.sync())
    assert report.placed == 1
    assert shop.status(order_id) == "placed"
    assert set(shop.shop_orders()) == {order_id}


def test_cropping_a_suffix_brings_a_held_order_in(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE-FBA")
    shop.clock.advance(300)
    shop.sync()
    shop.app.connections.set("de", {"sku_crop": [{"suffix": "-FBA"}]})
    report = shop.app.orders.retry(held=True)
    assert flow(report).placed == 1
    (line,) = shop.app.orders.get(order_id).lines
    assert line.matched_by == "crop"
    query = "SELECT p.sku FROM order_lines l JOIN products p ON p.id = l.product_id WHERE kind = 'item'"
    assert shop.look(query) == [("MUG-WHITE",)]


def test_a_pending_order_waits_and_comes_in_when_it_is_paid(shop: World) -> None:
    order_id = shop.seller.place("MUG-WHITE", pending=True)
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "pending"
    assert shop.shop_orders() == {}
    shop.seller.pay(order_id)
    shop.clock.advance(300)
    shop.sync()
    assert shop.status(order_id) == "placed"
    assert set(shop.shop_orders()) == {order_id}


def test_orders_from_before_the_start_are_left_to_whoever_had_them(shop: World) -> None:
    shop.app.connections.set("de", {"sync_from": shop.clock.now() + timedelta(minutes=1)})
    old = shop.seller.place("MUG-WHITE")
    shop.clock.advance(600)
    with shop.seller.change(old):
        pass  # touched today, created before the start
    new = shop.seller.place("MUG-WHITE")
    shop.clock.advance(300)
    shop.sync()
    assert set(shop.shop_orders()) == {new}


def test_a_silent_cancellation_is_found_although_its_update_time_stands_still(shop: World) -> None:
    ids = shop.seller.generate(20, imbalance=False, span=timedelta(days=6))
    shop.sync()
    shop.seller.cancel_silently(ids[0])
    shop.amazon.reset_calls()
    shop.clock.advance(60)
    shop.sync()
    order = shop.app.orders.get(ids[0])
    assert (order.amazon_status, order.status) == ("CANCELLED", "cancelled")
    assert shop.look("SELECT external_id FROM orders WHERE status = 'cancelled'") == [(ids[0],)]
    assert shop.amazon.calls.count("searchOrders") + shop.amazon.calls.count("getOrder") <= 2


def test_an_order_that_amazon_shows_late_is_not_missed(shop: World) -> None:
    late = shop.seller.place("MUG-WHITE")
    shop.seller.hide_for(late, 400)
    shop.seller.place("CAP-BLACK")
    for _ in range(4):
        shop.clock.advance(180)
        shop.sync()
    assert shop.status(late) == "placed"


@pytest.mark.parametrize("hours", [2, 30], ids=["two hours", "thirty hours"])
def test_an_order_that_amazon_shows_much_later_is_found_by_looking_again(shop: World, hours: int) -> None:
    shop.seller.place("CAP-BLACK")
    shop.clock.advance(300)
    shop.sync()
    late = shop.seller.place("MUG-WHITE")
    shop.seller.hide_for(late, hours * 3600)
    for _ in range(hours + 26):
        shop.clock.advance(3600)
        shop.sync()
        if late in shop.shop_orders():
            break
    assert shop.status(late) == "placed"
    waited = (shop.clock.now() - START).total_seconds() / 3600
    assert waited <= hours + (2 if hours < 4 else 25)


def test_a_dry_run_plans_what_the_real_run_then_does_and_writes_nothing(shop: World) -> None:
    shop.seller.generate(40)
    shop.seller.place("NO-SUCH-THING")
    shop.clock.advance(300)
    plan = shop.sync(dry_run=True)
    assert shop.shop_orders() == {}
    assert list(shop.app.orders.list()) == []
    planned = {entry.amazon_order_id: (entry.action, entry.reason, entry.total) for entry in plan.plan}
    shop.sync()
    words = {"place": "placed", "hold": "held", "skip": "skipped", "pending": "pending"}
    real = {row.amazon_order_id: row for row in shop.app.orders.list()}
    assert set(planned) == set(real)
    for order_id, (action, reason, total) in planned.items():
        row = real[order_id].as_dict()
        assert (words[action], reason if action != "place" else None) == (row["status"], row["reason"])
        if action == "place":
            assert total == row["store_total"]


@pytest.mark.rule("67")
def test_two_connections_on_one_store_place_an_order_once(shop: World) -> None:
    shop.amazon.add_seller("A2OTHERSELLER", "eu", ["DE"], refresh_token="Atzr|other")
    shop.connect(name="other", seller_id="A2OTHERSELLER", marketplaces=["DE"], refresh_token="Atzr|other")
    order_id = shop.seller.place("MUG-WHITE")
    shop.amazon.sellers["A2OTHERSELLER"].add(shop.seller.order(order_id))
    shop.clock.advance(300)
    shop.sync()
    assert set(shop.shop_orders()) == {order_id}
    rows = {(row.connection, row.status, row.reason) for row in shop.app.orders.list()}
    assert rows == {("de", "placed", None), ("other", "skipped", "OTHER_CONNECTION")}


@pytest.mark.rule("68")
def test_a_connection_removed_and_added_again_places_nothing_twice(shop: World) -> None:
    shop.seller.generate(10, imbalance=False)
    shop.sync()
    shop.app.connections.remove("de")
    shop.connect(name="again")
    shop.sync()
    assert len(shop.look("SELECT id FROM orders")) == 10
    assert {row.status for row in shop.app.orders.list(connection="again")} == {"placed"}
