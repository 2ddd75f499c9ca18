"""The adapter: each question of the library, answered by a few calls to the shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from amazon_orders import hookimpl
from amazon_orders.errors import StoreRejected, StoreUnavailable
from amazon_orders.model import (
    Cancellation,
    ChangeAddress,
    OrderChange,
    Placed,
    Product,
    PutOnHold,
    Refund,
    Shipment,
    ShippedByAmazon,
    StockLevel,
    StoreOrder,
    TakeOffHold,
)

from . import orders, told
from .client import Client
from .taxes import Taxes

Json = dict[str, object]


class KioskAdapter:
    """What holds for the shop, and its answers."""

    unique_reference = False  # the shop takes a second order with the same reference
    reserves = True  # an open order lowers what the shop calls available
    checks_stock = False  # the shop takes orders for more than it has
    needs_address = False  # the shop takes orders without an address

    def __init__(self, client: Client, tax_class: str) -> None:
        self.client = client
        self.tax_class = tax_class

    def close(self) -> None:
        """Called when the library is done."""
        self.client.close()

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> Iterator[Product]:
        only_sku(attribute)
        for found in self.client.list_by("/products", "sku", values):
            yield Product(ref=found["id"], value=found["sku"], title=found["title"])

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        refs: dict[str, list[str]] = {}
        found = self.client.list_by("/orders", "reference", keys)
        for order in sorted(found, key=lambda order: str(order["created_at"])):
            if order["status"] != "draft":  # a draft is no order: placing makes it anew
                refs.setdefault(order["reference"], []).append(order["id"])
        return refs

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        """In two steps. A draft moves no stock and is shipped by nobody, so one that was left behind does no harm."""
        known = list(self.client.list_by("/orders", "reference", [key]))
        for found in known:
            if found["status"] != "draft":
                return orders.placed(found)
        try:
            for draft in known:
                self.client.call("DELETE", f"/orders/{draft['id']}")
        except StoreRejected as refusal:  # an answer that was given up arrived after all: look again
            raise StoreUnavailable("A draft became an order meanwhile.", record=key) from refusal
        made = self.client.call("POST", "/orders", body=orders.body(order, key, self.taxes()))
        if Decimal(made["total"]) != order.total:
            self.client.call("DELETE", f"/orders/{made['id']}")
            raise StoreRejected(
                f"The shop comes to {made['total']}, not to {order.total}; nothing was kept.", record=key
            )
        status = "completed" if order.already_shipped else "open" if order.on_hold is None else "on_hold"
        return orders.placed(self.client.call("PATCH", f"/orders/{made['id']}", body={"status": status}))

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str) -> bool:
        order = self.client.call("GET", f"/orders/{ref}")
        if order["status"] == "cancelled":
            return True
        if orders.has_left(order):
            return False
        self.client.call("POST", f"/orders/{ref}/cancellations", body={"reason": reason})
        return True

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        order = self.client.call("GET", f"/orders/{ref}")
        made = order["meta"].get("changes", [])
        if key in made or any(parcel["reference"] == key for parcel in order["shipments"]):
            return True
        if order["status"] == "cancelled":
            return False
        if isinstance(change, ShippedByAmazon):
            self.client.call("POST", f"/orders/{ref}/shipments", body=told.parcel_body(change, order, key))
            return True
        if orders.has_left(order):
            return False
        match change:
            case PutOnHold(reason=reason):
                news: Json = {"status": "on_hold", "note": reason}
            case TakeOffHold():
                news = {"status": "open"}
            case ChangeAddress(recipient=recipient):
                news = {"address": orders.address(recipient)}
            case _:  # to cancel units the shop would compute the tax anew; a later version may add kinds
                return False
        self.client.call("PATCH", f"/orders/{ref}", body=news | {"meta": {"changes": [*made, key]}})
        return True

    @hookimpl
    def store_list_stock(self, attribute: str, since: datetime | None) -> Iterator[StockLevel]:
        only_sku(attribute)
        changed = {} if since is None else {"changed_since": since.isoformat()}
        for found in self.client.list("/products", **changed):
            yield told.level(found)

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        return map(told.shipment, self.client.list("/shipments", changed_since=since.isoformat()))

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        return map(told.cancellation, self.client.list("/cancellations", changed_since=since.isoformat()))

    @hookimpl
    def store_list_refunds(self, since: datetime) -> Iterator[Refund]:
        return map(told.refund, self.client.list("/refunds", changed_since=since.isoformat()))

    def taxes(self) -> Taxes:
        """Asked for each order: a rate that was corrected in the shop holds from the next one on."""
        rates = self.client.call("GET", "/taxes")
        return Taxes(rates={name: Decimal(rate) for name, rate in rates.items()}, usual=self.tax_class)


def only_sku(attribute: str) -> None:
    """The shop ignores filters that it does not know, so they must not get there."""
    if attribute != "sku":
        raise StoreRejected(f"The shop's products have no attribute {attribute!r}; they have sku.")
