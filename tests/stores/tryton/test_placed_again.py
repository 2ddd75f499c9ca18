"""An attempt was cut off, and what is placed under its key is the order as it is now."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.model import Address, StockAdjustment
from amazon_orders.testing import orders as make

from .sales import left_behind, sale

if TYPE_CHECKING:
    from .server import Wire
    from .shop import TrytonShop

OLD = Address(name="Old Name", line1="Old Row 1", city="Bonn", postal_code="53111", country="DE", phone="111")
NEW = Address(name="New Name", line1="New Row 2", city="Berlin", postal_code="10115", country="DE", phone="222")


@pytest.fixture(params=["party.party.create", "sale.sale.create", "sale.sale.quote", "sale.sale.write"])
def again(request: pytest.FixtureRequest, remote_store: Any, remote_product: str, wire: Wire) -> Any:
    """Places an order with its first facts, cut off right after a call, and then with the others."""

    def place(first: dict[str, Any], then: dict[str, Any]) -> Any:
        key = make.new_key()
        lines = [make.line(remote_product, "10.00") for _ in range(3)]
        wire.lost = lambda call: f"<methodName>model.{request.param}<".encode() in call
        with pytest.raises(StoreUnavailable):
            remote_store.store_place_order(make.order(key, lines, **first), key)
        wire.lost = lambda call: False
        assert remote_store.store_find_orders([key]) == {}
        return remote_store.store_place_order(make.order(key, lines, **then), key)

    return place


def test_one_that_is_on_hold_now_does_not_leave(again: Any, remote_shop: TrytonShop) -> None:
    made = again({}, {"on_hold": "fraud check"})
    read = sale(remote_shop, made.ref, "state", "comment", "shipments")
    assert (read["state"], read["comment"], len(read["shipments"])) == ("quotation", "On hold: fraud check", 0)


def test_one_that_is_on_hold_no_more_is_sent(again: Any, remote_shop: TrytonShop) -> None:
    made = again({"on_hold": "fraud check"}, {})
    read = sale(remote_shop, made.ref, "state", "comment", "total_amount")
    assert (read["state"], read["comment"] or "", read["total_amount"]) == ("processing", "", Decimal("30.00"))


def test_one_with_a_new_address_goes_there(again: Any, remote_shop: TrytonShop) -> None:
    made = again({"recipient": OLD}, {"recipient": NEW})
    fields = ("party.name", "party.code", "shipment_address.street", "shipment_address.city")
    read = sale(remote_shop, made.ref, *fields, "party.contact_mechanisms", "shipment_address.party_name")
    party, to = read["party."], read["shipment_address."]
    assert (party["name"], to["party_name"], to["street"], to["city"]) == (
        "New Name",
        "New Name",
        "New Row 2",
        "Berlin",
    )
    contacts = remote_shop.find("party.contact_mechanism", [("id", "in", list(party["contact_mechanisms"]))], "value")
    assert "222" in {contact["value"] for contact in contacts}
    assert "111" not in {contact["value"] for contact in contacts}
    assert left_behind(remote_shop, party["code"]) == (1, 1)


def test_a_checked_quotation_goes_back_before_it_is_confirmed(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    """One line needs no rounding, so the first write is the mark."""
    key, line = make.new_key(), make.line(remote_product)
    wire.lost = lambda call: b"<methodName>model.sale.sale.write<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_place_order(make.order(key, [line], recipient=OLD), key)
    wire.lost = lambda call: False
    (left,) = remote_shop.find("sale.sale", [("web_id", "=", key)], "state", "reference")
    assert (left["state"], left["reference"]) == ("quotation", key)
    made = remote_store.store_place_order(make.order(key, [line], recipient=NEW, on_hold="x"), key)
    read = sale(remote_shop, made.ref, "state", "reference", "comment", "shipment_address.city")
    assert (read["state"], read["reference"], read["comment"]) == ("quotation", key, "On hold: x")
    assert read["shipment_address."]["city"] == "Berlin"


def test_a_refused_order_keeps_its_reservation(store: Any, shop: TrytonShop, product: str) -> None:
    """That Tryton lacks the currency shows while the draft is made."""
    key = make.new_key()
    held = StockAdjustment(
        product=product, seller_sku="SKU-1", amazon_order_id=key, order_item_id="1", delta=-2, reason="reserve"
    )
    store.store_adjust_stock({f"{key}/1/reserve/1": held})
    assert shop.stock(product) == 48
    back = replace(held, delta=2, reason="release")
    order = make.order(key, [make.line(product, "10.00")], releases={f"{key}/1/release/1": back})
    with pytest.raises(StoreRejected):
        store.store_place_order(replace(order, currency="XTS"), key)
    assert shop.stock(product) == 48
    store.store_place_order(order, key)
    assert shop.stock(product) == 49
