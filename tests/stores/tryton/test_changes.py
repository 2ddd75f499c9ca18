"""What becomes of an order, step by step through Tryton's own states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.errors import StoreRejected
from amazon_orders.model import (
    Address,
    CancelUnits,
    ChangeAddress,
    PutOnHold,
    TakeOffHold,
)
from amazon_orders.testing import orders as make

from .sales import LONG_AGO, left_behind, placed, sale

if TYPE_CHECKING:
    from .shop import TrytonShop


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
