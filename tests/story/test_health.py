"""`health` tells from the ledger alone what needs somebody; each thing turns red for its own reason, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.model import Reason
from amazon_orders.model.checkup import ConnectionHealth
from amazon_orders.sandbox import Fault
from tests.story.command_line import CommandLine
from tests.story.way_back import depot
from tests.story.world import World, world


def one(shop: World, **options: Any) -> ConnectionHealth:
    (found,) = shop.app.health(**options).connections
    return found


def results(shop: World) -> dict[str, str]:
    found = shop.app.health()
    return {
        problem.what: problem.result
        for problem in (*found.problems, *(problem for part in found.connections for problem in part.problems))
    }


def order(shop: World, *lines: str, **options: Any) -> str:
    order_id = shop.seller.place(*lines, **options)
    shop.clock.advance(300)
    return order_id


def test_after_a_sync_all_is_well(shop: World) -> None:
    order(shop, "MUG-WHITE")
    shop.sync()
    found = shop.app.health()
    assert found.ok
    assert results(shop) == {}
    (part,) = found.connections
    assert (part.active, part.authorised, part.age_seconds) == (True, True, 0.0)
    assert 0 < part.quota["searchOrders"] <= 20


def test_it_asks_nobody_and_writes_nothing(shop: World) -> None:
    shop.sync()
    shop.amazon.reset_calls()
    before = shop.app.ledger.commits
    shop.app.health()
    assert list(shop.amazon.calls) == []
    assert shop.app.ledger.commits == before


def test_three_missed_intervals_are_red_and_two_are_not(shop: World) -> None:
    shop.sync()
    shop.clock.advance(900)
    assert "last success" not in results(shop)
    shop.clock.advance(1)
    assert results(shop)["last success"] == "red"
    assert one(shop, interval=timedelta(hours=1)).ok
    shop.sync()
    assert "last success" not in results(shop)


def test_a_run_that_fails_is_no_success(shop: World) -> None:
    shop.sync()
    shop.amazon.faults.add(Fault(operation="searchOrders", kind="html_503", times=None))
    for _ in range(4):
        shop.clock.advance(300)
        shop.sync()
    assert results(shop)["last success"] == "red"


def test_a_connection_that_never_ran_is_given_as_long(shop: World) -> None:
    assert results(shop) == {}
    shop.clock.advance(901)
    assert results(shop) == {"last success": "red"}
    assert one(shop).last_success is None


def test_a_connection_that_is_switched_off_is_not_missed(shop: World) -> None:
    shop.app.connections.set("de", {"active": False})
    shop.clock.advance(90000)
    assert shop.app.health().ok


def test_an_authorisation_that_is_gone_is_red(shop: World) -> None:
    shop.seller.revoke()
    shop.sync()
    assert not one(shop).authorised
    assert results(shop)["authorisation"] == "red"


def test_orders_that_wait_are_counted_and_no_alarm(shop: World) -> None:
    order(shop, "NO-SUCH-THING")
    order(shop, "MUG-WHITE", pending=True)
    broken = order(shop, "MUG-WHITE")
    shop.seller.spoil(broken, lambda record: record.pop("createdTime"))
    shop.sync()
    found = one(shop)
    assert (found.held, found.pending, found.failed, found.unreadable) == (1, 1, 1, 0)
    assert found.ok
    assert results(shop) == {"held": "warning", "failed": "warning"}


def test_a_record_without_an_order_id_is_told_by_its_digest(shop: World) -> None:
    broken = order(shop, "MUG-WHITE")
    shop.seller.spoil(broken, lambda record: record.pop("orderId"))
    shop.sync()
    assert one(shop).unreadable == 1
    (problem,) = [item for item in one(shop).problems if item.what == "records without an order id"]
    assert "unreadable-" in problem.detail


def test_an_open_order_past_its_time_to_ship_is_red_until_it_is_shipped(shop: World) -> None:
    first = order(shop, "MUG-WHITE")
    order(shop, "CAP-BLACK")
    shop.sync()
    until = datetime.fromisoformat(shop.seller.order(first)["fulfillment"]["shipByWindow"]["latestDateTime"])
    shop.clock.advance((until - shop.clock.now()).total_seconds() + 1)
    found = one(shop)
    assert (found.late, found.oldest_late, found.oldest_ship_by) == (1, first, until) or found.late == 2
    assert found.oldest_late == first
    assert results(shop)["late"] == "red"
    for order_id in shop.seller.order_ids():
        shop.seller.ship(order_id)
    shop.clock.advance(300)
    shop.sync()
    assert "late" not in results(shop)


def test_a_double_in_the_store_is_named_with_both_references(shop: World) -> None:
    order_id = order(shop, "MUG-WHITE")
    shop.sync()
    shop.app.ledger.inbox.open("de", order_id, Reason.DOUBLE, "The store has this order 2 times: 1, 2. Keep 1.")
    assert "1, 2" in one(shop).doubles[order_id]
    assert results(shop) == {"double": "red"}
    assert one(shop).inbox == 1


def test_personal_data_past_its_time_is_red(shop: World) -> None:
    order(shop, "MUG-WHITE")
    shop.sync()
    shop.clock.advance(90 * 86400)
    assert results(shop)["personal data"] == "red"
    assert shop.app.health().personal_data["overdue"] == 1
    shop.sync()
    assert "personal data" not in results(shop)


def test_a_quota_that_is_used_up_is_said(tmp_path: Path) -> None:
    with world(tmp_path, speed=1.0) as shop:
        shop.connect()
        shop.amazon.page_limit = 5
        shop.seller.generate(200, imbalance=False)
        shop.sync()
        assert results(shop)["quota"] == "warning"
        assert one(shop).quota["searchOrders"] < 1


def test_a_lost_key_is_red(shop: World) -> None:
    shop.sync()
    shop.app.close()
    (shop.folder / "ao.key").unlink()
    assert results(shop) == {"key": "red"}


class TestTheCarrierOther:
    def test_its_share_of_the_parcels_is_told_and_no_alarm(self, tmp_path: Path) -> None:
        with depot(tmp_path) as yard:
            for carrier in ("DHL", "Mueller", "DHL", "GLS"):
                yard.ship(yard.placed(), carrier=carrier)
            yard.settle(2)
            found = one(yard.world)
            assert found.carriers.as_dict() == {"days": 30, "confirmed": 4, "other": 1, "other_share": 0.25}
            assert found.ok
            (problem,) = [item for item in found.problems if item.what == "carrier"]
            assert (problem.result, "1 of 4, 25.0%" in problem.detail) == ("warning", True)

    def test_none_is_told_where_each_has_its_code(self, tmp_path: Path) -> None:
        with depot(tmp_path) as yard:
            yard.ship(yard.placed())
            yard.settle(2)
            assert one(yard.world).carriers.as_dict()["other_share"] == 0
            assert results(yard.world) == {}

    @pytest.mark.parametrize("fault", ["lost_answer", "500"])
    def test_a_parcel_counts_once_however_often_it_is_sent(self, tmp_path: Path, fault: Any) -> None:
        with depot(tmp_path) as yard:
            parcel = yard.ship(yard.placed(), carrier="Mueller")
            yard.amazon.faults.add(Fault(operation="confirmShipment", kind=fault))
            yard.settle(4)
            yard.edit(parcel, tracking="00340434161094049999", carrier="DHL")
            yard.settle(4)
            found = one(yard.world).carriers
            assert (found.confirmed, found.other) == (1, 1)

    def test_those_that_go_by_feed_count_too(self, tmp_path: Path) -> None:
        with depot(tmp_path, settings={"untracked": "feed"}) as yard:
            yard.ship(yard.placed(), carrier="Mueller", tracking="")
            yard.settle(6)
            found = one(yard.world).carriers
            assert (found.confirmed, found.other) == (1, 1)

    def test_one_that_amazon_took_by_feed_counts_before_it_is_shown(self, tmp_path: Path) -> None:
        with depot(tmp_path, settings={"untracked": "feed"}) as yard:
            order = yard.placed()
            yard.seller.ignore_confirmations(order)
            yard.ship(order, carrier="Mueller", tracking="")
            yard.settle(4)
            assert yard.commands(order) == [("confirm", "accepted")]
            found = one(yard.world).carriers
            assert (found.confirmed, found.other) == (1, 1)

    def test_after_thirty_days_it_is_forgotten(self, tmp_path: Path) -> None:
        with depot(tmp_path) as yard:
            yard.ship(yard.placed(), carrier="Mueller")
            yard.settle(2)
            yard.clock.advance(29 * 86400)
            assert one(yard.world).carriers.other == 1
            yard.clock.advance(2 * 86400)
            assert one(yard.world).carriers.other == 0
            yard.ship(yard.placed())
            yard.settle(2)
            found = one(yard.world).carriers
            assert (found.confirmed, found.other) == (1, 0)


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    return made


class TestTheCommand:
    def test_the_document_has_this_shape(self, line: CommandLine) -> None:
        line.buy("NO-SUCH-THING")
        line.must("sync")
        found = line.document("health")
        assert list(found) == ["ok", "at", "connections", "personal_data", "problems"]
        assert list(found["personal_data"]) == ["kept", "overdue", "next_erase"]
        (part,) = found["connections"]
        assert list(part) == [
            "name", "ok", "active", "authorised", "last_success", "age_seconds", "next_due", "pending", "held",
            "failed", "unreadable", "inbox", "doubles", "late", "oldest_late", "oldest_ship_by", "quota", "carriers",
            "problems",
        ]  # fmt: skip
        assert part["carriers"] == {"days": 30, "confirmed": 0, "other": 0, "other_share": None}
        (problem,) = part["problems"]
        assert list(problem) == ["what", "connection", "result", "detail", "fix"]

    def test_the_exit_code_is_1_where_something_is_red_and_json_is_printed_all_the_same(
        self, line: CommandLine
    ) -> None:
        line.must("sync")
        assert line.run("health").exit_code == 0
        line.clock.advance(3600)
        result = line.run("health", "--json")
        assert result.exit_code == 1
        assert '"ok": false' in result.stdout
        assert line.run("health", "--interval", "3600").exit_code == 0

    def test_it_says_what_to_do(self, line: CommandLine) -> None:
        line.buy("NO-SUCH-THING")
        line.must("sync")
        said = line.must("health").stdout
        assert "warning  de: held" in said
        assert "To do: amazon-orders orders list --status held" in said
