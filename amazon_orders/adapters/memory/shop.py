"""The shop itself, as its staff would use it: products, orders, parcels, cancellations, refunds. Gone at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from ...errors import StoreRejected
from ...model import Address, Cancellation, Charge, LineQuantity, Refund, RefundLine, Shipment


@dataclass(kw_only=True, slots=True)
class Article:
    """A product on the shelf. `stock` is what can still be promised, `None` where nobody counts it."""

    ref: str
    sku: str
    title: str = ""
    stock: int | None = None
    changed_at: datetime


@dataclass(kw_only=True, slots=True)
class Item:
    """A line of an order. `quantity` is without cancelled units."""

    order_item_id: str
    product: str
    quantity: int
    gross: Decimal
    shipped: int = 0

    @property
    def left(self) -> int:
        """Units that have neither left nor been cancelled."""
        return self.quantity - self.shipped


@dataclass(kw_only=True, slots=True)
class Order:
    """An order as the shop has it. `status` is `new`, `on_hold`, `shipped` or `cancelled`."""

    ref: str
    key: str
    currency: str
    total: Decimal
    tax: Decimal | None
    """The shop's own tax in `total`; `None` where nobody said how much it is."""
    status: str
    items: list[Item]
    took_stock: bool
    created_at: datetime
    recipient: Address | None = field(default=None, repr=False)

    @property
    def lines(self) -> dict[str, int]:
        """Product -> units."""
        units: dict[str, int] = {}
        for item in self.items:
            units[item.product] = units.get(item.product, 0) + item.quantity
        return units

    @property
    def country(self) -> str:
        """Where it goes."""
        return self.recipient.country if self.recipient else ""

    @property
    def touched(self) -> bool:
        """Whether something of it has left the house."""
        return self.status == "shipped" or any(item.shipped for item in self.items)


class MemoryShop:
    """Products, orders and what happened to them. `lock` is held while anything changes."""

    def __init__(self, products: Iterable[tuple[str, int | None]] = ()) -> None:
        self.lock = threading.RLock()
        self.articles: dict[str, Article] = {}
        self.book: dict[str, Order] = {}
        self.done: set[str] = set()
        """Keys of changes and stock moves that have had their effect."""
        self.shipments: list[Shipment] = []
        self.cancellations: list[Cancellation] = []
        self.refunds: list[Refund] = []
        for sku, stock in products:
            self.add(sku, stock)

    def add(self, sku: str, stock: int | None = None, title: str = "") -> str:
        """Sell a product. Its reference."""
        ref = str(len(self.articles) + 1)
        self.articles[ref] = Article(ref=ref, sku=sku, title=title, stock=stock, changed_at=now())
        return ref

    def orders(self) -> list[Order]:
        """Every order, oldest first."""
        with self.lock:
            return list(self.book.values())

    def stock(self, product: str) -> int | None:
        """Units that can still be promised."""
        return self.article(product).stock

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf anew; `None`: nobody counts it."""
        with self.lock:
            article = self.article(product)
            article.stock, article.changed_at = units, now()

    def ship(
        self, ref: str, lines: Mapping[str, int] | None = None, carrier: str = "", service: str = "", tracking: str = ""
    ) -> str:
        """Send one package with order item id -> units, or with all that is left. Its id."""
        with self.lock:
            order = self.order(ref)
            taken = self.left(order, lines)
            for item, units in taken:
                item.shipped += units
            if not any(item.left for item in order.items):
                order.status = "shipped"
            shipment = Shipment(
                id=f"parcel-{len(self.shipments) + 1}",
                ref=ref,
                carrier=carrier,
                service=service,
                tracking=tracking,
                lines=_named(taken),
                shipped_at=now(),
                updated_at=now(),
            )
            self.shipments.append(shipment)
            return shipment.id

    def cancel(self, ref: str, lines: Mapping[str, int] | None = None, reason: str = "") -> str:
        """Cancel the order, or order item id -> units of it, and put them back on the shelf. The cancellation's id."""
        with self.lock:
            order = self.order(ref)
            taken = self.left(order, lines)
            for item, units in taken:
                if order.took_stock:
                    self.move(item.product, units)
                if lines:
                    order.total -= item.gross * units / item.quantity
                    item.gross -= item.gross * units / item.quantity
                    item.quantity -= units
                    order.tax = None  # nobody says how much of it is left
            if not lines:
                order.status = "cancelled"
            cancellation = Cancellation(
                id=f"cancellation-{len(self.cancellations) + 1}",
                ref=ref,
                reason=reason,
                lines=_named(taken) if lines else (),
                updated_at=now(),
            )
            self.cancellations.append(cancellation)
            return cancellation.id

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal, reason: str = "") -> str:
        """Give `amount` back for the first of order item id -> units, or for shipping. The refund's id."""
        with self.lock:
            order = self.order(ref)
            paid = [
                RefundLine(
                    line=LineQuantity(order_item_id=item, quantity=units),
                    amount=Charge(gross=amount if number == 0 else Decimal(0)),
                )
                for number, (item, units) in enumerate((lines or {}).items())
            ]
            refund = Refund(
                id=f"refund-{len(self.refunds) + 1}",
                ref=ref,
                reason=reason,
                currency=order.currency,
                lines=tuple(paid),
                shipping=None if paid else Charge(kind="shipping", gross=amount),
                updated_at=now(),
            )
            self.refunds.append(refund)
            return refund.id

    def twin(self, product: str) -> str:
        """A second product with the same SKU, as careless shops have it."""
        return self.add(self.article(product).sku, 0)

    def double(self, ref: str) -> str:
        """A second order under the same key, as only a fault or a person makes it."""
        with self.lock:
            first = self.order(ref)
            return self.write(first.key, first.currency, first.total, [], first.recipient).ref

    def sell(self, product: str) -> str:
        """An order of the shop's own that did not come from Amazon."""
        with self.lock:
            item = Item(order_item_id="", product=product, quantity=1, gross=Decimal("1.00"))
            return self.write("", "EUR", Decimal("1.00"), [item], None).ref

    def write(
        self,
        key: str,
        currency: str,
        total: Decimal,
        items: list[Item],
        recipient: Address | None,
        status: str = "new",
        tax: Decimal | None = None,
    ) -> Order:
        """Enter an order into the book."""
        order = Order(
            ref=f"M{len(self.book) + 1}",
            key=key,
            currency=currency,
            total=total,
            tax=tax,
            status=status,
            items=items,
            took_stock=False,
            created_at=now(),
            recipient=recipient,
        )
        self.book[order.ref] = order
        return order

    def order(self, ref: str) -> Order:
        """The order of a reference. `StoreRejected` where there is none."""
        if ref not in self.book:
            raise StoreRejected(f"the shop has no order {ref!r}", record=ref)
        return self.book[ref]

    def article(self, product: str) -> Article:
        """The product of a reference. `StoreRejected` where there is none."""
        if product not in self.articles:
            raise StoreRejected(f"there is no product {product!r}; correct the pairing", record=product)
        return self.articles[product]

    def move(self, product: str, units: int) -> None:
        """Put units on the shelf, or take them from it, where somebody counts them."""
        article = self.article(product)
        if article.stock is not None:
            article.stock, article.changed_at = article.stock + units, now()

    def left(self, order: Order, lines: Mapping[str, int] | None) -> list[tuple[Item, int]]:
        """Items and units for order item id -> units, or all that is left; `StoreRejected`: so many are not left."""
        if not lines:
            return [(item, item.left) for item in order.items if item.left]
        found = [(item, lines[item.order_item_id]) for item in order.items if item.order_item_id in lines]
        if len(found) < len(lines) or any(units > item.left for item, units in found):
            raise StoreRejected(f"order {order.ref} does not have so many units left", record=order.key)
        return found


def _named(taken: Iterable[tuple[Item, int]]) -> tuple[LineQuantity, ...]:
    return tuple(
        LineQuantity(order_item_id=item.order_item_id, product=item.product, quantity=units) for item, units in taken
    )


def now() -> datetime:
    """The shop's clock."""
    return datetime.now(UTC)
