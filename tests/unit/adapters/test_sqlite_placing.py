"""Orders go into the demo shop once each, whole or not at all, and to the cent."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders import Hooks
from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.model import Placed, StockAdjustment, StoreOrder
from tests.stores.orders import charge, line, order
from tests.unit.adapters.conftest import Look

KEY = "303-1234567-1234567"
OTHER = "303-1234567-7654321"


def release(product: str = "1", units: int = 2) -> dict[str, StockAdjustment]:
    """A reservation that ends with the order."""
    move = StockAdjustment(
        product=product, seller_sku="MUG", amazon_order_id=KEY, order_item_id="1", delta=units, reason="release"
    )
    return {f"{KEY}/1/release/2": move}


def test_an_order_is_written_as_the_shop_keeps_it(hooks: Hooks, look: Look) -> None:
    wanted = order(
        KEY,
        [line("1", "20.00", 2, item="11", tax="3.19", seller_sku="MUG-BLUE-DE")],
        shipping="4.99",
        shipping_tax="0.80",
        placed_at=datetime(2026, 11, 20, 10, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=1))),
    )
    placed = hooks.store_place_order(wanted, KEY)

    assert placed == Placed(ref="1", number="S000001", total=Decimal("24.99"))
    columns = "id, number, external_id, status, currency, total, tax, shipping, shipping_method, placed_at, hold_reason"
    assert look(f"SELECT {columns} FROM orders") == [
        (1, "S000001", KEY, "new", "EUR", "24.99", "3.99", "4.99", "standard", "2026-11-20T09:30:00.250Z", None)
    ]
    columns = "order_id, external_id, product_id, sku, quantity, unit_price, total, tax, kind"
    assert look(f"SELECT {columns} FROM order_lines") == [
        (1, "11", 1, "MUG-BLUE-DE", 2, "10.00", "20.00", "3.19", "item")
    ]
    assert look("SELECT stock FROM products WHERE id = 1") == [(8,)]


def test_the_tables_are_the_published_ones(hooks: Hooks, look: Look) -> None:
    columns = {
        table: {row[0] for row in look("SELECT name FROM pragma_table_info(?)", table)}
        for (table,) in look("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    published = {
        "products": "id sku asin ean title stock",
        "orders": "id number external_id status currency total tax shipping shipping_method placed_at hold_reason "
        "updated_at",
        "order_lines": "id order_id external_id product_id sku quantity unit_price total tax kind",
        "shipments": "id order_id carrier service tracking shipped_at updated_at",
        "shipment_lines": "shipment_id line_id quantity",
        "cancellations": "id order_id line_id quantity reason at",
        "refunds": "id order_id line_id quantity amount tax reason at",
        "stock_moves": "key product_id delta reason",
    }
    for table, names in published.items():
        assert columns[table] == set(names.split())


@pytest.mark.parametrize("by_page", [False, True], ids=["one by one", "as a page"])
def test_the_same_key_has_the_same_effect_once(hooks: Hooks, look: Look, by_page: bool) -> None:
    def place(wanted: StoreOrder) -> Any:
        return hooks.store_place_orders({KEY: wanted})[KEY] if by_page else hooks.store_place_order(wanted, KEY)

    first = place(order(KEY, [line("1", quantity=2)]))
    # Also where the order looks different the second time: the key is what counts.
    again = place(order(KEY, [line("2", "35.00", quantity=5)], releases=release()))

    assert again == first
    assert look("SELECT count(*) FROM orders") == [(1,)]
    assert look("SELECT count(*) FROM order_lines") == [(1,)]
    assert look("SELECT id, stock FROM products WHERE id < 3") == [(1, 8), (2, 10)]


AMOUNTS: dict[str, tuple[StoreOrder, str | None, list[tuple[Any, ...]]]] = {
    "tax that is not known": (
        order(KEY, [line("1", "20.00")], shipping_tax="0.80"),
        None,
        [("item", "20.00", None)],
    ),
    "tax of one line that is not known": (
        order(KEY, [line("1", "20.00", tax="3.19"), line("2", "5.00", item="2")], shipping="0"),
        None,
        [("item", "20.00", "3.19"), ("item", "5.00", None)],
    ),
    "nothing to pay for delivery owes no tax": (
        order(KEY, [line("1", "20.00", tax="3.19")], shipping="0.00"),
        "3.19",
        [("item", "20.00", "3.19")],
    ),
    "tax that Amazon owes is not the shop's": (
        order(
            KEY,
            [line("1", total=charge("39.99", "3.30", tax_owner="marketplace"))],
            shipping_charge=charge("0.00", None, "shipping"),
        ),
        "0.00",
        [("item", "39.99", "0.00")],
    ),
    "no tax is due": (
        order(KEY, [line("1", total=charge("39.99", None, tax_owner="none"))], shipping="0"),
        "0.00",
        [("item", "39.99", "0.00")],
    ),
    "fees are lines without a product": (
        order(
            KEY,
            [line("1", "20.00", tax="3.19")],
            shipping="0",
            fees=[charge("3.50", "0.56", "gift_wrap"), charge("2.00", "0.32", "cod_fee")],
        ),
        "4.07",
        [("item", "20.00", "3.19"), ("fee", "3.50", "0.56"), ("fee", "2.00", "0.32")],
    ),
    "rounding, adjustment and marketplace tax keep their kind": (
        order(
            KEY,
            [line("1", "20.00", tax="3.19")],
            shipping="0",
            fees=[
                charge("-0.01", "0.00", "rounding"),
                charge("1.00", "0.00", "adjustment"),
                charge("3.30", None, "marketplace_tax", tax_owner="marketplace"),
            ],
        ),
        "3.19",
        [
            ("item", "20.00", "3.19"),
            ("rounding", "-0.01", "0.00"),
            ("adjustment", "1.00", "0.00"),
            ("marketplace_tax", "3.30", "0.00"),
        ],
    ),
    "yen have no decimals": (
        order(KEY, [line("1", "1980", tax="180")], shipping="0", currency="JPY"),
        "180",
        [("item", "1980", "180")],
    ),
    "amounts written short are kept in full": (
        order(KEY, [line("1", "20", tax="3.2")], shipping="0"),
        "3.20",
        [("item", "20.00", "3.20")],
    ),
}


@pytest.mark.parametrize(("wanted", "tax", "lines"), AMOUNTS.values(), ids=AMOUNTS)
def test_amounts_are_kept_to_the_cent(
    hooks: Hooks, look: Look, wanted: StoreOrder, tax: str | None, lines: list[tuple[Any, ...]]
) -> None:
    hooks.store_place_order(wanted, KEY)
    assert look("SELECT tax FROM orders") == [(tax,)]
    assert look("SELECT kind, total, tax FROM order_lines ORDER BY id") == lines
    assert look("SELECT count(*) FROM order_lines WHERE (kind = 'item') = (product_id IS NULL)") == [(0,)]
    adds_up(look)


def adds_up(look: Look) -> None:
    """Lines and shipping of every order make its total, in exact numbers."""
    for order_id, shipping, total in look("SELECT id, shipping, total FROM orders"):
        lines = look("SELECT total FROM order_lines WHERE order_id = ?", order_id)
        assert sum((Decimal(each) for (each,) in lines), Decimal(shipping)) == Decimal(total)


def test_many_orders_in_a_page_add_up_each(hooks: Hooks, look: Look) -> None:
    page = {
        f"303-0000000-{n:07d}": order(f"303-0000000-{n:07d}", [line("1", f"{n}.{n:02d}", 3)], shipping=f"0.{n:02d}")
        for n in range(1, 100)
    }
    placed = hooks.store_place_orders(page)
    assert list(placed) == list(page)
    assert look("SELECT count(*) FROM orders") == [(99,)]
    adds_up(look)


REFUSED: dict[str, tuple[StoreOrder, str]] = {
    "a total that is higher than its parts": (
        order(KEY, [line("1", "20.00")], fees=[charge("1.00", None, "tip")], total="26.00"),
        r"add up to 25\.99 EUR, the order says 26\.00",
    ),
    "a total that is lower than its parts": (
        order(KEY, [line("1", "20.00")], total="24.98"),
        r"add up to 24\.99 EUR, the order says 24\.98",
    ),
    "a product that the shop does not have": (order(KEY, [line("99")]), "no product '99' for seller SKU 'SKU-99'"),
    "a product's number in another spelling": (order(KEY, [line("01")]), "no product '01'"),
    "a product's SKU in place of its number": (order(KEY, [line("MUG-BLUE")]), "no product 'MUG-BLUE'"),
    "a line without units": (
        order(KEY, [replace(line("1"), quantity=0)]),
        "line 1 has 0 units",
    ),
    "a reservation of an unknown product": (order(KEY, [line("1")], releases=release("99")), "'99' to release"),
}


@pytest.mark.parametrize(("wanted", "message"), REFUSED.values(), ids=REFUSED)
def test_an_order_that_is_refused_leaves_nothing(hooks: Hooks, look: Look, wanted: StoreOrder, message: str) -> None:
    with pytest.raises(StoreRejected, match=message) as caught:
        hooks.store_place_order(wanted, KEY)
    assert caught.value.record == KEY
    assert everything(look) == nothing(look)


def everything(look: Look) -> list[list[tuple[Any, ...]]]:
    tables = ("orders", "order_lines", "stock_moves", "shipments", "cancellations", "refunds", "amazon_changes")
    return [*[look(f"SELECT * FROM {table}") for table in tables], look("SELECT stock FROM products")]


def nothing(look: Look) -> list[list[tuple[Any, ...]]]:
    return [*[[] for _ in range(7)], [(10,), (10,), (None,)]]


def test_a_refused_order_does_not_disturb_the_others_of_its_page(hooks: Hooks, look: Look) -> None:
    page = {
        KEY: order(KEY, [line("1", quantity=1)]),
        OTHER: order(OTHER, [line("99")]),
        "303-3": order("303-3", [line("2", quantity=3)]),
    }
    outcomes = hooks.store_place_orders(page)
    assert [type(outcomes[key]) for key in page] == [Placed, StoreRejected, Placed]
    assert look("SELECT external_id FROM orders ORDER BY id") == [(KEY,), ("303-3",)]
    assert look("SELECT stock FROM products WHERE id < 3") == [(9,), (7,)]


def test_a_page_that_was_half_written_before_is_completed(hooks: Hooks, look: Look) -> None:
    first = hooks.store_place_order(order(OTHER, [line("1", quantity=1)]), OTHER)
    outcomes = hooks.store_place_orders({key: order(key, [line("1", quantity=1)]) for key in (KEY, OTHER)})
    assert outcomes[OTHER] == first
    assert look("SELECT external_id FROM orders ORDER BY id") == [(OTHER,), (KEY,)]
    assert look("SELECT stock FROM products WHERE id = 1") == [(8,)]


STATES: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "a plain order": ({}, "new", None),
    "an order on hold": ({"on_hold": "the buyer wants to cancel"}, "on_hold", "the buyer wants to cancel"),
    "an order that has left": ({"already_shipped": True}, "shipped", None),
}


@pytest.mark.parametrize(("more", "status", "reason"), STATES.values(), ids=STATES)
def test_the_status_of_a_new_order(
    hooks: Hooks, look: Look, more: dict[str, Any], status: str, reason: str | None
) -> None:
    hooks.store_place_order(order(KEY, [line("1")], **more), KEY)
    assert look("SELECT status, hold_reason FROM orders") == [(status, reason)]


def test_an_order_that_must_not_move_stock_moves_none(hooks: Hooks, look: Look) -> None:
    hooks.store_place_order(order(KEY, [line("1", quantity=3)], affects_stock=False, fulfilled_by="amazon"), KEY)
    assert look("SELECT stock FROM products WHERE id = 1") == [(10,)]
    assert look("SELECT * FROM stock_moves") == []


def test_stock_may_fall_below_nothing(hooks: Hooks, look: Look) -> None:
    # The shop does not check: Amazon has sold it, so somebody has to know that it is missing.
    hooks.store_place_order(order(KEY, [line("1", quantity=12)]), KEY)
    assert look("SELECT stock FROM products WHERE id = 1") == [(-2,)]


def test_stock_that_nobody_counts_stays_uncounted(hooks: Hooks, look: Look) -> None:
    hooks.store_place_order(order(KEY, [line("3", quantity=1)]), KEY)
    assert look("SELECT stock FROM products WHERE id = 3") == [(None,)]


def test_a_reservation_ends_in_the_orders_own_transaction_and_once(hooks: Hooks, look: Look) -> None:
    hooks.store_adjust_stock({f"{KEY}/1/reserve/1": replace(release()[f"{KEY}/1/release/2"], delta=-2)})
    assert look("SELECT stock FROM products WHERE id = 1") == [(8,)]
    hooks.store_place_order(order(KEY, [line("1", quantity=2)], releases=release()), KEY)
    assert look("SELECT stock FROM products WHERE id = 1") == [(8,)]
    hooks.store_adjust_stock(release())  # the same release by the other road
    assert look("SELECT stock FROM products WHERE id = 1") == [(8,)]


def test_every_unit_of_stock_is_accounted_for(hooks: Hooks, look: Look) -> None:
    hooks.store_place_order(order(KEY, [line("1", quantity=2), line("1", quantity=3, item="2")]), KEY)
    hooks.store_place_order(order(OTHER, [line("1", quantity=1), line("1", quantity=1)]), OTHER)  # one item, two lines
    hooks.store_cancel_order("1", "changed their mind", f"{KEY}/cancel")
    moved = look("SELECT sum(delta) FROM stock_moves WHERE product_id = 1")[0][0]
    assert look("SELECT stock FROM products WHERE id = 1") == [(10 + moved,)] == [(8,)]


def test_orders_are_found_by_key(hooks: Hooks) -> None:
    for key in (KEY, OTHER):
        hooks.store_place_order(order(key, [line("1")]), key)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert hooks.store_find_orders([OTHER, KEY, "303-9"], since) == {KEY: ("1",), OTHER: ("2",)}
    assert hooks.store_find_orders([], since) == {}
    assert hooks.store_find_orders([f"303-{n}" for n in range(3000)] + [KEY], since) == {KEY: ("1",)}


def test_the_shop_itself_refuses_a_second_order_under_one_key(hooks: Hooks, look: Look) -> None:
    assert hooks.unique_reference
    hooks.store_place_order(order(KEY, [line("1")]), KEY)
    rest = "external_id, status, currency, total, tax, shipping, shipping_method, placed_at, hold_reason, updated_at"
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: orders\.external_id"):
        look(f"INSERT INTO orders SELECT 7, 'S000007', {rest} FROM orders")


def test_what_the_shop_states_about_itself_is_true(hooks: Hooks) -> None:
    facts = (hooks.unique_reference, hooks.reserves, hooks.checks_stock, hooks.needs_address)
    assert facts == (True, True, False, False)


def test_a_full_disk_is_an_unknown_outcome_and_leaves_nothing(hooks: Hooks, store: Any, look: Look) -> None:
    with store.database.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    page = {f"303-{n}": order(f"303-{n}", [line("1", quantity=1)]) for n in range(500)}
    with pytest.raises(StoreUnavailable, match=r"shop\.db could not be used \(SQLITE_FULL\)"):
        hooks.store_place_orders(page)
    assert everything(look) == nothing(look)
