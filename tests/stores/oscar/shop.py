"""The shop's side of the tests, past the adapter: what its staff does, and what its tables say."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oscar.core.loading import get_class, get_model

from amazon_orders.testing import ShopOrder


class OscarShop:
    """Works with Oscar's own models and pipeline, as a dashboard would."""

    def add_countries(self) -> None:
        """Those that tests ship to."""
        for code, name in (
            ("DE", "Germany"),
            ("FR", "France"),
            ("GB", "United Kingdom"),
            ("US", "USA"),
            ("JP", "Japan"),
            ("AT", "Austria"),
        ):
            get_model("address", "Country").objects.create(
                iso_3166_1_a2=code, printable_name=name, name=name, is_shipping_country=True
            )

    def add_product(
        self,
        sku: str,
        stock: int | None = 50,
        *,
        asin: str = "",
        upc: str = "",
        partner: str = "main",
        tracked: bool = True,
    ) -> Any:
        """A product with one stock record; the record."""
        kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
            name="Goods" if tracked else "Services", track_stock=tracked
        )
        get_model("catalogue", "ProductAttribute").objects.get_or_create(
            product_class=kind, code="asin", defaults={"name": "ASIN", "type": "text"}
        )
        product = get_model("catalogue", "Product")(title=f"Thing {sku}", upc=upc or None, product_class=kind)
        if asin:
            product.attr.asin = asin
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the search that Oscar comes with warns that it keeps no index
            product.save()
        home, _ = get_model("partner", "Partner").objects.get_or_create(code=partner, defaults={"name": partner})
        return get_model("partner", "StockRecord").objects.create(
            product=product, partner=home, partner_sku=sku, price=Decimal(10), num_in_stock=stock
        )

    def delete(self, product: str) -> None:
        """The product leaves the catalogue."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.record(product).product.delete()

    def order(self, ref: str) -> Any:
        """The order."""
        return get_model("order", "Order").objects.get(pk=ref)

    def orders(self) -> list[ShopOrder]:
        """Every order, oldest first."""
        return [_seen(order) for order in get_model("order", "Order").objects.order_by("pk")]

    def notes(self, ref: str) -> str:
        """All that is written on the order."""
        return "\n".join(note.message for note in self.order(ref).notes.order_by("pk"))

    def record(self, product: str) -> Any:
        """A stock record as it is now."""
        return get_model("partner", "StockRecord").objects.get(pk=product)

    def stock(self, product: str) -> int | None:
        """Units that can still be sold; `None`: not tracked."""
        record = self.record(product)
        return int(record.net_stock_level) if record.can_track_allocations else None

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf, nothing promised; `None`: the product belongs to a class that is not tracked."""
        record = self.record(product)
        record.num_in_stock, record.num_allocated = units, None
        record.save()
        name = "Services" if units is None else "Goods"
        kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
            name=name, defaults={"track_stock": units is not None}
        )
        get_model("catalogue", "Product").objects.filter(pk=record.product_id).update(product_class=kind)

    def twin(self, product: str) -> str:
        """Another partner's stock record under the same SKU."""
        return str(self.add_product(self.record(product).partner_sku, partner="second").pk)

    def sell(self, product: str) -> str:
        """An order of the shop's own."""
        order = get_model("order", "Order").objects.create(
            number=f"own-{get_model('order', 'Order').objects.count()}",
            currency="EUR",
            total_incl_tax=10,
            total_excl_tax=10,
            status="Pending",
        )
        record = self.record(product)
        order.lines.create(
            stockrecord=record,
            product=record.product,
            partner_sku=record.partner_sku,
            title="own",
            quantity=1,
            num_allocated=1,
            line_price_incl_tax=10,
            line_price_excl_tax=10,
            line_price_before_discounts_incl_tax=10,
            line_price_before_discounts_excl_tax=10,
        )
        record.allocate(1)
        return str(order.pk)

    def ship(
        self, ref: str, lines: Mapping[str, int] | None = None, carrier: str = "", service: str = "", tracking: str = ""
    ) -> Any:
        """Send a parcel with order item id -> units, or all that is left."""
        order = self.order(ref)
        kind, _ = get_model("order", "ShippingEventType").objects.get_or_create(name="Shipped")
        chosen = [
            (line, lines[line.partner_line_reference] if lines else line.quantity - line.shipping_event_quantity(kind))
            for line in order.lines.all()
            if not lines or line.partner_line_reference in lines
        ]
        handler = get_class("order.processing", "EventHandler")()
        objects, units = [line for line, _ in chosen], [number for _, number in chosen]
        notes = "|".join((carrier, service, tracking) if service else (carrier, tracking))
        event = handler.handle_shipping_event(order, kind, objects, units, reference=notes)
        handler.consume_stock_allocations(order, objects, units)
        if all(line.shipping_event_quantity(kind) == line.quantity for line in order.lines.all()):
            handler.handle_order_status_change(order, "Shipped")
        return event

    def cancel(self, ref: str, lines: Mapping[str, int] | None = None, reason: str = "") -> None:
        """Cancel the order, or order item id -> units of it."""
        order = self.order(ref)
        handler = get_class("order.processing", "EventHandler")()
        if not lines:
            handler.handle_order_status_change(order, "Cancelled", note_msg=reason or None)
            handler.cancel_stock_allocations(order)
            return
        kind, _ = get_model("order", "ShippingEventType").objects.get_or_create(name="Cancelled")
        chosen = [line for line in order.lines.all() if line.partner_line_reference in lines]
        units = [lines[line.partner_line_reference] for line in chosen]
        handler.handle_shipping_event(order, kind, chosen, units, reference=reason)
        handler.cancel_stock_allocations(order, chosen, units)

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal | str, reason: str = "") -> Any:
        """Give money back for units; an amount without lines says for shipping alone nowhere in Oscar."""
        if lines is None:
            raise NotImplementedError
        order = self.order(ref)
        kind, _ = get_model("order", "PaymentEventType").objects.get_or_create(name="Refunded")
        chosen = [line for line in order.lines.all() if line.partner_line_reference in lines]
        units = [lines[line.partner_line_reference] for line in chosen]
        handler = get_class("order.processing", "EventHandler")()
        return handler.handle_payment_event(order, kind, Decimal(amount), chosen, units, reference=reason)


STATUSES = {"Pending": "new", "On hold": "on_hold", "Shipped": "shipped", "Cancelled": "cancelled"}


def _seen(order: Any) -> ShopOrder:
    units: dict[str, int] = {}
    for line in order.lines.all():
        product = str(line.stockrecord_id)
        units[product] = units.get(product, 0) + line.quantity
    address = order.shipping_address
    return ShopOrder(
        ref=str(order.pk),
        key=order.number,
        total=order.total_incl_tax,
        lines=units,
        status=STATUSES[order.status],
        country=address.country_id if address else "",
        currency=order.currency,
        tax=order.total_tax,
    )
