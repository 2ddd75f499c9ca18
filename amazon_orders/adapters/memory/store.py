"""The shop's adapter: every question of a store, answered in the plainest way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...errors import ConfigError, StoreRejected
from ...hooks import hookimpl
from ...model import (
    Cancellation,
    CancelUnits,
    ChangeAddress,
    Charge,
    OrderChange,
    Placed,
    Product,
    PutOnHold,
    Refund,
    Shipment,
    ShippedByAmazon,
    StockAdjustment,
    StockLevel,
    StoreOrder,
    TakeOffHold,
)
from .shop import Item, MemoryShop

PRODUCTS = {"MUG-BLUE": 1000, "MUG-RED": 1000, "TEAPOT": 1000}
"""What the shop sells where its configuration does not say."""


class MemoryStore:
    """Keeps the library's promises with a lock, a book and a set of keys."""

    unique_reference = True
    reserves = True
    checks_stock = False
    needs_address = False

    def __init__(self, shop: MemoryShop) -> None:
        self.shop = shop

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        _only_sku(attribute)
        wanted = set(values)
        return [
            Product(ref=article.ref, value=article.sku, title=article.title)
            for article in self.shop.articles.values()
            if article.sku in wanted
        ]

    @hookimpl
    def store_find_orders(self, keys: Sequence[str], since: datetime) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {key: [] for key in keys}
        for order in self.shop.orders():
            if order.key in found and order.created_at >= since:
                found[order.key].append(order.ref)
        return found

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        with self.shop.lock:
            for known in self.shop.book.values():
                if known.key == key:
                    return Placed(ref=known.ref, number=known.ref, total=known.total)
            self._refuse(order, key)
            return self._write(order, key)

    @hookimpl
    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> Mapping[str, Placed | StoreRejected]:
        outcomes: dict[str, Placed | StoreRejected] = {}
        with self.shop.lock:
            for key, order in orders.items():
                try:
                    outcomes[key] = MemoryStore.store_place_order(self, order, key)
                except StoreRejected as refusal:
                    outcomes[key] = refusal
        return outcomes

    @hookimpl
    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        with self.shop.lock:
            order = self.shop.order(ref)
            if order.status == "cancelled" or key in self.shop.done:
                return True
            if order.touched:
                return False
            self.shop.cancel(ref, reason=reason)
            self.shop.done.add(key)
            return True

    @hookimpl
    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        with self.shop.lock:
            order = self.shop.order(ref)
            if key in self.shop.done:
                return True
            if order.status in ("cancelled", "shipped"):
                return False
            match change:
                case PutOnHold():
                    order.status = "on_hold"
                case TakeOffHold():
                    order.status = "new"
                case ChangeAddress(recipient=recipient):
                    order.recipient = recipient
                case CancelUnits(lines=lines, new_total=new_total, reason=reason):
                    self.shop.cancel(ref, lines, reason)
                    order.total = new_total
                case ShippedByAmazon(lines=lines, carrier=carrier, tracking=tracking):
                    self.shop.ship(ref, lines, carrier, "", tracking)
                case _:
                    return False  # type: ignore[unreachable] # a later version may add kinds
            self.shop.done.add(key)
            return True

    @hookimpl
    def store_adjust_stock(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        with self.shop.lock:
            for adjustment in adjustments.values():
                self.shop.article(adjustment.product)
            self._move(adjustments)

    @hookimpl
    def store_list_stock(self, since: datetime | None, attribute: str) -> Iterator[StockLevel]:
        _only_sku(attribute)
        for article in list(self.shop.articles.values()):
            if since is None or article.changed_at >= since:
                available = None if article.stock is None else Decimal(article.stock)
                yield StockLevel(
                    product=article.ref, value=article.sku, available=available, updated_at=article.changed_at
                )

    @hookimpl
    def store_list_shipments(self, since: datetime) -> list[Shipment]:
        return [shipment for shipment in self.shop.shipments if shipment.updated_at >= since]

    @hookimpl
    def store_list_cancellations(self, since: datetime) -> list[Cancellation]:
        return [cancellation for cancellation in self.shop.cancellations if cancellation.updated_at >= since]

    @hookimpl
    def store_list_refunds(self, since: datetime) -> list[Refund]:
        return [refund for refund in self.shop.refunds if refund.updated_at >= since]

    def _refuse(self, order: StoreOrder, key: str) -> None:
        """Look at everything that can be wrong before anything is written."""
        for line in order.lines:
            self.shop.article(line.product)
        for release in order.releases.values():
            self.shop.article(release.product)
        parts = [*(line.total.gross for line in order.lines), order.shipping.gross, *(fee.gross for fee in order.fees)]
        if sum(parts, Decimal(0)) != order.total:
            raise StoreRejected("lines, shipping and fees do not add up to the order's total", record=key)

    def _write(self, order: StoreOrder, key: str) -> Placed:
        items = [
            Item(
                order_item_id=line.order_item_id,
                product=line.product,
                quantity=line.quantity,
                gross=line.total.gross,
                shipped=line.quantity if order.already_shipped else 0,
            )
            for line in order.lines
        ]
        status = "shipped" if order.already_shipped else "new" if order.on_hold is None else "on_hold"
        tax = _own_tax([*(line.total for line in order.lines), order.shipping, *order.fees])
        written = self.shop.write(key, order.currency, order.total, items, order.recipient, status, tax)
        written.took_stock = order.affects_stock
        self._move(order.releases)
        if order.affects_stock:
            for item in items:
                self.shop.move(item.product, -item.quantity)
        return Placed(ref=written.ref, number=written.ref, total=written.total)

    def _move(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        for key, adjustment in adjustments.items():
            if key not in self.shop.done:
                self.shop.done.add(key)
                self.shop.move(adjustment.product, adjustment.delta)


def _own_tax(charges: Iterable[Charge]) -> Decimal | None:
    """The seller's tax in all of them; what Amazon owes is none. `None` where Amazon did not say."""
    taxes = [charge.tax for charge in charges if charge.tax_owner == "seller" and charge.gross]
    told = [tax for tax in taxes if tax is not None]
    return sum(told, Decimal(0)) if len(told) == len(taxes) else None


def _only_sku(attribute: str) -> None:
    if attribute != "sku":
        raise StoreRejected(f"the shop's products have no attribute {attribute!r}; they have sku")


def open_store(config: Mapping[str, Any]) -> MemoryStore:
    """The factory behind `adapter = "memory"`; `products` maps SKU to stock."""
    problems = {key: "is no setting of the memory store; it has products" for key in config if key != "products"}
    products = config.get("products", PRODUCTS)
    if not isinstance(products, Mapping) or not all(
        isinstance(stock, int) and not isinstance(stock, bool) for stock in products.values()
    ):
        problems["products"] = "has to map SKUs to whole numbers of units"
    if problems:
        raise ConfigError("The memory store's settings are wrong.", problems=problems)
    return MemoryStore(MemoryShop(products.items()))


def shop(adapter: MemoryStore) -> MemoryShop:
    """The back door of a store that `open_store` made."""
    return adapter.shop
