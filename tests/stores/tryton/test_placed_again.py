"""An attempt was cut off, and what is placed under its key is the order as it is now."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xmlrpc.client import ServerProxy

import pytest

from amazon_orders.adapters.tryton.transport import Transport
from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.model import Address, ChangeAddress, PutOnHold, ShippedByAmazon, StockAdjustment
from amazon_orders.testing import orders as make

from .sales import LONG_AGO, left_behind, sale

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


def test_characters_that_xml_cannot_carry_keep_no_order_out(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str
) -> None:
    to = Address(name="Kim\x00 C\ufffe", line1="Row 7\x0bFlat\ud800 2", city="Berlin", country="DE", phone="1\x1f2")
    key, line = make.new_key(), replace(make.line(remote_product), title="Big\x0cthing")
    made = remote_store.store_place_order(make.order(key, [line], recipient=to, on_hold="a\x01b"), key)
    read = sale(remote_shop, made.ref, "party.name", "shipment_address.street", "lines.description", "comment")
    assert " ".join(read["party."]["name"].split()) == "Kim C"
    assert " ".join(read["shipment_address."]["street"].split()) == "Row 7 Flat 2"
    assert (read["lines."][0]["description"], read["comment"]) == ("Big thing", "On hold: a b")
    there = ChangeAddress(recipient=replace(to, line1="Ring\x0b3"))
    assert remote_store.store_change_order(made.ref, there, f"{key}/change/1")
    assert sale(remote_shop, made.ref, "shipment_address.street")["shipment_address."]["street"] == "Ring 3"


def shipped(order: Any) -> ShippedByAmazon:
    """All of it."""
    lines = {line.order_item_id: line.quantity for line in order.lines}
    return ShippedByAmazon(lines=lines, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))


def test_what_seller_central_sent_is_one_parcel_in_whatever_boxes_it_was(
    store: Any, shop: TrytonShop, product: str
) -> None:
    order = make.order(make.new_key(), [make.line(product, "20.00", 2), make.line(product, "30.00", 3)])
    key = order.amazon_order_id
    ref = store.store_place_order(order, key).ref
    (shipment,) = sale(shop, ref, "shipments")["shipments"]
    for button in ("assign_try", "pick"):
        shop.call("stock.shipment.out", button, [shipment])
    for move in shop.read("stock.shipment.out", shipment, "outgoing_moves")["outgoing_moves"]:
        box = {"shipment": f"stock.shipment.out,{shipment}", "type": shop.one("stock.package.type")}
        shop.call("stock.package", "create", [box | {"moves": [("add", [move])]}])
    assert store.store_change_order(ref, shipped(order), f"{key}/change/1")
    (parcel,) = store.store_list_shipments(LONG_AGO)
    assert (parcel.id, parcel.tracking, len(parcel.lines)) == (f"{key}/change/1", "0034", 2)


def test_what_seller_central_sent_is_known_where_the_answer_was_lost(
    remote_store: Any, remote_product: str, wire: Wire
) -> None:
    order = make.order(make.new_key(), [make.line(remote_product, quantity=2)])
    key = order.amazon_order_id
    ref = remote_store.store_place_order(order, key).ref
    wire.lost = lambda call: b"<methodName>model.stock.shipment.out.do<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_change_order(ref, shipped(order), f"{key}/change/1")
    wire.lost = lambda call: False
    assert not remote_store.store_change_order(ref, shipped(order), f"{key}/change/2"), "that is another one"
    assert remote_store.store_change_order(ref, shipped(order), f"{key}/change/1")


HOLD, CANCEL = PutOnHold(reason="x"), None
OUT, SALE = "stock.shipment.out", "sale.sale"


@pytest.mark.parametrize(
    ("wanted", "on_hold", "read", "model", "buttons"),
    [
        (HOLD, None, "stock.shipment.out.read", OUT, ["assign_force", "pick"]),
        (CANCEL, None, "account.invoice.read", OUT, ["assign_force", "pick", "pack", "do"]),
        (CANCEL, "x", "sale.sale.search_read", SALE, ["confirm", "process"]),
    ],
)
def test_what_staff_does_at_the_same_moment_wins(
    remote_store: Any,
    remote_shop: TrytonShop,
    remote_product: str,
    wire: Wire,
    wanted: PutOnHold | None,
    on_hold: str | None,
    read: str,
    model: str,
    buttons: list[str],
) -> None:
    """Tryton skips or refuses a button that does not fit any more: it is too late, and nobody has to do anything."""
    key = make.new_key()
    ref = remote_store.store_place_order(make.order(key, [make.line(remote_product)], on_hold=on_hold), key).ref
    before = sale(remote_shop, ref, "shipments", "comment")
    todo = list(buttons)

    def staff(call: bytes) -> float:
        if f"<methodName>model.{read}<".encode() in call:
            while todo:
                remote_shop.call(model, todo.pop(0), [int(ref)] if model == SALE else before["shipments"])
        return 0.0

    wire.held = staff
    if wanted is None:
        assert not remote_store.store_cancel_order(ref, "x", f"{key}/cancel")
    else:
        assert not remote_store.store_change_order(ref, wanted, f"{key}/change/1")
    assert not todo
    after = sale(remote_shop, ref, "comment", "shipments.state")
    assert after["comment"] == before["comment"]
    assert "cancelled" not in {shipment["state"] for shipment in after["shipments."]}


def test_a_name_that_was_looked_up_too_long_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def slowly(*arguments: Any, **more: Any) -> Any:
        time.sleep(0.6)
        return look_up(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(TimeoutError), ServerProxy(address, transport=Transport(address, 0.2)) as server:
            server.model.sale.sale.create([])
        client, _ = listener.accept()
        with client:
            assert client.recv(1) == b"", "nothing was sent"
