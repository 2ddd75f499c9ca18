"""What people do in the demo shop is listed for the library: stock, parcels, cancellations, refunds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders import Hooks
from amazon_orders.adapters.sqlite import database
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import AdapterBug, StoreRejected
from amazon_orders.model import Charge, LineQuantity, Product, Refund, RefundLine
from tests.stores.orders import line, order
from tests.unit.adapters.conftest import Look
from tests.unit.adapters.test_sqlite_placing import KEY, adds_up

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 21, 8, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture
def ref(hooks: Hooks) -> str:
    """Three blue mugs at 10.00 and two red ones at 5.00, delivery 4.99."""
    lines = [line("1", "30.00", 3, "11", tax="4.79"), line("2", "10.00", 2, "12", tax="1.60")]
    return hooks.store_place_order(order(KEY, lines, shipping="4.99", shipping_tax="0.80"), KEY).ref


BLUE = Product(ref="1", value="MUG-BLUE", title="Blue mug")
FOUND = {
    "by SKU": ("sku", ["MUG-BLUE", "MUG-GREEN"], [BLUE]),
    "by SKU in another case, as the shop spells it": ("sku", ["mug-blue"], [BLUE]),
    "by ASIN": ("asin", ["B000000001"], [Product(ref="1", value="B000000001", title="Blue mug")]),
    "by EAN": ("ean", ["4000000000017"], [Product(ref="1", value="4000000000017", title="Blue mug")]),
    "by the shop's own number": ("id", ["1", "99"], [Product(ref="1", value="1", title="Blue mug")]),
    "nothing is asked": ("sku", [], []),
    "nothing has no value": ("asin", [""], []),
    "a value that would end a statement": ("sku", ["'; DROP TABLE products; --", '"]'], []),
    "many values at once": ("sku", [f"X-{n}" for n in range(5000)] + ["MUG-BLUE"], [BLUE]),
}


@pytest.mark.parametrize(("attribute", "values", "expected"), FOUND.values(), ids=FOUND)
def test_products_are_found(hooks: Hooks, attribute: str, values: list[str], expected: list[Product]) -> None:
    assert hooks.store_find_products(attribute, values) == expected


def test_two_products_of_one_sku_are_both_told(hooks: Hooks, shop: Shop) -> None:
    shop.add_products([{"sku": "MUG-BLUE", "title": "Another"}])
    assert [product.ref for product in hooks.store_find_products("sku", ["MUG-BLUE"])] == ["1", "4"]


def test_an_attribute_that_products_do_not_have(hooks: Hooks) -> None:
    message = "no attribute 'gtin'; they have sku, asin, ean, id: change the connection's product_attribute"
    with pytest.raises(StoreRejected, match=message):
        hooks.store_find_products("gtin", ["1"])
    with pytest.raises(StoreRejected, match=message):
        list(hooks.store_list_stock(None, "gtin"))


def test_a_page_of_products_is_found_by_the_index(look: Look, hooks: Hooks) -> None:
    for attribute in ("sku", "asin", "ean"):
        plan = look(
            f"EXPLAIN QUERY PLAN SELECT id FROM products WHERE {attribute} COLLATE NOCASE"
            " IN (SELECT value FROM json_each('[]'))"
        )
        assert f"USING INDEX products_{attribute}" in str(plan) or "USING COVERING INDEX" in str(plan)


def test_stock_is_what_can_still_be_promised(hooks: Hooks, shop: Shop, ref: str) -> None:
    shop.set_stock("2", 0)
    levels = {level.product: (level.value, level.available) for level in hooks.store_list_stock(None, "sku")}
    assert levels == {"1": ("MUG-BLUE", Decimal(7)), "2": ("MUG-RED", Decimal(0)), "3": ("VOUCHER", None)}
    assert (shop.stock("1"), shop.stock("3")) == (7, None)


def test_a_product_without_the_attribute_has_no_level(hooks: Hooks) -> None:
    assert [level.value for level in hooks.store_list_stock(None, "asin")] == ["B000000001", "B000000002"]
    assert [level.value for level in hooks.store_list_stock(None, "id")] == ["1", "2", "3"]


def test_a_parcel_is_listed_with_its_lines(hooks: Hooks, shop: Shop, ref: str, look: Look) -> None:
    assert shop.ship(ref, {"11": 2}, "DHL", "Paket", "0034012345", AT) == "1"
    (parcel,) = hooks.store_list_shipments(SINCE)
    assert (parcel.id, parcel.ref, parcel.carrier, parcel.service) == ("1", ref, "DHL", "Paket")
    assert (parcel.tracking, parcel.shipped_at) == ("0034012345", AT)
    assert parcel.lines == (LineQuantity(order_item_id="11", product="1", quantity=2),)
    assert look("SELECT status FROM orders") == [("new",)]

    assert shop.ship(ref) == "2"
    _, rest = hooks.store_list_shipments(SINCE)
    assert [(each.order_item_id, each.quantity) for each in rest.lines] == [("11", 1), ("12", 2)]
    assert look("SELECT status FROM orders") == [("shipped",)]


def test_listings_begin_at_a_time_inclusive(hooks: Hooks, shop: Shop, ref: str) -> None:
    shop.ship(ref, {"11": 1})
    time.sleep(0.002)
    shop.ship(ref, {"11": 1})
    first, second = hooks.store_list_shipments(SINCE)
    assert first.updated_at < second.updated_at
    assert [each.id for each in hooks.store_list_shipments(second.updated_at)] == ["2"]
    assert [each.id for each in hooks.store_list_shipments(first.updated_at)] == ["1", "2"]
    assert not list(hooks.store_list_shipments(second.updated_at + timedelta(milliseconds=1)))


def test_listings_longer_than_a_page_are_whole_and_in_order(
    hooks: Hooks, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGE", 2)
    refs = [hooks.store_place_order(order(f"303-{n}", [line("1", quantity=1)]), f"303-{n}").ref for n in range(5)]
    for ref in refs:
        shop.ship(ref)
    for ref in refs:
        shop.refund(ref, None, "1.00")
    assert [parcel.ref for parcel in hooks.store_list_shipments(SINCE)] == refs
    assert [refund.ref for refund in hooks.store_list_refunds(SINCE)] == refs
    assert len(list(hooks.store_list_stock(None, "sku"))) == 3


def test_orders_can_be_placed_while_a_listing_is_consumed(
    hooks: Hooks, shop: Shop, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGE", 1)
    shop.ship(ref, {"11": 1})
    shop.ship(ref, {"11": 1})
    parcels = hooks.store_list_shipments(SINCE)
    next(parcels)
    hooks.store_place_order(order("303-9", [line("1")]), "303-9")
    assert [parcel.id for parcel in parcels] == ["2"]


def test_the_shop_cancels_an_order(hooks: Hooks, shop: Shop, ref: str, look: Look) -> None:
    assert shop.cancel(ref, reason="broken") == ["1"]
    (cancelled,) = hooks.store_list_cancellations(SINCE)
    assert (cancelled.id, cancelled.ref, cancelled.reason, cancelled.lines) == ("1", ref, "broken", ())
    assert (shop.stock("1"), shop.stock("2")) == (10, 10)
    assert shop.orders()[0]["status"] == "cancelled"


def test_the_shop_cancels_units_one_cancellation_a_line(hooks: Hooks, shop: Shop, ref: str, look: Look) -> None:
    assert shop.cancel(ref, {"11": 1, "12": 2}, "broken") == ["1", "2"]
    lines = [each.lines for each in hooks.store_list_cancellations(SINCE)]
    assert lines == [
        (LineQuantity(order_item_id="11", product="1", quantity=1),),
        (LineQuantity(order_item_id="12", product="2", quantity=2),),
    ]
    assert (shop.stock("1"), shop.stock("2")) == (8, 10)
    assert look("SELECT total, tax FROM orders") == [("24.99", "3.99")]
    adds_up(look)


def test_the_shop_refunds_lines_by_their_share(hooks: Hooks, shop: Shop, ref: str) -> None:
    assert shop.refund(ref, {"11": 1, "12": 1}, Decimal("4.01"), "scratched") == ["1", "2"]
    refunds = list(hooks.store_list_refunds(SINCE))
    assert refunds[0] == Refund(
        id="1",
        ref=ref,
        reason="scratched",
        currency="EUR",
        lines=(
            RefundLine(
                line=LineQuantity(order_item_id="11", product="1", quantity=1),
                amount=Charge(kind="item", gross=Decimal("3.01"), tax=Decimal("0.48")),
            ),
        ),
        updated_at=refunds[0].updated_at,
    )
    assert sum(refund.lines[0].amount.gross for refund in refunds) == Decimal("4.01")


def test_the_shop_refunds_delivery(hooks: Hooks, shop: Shop, ref: str) -> None:
    shop.refund(ref, None, "4.99")
    (refund,) = hooks.store_list_refunds(SINCE)
    assert refund.shipping == Charge(kind="shipping", gross=Decimal("4.99"))
    assert refund.lines == ()


REFUSED = {
    "sending more than is left": (lambda shop, ref: shop.ship(ref, {"11": 4}), "so many units left"),
    "sending a line that is not there": (lambda shop, ref: shop.ship(ref, {"13": 1}), "no line '13'"),
    "sending no units": (lambda shop, ref: shop.ship(ref, {"11": 0}), "at least one"),
    "sending twice": (lambda shop, ref: (shop.ship(ref), shop.ship(ref)), "so many units left"),
    "sending what is cancelled": (lambda shop, ref: (shop.cancel(ref), shop.ship(ref)), "is cancelled"),
    "cancelling twice": (lambda shop, ref: (shop.cancel(ref), shop.cancel(ref)), "cancelled already"),
    "cancelling what has left": (lambda shop, ref: (shop.ship(ref), shop.cancel(ref)), "has left"),
    "cancelling units that have left": (
        lambda shop, ref: (shop.ship(ref, {"11": 3}), shop.cancel(ref, {"11": 1})),
        "so many units left",
    ),
    "refunding nothing": (lambda shop, ref: shop.refund(ref, None, "0"), "more than nothing"),
    "refunding a line that is not there": (lambda shop, ref: shop.refund(ref, {"13": 1}, "1"), "no line '13'"),
    "counting a product that is not there": (lambda shop, ref: shop.set_stock("99", 1), "no product '99'"),
    "asking for a product that is not there": (lambda shop, ref: shop.stock("99"), "no product '99'"),
}


@pytest.mark.parametrize(("act", "message"), REFUSED.values(), ids=REFUSED)
def test_what_the_shop_does_not_do(shop: Shop, ref: str, act: object, message: str) -> None:
    assert callable(act)
    with pytest.raises(StoreRejected, match=message):
        act(shop, ref)


def test_an_order_on_hold_is_not_sent(hooks: Hooks, shop: Shop) -> None:
    ref = hooks.store_place_order(order(KEY, [line("1")], on_hold="the buyer wants to cancel"), KEY).ref
    with pytest.raises(StoreRejected, match="is on_hold"):
        shop.ship(ref)


@pytest.mark.parametrize(
    ("more", "raised"),
    [({"placed_at": "yesterday"}, "AttributeError at database"), ({"currency": None}, "IntegrityError at database")],
    ids=["before SQLite is asked", "when SQLite refuses"],
)
def test_a_mistake_is_no_outage(hooks: Hooks, look: Look, more: dict[str, Any], raised: str) -> None:
    # Nobody should wait for that to mend itself.
    with pytest.raises(AdapterBug, match=rf"sqlite\.store_place_order: raised {raised}\.py"):
        hooks.store_place_order(order(KEY, [line("1")], **more), KEY)
    assert look("SELECT * FROM orders") == []
