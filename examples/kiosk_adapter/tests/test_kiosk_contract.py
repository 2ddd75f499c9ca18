"""The adapter keeps every promise of the kit, on a kiosk that it reaches over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from amazon_orders_kiosk import open_store
from amazon_orders_kiosk.adapter import KioskAdapter
from kiosk import Kiosk, application
from werkzeug.serving import make_server

from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.model import Product, PutOnHold, ShippedByAmazon, TakeOffHold
from amazon_orders.testing import Desk, ShopOrder, StoreContract

STATUSES = {"draft": "draft", "open": "new", "on_hold": "on_hold", "completed": "shipped", "cancelled": "cancelled"}


class BackDoor:
    """The kiosk's own side, past its API."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk

    def orders(self) -> Iterator[ShopOrder]:
        for order in list(self.kiosk.orders.values()):
            units: dict[str, int] = {}
            for line in order["lines"]:
                if line["product"]:
                    units[line["product"]] = units.get(line["product"], 0) + line["quantity"]
            yield ShopOrder(
                ref=order["id"], key=order["reference"], total=Decimal(order["total"]), lines=units,
                status=STATUSES[order["status"]], country=(order["address"] or {}).get("country", ""),
                currency=order["currency"], tax=sum((Decimal(line["tax"]) for line in order["lines"]), Decimal(0)),
            )  # fmt: skip

    def ship(self, ref: str, lines: Mapping[str, int], carrier: str, service: str, tracking: str) -> Any:
        return self.kiosk.ship(ref, self._ids(ref, lines), carrier=carrier, service=service, tracking=tracking)

    def cancel(self, ref: str, lines: Mapping[str, int] | None, reason: str) -> Any:
        return self.kiosk.cancel(ref, self._ids(ref, lines), reason)

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal) -> Any:
        return self.kiosk.refund(ref, self._ids(ref, lines), amount)

    def stock(self, product: str) -> int | None:
        units: int | None = self.kiosk.products[product]["stock"]
        return units

    def set_stock(self, product: str, units: int | None) -> None:
        self.kiosk.count(product, units)

    def twin(self, product: str) -> str:
        return self.kiosk.sell(self.kiosk.products[product]["sku"], 0)

    def double(self, ref: str) -> str:
        return self._written(self.kiosk.orders[ref])

    def sell(self, product: str) -> str:
        line = {"kind": "product", "product": product, "title": "", "quantity": 1, "net": "1", "tax_class": "none"}
        return self._written({"reference": "", "currency": "EUR", "ordered_at": "", "lines": [line]})

    def _written(self, told: Mapping[str, Any]) -> str:
        ref: str = self.kiosk.create(told)["id"]
        self.kiosk.change(ref, {"status": "open"})
        return ref

    def _ids(self, ref: str, lines: Mapping[str, int] | None) -> dict[str, int]:
        ids = {line["reference"]: line["id"] for line in self.kiosk.orders[ref]["lines"]}
        return {ids[item]: units for item, units in (lines or {}).items()}


@pytest.fixture(scope="module")
def kiosk() -> Kiosk:
    return Kiosk([("MUG-BLUE", 1000), ("TEAPOT", 5)])


@pytest.fixture(scope="module")
def adapter(kiosk: Kiosk) -> Iterator[KioskAdapter]:
    server = make_server("127.0.0.1", 0, application(kiosk, "a-key"), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    adapter = open_store({"url": f"http://127.0.0.1:{server.server_port}/api/v1", "api_key": "a-key"})
    yield adapter
    adapter.close()
    server.shutdown()
    thread.join()
    server.server_close()


class TestKiosk(StoreContract):
    @pytest.fixture
    def product(self) -> Product:
        return Product(ref="p1", value="MUG-BLUE")

    @pytest.fixture
    def shop(self, kiosk: Kiosk) -> BackDoor:
        return BackDoor(kiosk)

    def test_a_draft_that_became_an_order_meanwhile_is_no_refusal(
        self, desk: Desk, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order, placed = desk.given()
        kiosk.orders[placed.ref]["status"] = "draft"

        def late(ref: str) -> Any:
            kiosk.change(ref, {"status": "open"})
            return Kiosk.delete(kiosk, ref)

        monkeypatch.setattr(kiosk, "delete", late)
        with pytest.raises(StoreUnavailable, match="became an order"):
            desk.place(order)
        assert desk.asked(order.amazon_order_id) == (placed.ref,)

    def test_a_draft_that_was_left_behind_is_no_order_and_goes_away(self, desk: Desk, kiosk: Kiosk) -> None:
        order, placed = desk.given()
        kiosk.orders[placed.ref]["status"] = "draft"
        assert desk.asked(order.amazon_order_id) == ()
        again = desk.place(order)
        assert desk.under(order.amazon_order_id) == [again.ref]
        assert desk.asked(order.amazon_order_id) == (again.ref,)

    def test_a_change_has_its_effect_once_whatever_came_after_it(self, desk: Desk) -> None:
        order, placed = desk.given()
        first, second = (f"{order.amazon_order_id}/change/{number}" for number in (1, 2))
        for change, key in ((PutOnHold(reason="x"), first), (TakeOffHold(), second), (PutOnHold(reason="x"), first)):
            assert desk.hooks.store_change_order(placed.ref, change, key)
        assert desk.status(placed.ref) == "new"

    def test_a_parcel_of_amazons_leaves_once(self, desk: Desk) -> None:
        order, placed = desk.given(desk.line(quantity=3))
        lines = {order.lines[0].order_item_id: 1}
        change = ShippedByAmazon(lines=lines, carrier="DHL", tracking="0034", shipped_at=datetime.now(UTC))
        for _ in range(2):
            assert desk.hooks.store_change_order(placed.ref, change, f"{order.amazon_order_id}/change/1")
        (parcel,) = desk.told("store_list_shipments", placed.ref)
        assert sum(line.quantity for line in parcel.lines) == 1

    def test_an_order_that_the_shop_would_end_elsewhere_is_refused_whole(self, desk: Desk, kiosk: Kiosk) -> None:
        order = desk.order(desk.line("20.02"))
        kiosk.surcharge = Decimal("0.01")  # a fee that the shop adds to every order by itself
        try:
            with pytest.raises(StoreRejected, match=r"comes to 20\.03, not to 20\.02; nothing was kept"):
                desk.place(order)
        finally:
            kiosk.surcharge = Decimal(0)
        assert not desk.under(order.amazon_order_id)
