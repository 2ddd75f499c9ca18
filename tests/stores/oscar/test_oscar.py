"""What is particular about django-oscar: its amounts, its pipeline, its stock, its parcels, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from amazon_orders.adapters.oscar import open_store
from amazon_orders.adapters.oscar.parcels import Parcel, from_notes
from amazon_orders.errors import ConfigError, StoreRejected, StoreUnavailable
from amazon_orders.hooks import Hooks
from amazon_orders.model import (
    Address,
    CancelUnits,
    ChangeAddress,
    Charge,
    PutOnHold,
    ShippedByAmazon,
    StockAdjustment,
    TakeOffHold,
)
from amazon_orders.testing import orders as make

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def product(shop: Any) -> str:
    """A product with 50 on the shelf."""
    return str(shop.add_product("SKU-1", 50, asin="B00TEST001").pk)


def placed(store: Any, *lines: Any, **more: Any) -> Any:
    """An order that is in the shop."""
    order = make.order(make.new_key(), lines, **more)
    return store.store_place_order(order, order.amazon_order_id)


def test_case_is_the_connections_to_judge(store: Any, product: str) -> None:
    assert [found.value for found in store.store_find_products("sku", ["sku-1"])] == ["SKU-1"]
    assert [found.ref for found in store.store_find_products("asin", ["b00test001"])] == [product]
    assert store.store_find_products("id", [product, "x", ""])[0].ref == product


def test_an_attribute_that_the_shop_lacks_is_answered_with_those_it_has(store: Any, product: str) -> None:
    with pytest.raises(StoreRejected, match="sku, partner_sku, upc, id, asin"):
        store.store_find_products("ean", ["1"])


def test_of_several_partners_one_can_be_chosen(shop: Any, product: str) -> None:
    shop.twin(product)
    chosen = open_store({"partner": "main"})
    assert [found.ref for found in chosen.store_find_products("sku", ["SKU-1"])] == [product]
    assert [level.product for level in chosen.store_list_stock("sku")] == [product]


def test_tax_that_amazon_owes_is_none_of_the_shops(store: Any, shop: Any, product: str) -> None:
    total = Charge(gross=Decimal("39.99"), net=Decimal("39.99"), tax=Decimal(0), tax_owner="marketplace")
    line = make.line(product, "39.99")
    order = make.order(
        make.new_key(),
        [type(line)(**{**{name: getattr(line, name) for name in line.__slots__}, "total": total})],
        currency="USD",
        marketplace="US",
        marketplace_tax=Decimal("3.30"),
    )
    ref = store.store_place_order(order, order.amazon_order_id).ref
    written = shop.order(ref)
    assert (written.total_incl_tax, written.total_excl_tax, written.currency) == (Decimal("39.99"),) * 2 + ("USD",)


def test_yen_are_whole_units_that_add_up(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, "1000", 3, currency="JPY", rate="0.10"), shipping="0", currency="JPY").ref
    (line,) = shop.order(ref).lines.all()
    assert line.line_price_incl_tax == 1000
    assert [(each.quantity, each.price_incl_tax) for each in line.prices.all()] == [
        (1, 334),
        (2, 333),
    ]


def test_the_shops_own_strategy_says_the_rate_where_no_option_does(
    shop: Any, product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oscar.apps.partner.strategy import Selector

    class Taxed:
        def get_rate(self, product: Any, record: Any) -> Decimal:
            return Decimal("0.07")

    monkeypatch.setattr(Selector, "strategy", lambda *_, **__: Taxed())
    ref = placed(open_store({}), make.line(product, "10.70", rate=None)).ref
    (line,) = shop.order(ref).lines.all()
    assert (line.line_price_incl_tax, line.line_price_excl_tax) == (Decimal("10.70"), Decimal("10.00"))


def test_fees_and_rounding_are_surcharges(store: Any, shop: Any, product: str) -> None:
    fees = [make.charge("3.00", kind="gift_wrap"), make.charge("-0.01", rate="0", kind="rounding")]
    ref = placed(store, make.line(product, "20.00"), fees=fees, shipping="4.99").ref
    order = shop.order(ref)
    assert [(fee.code, fee.incl_tax) for fee in order.surcharges.order_by("pk")] == [
        ("gift_wrap", Decimal("3.00")),
        ("rounding", Decimal("-0.01")),
    ]
    assert order.total_incl_tax == Decimal("27.98")
    assert order.basket_total_incl_tax == Decimal("20.00")


def test_a_phone_number_that_cannot_be_dialled_is_kept_for_people(store: Any, shop: Any, product: str) -> None:
    def address(phone: str) -> Any:
        to = Address(name="Kim", line1="Row 7", city="Berlin", postal_code="10115", country="DE", phone=phone)
        return shop.order(placed(store, make.line(product), recipient=to).ref).shipping_address

    assert str(address("030 1234567").phone_number) == "+49301234567"
    assert (address("ask for Kim").phone_number, address("ask for Kim").notes) == ("", "ask for Kim")


def test_what_has_left_before_it_was_placed_is_taken_from_the_shelf(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, quantity=60), already_shipped=True).ref
    record = shop.record(product)
    assert (record.num_in_stock, record.num_allocated) == (0, 10), "what was not there is owed"
    assert shop.order(ref).status == "Shipped"
    assert list(store.store_list_shipments(LONG_AGO)) == []


def test_an_order_placed_on_hold_waits_until_it_is_taken_off(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product), on_hold="the buyer wants to cancel").ref
    assert shop.order(ref).status == "On hold"
    assert store.store_change_order(ref, TakeOffHold(), "k/change/1")
    assert shop.order(ref).status == "Pending"
    assert store.store_change_order(ref, PutOnHold(reason="again"), "k/change/2")
    assert store.store_change_order(ref, PutOnHold(reason="again"), "k/change/2")
    assert shop.order(ref).status_changes.count() == 2


def test_a_pipeline_without_a_hold_takes_no_order_that_must_wait(
    shop: Any, product: str, settings: Callable[..., None]
) -> None:
    pipeline = {"Pending": ("Complete",), "Complete": (), "Cancelled": ()}
    settings(OSCAR_ORDER_STATUS_PIPELINE=pipeline)
    store = open_store({"status_shipped": "Complete"})
    with pytest.raises(StoreRejected, match="has no status for that"):
        placed(store, make.line(product), on_hold="wait")
    assert shop.orders() == []


def test_units_are_cancelled_once_and_the_rest_still_adds_up(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, "30.03", 3, item="i1"), shipping="4.99").ref
    change = CancelUnits(lines={"i1": 1}, new_total=Decimal("25.00"), reason="by the buyer")
    for _ in range(2):
        assert store.store_change_order(ref, change, "k/change/1")
    order = shop.order(ref)
    (line,) = order.lines.all()
    assert (line.quantity, line.num_allocated, line.line_price_incl_tax) == (2, 2, Decimal("20.02"))
    assert sum(each.quantity * each.price_incl_tax for each in line.prices.all()) == Decimal("20.02")
    assert order.total_incl_tax == Decimal("25.00")
    parts = order.basket_total_incl_tax + order.shipping_incl_tax + order.surcharge_incl_tax
    assert parts == Decimal("25.00")
    assert [(fee.code, fee.incl_tax) for fee in order.surcharges.all()] == [("adjustment", Decimal("-0.01"))]
    assert shop.stock(product) == 48


def test_all_units_cancelled_is_an_order_cancelled_and_comes_back_under_its_key(
    store: Any, shop: Any, product: str
) -> None:
    ref = placed(store, make.line(product, quantity=2, item="i1")).ref
    change = CancelUnits(lines={"i1": 2}, new_total=Decimal("0.00"), reason="by the buyer")
    assert store.store_change_order(ref, change, "k/change/1")
    assert (shop.order(ref).status, shop.order(ref).total_incl_tax) == ("Cancelled", 0)
    assert [each.id for each in store.store_list_cancellations(LONG_AGO)] == ["k/change/1"]
    assert shop.stock(product) == 50


def test_too_late_is_false(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, quantity=2, item="i1")).ref
    shop.ship(ref, {"i1": 1}, "DHL", "", "0034")
    elsewhere = ChangeAddress(recipient=make.RECIPIENT)
    assert not store.store_cancel_order(ref, "late", "k/cancel")
    assert not store.store_change_order(ref, elsewhere, "k/change/1")
    assert not store.store_change_order(
        ref, CancelUnits(lines={"i1": 2}, new_total=Decimal(0), reason=""), "k/change/2"
    )
    assert shop.order(ref).status == "Pending"


def test_a_parcel_of_amazons_takes_what_the_shelf_does_not_have(store: Any, shop: Any, product: str) -> None:
    shop.set_stock(product, 1)
    ref = placed(store, make.line(product, quantity=3)).ref
    left = ShippedByAmazon(lines={}, carrier="DHL", tracking="0034", shipped_at=LONG_AGO)
    for _ in range(2):
        assert store.store_change_order(ref, left, "k/change/1")
    record = shop.record(product)
    assert (record.num_in_stock, record.num_allocated) == (0, 0)
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert (parcel.id, parcel.carrier, parcel.tracking, parcel.lines[0].quantity) == ("k/change/1", "DHL", "0034", 3)


def test_a_deleted_product_is_cancelled_and_listed_all_the_same(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, item="i1")).ref
    other = placed(store, make.line(product, item="i2")).ref
    shop.delete(product)
    assert store.store_cancel_order(ref, "no more", "k/cancel")
    left = ShippedByAmazon(lines={}, carrier="DHL", tracking="0034", shipped_at=LONG_AGO)
    assert store.store_change_order(other, left, "k/change/1")
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert (parcel.lines[0].order_item_id, parcel.lines[0].product) == ("i2", "")


def test_reserved_units_are_promised_and_sold_ones_leave_the_shelf(store: Any, shop: Any, product: str) -> None:
    def move(delta: int, reason: Any) -> StockAdjustment:
        return StockAdjustment(
            product=product, seller_sku="S", amazon_order_id="o", order_item_id="i", delta=delta, reason=reason
        )

    def shelf() -> tuple[int, int]:
        record = shop.record(product)
        return record.num_in_stock, record.num_allocated or 0

    store.store_adjust_stock({"k/reserve/1": move(-3, "reserve")})
    assert shelf() == (50, 3)
    store.store_adjust_stock({"k/reserve/1": move(-3, "reserve"), "k/release/2": move(3, "release")})
    assert shelf() == (50, 0)
    store.store_adjust_stock({"k/sold/3": move(-52, "sold")})
    assert shelf() == (0, 2)
    store.store_adjust_stock({"k/returned/4": move(1, "returned")})
    assert shelf() == (1, 2)


def test_stock_that_is_not_tracked_is_none(store: Any, shop: Any) -> None:
    shop.add_product("VOUCHER", None, tracked=False)
    assert [(level.value, level.available) for level in store.store_list_stock("sku")] == [("VOUCHER", None)]


@pytest.mark.parametrize(
    ("notes", "parcel"),
    [
        ("DHL|0034", Parcel(carrier="DHL", tracking="0034")),
        ("DHL | Paket | 0034", Parcel(carrier="DHL", service="Paket", tracking="0034")),
        ("0034\nleft at the door", Parcel(tracking="0034")),
        ("", Parcel()),
    ],
)
def test_a_parcel_is_read_from_the_notes(notes: str, parcel: Parcel) -> None:
    assert from_notes(type("Event", (), {"notes": notes})) == parcel


def read_by_the_shop(event: Any) -> Parcel:
    """What a shop with fields of its own would write."""
    return Parcel(carrier="UPS", tracking=f"1Z{event.pk}")


def test_a_shop_reads_parcels_in_its_own_way(shop: Any, product: str) -> None:
    store = open_store({"parcel_reader": f"{__name__}.read_by_the_shop"})
    event = shop.ship(placed(store, make.line(product)).ref, None, "DHL", "", "0034")
    assert [(one.carrier, one.tracking) for one in store.store_list_shipments(LONG_AGO)] == [("UPS", f"1Z{event.pk}")]


def test_cancelled_units_and_refunds_of_the_shop_are_told(store: Any, shop: Any, product: str) -> None:
    ref = placed(store, make.line(product, "30.00", 3, item="i1"), shipping="5.00").ref
    shop.cancel(ref, {"i1": 1}, "broken")
    (cancelled,) = store.store_list_cancellations(LONG_AGO)
    assert (cancelled.reason, cancelled.lines[0].order_item_id, cancelled.lines[0].quantity) == ("broken", "i1", 1)
    shop.refund(ref, {"i1": 1}, "10.00")
    shop.refund(ref, {}, "35.00")
    part, whole = store.store_list_refunds(LONG_AGO)
    assert [(line.line.quantity, line.amount.gross) for line in part.lines] == [(1, Decimal("10.00"))]
    assert part.shipping is None
    assert [line.amount.gross for line in whole.lines] == [Decimal("30.00")]
    assert whole.shipping is not None
    assert whole.shipping.gross == Decimal("5.00")


def test_inside_a_transaction_of_the_caller_nothing_is_promised(store: Any, shop: Any, product: str) -> None:
    hooks = Hooks("shop")
    hooks.register(store, "oscar")
    order = make.order(make.new_key(), [make.line(product)])
    with transaction.atomic(), pytest.raises(Exception, match="RuntimeError"):
        hooks.store_place_order(order, order.amazon_order_id)
    assert shop.orders() == []


def test_a_database_that_fails_is_unavailable_and_nothing_is_written(store: Any, shop: Any, product: str) -> None:
    order = make.order(make.new_key(), [make.line(product)])

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "order_lineprice" in sql:
            from django.db import OperationalError

            raise OperationalError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(StoreUnavailable, match="OperationalError"):
        store.store_place_order(order, order.amazon_order_id)
    assert shop.orders() == []
    assert shop.stock(product) == 50
    assert store.store_place_order(order, order.amazon_order_id).total == order.total


def test_oscars_own_receivers_hear_of_the_order_after_it_is_durable(store: Any, shop: Any, product: str) -> None:
    from oscar.apps.order.signals import order_placed

    heard = []

    def listen(order: Any, **_: Any) -> None:
        heard.append((order.number, transaction.get_connection().in_atomic_block))
        raise ValueError

    order_placed.connect(listen)
    try:
        number = placed(store, make.line(product)).number
    finally:
        order_placed.disconnect(listen)
    assert heard == [(number, False)]
    assert [seen.key for seen in shop.orders()] == [number]


@pytest.mark.parametrize(("lines", "most"), [(1, 10), (2, 12)])
def test_an_order_costs_few_statements(store: Any, shop: Any, product: str, lines: int, most: int) -> None:
    other = str(shop.add_product("SKU-2", 50).pk)
    placed(store, make.line(product))  # the site and the country are asked for once

    def until_commit() -> int:
        order = make.order(make.new_key(), [make.line(ref) for ref in (product, other)[:lines]], shipping="4.99")
        with CaptureQueriesContext(connection) as spoken:
            store.store_place_order(order, order.amazon_order_id)
        statements = [query["sql"] for query in spoken.captured_queries]
        return statements.index("COMMIT") + 1

    assert until_commit() <= most


def test_a_page_is_placed_at_a_hundred_orders_a_second(store: Any, shop: Any, product: str) -> None:
    shop.set_stock(product, 100_000)
    best = 0.0
    for _ in range(3):
        page = {}
        for _ in range(100):
            order = make.order(make.new_key(), [make.line(product)], shipping="4.99")
            page[order.amazon_order_id] = order
        begun = time.process_time()
        assert len(store.store_place_orders(page)) == 100
        best = max(best, 100 / (time.process_time() - begun))
    assert len(shop.orders()) == 300
    assert best >= 100, f"{best:.0f} orders a second of processor time"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"colour": "red"}, "colour: is no option"),
        ({"status_on_hold": "Parked"}, "status_on_hold: Parked is not in OSCAR_ORDER_STATUS_PIPELINE"),
        ({"vat_rates": {"DE": "much"}}, "vat_rates.DE: has to be a number of percent"),
        ({"vat_rates": {"DE": "119"}}, "vat_rates.DE: has to be at least 0"),
        ({"parcel_reader": "shop.nowhere"}, "parcel_reader: shop.nowhere cannot be imported"),
        ({"partner": 1}, "partner: has to be text"),
    ],
)
def test_a_wrong_option_is_named(shop: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        open_store(options)


def test_an_event_of_the_same_moment_is_not_missed(store: Any, shop: Any, product: str) -> None:
    event = shop.ship(placed(store, make.line(product)).ref, None, "DHL", "", "0034")
    assert len(list(store.store_list_shipments(event.date_created))) == 1
    assert list(store.store_list_shipments(event.date_created + timedelta(microseconds=1))) == []


def test_the_migrations_make_what_the_models_say(shop: Any, settings: Callable[..., None]) -> None:
    settings(MIGRATION_MODULES={})
    call_command("makemigrations", "amazon_orders_oscar", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"settings": "tests.stores.oscar.settings"}, "OscarStore"),
        ({}, "Django refuses its settings"),
        ({"settings": "no.such.settings"}, "no cannot be imported"),
        ({"settings": "tests.stores.oscar.urls"}, "apps order, partner, catalogue, address are not in INSTALLED_APPS"),
    ],
)
def test_outside_of_manage_py_the_settings_are_named(options: dict[str, str], said: str) -> None:
    program = f"from amazon_orders.adapters.oscar import open_store; print(open_store({options!r}))"
    surroundings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert said in ran.stdout + ran.stderr
