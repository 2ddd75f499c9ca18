"""What a shop has is what Amazon offers: told by looking at both, past the library."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import ConfigError
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Connection, FlowReport, Product, StockLevel
from amazon_orders.sandbox import Fault
from tests.stores.plain import PlainStore
from tests.story.command_line import CommandLine
from tests.story.world import World, world

MUG = "MUG-WHITE"
HOUR = 3600.0


def publish(shop: World, seconds: float = 300, **options: Any) -> FlowReport:
    """Time passes, then a run; what it says of stock."""
    shop.clock.advance(seconds)
    report = shop.sync(**options)
    return report.connections[0].flows[-1]


def settled(shop: World) -> None:
    """Runs until the day's report of listings is read."""
    for _ in range(3):
        done = publish(shop)
        assert done.error is None, done.error


def row(shop: World, sku: str, name: str = "de") -> Any:
    return next(each for each in shop.app.stock.list(name) if each.seller_sku == sku)


def sent(shop: World, sku: str) -> list[int | None]:
    """Every quantity that the library wrote to a listing."""
    return [change.quantity for change in shop.seller.quantity_history(sku) if change.why in ("patched", "feed")]


def drops(shop: World) -> str:
    """What health says of stock."""
    (part,) = shop.app.health().connections
    return "".join(each.detail for each in part.problems if each.what == "stock")


def units(shop: World, sku: str = MUG) -> int:
    ((count,),) = shop.look("SELECT stock FROM products WHERE sku = ?", sku)
    return int(count)


class TestWhatIsWritten:
    def test_a_level_that_changed_is_told_once_and_nothing_else_is(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 5)
        assert publish(shop).sent == 1
        assert sent(shop, MUG) == [5]
        assert publish(shop).sent == 0
        assert all(not sent(shop, sku) for sku in ("MUG-BLUE", "CAP-BLACK"))

    def test_a_run_with_nothing_to_do_makes_no_call_but_the_order_sweep(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 5)
        for _ in range(10):
            publish(shop)
        shop.clock.advance(300)
        report = shop.sync()
        calls = {flow.flow: set(flow.calls) for flow in report.connections[0].flows if flow.calls}
        assert calls == {"orders": {"searchOrders"}}

    def test_what_amazon_took_is_looked_at_once_and_then_left_alone(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 5)
        publish(shop)
        assert row(shop, MUG).state == "accepted"
        assert publish(shop).calls == {"searchListingsItems": 1}
        assert row(shop, MUG).state == "verified"
        assert publish(shop).calls == {}

    def test_what_amazon_does_not_show_in_half_an_hour_is_sent_again(self, shop: World) -> None:
        settled(shop)
        shop.seller.listing_delay = 10 * HOUR
        shop.set_stock(MUG, 5)
        publish(shop)
        shop.seller.listing_delay = 0
        for _ in range(8):
            publish(shop)
        assert shop.seller.quantity(MUG) == 5

    def test_fba_is_never_touched_beside_the_sellers_own_listing_of_one_product(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_crop": [{"suffix": "-FBA"}, {"suffix": "-FBM"}]})
        shop.seller.list_item("BOWL-GREY-FBA", channel="AMAZON_EU")
        shop.seller.list_item("BOWL-GREY-FBM", 3)
        settled(shop)
        shop.set_stock("BOWL-GREY", 10)
        publish(shop)
        shop.seller.place(("BOWL-GREY-FBA", 2), fulfilled_by="AMAZON")
        publish(shop)
        assert shop.seller.quantity("BOWL-GREY-FBM") == 10
        assert sent(shop, "BOWL-GREY-FBA") == []
        assert shop.seller.converted == []
        assert row(shop, "BOWL-GREY-FBA").reason == "AMAZON_CHANNEL"
        assert units(shop, "BOWL-GREY") == 10

    def test_an_open_fba_order_takes_nothing_from_the_shops_own_stock(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            shop.connect(fulfillment="all")
            settled(shop)
            shop.seller.place((MUG, 4), fulfilled_by="AMAZON", pending=True)
            publish(shop)
            assert row(shop, MUG).unheld == 0

    def test_a_channel_that_amazon_does_not_tell_gets_nothing(self, shop: World) -> None:
        shop.seller.list_item("CAP-BLACK", channel="EXTERNAL-POINT")
        settled(shop)
        shop.set_stock("CAP-BLACK", 4)
        publish(shop)
        assert sent(shop, "CAP-BLACK") == []
        assert row(shop, "CAP-BLACK").state in ("held", "skipped")

    def test_a_listing_that_amazon_does_not_have_gets_nothing(self, shop: World) -> None:
        shop.add_product("NOT-LISTED", 5)
        settled(shop)
        shop.set_stock("NOT-LISTED", 4)
        done = publish(shop)
        assert (done.sent, done.failed, done.error) == (0, 0, None)

    def test_a_listing_that_moved_to_amazons_warehouse_is_left_alone_after_the_next_report(self, shop: World) -> None:
        settled(shop)
        shop.seller.list_item(MUG, channel="AMAZON_EU")
        shop.clock.advance(24 * HOUR)
        settled(shop)
        shop.set_stock(MUG, 4)
        publish(shop)
        assert sent(shop, MUG) == []
        assert shop.seller.converted == []

    def test_a_deleted_listing_is_refused_and_then_left_alone_until_it_is_read_again(self, shop: World) -> None:
        settled(shop)
        shop.seller.listings.delete(MUG, shop.clock.now())
        shop.set_stock(MUG, 5)
        assert publish(shop).failed == 1
        assert row(shop, MUG).state == "refused"
        shop.set_stock(MUG, 6)
        for _ in range(3):
            done = publish(shop)
            assert "patchListingsItem" not in done.calls
        assert row(shop, MUG).state == "refused"
        shop.seller.list_item(MUG, 1)
        shop.clock.advance(24 * HOUR)
        settled(shop)
        assert shop.seller.quantity(MUG) == 6

    def test_what_amazon_refuses_is_not_sent_again_and_again(self, shop: World) -> None:
        settled(shop)
        shop.seller.block_listing(MUG)
        shop.set_stock(MUG, 5)
        publish(shop)
        assert row(shop, MUG).state == "refused"
        assert "under review" in row(shop, MUG).detail
        assert publish(shop).calls.get("patchListingsItem") is None
        shop.set_stock(MUG, 4)
        assert publish(shop).calls["patchListingsItem"] == 1
        shop.seller.block_listing(MUG, "")
        shop.clock.advance(24 * HOUR)
        settled(shop)
        assert shop.seller.quantity(MUG) == 4


class TestHowListingsAreLearned:
    def test_from_an_alias(self, shop: World) -> None:
        shop.app.sku.alias("de", "ODD-NAME", "BOWL-GREY", units=2)
        shop.seller.list_item("ODD-NAME", 1)
        settled(shop)
        assert shop.seller.quantity("ODD-NAME") == 500

    def test_cropped_names_are_found_by_the_report_alone(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_crop": [{"suffix": "-FBM"}]})
        shop.seller.list_item("BOWL-GREY-FBM", 1)
        publish(shop)
        assert sent(shop, "BOWL-GREY-FBM") == []
        publish(shop)
        assert sent(shop, "BOWL-GREY-FBM") == [1000]

    def test_from_an_order_for_a_listing_made_since_the_report(self, shop: World) -> None:
        settled(shop)
        shop.app.connections.set("de", {"sku_crop": [{"suffix": "-NEW"}]})
        shop.seller.list_item("BOWL-GREY-NEW", 1)
        assert publish(shop).sent == 0
        shop.seller.place("BOWL-GREY-NEW")
        publish(shop)
        assert sent(shop, "BOWL-GREY-NEW") == [999]

    def test_a_placeholder_has_no_stock(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            shop.add_product("ANYTHING", 77)
            shop.connect(unknown_sku="placeholder", placeholder_product="ANYTHING")
            shop.seller.list_item("WHO-KNOWS", 3)
            shop.seller.place("WHO-KNOWS")
            settled(shop)
            publish(shop)
            assert shop.look("SELECT COUNT(*) FROM orders") == [(1,)]
            assert sent(shop, "WHO-KNOWS") == []

    def test_twenty_are_asked_for_in_one_call(self, shop: World) -> None:
        assert publish(shop).calls["searchListingsItems"] == 2, "40 products"

    def test_many_wait_for_the_report_and_go_out_in_the_same_run_if_it_is_there(self, shop: World) -> None:
        shop.seller.report_delay = 8
        for number in range(450):
            shop.seller.list_item(f"PART-{number}", 1)
        _add(shop, {f"PART-{number}": 7 for number in range(450)})
        done = publish(shop)
        assert "searchListingsItems" not in done.calls
        assert done.sent == 450
        assert shop.seller.quantity("PART-449") == 7

    def test_a_report_that_never_ends_is_given_up_and_asked_for_anew(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="hanging_report", operation="createReport", times=3))
        shop.app.connections.set("de", {"sku_crop": [{"suffix": "-FBM"}]})
        shop.seller.list_item("BOWL-GREY-FBM", 1)
        settled(shop)
        assert sent(shop, "BOWL-GREY-FBM") == []
        shop.clock.advance(4 * HOUR)
        settled(shop)
        assert sent(shop, "BOWL-GREY-FBM") == [1000]

    def test_reports_that_all_fail_are_asked_for_in_the_next_run(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(kind="fatal_report", operation="createReport", times=3))
        shop.app.connections.set("de", {"sku_crop": [{"suffix": "-FBM"}]})
        shop.seller.list_item("BOWL-GREY-FBM", 1)
        for _ in range(4):
            publish(shop)
        assert sent(shop, "BOWL-GREY-FBM") == [1000]

    def test_a_report_that_cannot_be_had_keeps_nothing_from_falling(self, shop: World) -> None:
        settled(shop)
        shop.amazon.faults.add(Fault(kind="503", operation="createReport", times=None))
        shop.clock.advance(24 * HOUR)
        publish(shop)
        shop.set_stock(MUG, 2)
        done = publish(shop)
        assert (done.sent, done.error) == (1, None)
        assert shop.seller.quantity(MUG) == 2


class TestHowMany:
    @pytest.mark.rule("37")
    def test_units_of_an_order_that_is_held_are_not_offered_again(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 10)
        publish(shop)
        order_id = shop.seller.place((MUG, 3), "NO-SUCH-THING")
        publish(shop)
        assert shop.status(order_id) == "held"
        for _ in range(3):
            publish(shop, HOUR / 4)
        assert shop.seller.quantity(MUG) == 7

    @pytest.mark.rule("38")
    def test_pending_units_of_one_seller_come_off_what_another_offers(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            other = _second_seller(shop)
            shop.connect(reserve_pending=False)
            shop.connect("two", seller_id="A2SECOND", refresh_token="Atzr|second", reserve_pending=False)
            settled(shop)
            shop.set_stock(MUG, 10)
            shop.seller.place((MUG, 4), pending=True)
            settled(shop)
            assert other.quantity(MUG) == 6
            assert shop.seller.quantity(MUG) == 6
            assert units(shop) == 10

    def test_a_shop_that_moves_no_stock_for_reservations_does_not_offer_pending_units_again(
        self, tmp_path: Path
    ) -> None:
        with _plain(tmp_path) as (shop, _):
            shop.seller.place((MUG, 4), pending=True)
            settled(shop)
            assert shop.seller.quantity(MUG) == 6

    def test_a_shop_that_reserves_nothing_does_not_offer_placed_units_again(self, tmp_path: Path) -> None:
        with _plain(tmp_path) as (shop, _):
            shop.seller.place((MUG, 3))
            settled(shop)
            settled(shop)
            assert shop.look("SELECT COUNT(*) FROM orders") == [(1,)]
            assert shop.seller.quantity(MUG) == 7

    def test_placing_lowers_shop_and_amazon_alike_and_nothing_is_sent(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 10)
        publish(shop)
        publish(shop, HOUR)
        shop.seller.place((MUG, 3))
        for _ in range(3):
            assert publish(shop).sent == 0
        assert (units(shop), shop.seller.quantity(MUG), sent(shop, MUG)) == (7, 7, [10])

    def test_a_sale_while_a_quantity_is_on_its_way_is_told(self, shop: World) -> None:
        settled(shop)
        shop.seller.listing_delay = 60
        shop.set_stock(MUG, 10)
        publish(shop)
        shop.seller.place((MUG, 3))  # comes off the old quantity, which the new one then replaces
        publish(shop)
        publish(shop)
        assert shop.seller.quantity(MUG) == 7

    @pytest.mark.rule("39")
    def test_while_orders_are_not_read_quantities_only_fall(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 7)
        publish(shop)
        shop.set_stock(MUG, 10)
        done = publish(shop, 45 * 60, only=["stock"])
        assert (done.sent, shop.seller.quantity(MUG)) == (0, 7)
        assert row(shop, MUG).reason == "STALE_ORDERS"
        shop.set_stock(MUG, 5)
        publish(shop, only=["stock"])
        assert shop.seller.quantity(MUG) == 5

    def test_a_fall_that_would_be_a_rise_at_amazon_waits_for_the_orders(self, shop: World) -> None:
        """Six were sold that nobody has read yet; the shop sold one of its ten."""
        settled(shop)
        shop.set_stock(MUG, 10)
        publish(shop)
        shop.amazon.faults.add(Fault(kind="503", operation="searchOrders", times=None))
        shop.seller.place((MUG, 6))
        shop.set_stock(MUG, 9)
        for _ in range(4):
            publish(shop, 40 * 60)
        assert shop.seller.quantity(MUG) == 4
        shop.set_stock(MUG, 2)
        publish(shop)
        assert shop.seller.quantity(MUG) == 2

    @pytest.mark.rule("42")
    def test_packs_are_whole_packs(self, shop: World) -> None:
        shop.app.sku.alias("de", "MUG-3PK", MUG, units=3)
        shop.seller.list_item("MUG-3PK", 1)
        shop.set_stock(MUG, 10)
        settled(shop)
        assert (shop.seller.quantity("MUG-3PK"), shop.seller.quantity(MUG)) == (3, 10)
        shop.seller.place(("MUG-3PK", 2))
        settled(shop)
        assert (units(shop), shop.seller.quantity("MUG-3PK"), shop.seller.quantity(MUG)) == (4, 1, 4)

    def test_buffer_and_cap_count_from_the_next_run(self, shop: World) -> None:
        settled(shop)
        shop.app.connections.set("de", {"stock_buffer": 2, "stock_cap": 50})
        shop.set_stock(MUG, 5)
        publish(shop)
        assert (shop.seller.quantity(MUG), shop.seller.quantity("CAP-BLACK")) == (3, 50)

    @pytest.mark.rule("43")
    @pytest.mark.parametrize(
        ("available", "cap", "expected"),
        [("2.7", None, 1), ("-4", None, 0), (None, 20, 20), (None, None, 30), ("1E+40", None, 2**31 - 1)],
    )
    def test_odd_levels(self, tmp_path: Path, available: str | None, cap: int | None, expected: int) -> None:
        level = None if available is None else Decimal(available)
        with _plain(tmp_path, {MUG: level}) as (shop, _):
            shop.app.connections.set("de", {"stock_buffer": 1, "stock_cap": cap})
            shop.seller.set_quantity(MUG, 30)
            settled(shop)
            assert shop.seller.quantity(MUG) == expected

    def test_a_cancelled_order_that_the_shop_restocks_is_offered_again(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 10)
        publish(shop)
        publish(shop, HOUR)
        order_id = shop.seller.place((MUG, 3))
        publish(shop)
        shop.seller.cancel(order_id)
        publish(shop)
        publish(shop)
        assert (units(shop), shop.seller.quantity(MUG)) == (10, 10)

    @pytest.mark.rule("45")
    def test_units_cancelled_for_want_of_stock_are_not_offered_until_somebody_counts(self, shop: World) -> None:
        settled(shop)
        shop.set_stock(MUG, 3)
        publish(shop)
        publish(shop, HOUR)
        order_id = shop.seller.place((MUG, 3))
        publish(shop)
        assert (units(shop), shop.seller.quantity(MUG)) == (0, 0)
        ((ref,),) = shop.look("SELECT id FROM orders WHERE external_id = ?", order_id)
        _cancel(shop, str(ref))
        assert units(shop) == 3, "the shop puts them back"
        for _ in range(6):
            publish(shop)
        assert shop.seller.order(order_id)["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        assert shop.seller.quantity(MUG) == 0
        assert "AT_AMAZON" in str(row(shop, MUG).reason)
        shop.set_stock(MUG, 2)
        publish(shop)
        assert shop.seller.quantity(MUG) == 2

    def test_a_plugin_decides_in_every_run_and_not_only_when_the_level_changed(self, tmp_path: Path) -> None:
        class Showroom:
            @hookimpl
            def rule_stock_quantity(self, level: StockLevel, connection: Connection) -> int | None:
                return 4 if level.value == MUG else None

        with _plain(tmp_path, {MUG: Decimal(10), "CAP-BLACK": Decimal(9)}, plugins=[Showroom()]) as (shop, _):
            settled(shop)
            settled(shop)
            assert (shop.seller.quantity(MUG), shop.seller.quantity("CAP-BLACK")) == (4, 9)
            assert sent(shop, MUG) == [4]

    def test_listeners_hear_what_amazon_took(self, tmp_path: Path) -> None:
        heard: list[tuple[str, dict[str, int]]] = []

        class Listener:
            @hookimpl
            def on_stock_published(self, connection: str, quantities: Mapping[str, int]) -> None:
                heard.append((connection, dict(quantities)))

        with _plain(tmp_path, plugins=[Listener()]) as (shop, _):
            settled(shop)
        assert heard == [("de", {MUG: 10})]


class TestWhatIsGone:
    @pytest.mark.rule("44")
    def test_a_product_that_left_the_shop_is_not_for_sale_after_a_full_list(self, shop: World) -> None:
        settled(shop)
        _delete(shop, MUG)
        publish(shop)
        assert shop.seller.quantity(MUG) == 1000
        publish(shop, 24 * HOUR)
        assert shop.seller.quantity(MUG) == 0
        assert shop.seller.quantity("MUG-BLUE") == 1000

    def test_it_is_not_for_sale_by_another_seller_of_the_shop_either(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            other = _second_seller(shop)
            shop.connect()
            shop.connect("two", seller_id="A2SECOND", refresh_token="Atzr|second")
            settled(shop)
            _delete(shop, MUG)
            publish(shop, 24 * HOUR)
            assert (shop.seller.quantity(MUG), other.quantity(MUG)) == (0, 0)

    def test_a_product_that_was_made_anew_is_offered_again(self, shop: World) -> None:
        shop.seller.place(MUG)
        settled(shop)
        _delete(shop, MUG)
        publish(shop, 24 * HOUR)
        shop.add_product(MUG, 8)
        publish(shop, 24 * HOUR)
        publish(shop)
        assert shop.seller.quantity(MUG) == 8

    @pytest.mark.rule("44")
    def test_many_that_vanish_at_once_are_held_until_a_person_confirms(self, shop: World) -> None:
        settled(shop)
        gone = [sku for (sku,) in shop.look("SELECT sku FROM products LIMIT 10")]
        _delete(shop, *gone)
        assert publish(shop, 24 * HOUR).held >= 10
        for _ in range(3):
            publish(shop)
            assert all(shop.seller.quantity(sku) == 1000 for sku in gone)
            assert row(shop, gone[0]).reason == "STOCK_DROP"
            assert "10 listings" in drops(shop)
        shop.app.stock.push("de", confirm=True)
        assert all(shop.seller.quantity(sku) == 0 for sku in gone)
        publish(shop)
        assert drops(shop) == ""

    def test_many_that_run_empty_at_once_are_held_until_the_levels_are_back(self, shop: World) -> None:
        settled(shop)
        some = [sku for (sku,) in shop.look("SELECT sku FROM products LIMIT 10")]
        for sku in some:
            shop.set_stock(sku, 0)
        shop.set_stock("CAP-BLACK" if "CAP-BLACK" not in some else "BAG-CANVAS", 5)
        assert publish(shop).sent == 0
        for sku in some:
            shop.set_stock(sku, 1000)
        publish(shop)
        assert all(shop.seller.quantity(sku) == 1000 for sku in some)
        assert drops(shop) == ""
        assert row(shop, some[0]).reason != "STOCK_DROP"

    def test_somebodys_own_quantity_is_put_right_within_a_day(self, shop: World) -> None:
        settled(shop)
        shop.seller.set_quantity(MUG, 5000)
        shop.clock.advance(24 * HOUR)
        settled(shop)
        assert shop.seller.quantity(MUG) == 1000


class TestStockOnly:
    def test_orders_create_nothing_and_stock_follows(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            shop.connect(level="stock_only")
            settled(shop)
            shop.seller.place((MUG, 3))
            settled(shop)
            assert shop.look("SELECT COUNT(*) FROM orders") == [(0,)]
            assert (units(shop), shop.seller.quantity(MUG)) == (997, 997)
            shop.set_stock(MUG, 20)
            publish(shop)
            assert shop.seller.quantity(MUG) == 20
            for _ in range(8):
                publish(shop)
            shop.clock.advance(300)
            flows = shop.sync().connections[0].flows
            assert [flow.flow for flow in flows] == ["orders", "stock"]
            assert {flow.flow: set(flow.calls) for flow in flows if flow.calls} == {"orders": {"searchOrders"}}


class TestMarketplaces:
    def test_a_listing_in_one_marketplace_alone_gets_its_quantity_there(self, shop: World) -> None:
        france = "A13V1IB3VIYZZH"
        shop.seller.list_item(MUG, 1, marketplace_ids=[france])
        settled(shop)
        assert shop.seller.quantity(MUG) == 1000

    def test_only_through_the_marketplaces_that_are_set(self, tmp_path: Path) -> None:
        with world(tmp_path) as shop:
            shop.connect(stock_marketplaces=["FR"])
            germany = "A1PA6795UKMFR9"
            shop.seller.list_item(MUG, 1, marketplace_ids=[germany])
            shop.seller.set_quantity("CAP-BLACK", 1)
            settled(shop)
            assert shop.seller.quantity(MUG) == 1
            assert shop.seller.quantity("CAP-BLACK") == 1000

    def test_marketplaces_that_are_set_later_count(self, shop: World) -> None:
        germany = "A1PA6795UKMFR9"
        shop.seller.list_item(MUG, 1000, marketplace_ids=[germany])
        settled(shop)
        shop.app.connections.set("de", {"stock_marketplaces": ["FR"]})
        shop.set_stock(MUG, 5)
        done = publish(shop)
        assert (done.sent, done.failed) == (0, 0)
        assert row(shop, MUG).reason == "LISTING_UNKNOWN"

    @pytest.mark.rule("69")
    def test_one_seller_has_one_publisher_in_a_marketplace(self, tmp_path: Path) -> None:
        with _plain(tmp_path) as (shop, hooks):
            shop.app.close()
            shop._stores = {"shop": hooks, "other": hooks}
            shop.app = shop._open()
            with pytest.raises(ConfigError, match=r"de and other") as caught:
                shop.connect("other", store="other")
            assert "publish_stock" in caught.value.problems
            shop.connect("other", store="other", publish_stock=False)
            with pytest.raises(ConfigError, match=r"de and other"):
                shop.app.connections.set("other", {"publish_stock": True})
            shop.app.connections.set("de", {"active": False})
            shop.app.connections.set("other", {"publish_stock": True})
            with pytest.raises(ConfigError, match=r"other and de"):
                shop.app.connections.set("de", {"active": True})


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    for _ in range(3):
        made.must("sync")
        made.clock.advance(300)
    return made


def _set(line: CommandLine, sku: str, count: int) -> None:
    with sqlite3.connect(line.folder / "shop.db") as shop:
        shop.execute("UPDATE products SET stock = ? WHERE sku = ?", (count, sku))


class TestTheCommand:
    def test_each_line_of_show_has_this_shape(self, line: CommandLine) -> None:
        _set(line, MUG, 5)
        line.must("stock", "push", "de")
        found = {each["seller_sku"]: each for each in line.lines("stock", "show", "de")}
        assert found[MUG] == {
            "connection": "de",
            "seller_sku": MUG,
            "product": found[MUG]["product"],
            "units": 1,
            "channel": "merchant",
            "available": "5",
            "unheld": 0,
            "wanted": 5,
            "told": 5,
            "amazon": 1000,
            "state": "accepted",
            "reason": None,
            "detail": "Amazon took it",
            "told_at": found[MUG]["told_at"],
        }
        assert list(found[MUG]) == [
            "connection", "seller_sku", "product", "units", "channel", "available", "unheld", "wanted", "told",
            "amazon", "state", "reason", "detail", "told_at",
        ]  # fmt: skip
        assert found["CAP-BLACK"]["wanted"] == 100

    def test_show_as_text(self, line: CommandLine) -> None:
        _set(line, MUG, 5)
        line.must("stock", "push", "de")
        said = line.must("stock", "show", "de").stdout
        assert "Seller SKU" in said
        (one,) = [each for each in said.splitlines() if MUG in each]
        assert one.split()[:5] == [MUG, "5", "0", "5", "accepted"]

    def test_nothing_known_yet(self, tmp_path: Path) -> None:
        made = CommandLine(tmp_path)
        made.open_shop()
        made.connect()
        assert "amazon-orders sync de" in made.must("stock", "show", "de").stderr

    def test_a_dry_run_says_what_the_real_run_then_does(self, line: CommandLine) -> None:
        _set(line, MUG, 5)
        _set(line, "CAP-BLACK", 6)
        plan = line.document("sync", "de", "--only", "stock", "--dry-run")["plan"]
        assert line.seller.quantity(MUG) == 100
        assert sorted((each["amazon_order_id"], each["action"]) for each in plan) == [
            ("CAP-BLACK", "publish"), (MUG, "publish"),
        ]  # fmt: skip
        assert line.document("stock", "push", "de", "--dry-run")["plan"] == plan
        done = line.document("sync", "de", "--only", "stock")
        assert done["connections"][0]["flows"][0]["sent"] == 2
        assert (line.seller.quantity(MUG), line.seller.quantity("CAP-BLACK")) == (5, 6)
        assert line.document("sync", "de", "--only", "stock", "--dry-run")["plan"] == []

    def test_a_dry_run_of_a_mass_fall_plans_nothing(self, line: CommandLine) -> None:
        for (sku,) in line.look("SELECT sku FROM products LIMIT 10"):
            _set(line, sku, 0)
        assert line.document("stock", "push", "de", "--dry-run")["plan"] == []
        assert line.document("stock", "push", "de")["connections"][0]["flows"][0]["sent"] == 0
        assert len(line.document("stock", "push", "de", "--confirm", "--dry-run")["plan"]) == 10
        assert line.document("stock", "push", "de", "--confirm")["connections"][0]["flows"][0]["sent"] == 10

    def test_exit_codes(self, line: CommandLine) -> None:
        assert line.run("stock", "push", "nobody").exit_code == 2
        assert line.run("stock", "show", "nobody").exit_code == 2
        assert line.run("stock", "push", "de").exit_code == 0
        line.seller.revoke()
        line.clock.advance(4000)
        _set(line, MUG, 1)
        assert line.run("stock", "push", "de").exit_code == 4

    def test_health_names_a_mass_fall_and_what_to_do(self, line: CommandLine) -> None:
        for (sku,) in line.look("SELECT sku FROM products LIMIT 10"):
            _set(line, sku, 0)
        line.must("sync")
        result = line.run("health")
        assert result.exit_code == 1
        assert "stock push de --confirm" in " ".join(result.stdout.split())
        assert "STOCK_DROP" in line.must("stock", "show", "de").stdout


# Shops.


def _add(shop: World, levels: Mapping[str, int]) -> None:
    made = Shop.open(shop.shop_file)
    made.add_products([{"sku": sku, "title": sku, "stock": count} for sku, count in levels.items()])
    made.close()


def _delete(shop: World, *skus: str) -> None:
    with closing(sqlite3.connect(shop.shop_file)) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        for sku in skus:
            database.execute("DELETE FROM products WHERE sku = ?", (sku,))


def _cancel(shop: World, ref: str) -> None:
    made = Shop.open(shop.shop_file)
    made.cancel(ref, reason="out of stock")
    made.close()


def _second_seller(shop: World) -> Any:
    return shop.amazon.add_seller(
        seller_id="A2SECOND", region="eu", marketplaces=["DE", "FR", "GB"], refresh_token="Atzr|second"
    )


class Counting(PlainStore):
    """Levels as a test sets them; a time of change for each."""

    def __init__(self, path: Path, levels: dict[str, Decimal | None], now: Any) -> None:
        super().__init__(path)
        self.levels, self._now = levels, now

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        return [Product(ref=f"P-{sku}", value=sku) for sku in values if sku in self.levels]

    @hookimpl
    def store_list_stock(self, since: datetime | None) -> Iterator[StockLevel]:  # type: ignore[override]
        for sku, available in self.levels.items():
            if since is None:
                yield StockLevel(product=f"P-{sku}", value=sku, available=available, updated_at=self._now())


@contextmanager
def _plain(
    folder: Path, levels: Mapping[str, Decimal | None] | None = None, *, plugins: Sequence[object] = ()
) -> Iterator[tuple[World, Hooks]]:
    """A shop that reserves nothing, moves no stock by itself, and lists changes alone after the first time."""
    hooks = Hooks("shop")
    with world(folder, stores={"shop": hooks}) as shop:
        known = dict(levels or {MUG: Decimal(10)})
        hooks.register(Counting(folder / "plain.db", known, shop.clock.now), "plain")
        for number, plugin in enumerate(plugins):
            hooks.register(plugin, f"plugin-{number}")
        hooks.check()
        shop.shop_file = folder / "plain.db"
        shop.connect()
        yield shop, hooks
