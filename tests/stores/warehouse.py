"""The demo store with a warehouse that says whatever a test makes it say: parcels, cancellations, refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from amazon_orders.adapters.sqlite.store import SqliteStore, open_store
from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import Cancellation, OrderChange, Refund, Shipment

Fact = TypeVar("Fact", Shipment, Cancellation, Refund)


class Warehouse(SqliteStore):
    """Lists what is in `shipments`, `cancellations` and `refunds`, by last change, as a store should."""

    def __init__(self, path: Path) -> None:
        super().__init__(open_store({"path": str(path)}).database)
        self.shipments: list[Shipment] = []
        self.cancellations: list[Cancellation] = []
        self.refunds: list[Refund] = []
        self.asked: list[tuple[str, datetime]] = []
        """Every question, and since when it was."""
        self.breaks_after: dict[str, int] = {}
        """Of the list of that name so many records come; then the store is gone."""
        self.told: list[str | OrderChange] = []
        """What it was asked to do to its orders: `cancel`, or a change."""
        self.may_cancel = True
        """Whether it can still cancel what Amazon has cancelled."""

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        return self._list("shipments", self.shipments, since)

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        return self._list("cancellations", self.cancellations, since)

    @hookimpl
    def store_list_refunds(self, since: datetime) -> Iterator[Refund]:
        return self._list("refunds", self.refunds, since)

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        self.told.append("cancel")
        return self.may_cancel and super().store_cancel_order(ref=ref, reason=reason, key=key)

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        self.told.append(change)
        return super().store_change_order(ref=ref, change=change, key=key)

    def _list(self, name: str, facts: list[Fact], since: datetime) -> Iterator[Fact]:
        self.asked.append((name, since))
        listed = sorted((fact for fact in facts if fact.updated_at >= since), key=lambda fact: fact.updated_at)
        for number, fact in enumerate(listed):
            if number == self.breaks_after.get(name):
                raise StoreUnavailable("the warehouse went away")
            yield fact


def warehouse_hooks(warehouse: Warehouse, *others: Any) -> Hooks:
    """The store and plugins behind its hooks, ready for `World(…, stores={"shop": …})`."""
    hooks = Hooks("shop")
    hooks.register(warehouse, "warehouse")
    for number, other in enumerate(others):
        hooks.register(other, f"plugin {number}")
    hooks.check()
    return hooks
