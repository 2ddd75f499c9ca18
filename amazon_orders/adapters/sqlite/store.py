"""The shop's adapter: answers the library's questions from the SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...errors import ConfigError, StoreRejected
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
from . import changes, listing, placing
from .database import Database


class SqliteStore:
    """A small shop in one file. It keeps no names and no addresses."""

    unique_reference = True
    reserves = True
    checks_stock = False
    needs_address = False

    def __init__(self, database: Database) -> None:
        self.database = database

    def pragmas(self) -> dict[str, str | int]:
        """The settings that durability rests on, as SQLite reads them back."""
        return self.database.pragmas()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        """By `sku`, `asin`, `ean` or `id`; case is ignored."""
        return listing.products(self.database, attribute, values)

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """By `orders.external_id`."""
        return listing.orders(self.database, keys)

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        """A page of one."""
        outcome = placing.place(self.database, {key: order})[key]
        if isinstance(outcome, StoreRejected):
            raise outcome
        return outcome

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> Mapping[str, Placed | StoreRejected]:
        """One transaction for the page; an order that is refused does not disturb the others."""
        return placing.place(self.database, orders)

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        """Gives the stock back; too late once a package has left."""
        return changes.cancel(self.database, ref, reason, key)

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        """Holds, cancelled units and packages; addresses are not kept here."""
        return changes.change(self.database, ref, change, key)

    @hookimpl
    def store_adjust_stock(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        """The key is kept with the move, in `stock_moves`."""
        changes.adjust(self.database, adjustments)

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        """Every product each time."""
        return listing.stock(self.database, attribute)

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """From `shipments`."""
        return listing.shipments(self.database, since)

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        """From `cancellations`."""
        return listing.cancellations(self.database, since)

    @hookimpl
    def store_list_refunds(self, since: datetime) -> Iterator[Refund]:
        """From `refunds`."""
        return listing.refunds(self.database, since)


def open_store(config: Mapping[str, Any]) -> SqliteStore:
    """The factory behind `adapter = "sqlite"`; `path` is its one setting. A file that does not exist is made."""
    problems = {key: "is no setting of the sqlite store; it has path" for key in config if key != "path"}
    path = config.get("path")
    if not isinstance(path, str) or not path:
        problems["path"] = "has to name the shop's file, such as shop.db"
    if problems:
        raise ConfigError("The sqlite store's settings are wrong.", problems=problems)
    return SqliteStore(Database(str(path)))
