"""Amazon refuses a part of what it is asked for: orders come in without it, and are solved again when it is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.sandbox import Fault, Line
from tests.story.world import World, world


def flow(report):
    return report.connections[0].flows[0]


def later(shop: World, **length: float):
    shop.clock.advance(timedelta(**length))
    return flow(shop.sync())


def asked_for(shop: World) -> list[set[str]]:
    return [set(call.params["includedData"].split(",")) for call in shop.amazon.calls.of("searchOrders")]


def findings(found) -> list[str]:
    return [item.detail for item in found if item.what == "data sets"]


def health(shop: World) -> list[str]:
    return findings(shop.app.health().connections[0].problems)


@pytest.fixture
def us(tmp_path: Path) -> Iterator[World]:
    """A seller in the US, where mostly Amazon collects the tax."""
    with world(tmp_path) as shop:
        shop.seller = shop.amazon.add_seller("A2AMERICAN", "na", ["US"], refresh_token="Atzr|us")
        shop.connect("us", seller_id="A2AMERICAN", region="na", marketplaces=["US"], refresh_token="Atzr|us")
        yield shop


def taxed(shop: World, sku: str = "MUG-WHITE", collected_by: str = "") -> str:
    """39.99 and 3.20 tax on top, which the seller owes where its tax data names nobody else."""
    line = Line(sku=sku, item="39.99", tax="3.20", tax_on_top=True, collected_by=collected_by)
    return shop.seller.place(line)


@pytest.mark.parametrize("status", [400, 403])
def test_orders_come_in_without_what_amazon_refuses_and_that_is_remembered(us: World, status: int) -> None:
    us.seller.refuses = {"TAX": status}
    order_id = taxed(us)
    assert later(us, minutes=5).error is None
    assert set(us.shop_orders()) == {order_id}
    us.restart()
    us.amazon.reset_calls()
    taxed(us)
    assert later(us, hours=1).placed == 1
    assert all("TAX" not in sets for sets in asked_for(us)), "it is not asked for again today"
    assert all(call.status == 200 for call in us.amazon.calls.of("searchOrders"))


@pytest.mark.parametrize("status", [400, 403])
def test_several_refused_data_sets_are_found_at_once(us: World, status: int) -> None:
    us.seller.refuses = dict.fromkeys(("TAX", "PACKAGES", "PROMOTION"), status)
    order_id = taxed(us)
    assert later(us, minutes=5).error is None
    assert set(us.shop_orders()) == {order_id}
    assert asked_for(us)[-1] & {"TAX", "PACKAGES", "PROMOTION"} == set()
    assert {"BUYER", "RECIPIENT", "CANCELLATION", "EXPENSE"} <= asked_for(us)[-1], "nothing else is given up"
    assert us.look("SELECT count(*) FROM orders") == [(1,)]


def test_health_and_doctor_name_it_with_the_role(us: World) -> None:
    later(us, minutes=5)
    assert health(us) == []
    us.seller.refuses = {"TAX": 403}
    taxed(us)
    later(us, minutes=5)
    assert "TAX" in health(us)[0]
    (finding,) = [item for item in us.app.doctor().findings if item.what == "data sets"]
    assert (finding.result, finding.connection) == ("warning", "us")
    assert "Tax Invoicing" in finding.fix


def test_the_usual_collector_is_assumed_and_amounts_are_solved_again_when_the_data_arrives(us: World) -> None:
    us.seller.refuses = {"TAX": 403}
    order_id = taxed(us)
    later(us, minutes=5)
    order = us.app.orders.get(order_id)
    assert (order.store_total, order.marketplace_tax) == (Decimal("39.99"), Decimal("3.20"))
    assert us.app.orders.inbox() == []
    us.seller.refuses = {}
    later(us, hours=2)
    assert us.app.orders.inbox() == [], "it is asked again once a day"
    later(us, hours=24)
    later(us, minutes=5)
    (entry,) = us.app.orders.inbox()
    assert (entry.amazon_order_id, entry.reason) == (order_id, "TOTAL_DIFFERS")
    assert "43.19" in entry.detail
    assert "39.99" in entry.detail
    order = us.app.orders.get(order_id)
    assert order.marketplace_tax == Decimal("0.00")
    assert order.balance is not None
    assert order.balance.equation == "39.99 + 3.20 = 43.19"
    assert health(us) == []
    new = taxed(us)
    later(us, minutes=5)
    assert us.app.orders.get(new).store_total == Decimal("43.19")


def test_where_the_assumption_was_right_nobody_is_bothered(us: World) -> None:
    us.seller.refuses = {"TAX": 403}
    order_id = taxed(us, collected_by="MARKETPLACE_FACILITATOR")
    later(us, minutes=5)
    us.seller.refuses = {}
    later(us, hours=25)
    later(us, minutes=5)
    assert us.app.orders.inbox() == []
    assert us.app.orders.get(order_id).store_total == Decimal("39.99")


def test_a_held_order_is_never_placed_on_a_record_that_lacks_what_amazon_shows_by_now(us: World) -> None:
    us.seller.refuses = {"TAX": 403}
    order_id = taxed(us, sku="NO-SUCH-THING", collected_by="MARKETPLACE_FACILITATOR")
    later(us, minutes=5)
    assert us.status(order_id) == "held"
    later(us, hours=1)
    us.seller.refuses = {}
    us.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", nth=2, times=None))
    us.amazon.faults.add(Fault(operation="getOrder", kind="html_503", times=None))
    later(us, hours=25)  # Amazon shows it again, and then nothing more
    us.amazon.faults.clear()
    us.add_product("NO-SUCH-THING")
    later(us, minutes=5)
    later(us, hours=25)
    assert us.status(order_id) == "placed"
    assert us.app.orders.get(order_id).store_total == Decimal("39.99"), "Amazon's tax is not the seller's"


def test_amounts_are_never_given_up(us: World) -> None:
    us.seller.refuses = {"PROCEEDS": 400}
    taxed(us)
    error = later(us, minutes=5).error
    assert error is not None
    assert error["code"] == "amazon_rejected"
    assert us.shop_orders() == {}


def test_a_refusal_that_is_not_about_the_data_stays_one(us: World) -> None:
    taxed(us)
    us.amazon.faults.add(Fault(operation="searchOrders", kind="403", times=None))
    error = later(us, minutes=5).error
    assert error is not None
    assert error["code"] == "amazon_auth"
    assert us.app.ledger.facts.refused_data_sets("us") == {}
    assert us.amazon.calls.count("searchOrders") <= 4


def test_a_dry_run_remembers_nothing(us: World) -> None:
    us.seller.refuses = {"TAX": 403}
    order_id = taxed(us)
    us.clock.advance(300)
    assert [entry.amazon_order_id for entry in us.sync(dry_run=True).plan] == [order_id]
    assert us.app.ledger.facts.refused_data_sets("us") == {}
