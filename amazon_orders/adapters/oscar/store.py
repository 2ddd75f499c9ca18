"""The adapter: answers the library's questions from the models of a running Oscar shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from oscar.core.loading import get_model

from ...errors import StoreRejected
from ...hooks import hookimpl
from ...model import (
    Cancellation,
    OrderChange,
    Placed,
    Product,
    Refund,
    Shipment,
    StockAdjustment,
    StockLevel,
    StoreOrder,
)
from . import catalogue, listing, moves
from .changes import Changes
from .database import reading, writing
from .options import Options
from .placing import Placing


class OscarStore:
    """A django-oscar shop in this process."""

    unique_reference = True
    """`Order.number` is unique."""
    reserves = True
    """Placing allocates."""
    checks_stock = False
    """Oscar takes an order for more than it has; the order gets a note."""
    needs_address = False

    def __init__(self, options: Options) -> None:
        self.options = options
        self._placing = Placing(options)
        self._changes = Changes(options, self._placing.countries)

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        """By `sku`, `upc`, `id` or the code of a product attribute; the reference is a stock record."""
        return catalogue.products(self.options, attribute, values)

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """By `Order.number`."""
        numbers = self._placing.numbers(dict.fromkeys(keys))
        orders = get_model("order", "Order")._default_manager.using(self.options.database)
        with reading(self.options.database):
            rows = list(orders.filter(number__in=list(numbers)).order_by("pk").values_list("number", "pk"))
        return {numbers[number]: [str(pk)] for number, pk in rows}

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        """A page of one."""
        outcome = self._placing.place({key: order})[key]
        if isinstance(outcome, StoreRejected):
            raise outcome
        return outcome

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> Mapping[str, Placed | StoreRejected]:
        """One transaction for the page; an order that is refused does not disturb the others."""
        return self._placing.place(orders)

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        """By the shop's pipeline, and its allocations are freed; too late once a package has left."""
        return self._changes.cancel(ref, reason, key)

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        """Holds, addresses, cancelled units and packages, each as far as the shop's pipeline goes."""
        return self._changes.change(ref, change, key)

    @hookimpl
    def store_adjust_stock(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        """The key is kept with the move, in the adapter's own table."""
        with writing(self.options.database):
            refs = sorted({move.product for move in adjustments.values()})
            moves.adjust(self.options, adjustments, catalogue.stock_records(self.options, refs))

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        """Every stock record each time."""
        return catalogue.stock(self.options, attribute)

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """From shipping events."""
        return listing.shipments(self.options, since)

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        """From changes of status, and shipping events that cancel units."""
        return listing.cancellations(self.options, since)

    @hookimpl
    def store_list_refunds(self, since: datetime) -> Iterator[Refund]:
        """From payment events."""
        return listing.refunds(self.options, since)
