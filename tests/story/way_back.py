"""A shop whose warehouse says what a test makes it say, and how the way back to Amazon is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from amazon_orders.model import (
    Cancellation,
    Charge,
    FlowReport,
    LineQuantity,
    Refund,
    RefundLine,
    Report,
    Shipment,
)
from tests.stores.warehouse import Warehouse, warehouse_hooks

from .world import World, world

STEP = 180
"""Seconds between two runs."""


class Depot:
    """One seller, one simulated Amazon, one warehouse, and a connection `de` between them."""

    def __init__(self, made: World, warehouse: Warehouse) -> None:
        self.world = made
        self.warehouse = warehouse
        self.seller = made.seller
        self.amazon = made.amazon
        self.clock = made.clock
        self._number = 0

    @property
    def app(self) -> Any:
        return self.world.app

    # What the shop does.

    def placed(self, *lines: Any, **options: Any) -> str:
        """An order that is in the shop."""
        order: str = self.seller.place(*(lines or (("MUG-WHITE", 2),)), **options)
        self.run()
        assert self.app.orders.get(order).status == "placed"
        return order

    def ref(self, order: str) -> str:
        ((ref,),) = self.world.look("SELECT id FROM orders WHERE external_id = ?", order)
        return str(ref)

    def items(self, order: str) -> list[str]:
        """Its order item ids."""
        return [row["orderItemId"] for row in self.seller.order(order)["orderItems"]]

    def ship(self, order: str, units: Mapping[str, int] | None = None, **how: Any) -> Shipment:
        """A parcel leaves."""
        self._number += 1
        values: dict[str, Any] = {
            "id": f"s{self._number}",
            "ref": self.ref(order),
            "carrier": "DHL",
            "tracking": f"0034043416109{self._number:07}",
            "lines": _lines(units),
            "shipped_at": self.clock.now(),
            "updated_at": self.clock.now(),
        }
        shipment = Shipment(**values | how)
        self.warehouse.shipments.append(shipment)
        return shipment

    def edit(self, shipment: Shipment, **how: Any) -> Shipment:
        """Somebody changes a parcel's record."""
        edited = replace(shipment, **{"updated_at": self.clock.now()} | how)
        self.warehouse.shipments[self.warehouse.shipments.index(shipment)] = edited
        return edited

    def cancel(self, order: str, units: Mapping[str, int] | None = None, reason: str = "") -> Cancellation:
        """The shop cancels the order, or units of it."""
        self._number += 1
        cancellation = Cancellation(
            id=f"c{self._number}", ref=self.ref(order), reason=reason, lines=_lines(units), updated_at=self.clock.now()
        )
        self.warehouse.cancellations.append(cancellation)
        return cancellation

    def refund(
        self,
        order: str,
        amounts: Mapping[str, str | tuple[str, int]] | str | None = None,
        *,
        shipping: str | None = None,
        currency: str = "EUR",
        reason: str = "",
    ) -> Refund:
        """The shop gives money back: gross amounts by order item, with units or none; or one amount for no line."""
        self._number += 1
        if isinstance(amounts, str):
            shipping, amounts = amounts, None
        lines = []
        for item, amount in (amounts or {}).items():
            value, units = (amount, 0) if isinstance(amount, str) else amount
            lines.append(RefundLine(line=LineQuantity(order_item_id=item, quantity=units), amount=_money(value)))
        refund = Refund(
            id=f"r{self._number}",
            ref=self.ref(order),
            reason=reason,
            currency=currency,
            lines=tuple(lines),
            shipping=None if shipping is None else _money(shipping),
            updated_at=self.clock.now(),
        )
        self.warehouse.refunds.append(refund)
        return refund

    # What is run, and what comes of it.

    def run(self, seconds: float = STEP, **options: Any) -> Report:
        """One sync, a while later."""
        self.clock.advance(seconds)
        return self.world.sync(**options)

    def flow(self, name: str, seconds: float = STEP, **options: Any) -> FlowReport:
        """What one sync says of one flow."""
        (found,) = (flow for flow in self.run(seconds, **options).connections[0].flows if flow.flow == name)
        return found

    def settle(self, runs: int = 6, seconds: float = 420) -> None:
        """Enough runs for feeds and looks; none of them may fail."""
        for _ in range(runs):
            assert self.run(seconds).errors == []

    def commands(self, order: str) -> list[tuple[str, str]]:
        return [(command["kind"], command["state"]) for command in self.app.orders.get(order).commands]

    def inbox(self) -> list[tuple[str, str]]:
        return [(entry.amazon_order_id, entry.reason) for entry in self.app.orders.inbox()]

    def status(self, order: str) -> str:
        """What Amazon says of it."""
        found: str = self.seller.order(order)["fulfillment"]["fulfillmentStatus"]
        return found

    def packages(self, order: str) -> list[tuple[str, str]]:
        """Reference id and tracking number of what Amazon shows."""
        rows = self.seller.order(order).get("packages", [])
        return [(row["packageReferenceId"], row["trackingNumber"]) for row in rows]


def _lines(units: Mapping[str, int] | None) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(order_item_id=item, quantity=count) for item, count in (units or {}).items())


def _money(gross: str) -> Charge:
    return Charge(kind="item", title="", gross=Decimal(gross), net=None, tax=None, tax_owner="seller")


@contextmanager
def depot(folder: Path, *plugins: Any, settings: Mapping[str, Any] | None = None, **options: Any) -> Iterator[Depot]:
    """A depot for one test; nothing is published, so that only the way back of orders runs."""
    with world(folder, **options) as made:
        warehouse = Warehouse(made.shop_file)
        made.app.close()
        made._stores = {"shop": warehouse_hooks(warehouse, *plugins)}
        made.restart()
        made.connect(publish_stock=False, **(settings or {}))
        yield Depot(made, warehouse)


def later(moment: datetime, minutes: float) -> datetime:
    return moment + timedelta(minutes=minutes)
