"""The shop's models, in the words of the library. `docs/adapters.md` tells what each answer means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from amazon_orders import hookimpl
from amazon_orders.errors import StoreRejected
from amazon_orders.model import Placed, Product, Shipment, StockLevel, StoreOrder

from . import models


class StoreAdapter:
    """Six answers and four facts."""

    unique_reference = True  # the table takes no second order with the same reference
    reserves = True  # placing an order lowers the stock
    checks_stock = False  # the stock may fall below nothing: Amazon has sold it already
    needs_address = False  # an order may come without an address

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> Iterator[Product]:
        only_sku(attribute)
        for product in models.Product.objects.filter(sku__in=values):
            yield Product(ref=str(product.pk), value=product.sku, title=product.title)

    @hookimpl
    def store_find_orders(self, keys: Sequence[str]) -> Mapping[str, list[str]]:
        return {order.reference: [str(order.pk)] for order in models.Order.objects.filter(reference__in=keys)}

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        with transaction.atomic(durable=True):  # an error anywhere in here undoes all of it
            for known in models.Order.objects.filter(reference=key):
                return Placed(ref=str(known.pk), total=known.total)
            new = models.Order.objects.create(
                reference=key,
                currency=order.currency,
                total=order.total,
                status="shipped" if order.already_shipped else "new" if order.on_hold is None else "on_hold",
                takes_stock=order.affects_stock,
                address=asdict(order.recipient) if order.recipient else None,
                placed_at=order.placed_at,
            )
            rows = [(line.product, line.title, line.quantity, line.total.gross) for line in order.lines]
            rows += [("", charge.title or charge.kind, 1, charge.gross) for charge in (order.shipping, *order.fees)]
            if sum(gross for *_, gross in rows) != order.total:
                raise StoreRejected("Lines, shipping and fees do not add up to the order's total.", record=key)
            for product, title, units, gross in rows:
                if product and not (product.isdecimal() and move(product, -units if order.affects_stock else 0)):
                    raise StoreRejected(f"There is no product {product!r}; correct the pairing.", record=key)
                new.lines.create(product_id=product or None, title=title, quantity=units, gross=gross)
        return Placed(ref=str(new.pk), total=order.total)

    @hookimpl
    def store_cancel_order(self, ref: str) -> bool:
        with transaction.atomic(durable=True):
            order = models.Order.objects.select_for_update().filter(pk=ref if ref.isdecimal() else None).first()
            if order is None:
                raise StoreRejected(f"There is no order {ref!r}.")
            if order.status == "shipped":
                return False
            if order.status != "cancelled":
                models.Order.objects.filter(pk=order.pk).update(status="cancelled")
                for line in order.lines.filter(product__isnull=False) if order.takes_stock else ():
                    move(line.product_id, line.quantity)
        return True

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        only_sku(attribute)
        for product in models.Product.objects.all():
            stock = None if product.stock is None else Decimal(product.stock)
            yield StockLevel(product=str(product.pk), value=product.sku, available=stock, updated_at=datetime.now(UTC))

    @hookimpl
    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """This shop sends an order in one parcel, so a parcel names no lines."""
        for order in models.Order.objects.filter(sent_at__gte=since):
            yield Shipment(
                id=f"order-{order.pk}", ref=str(order.pk), carrier=order.carrier, tracking=order.tracking,
                shipped_at=order.sent_at, updated_at=order.sent_at,
            )  # fmt: skip


def move(product: str | int, units: int) -> int:
    """Put units on the shelf or take them from it; how many products there were of that id."""
    found: int = models.Product.objects.filter(pk=product).update(stock=F("stock") + units)
    return found


def only_sku(attribute: str) -> None:
    if attribute != "sku":
        raise StoreRejected(f"The shop's products have no attribute {attribute!r}; they have sku.")


def open_store(config: Mapping[str, Any]) -> StoreAdapter:
    return StoreAdapter()
