"""Promises about persons: an adapter's texts end up in logs, and no buyer may be found there."""

from __future__ import annotations

from .desk import Desk, promise
from .orders import PERSONAL, line


class Discretion:
    """What is said of buyers: nothing."""

    def test_a_refusal_names_nobody(self, desk: Desk) -> None:
        refusal = desk.refuses(desk.order(line("no-such-product")))
        _discreet(f"{refusal} {refusal!r} {refusal.record}", "a StoreRejected")

    def test_what_placing_answers_names_nobody(self, desk: Desk) -> None:
        _, placed = desk.given()
        _discreet(repr(placed), "a Placed")

    def test_the_adapters_repr_names_nobody(self, desk: Desk) -> None:
        desk.given()
        _discreet(f"{desk.adapter!r} {desk.adapter}", "the adapter's repr")

    def test_what_is_listed_names_nobody(self, desk: Desk) -> None:
        order, placed = desk.given()
        desk.does("ship", placed.ref, {order.lines[0].order_item_id: 1}, "DHL", "Paket", "00340434")
        _discreet(repr(desk.told("store_list_shipments", placed.ref)), "a Shipment")


def _discreet(text: str, where: str) -> None:
    # The text itself is not told: that would be the very thing that is forbidden.
    promise(not any(word in text for word in PERSONAL), f"{where} shows the buyer's name, street or address")
