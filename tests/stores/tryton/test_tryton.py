"""What is particular about Tryton: its totals, its steps, its wire, its options, and what of it reaches Amazon."""

from __future__ import annotations

import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.adapters.tryton import customers, open_store
from amazon_orders.adapters.tryton.options import Options
from amazon_orders.errors import ConfigError, StoreRejected, StoreUnavailable
from amazon_orders.model import (
    Address,
    Buyer,
    CancelUnits,
    ChangeAddress,
    Charge,
    LineQuantity,
    PutOnHold,
    ShippedByAmazon,
    StockAdjustment,
    TakeOffHold,
)
from amazon_orders.testing import orders as make

from .template import PASSWORD

if TYPE_CHECKING:
    from .server import Server, Wire
    from .shop import TrytonShop

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Open = Callable[..., Any]


@pytest.fixture
def product(shop: TrytonShop) -> str:
    """A product with 50 on the shelf."""
    return shop.add_product("SKU-1", 50, asin="B00TEST001")


@pytest.fixture
def remote_product(remote_shop: TrytonShop) -> str:
    """The same behind the server."""
    return remote_shop.add_product("SKU-1", 50)


def placed(store: Any, *lines: Any, **more: Any) -> Any:
    """An order that is in the shop."""
    order = make.order(make.new_key(), lines, **more)
    return store.store_place_order(order, order.amazon_order_id)


def sale(shop: TrytonShop, ref: str, *fields: str) -> Any:
    """What Tryton has of an order."""
    return shop.read("sale.sale", int(ref), *fields)


def left_behind(shop: TrytonShop, key: str) -> tuple[int, int]:
    """Sales and parties under a key."""
    return len(shop.find("sale.sale", [("web_id", "=", key)])), len(shop.find("party.party", [("code", "=", key)]))


# Products.


def test_products_are_found_by_code_identifier_id_and_attribute(store: Any, shop: TrytonShop, product: str) -> None:
    shop.call("product.identifier", "create", [{"product": int(product), "type": "ean", "code": "4006381333931"}])
    (made,) = shop.call(
        "product.attribute", "create", [{"name": "shade", "string": "Shade", "type_": "char", "sets": []}]
    )
    (kit,) = shop.call("product.attribute.set", "create", [{"name": "Goods", "attributes": [("add", [made])]}])
    template = shop.read("product.product", int(product), "template")["template"]
    shop.call("product.template", "write", [template], {"attribute_set": kit})
    shop.call("product.product", "write", [int(product)], {"attributes": {"shade": "Blue-7"}})
    for attribute, value in {
        "sku": "SKU-1",
        "asin": "B00TEST001",
        "ean": "4006381333931",
        "identifier": "4006381333931",
        "id": product,
        "shade": "Blue-7",
    }.items():
        (found,) = store.store_find_products(attribute, [value, "other"])
        assert (found.ref, found.value) == (product, value)
        assert (product, value) in {(level.product, level.value) for level in store.store_list_stock(attribute)}
    assert [found.value for found in store.store_find_products("sku", ["sku-1"])] == ["SKU-1"], (
        "case is not ours to judge"
    )
    with pytest.raises(StoreRejected, match=r"they have sku, code, id, asin, identifier, ean.*shade"):
        store.store_find_products("colour", ["blue"])


def test_goods_that_are_still_to_come_are_not_promised(store: Any, shop: TrytonShop, product: str) -> None:
    """Tryton's own forecast counts them."""
    supplier, storage = (shop.one("stock.location", ("code", "=", code)) for code in ("SUP", "STO"))
    unit = shop.one("product.uom", ("name", "=", "Unit"))
    move: dict[str, Any] = {
        "product": int(product),
        "unit": unit,
        "quantity": 30.0,
        "from_location": supplier,
        "to_location": storage,
    }
    move |= {"planned_date": shop.today(), "unit_price": Decimal(1), "currency": 1}
    shop.call("stock.move", "create", [move])
    placed(store, make.line(product, quantity=3))
    assert shop.stock(product) == 77, "what Tryton forecasts"
    (level,) = store.store_list_stock("sku")
    assert level.available == 47


def test_a_consumable_is_not_tracked(store: Any, shop: TrytonShop, product: str) -> None:
    template = shop.read("product.product", int(product), "template")["template"]
    shop.call("product.template", "write", [template], {"consumable": True})
    (level,) = store.store_list_stock("sku")
    assert level.available is None


# Money.


def test_a_total_that_misses_by_a_rounding_gets_a_line(store: Any, shop: TrytonShop, product: str) -> None:
    answer = placed(store, *(make.line(product, "10.00") for _ in range(3)))
    lines = sale(shop, answer.ref, "lines.unit_price", "lines.description", "lines.taxes")["lines."]
    assert answer.total == sale(shop, answer.ref, "total_amount")["total_amount"] == Decimal("30.00")
    assert [(each["unit_price"], each["description"], len(each["taxes"])) for each in lines] == [
        *[(Decimal("8.4034"), "A thing", 1)] * 3,
        (Decimal("0.01"), "Rounding", 0),
    ]


def test_a_total_of_another_tax_is_refused_and_leaves_nothing(store: Any, shop: TrytonShop, product: str) -> None:
    """The tax changed after the adapter had looked at it; it looks again the next time."""
    placed(store, make.line(product, "119.00"))
    shop.call(
        "account.tax", "write", [shop.one("account.tax", ("rate", "=", Decimal("0.19")))], {"rate": Decimal("0.16")}
    )
    order = make.order(make.new_key(), [make.line(product, "119.00")])
    with pytest.raises(StoreRejected, match=r"116\.00 EUR, of it 16\.00 tax, and Amazon's is 119\.00") as refused:
        store.store_place_order(order, order.amazon_order_id)
    assert refused.value.record == order.amazon_order_id
    assert left_behind(shop, order.amazon_order_id) == (0, 0)
    assert store.store_place_order(order, order.amazon_order_id).total == Decimal("119.00")


def test_how_much_is_a_rounding_can_be_said(opened: Open, shop: TrytonShop, product: str) -> None:
    exact = opened(rounding="0")
    with pytest.raises(StoreRejected, match=r"29\.99 EUR.*30\.00"):
        placed(exact, *(make.line(product, "10.00") for _ in range(3)))


def test_shipping_and_fees_are_services_of_the_shop(store: Any, shop: TrytonShop, product: str) -> None:
    fees = [make.charge("3.00", kind="gift_wrap"), make.charge("-0.01", rate=None, kind="rounding")]
    ref = placed(store, make.line(product, "20.00"), shipping="4.99", fees=fees).ref
    lines = sale(shop, ref, "lines.product.code", "lines.description", "lines.amount", "lines.taxes")["lines."]
    assert [
        ((each["product."] or {}).get("code"), each["description"], each["amount"], bool(each["taxes"]))
        for each in lines
    ] == [
        ("SKU-1", "A thing", Decimal("16.81"), True),
        ("SHIPPING", "Shipping: standard", Decimal("4.19"), True),
        ("SHIPPING", "gift_wrap", Decimal("2.52"), True),
        (None, "rounding", Decimal("-0.01"), False),
    ]


def test_tax_that_amazon_owes_is_none_of_the_shops(store: Any, shop: TrytonShop, product: str) -> None:
    line = make.line(product, "39.99", currency="USD")
    values = {name: getattr(line, name) for name in line.__slots__}
    values["total"] = Charge(gross=Decimal("39.99"), net=Decimal("39.99"), tax=Decimal(0), tax_owner="marketplace")
    ref = placed(store, type(line)(**values), currency="USD", marketplace="US").ref
    read = sale(shop, ref, "total_amount", "tax_amount", "currency.code")
    assert (read["total_amount"], read["tax_amount"], read["currency."]["code"]) == (Decimal("39.99"), 0, "USD")


def test_another_tax_than_amazons_is_told_to_people(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product, "10.70", rate="0.07")).ref
    read = sale(shop, ref, "total_amount", "tax_amount", "comment")
    assert (read["total_amount"], read["tax_amount"]) == (Decimal("10.70"), Decimal("1.71"))
    assert "Tax at Amazon: 0.70 EUR, here 1.71" in read["comment"]


# What becomes of an order.


def test_an_order_is_a_sale_of_the_web_shop(store: Any, shop: TrytonShop, product: str) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    to = Address(
        name="Kim C", company="C GmbH", line1="Row 7", city="Berlin", postal_code="10115", country="DE", phone="1"
    )
    order = make.order(
        make.new_key(), [make.line(product, item="98765432109876")], placed_at=at, recipient=to, ioss="IM2760000000"
    )
    ref = store.store_place_order(order, order.amazon_order_id).ref
    read = sale(
        shop, ref, "state", "reference", "sale_date", "comment", "carrier.party.name", "lines.note", "party.code",
        "shipment_address.street", "shipment_address.party_name", "party.contact_mechanisms.value",
    )  # fmt: skip
    assert (read["state"], read["reference"], read["sale_date"]) == ("processing", order.amazon_order_id, at.date())
    assert (read["lines."][0]["note"], read["carrier."]["party."]["name"]) == ("98765432109876", "DHL")
    assert (read["party."]["code"], read["comment"]) == (order.amazon_order_id, "IOSS IM2760000000")
    address = read["shipment_address."]
    assert (address["party_name"], address["street"].splitlines()) == ("Kim C", ["C GmbH", "Row 7"])
    assert {each["value"] for each in read["party."]["contact_mechanisms."]} == {make.EMAIL, "1"}


def test_what_amazon_sends_is_no_work_of_the_warehouse(store: Any, shop: TrytonShop, product: str) -> None:
    answer = placed(
        store, make.line(product, quantity=2), affects_stock=False, fulfilled_by="amazon", already_shipped=True
    )
    read = sale(shop, answer.ref, "state", "shipments", "lines.moves", "comment")
    assert (read["state"], read["shipments"], read["lines."][0]["moves"]) == ("processing", [], ())
    assert shop.stock(product) == 50


def test_an_order_on_hold_stays_a_quotation_until_it_may_leave(store: Any, shop: TrytonShop, product: str) -> None:
    order = make.order(make.new_key(), [make.line(product)], on_hold="the buyer wants to cancel")
    key = order.amazon_order_id
    ref = store.store_place_order(order, key).ref
    assert sale(shop, ref, "state", "comment")["state"] == "quotation"
    assert store.store_find_orders([key]) == {key: [ref]}
    assert store.store_change_order(ref, TakeOffHold(), f"{key}/change/1")
    assert sale(shop, ref, "state")["state"] == "processing"
    assert store.store_change_order(ref, PutOnHold(reason="again"), f"{key}/change/2")
    assert store.store_change_order(ref, TakeOffHold(), f"{key}/change/3")
    assert store.store_change_order(ref, PutOnHold(reason="again"), f"{key}/change/2"), "long done"
    (seen,) = shop.orders()
    assert seen.status == "new"
    assert "On hold" not in (sale(shop, ref, "comment")["comment"] or "")


def test_what_is_picked_is_not_held_and_what_left_keeps_its_address(store: Any, shop: TrytonShop, product: str) -> None:
    to = ChangeAddress(recipient=Address(name="Kim", line1="Ring 1", city="Wien", country="AT"))
    ref = placed(store, make.line(product)).ref
    (shipment,) = sale(shop, ref, "shipments")["shipments"]
    for button in ("assign_try", "pick"):
        shop.call("stock.shipment.out", button, [shipment])
    assert not store.store_change_order(ref, PutOnHold(reason="x"), "k/change/1")
    assert store.store_change_order(ref, to, "k/change/2")
    (read,) = shop.find("stock.shipment.out", [("id", "=", shipment)], "delivery_address.country.code")
    assert read["delivery_address."]["country."]["code"] == "AT"
    left = placed(store, make.line(product)).ref
    shop.ship(left, None, "DHL", "", "1")
    assert not store.store_change_order(left, to, "k/change/3")


def test_lines_of_a_confirmed_sale_are_closed(store: Any, shop: TrytonShop, product: str) -> None:
    line = make.line(product, "30.00", 3)
    ref = placed(store, line).ref
    wanted = CancelUnits(lines={line.order_item_id: 1}, new_total=Decimal(20), reason="x")
    assert not store.store_change_order(ref, wanted, "k/change/1")


def test_an_order_that_tryton_cannot_process_is_refused_and_leaves_nothing(
    store: Any, shop: TrytonShop, product: str
) -> None:
    """It is confirmed already when Tryton finds that it cannot make the invoice."""
    category = shop.one("product.category", ("name", "=", "VAT 19 %"))
    shop.call("product.category", "write", [category], {"account_revenue": None})
    order = make.order(make.new_key(), [make.line(product)])
    with pytest.raises(StoreRejected, match=r"sale\.sale\.process: .*Account Revenue"):
        store.store_place_order(order, order.amazon_order_id)
    assert left_behind(shop, order.amazon_order_id) == (0, 0)
    assert shop.stock(product) == 50


def test_a_confirmed_sale_is_cancelled_with_shipment_and_invoice(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product, quantity=2)).ref
    assert store.store_cancel_order(ref, "Cancelled by the buyer", "k/cancel")
    read = sale(shop, ref, "state", "shipment_state", "invoice_state", "shipments.state", "invoices.state", "comment")
    assert [each["state"] for each in read["shipments."] + read["invoices."]] == ["cancelled", "cancelled"]
    assert (read["shipment_state"], read["invoice_state"]) == ("none", "none"), "nothing is made anew"
    assert read["comment"] == "Cancelled at Amazon: Cancelled by the buyer"
    assert shop.stock(product) == 50
    (told,) = store.store_list_cancellations(LONG_AGO)
    assert (told.id.partition("/")[2], told.ref, told.lines) == ("cancel", ref, ())


def test_a_quotation_that_staff_took_up_again_is_not_cancelled_twice(
    store: Any, shop: TrytonShop, product: str
) -> None:
    ref = placed(store, make.line(product), on_hold="x").ref
    assert store.store_cancel_order(ref, "x", "k/cancel")
    shop.call("sale.sale", "draft", [int(ref)])
    assert store.store_cancel_order(ref, "x", "k/cancel")
    assert sale(shop, ref, "state")["state"] == "draft"


def test_an_invoice_that_was_posted_is_not_taken_back(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product)).ref
    (invoice,) = sale(shop, ref, "invoices")["invoices"]
    shop.call("account.invoice", "write", [invoice], {"invoice_date": shop.today()})
    shop.call("account.invoice", "post", [invoice])
    assert not store.store_cancel_order(ref, "x", "k/cancel")
    assert shop.stock(product) == 49, "and nothing else was, either"


# The way back.


def test_each_package_is_told_with_its_own_number(store: Any, shop: TrytonShop, product: str) -> None:
    first, second = make.line(product, "20.00", 2), make.line(product, "30.00", 3)
    ref = placed(store, first, second).ref
    (shipment,) = sale(shop, ref, "shipments")["shipments"]
    for button in ("assign_try", "pick"):
        shop.call("stock.shipment.out", button, [shipment])
    box = shop.one("stock.package.type")
    moves = shop.read("stock.shipment.out", shipment, "outgoing_moves")["outgoing_moves"]
    for number, move in enumerate(moves):
        values = {"shipment": f"stock.shipment.out,{shipment}", "type": box, "shipping_reference": f"003{number}"}
        shop.call("stock.package", "create", [values | {"moves": [("add", [move])]}])
    for button in ("pack", "do"):
        shop.call("stock.shipment.out", button, [shipment])
    parcels = list(store.store_list_shipments(LONG_AGO))
    assert sorted((parcel.carrier, parcel.tracking, parcel.lines) for parcel in parcels) == [
        ("DHL", "0030", (LineQuantity(order_item_id=first.order_item_id, product=product, quantity=2),)),
        ("DHL", "0031", (LineQuantity(order_item_id=second.order_item_id, product=product, quantity=3),)),
    ]
    assert len({parcel.id for parcel in parcels}) == 2


def test_a_number_that_is_corrected_is_told_again(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product)).ref
    shipment = shop.ship(ref, None, "DHL", "", "wrong")
    (before,) = store.store_list_shipments(LONG_AGO)
    time.sleep(1.1)  # Tryton's times are told in whole seconds
    since = datetime.now(UTC)
    shop.call("stock.shipment.out", "write", [shipment], {"shipping_reference": "right"})
    (after,) = store.store_list_shipments(since.replace(microsecond=0))
    assert (after.id, after.tracking, after.shipped_at >= before.shipped_at) == (before.id, "right", True)
    assert list(store.store_list_shipments(since + timedelta(hours=1))) == []


def test_what_seller_central_sent_has_its_key_as_id(store: Any, shop: TrytonShop, product: str) -> None:
    order = make.order(make.new_key(), [make.line(product, quantity=2)])
    key = f"{order.amazon_order_id}/change/1"
    ref = store.store_place_order(order, order.amazon_order_id).ref
    item = order.lines[0].order_item_id
    part = ShippedByAmazon(lines={item: 1}, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
    assert not store.store_change_order(ref, part, key), "a part of it Tryton would have to unpack"
    whole = ShippedByAmazon(lines={item: 2}, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
    assert store.store_change_order(ref, whole, key)
    assert store.store_change_order(ref, whole, key)
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert (parcel.id, parcel.tracking, shop.stock(product)) == (key, "0034", 48)


def test_what_had_left_before_it_was_placed_is_no_parcel_of_the_shops(
    store: Any, shop: TrytonShop, product: str
) -> None:
    placed(store, make.line(product, quantity=2), already_shipped=True)
    assert shop.stock(product) == 48
    assert list(store.store_list_shipments(LONG_AGO)) == []


# Each step may be the last one of its process.


def cut_off(wire: Wire, prepare: Callable[[], Callable[[], Any]], first: int = 1) -> Iterator[Callable[[], Any]]:
    """Deeds that ended right after their first call, their second, ...: it is done, and its answer does not arrive."""
    for number in range(first, 60):
        deed, calls = prepare(), list[bytes]()
        wire.lost = lambda call, calls=calls, number=number: calls.append(call) or len(calls) == number  # type: ignore[misc]
        try:
            deed()
        except StoreUnavailable:
            wire.lost = lambda call: False
            yield deed
        else:
            assert len(calls) == number - 1 > first + 1, "each call was the last one once"
            return
        finally:
            wire.lost = lambda call: False


@pytest.mark.parametrize(
    ("facts", "state", "first"),
    [({}, "new", 1), ({"already_shipped": True}, "shipped", 12), ({"on_hold": "x"}, "on_hold", 8)],
)
def test_a_crash_between_any_two_steps_ends_in_one_order(
    remote_store: Any,
    remote_shop: TrytonShop,
    remote_product: str,
    wire: Wire,
    facts: dict[str, Any],
    state: str,
    first: int,
) -> None:
    """Three lines of 10.00 take a rounding line, so that every step is there. What begins alike is looked at once."""
    keys = []

    def prepare() -> Callable[[], Any]:
        order = make.order(make.new_key(), [make.line(remote_product, "10.00") for _ in range(3)], **facts)
        keys.append(order.amazon_order_id)
        return lambda: remote_store.store_place_order(order, order.amazon_order_id).ref

    remote_store.store_find_orders([])
    for place in cut_off(wire, prepare, first):
        key = keys[-1]
        (ref,) = remote_store.store_find_orders([key]).get(key, []) or [place()]  # what the library does
        (seen,) = (each for each in remote_shop.orders() if each.key == key)
        assert (seen.ref, seen.total, seen.status) == (ref, Decimal("30.00"), state)
        assert remote_store.store_find_orders([key]) == {key: [ref]}
        assert left_behind(remote_shop, key) == (1, 1)
    assert remote_shop.stock(remote_product) == 50 - (0 if state == "on_hold" else 3 * len(keys))


def test_a_crash_between_any_two_steps_of_cancelling_ends_in_a_cancelled_order(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    orders = [make.order(make.new_key(), [make.line(remote_product, quantity=2)]) for _ in range(22)]
    there = [
        one.ref for one in remote_store.store_place_orders({each.amazon_order_id: each for each in orders}).values()
    ]
    refs = []

    def prepare() -> Callable[[], Any]:
        refs.append(there.pop())
        return lambda: remote_store.store_cancel_order(refs[-1], "x", f"{refs[-1]}/cancel")

    for cancel in cut_off(wire, prepare):
        assert cancel()
        read = sale(remote_shop, refs[-1], "shipment_state", "invoice_state", "comment")
        assert read == read | {"shipment_state": "none", "invoice_state": "none", "comment": "Cancelled at Amazon: x"}
        assert remote_shop.stock(remote_product) == 50 - 2 * len(there)


def test_a_crash_between_any_two_steps_moves_stock_once(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    keys = []

    def prepare() -> Callable[[], Any]:
        keys.append(f"{make.new_key()}/1/reserve/1")
        move = StockAdjustment(
            product=remote_product,
            seller_sku="SKU-1",
            amazon_order_id=keys[-1].partition("/")[0],
            order_item_id="1",
            delta=-2,
            reason="reserve",
        )
        return lambda: remote_store.store_adjust_stock({keys[-1]: move})

    for reserve in cut_off(wire, prepare):
        reserve()
        assert remote_shop.stock(remote_product) == 50 - 2 * len(keys)
        assert len(remote_shop.find("stock.shipment.internal", [("reference", "=", keys[-1])])) == 1


def test_a_sale_that_is_not_placed_yet_is_not_told(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    order = make.order(make.new_key(), [make.line(remote_product)])
    wire.lost = lambda call: b"<methodName>model.sale.sale.create<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_place_order(order, order.amazon_order_id)
    assert left_behind(remote_shop, order.amazon_order_id) == (1, 1)
    assert remote_store.store_find_orders([order.amazon_order_id]) == {}


def test_a_draft_that_tryton_gave_up_is_gone_on_with(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    """A web shop may cancel drafts that nobody has touched for some time; Amazon is not to hear of that."""
    order = make.order(make.new_key(), [make.line(remote_product)])
    wire.lost = lambda call: b"<methodName>model.sale.sale.create<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_place_order(order, order.amazon_order_id)
    wire.lost = lambda call: False
    (left,) = remote_shop.find("sale.sale", [("web_id", "=", order.amazon_order_id)])
    remote_shop.call("sale.sale", "cancel", [left["id"]])
    assert list(remote_store.store_list_cancellations(LONG_AGO)) == []
    assert remote_store.store_find_orders([order.amazon_order_id]) == {}
    ref = remote_store.store_place_order(order, order.amazon_order_id).ref
    assert (ref, sale(remote_shop, ref, "state")["state"]) == (str(left["id"]), "processing")


# The wire.


def test_a_call_ends_at_its_deadline(remote_opened: Open, remote_product: str, wire: Wire) -> None:
    store = remote_opened(timeout=0.5)
    wire.held = lambda call: 3.0
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"did not answer product\.product\.search_read in time; raise timeout"):
        store.store_find_products("sku", ["SKU-1"])
    assert time.monotonic() - began < 1.5
    wire.held = lambda call: 0.0
    assert store.store_find_products("sku", ["SKU-1"])


def test_an_answer_that_trickles_in_ends_at_the_deadline_too() -> None:
    """Each byte comes well within any limit for one read."""
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n")
            while not ended.wait(0.05):
                try:
                    client.sendall(b" ")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/shop/rpc/"
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="in time"):
            open_store({"url": url, "user": "admin", "password": PASSWORD, "timeout": 0.6})
        took = time.monotonic() - began
        ended.set()
        thread.join(5)
    assert 0.5 < took < 2


def test_a_call_whose_answer_is_lost_is_not_sent_again(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    """As the standard library's own transport would."""
    calls = []
    wire.lost = lambda call: b"party.party.create" in call and not calls.append(call)  # type: ignore[func-returns-value]
    with pytest.raises(StoreUnavailable, match=r"did not answer party\.party\.create"):
        placed(remote_store, make.line(remote_product))
    assert len(calls) == 1


def test_a_wrong_password_is_named_and_not_told(remote_opened: Open) -> None:
    with pytest.raises(StoreUnavailable, match="correct user and password") as refused:
        remote_opened(password="canary-that-is-wrong")
    assert "canary" not in f"{refused.value!r} {refused.value} {refused.value.__cause__!r}"


def test_nobody_sees_the_password(remote_store: Any, remote_opened: Open) -> None:
    wire = remote_store._wire
    remote_store.store_find_orders(["1"])
    config = wire._mine.config
    assert PASSWORD not in f"{remote_store!r} {wire!r} {wire._options!r} {config!r} {config.url}"


def test_a_session_that_is_over_is_begun_anew(remote_store: Any, remote_product: str) -> None:
    assert remote_store.store_find_products("sku", ["SKU-1"])
    remote_store._wire._mine.config.server.common.db.logout()
    assert remote_store.store_find_products("sku", ["SKU-1"])


def test_a_store_that_was_closed_opens_again(remote_store: Any, remote_product: str, server: Server) -> None:
    def sessions() -> int:
        with closing(sqlite3.connect(f"file:{server.file}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM ir_session").fetchone()[0])

    before = sessions()
    remote_store.close()
    assert sessions() == before - 1
    assert remote_store.store_find_products("sku", ["SKU-1"])


def test_a_tryton_that_is_down_is_no_refusal(wire: Wire, remote_store: Any) -> None:
    wire.deaf = True
    with pytest.raises(StoreUnavailable, match="look whether it runs"):
        remote_store.store_find_orders(["1"])


def test_an_order_takes_twelve_calls_and_so_does_a_page(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    placed(remote_store, make.line(remote_product))  # what is looked up once is known from now on
    calls: list[bytes] = []
    wire.lost = lambda call: bool(calls.append(call))  # type: ignore[func-returns-value]
    for size in (1, 5):
        calls.clear()
        page = [make.order(make.new_key(), [make.line(remote_product)]) for _ in range(size)]
        assert len(remote_store.store_place_orders({order.amazon_order_id: order for order in page})) == size
        assert len(calls) == 12


# What is said.


def test_trytons_words_are_repeated_where_they_name_nobody() -> None:
    to = Address(name="Erika Example", line1="In der Au 7", city="Ulm", country="DE")
    order = make.order("303-1", [make.line("1")], recipient=to, buyer=Buyer(email="e@marketplace.amazon.de"))
    assert customers.discreet("The product is not salable. - ", order) == "The product is not salable."
    for words in ('Party "ERIKA Example" has no account', "Address au 7 is wrong", "e@marketplace.amazon.de?"):
        assert "not repeated" in customers.discreet(words, order)


def test_a_refusal_of_trytons_names_no_buyer(store: Any, shop: TrytonShop, product: str) -> None:
    """Here the buyer is called like what Tryton complains of."""
    category = shop.one("product.category", ("name", "=", "VAT 19 %"))
    shop.call("product.category", "write", [category], {"account_revenue": None})
    to = Address(name="Revenue Account", line1="Row 7", city="Berlin", country="DE")
    with pytest.raises(StoreRejected, match="name a person and are not repeated") as refused:
        placed(store, make.line(product), recipient=to)
    assert "revenue" not in str(refused.value).lower()


# Options.


def test_without_proteus_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("amazon_orders.adapters.tryton.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "proteus", None)
    with pytest.raises(ConfigError, match=r"proteus is missing: pip install 'amazon-order-sync\[tryton\]'"):
        open_store({})


def test_every_wrong_option_is_named() -> None:
    with pytest.raises(ConfigError) as wrong:
        Options.read(
            {"database": "shop", "shop": "x", "carrier": 7, "timeout": "soon", "rounding": 2, "invoice_method": "x"}
        )
    assert wrong.value.problems == wrong.value.problems | {
        "carrier": "has to be text",
        "timeout": "has to be a number from 0.1 to 600",
        "rounding": "has to be a number from 0 to 1",
        "invoice_method": "has to be one of manual, order, fulfillment",
    }
    assert wrong.value.problems["shop"].startswith("is no option of the tryton store; it has url, ")


@pytest.mark.parametrize(
    ("config", "key", "says"),
    [
        ({}, "url", "is the address"),
        ({"url": "http://t:8000/shop/rpc/", "database": "shop"}, "url", "two ways"),
        ({"url": "http://t:8000/shop/", "user": "u", "password": "p"}, "url", "/rpc/"),
        ({"url": "ftp://t/shop/rpc/", "user": "u", "password": "p"}, "url", "http"),
        ({"url": "http://t:port/shop/rpc/", "user": "u", "password": "p"}, "url", "no address"),
        ({"url": "http://u:canary@t/shop/rpc/"}, "url", "holds a password"),
        ({"url": "http://t/shop/rpc/", "password": "p"}, "user", "login"),
        ({"url": "http://a@t/shop/rpc/", "user": "b", "password": "p"}, "user", "write it once"),
        ({"url": "http://u@t/shop/rpc/"}, "password", "password_file"),
        ({"url": "http://u@t/shop/rpc/", "password": "p", "password_file": "f"}, "password_file", "keep one"),
        ({"url": "http://u@t/shop/rpc/", "password_file": "/no/such/file"}, "password_file", "cannot be read"),
    ],
)
def test_a_wrong_way_to_tryton_is_named(config: dict[str, Any], key: str, says: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        Options.read(config)
    assert says in wrong.value.problems[key]
    assert "canary" not in str(wrong.value)


def test_the_password_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret word\n", "utf-8")
    options = Options.read({"url": "https://u@t.example:8443/shop/rpc", "password_file": str(tmp_path / "password")})
    assert (options.url, options.user, options.password) == ("https://t.example:8443/shop/rpc/", "u", "secret word")
    assert "secret" not in repr(options)


def test_what_tryton_lacks_is_named_with_what_it_has(opened: Open) -> None:
    with pytest.raises(ConfigError) as wrong:
        opened(warehouse="X", carrier="UPS", shipping_product="Y", fee_product="Z", reservation_location="STO")
    assert {key: said.partition(" means")[0] for key, said in wrong.value.problems.items()} == {
        "warehouse": "'X'",
        "carrier": "'UPS'",
        "shipping_product": "'Y'",
        "fee_product": "'Z'",
        "reservation_location": "'STO'",
    }
    assert wrong.value.problems["carrier"] == "'UPS' means none of those that Tryton has: 'DHL'"
    with pytest.raises(ConfigError, match="'Ebay' means none of those that Tryton has: 'Amazon'"):
        opened(web_shop="Ebay")


def test_a_shop_without_a_place_for_reservations_keeps_none(shop: TrytonShop, tryton: Any, product: str) -> None:
    store = open_store({"database": tryton.name, "user": tryton.user})
    assert not hasattr(store, "store_adjust_stock")
    release = StockAdjustment(
        product=product, seller_sku="S", amazon_order_id="1", order_item_id="1", delta=2, reason="release"
    )
    placed(store, make.line(product, quantity=2), releases={"1/1/release/1": release})
    assert shop.stock(product) == 48


def test_a_reservation_that_cannot_be_given_back_holds_its_own_order_alone(
    store: Any, shop: TrytonShop, product: str
) -> None:
    release = StockAdjustment(
        product="999", seller_sku="GONE", amazon_order_id="1", order_item_id="1", delta=2, reason="release"
    )
    good, bad = (make.order(make.new_key(), [make.line(product)]) for _ in range(2))
    bad = replace(bad, releases={"1/1/release/1": release})
    outcomes = store.store_place_orders({each.amazon_order_id: each for each in (good, bad)})
    assert outcomes[good.amazon_order_id].ref
    assert "no product '999' for seller SKU 'GONE'" in str(outcomes[bad.amazon_order_id])


def test_the_method_of_invoices_can_be_chosen(opened: Open, shop: TrytonShop, product: str) -> None:
    ref = placed(opened(invoice_method="manual"), make.line(product)).ref
    assert sale(shop, ref, "invoices")["invoices"] == []
