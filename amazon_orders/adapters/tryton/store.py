"""The adapter: answers the library's questions from a running Tryton."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...errors import StoreRejected, StoreUnavailable
from ...hooks import hookimpl
from ...model import (
    Cancellation,
    OrderChange,
    Placed,
    Product,
    Shipment,
    StockAdjustment,
    StockLevel,
    StoreOrder,
)
from . import catalogue, listing, moves
from .changes import Changes
from .house import House, survey
from .options import Options
from .placing import Placing
from .wire import Wire


class TrytonStore:
    """One web shop of a Tryton. Usable from any thread."""

    unique_reference = True
    """`web_shop` and `web_id` are unique together."""
    reserves = True
    """A confirmed sale has moves that are to leave the warehouse."""
    checks_stock = False
    """Warnings that too little is there are skipped: Amazon has sold it."""
    needs_address = False

    def __init__(self, wire: Wire, options: Options, house: House) -> None:
        self._wire = wire
        self._house = house
        self._placing = Placing(wire, options, house, self._release)
        self._changes = Changes(wire, house, self._placing.sales)

    def close(self) -> None:
        """End this thread's session."""
        self._wire.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._wire!r}>"

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        """By `sku`, an identifier's type, `asin`, `id` or the name of a product attribute."""
        return catalogue.products(self._wire, self._house, attribute, values)

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """By `web_id`; what is still being placed is left out."""
        found: dict[str, list[str]] = {}
        for sale in self._placing.sales.all_under(keys):
            if sale.placed:
                found.setdefault(sale.key, []).append(str(sale.id))
        return found

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        """A page of one."""
        outcome = self._placing.place({key: order}).get(key)
        if outcome is None:
            raise StoreUnavailable("another process is placing the same order; the library looks again", record=key)
        if isinstance(outcome, StoreRejected):
            raise outcome
        return outcome

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> Mapping[str, Placed | StoreRejected]:
        """Each step for the whole page; an order that is refused does not disturb the others."""
        return self._placing.place(orders)

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        """With its shipments and its invoice; too late once a parcel has left or the invoice is posted."""
        return self._changes.cancel(ref, reason, key)

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        """Holds, addresses and packages. Lines of a confirmed sale cannot be changed in Tryton."""
        return self._changes.change(ref, change, key)

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        """Every product each time."""
        return catalogue.stock(self._wire, self._house, attribute)

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """From customer shipments that left."""
        return listing.shipments(self._wire, self._house, since)

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        """From cancelled sales, and cancelled moves that are to be ignored."""
        return listing.cancellations(self._wire, self._house, since)

    def _release(self, releases: Mapping[str, StockAdjustment]) -> None:
        """Without a place for reservations there are none to take back."""


class ReservingTrytonStore(TrytonStore):
    """A Tryton that has a location for what unpaid orders reserve."""

    @hookimpl
    def store_adjust_stock(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        """An internal shipment for each move, its reference the key."""
        moves.adjust(self._wire, self._house, adjustments)

    def _release(self, releases: Mapping[str, StockAdjustment]) -> None:
        moves.adjust(self._wire, self._house, releases)


def opened(config: Mapping[str, Any]) -> TrytonStore:
    """The store of a configuration, once Tryton was asked whether it has what the options name."""
    options = Options.read(config)
    wire = Wire(options)
    house = survey(wire, options)
    return (ReservingTrytonStore if house.reservations else TrytonStore)(wire, options, house)
