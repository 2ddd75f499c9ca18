"""What can happen to a seller's orders without the application's doing: buyers, payment, Seller Central."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from amazon_orders.sandbox import life, literals
from amazon_orders.sandbox.catalogue import BY_SKU, CATALOGUE
from amazon_orders.sandbox.clock import to_ms
from amazon_orders.sandbox.life import Parcel
from amazon_orders.sandbox.literals import Line
from amazon_orders.sandbox.marketplaces import BY_COUNTRY, BY_ID, Place
from amazon_orders.sandbox.order_book import OrderBook
from amazon_orders.sandbox.projection import UNPAID


class Verbs(OrderBook):
    """Each verb moves `lastUpdatedTime` to the clock's now, unless it says otherwise."""

    def place(
        self,
        *lines: str | tuple[str, int] | Line,
        pending: bool = False,
        marketplace: str = "",
        order_id: str = "",
        country: str = "",
        fulfilled_by: str = "MERCHANT",
        service_level: str = "STANDARD",
        business: bool = False,
        programs: tuple[str, ...] = (),
    ) -> str:
        """A buyer orders SKUs, now; paid at once unless `pending`. Returns the order id."""
        now = self._amazon.clock.now()
        (number,) = self._numbers(1)
        order_id = order_id or f"306-{self._amazon.seed % 10**7:07}-{number:07}"
        place = BY_COUNTRY[marketplace] if marketplace else BY_ID[self.marketplace_ids[0]]
        self.add(
            literals.order(
                order_id,
                *(_line(line, place) for line in lines or ("MUG-WHITE",)),
                created=now,
                updated=now,
                marketplace=place.country,
                country=country,
                status="PENDING" if pending else "UNSHIPPED",
                fulfilled_by=fulfilled_by,
                service_level=service_level,
                business=business,
                programs=programs,
            )
        )
        order = self.order(order_id)
        self._move_stock(order, life.open_units(order), -1, "ordered", now)
        return order_id

    def pay(self, order_id: str) -> None:
        """The payment of a pending order is authorised."""
        with self.change(order_id) as order:
            life.require(order, UNPAID, "paid")
            order["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"

    def ship(
        self,
        order_id: str,
        items: Mapping[str, int] | None = None,
        *,
        carrier: str = "DHL",
        service: str = "DHL Paket",
        tracking: str = "",
    ) -> str:
        """A parcel leaves, as if confirmed in Seller Central; returns its package reference id.

        `items` is units by order item id; None: all that is open.
        """
        now_ms = to_ms(self._amazon.clock.now())
        with self.change(order_id) as order:
            life.require(order, life.OPEN, "shipped")
            left = life.open_units(order)
            packed = {item: units for item, units in (left if items is None else items).items() if units}
            for item, units in packed.items():
                if units > left.get(item, 0):
                    raise ValueError(
                        f"order {order_id}: {units} units of an item of which {left.get(item, 0)} are open"
                    )
            parcel = Parcel(
                reference=self.taken.free_reference(order),
                carrier=carrier,
                service=service,
                tracking=tracking or f"00340434{now_ms % 10**12:012}",
                shipped_ms=now_ms,
                items=packed,
                codes={},
            )
            life.pack(order, parcel, now_ms)
        return parcel.reference

    def request_cancel(self, order_id: str, reason: str = "Ordered by mistake") -> None:
        """The buyer asks to cancel."""
        with self.change(order_id) as order:
            for item in order["orderItems"]:
                request = {"requester": "BUYER", "cancelReason": reason}
                item.setdefault("cancellation", {})["cancellationRequest"] = request

    def cancel(self, order_id: str, *, by: str = "BUYER", reason: str = "Ordered by mistake") -> None:
        """An order that has not left is cancelled, by `BUYER`, `MERCHANT` or `AMAZON`."""
        self._cancel(order_id, by, reason, silently=False)

    def cancel_silently(self, order_id: str, *, by: str = "AMAZON", reason: str = "Payment failed") -> None:
        """As `cancel`, but `lastUpdatedTime` stays: no search by update time will show it again."""
        self._cancel(order_id, by, reason, silently=True)

    def _cancel(self, order_id: str, by: str, reason: str, *, silently: bool) -> None:
        with self.change(order_id, silently=silently) as order:
            life.require(order, life.CANCELLABLE, "cancelled")
            units = life.open_units(order)
            life.cancel(order, by, reason)
        self._restock(order, units, reason, self._amazon.clock.now())


def _line(line: str | tuple[str, int] | Line, place: Place) -> Line:
    if isinstance(line, Line):
        return line
    sku, quantity = (line, 1) if isinstance(line, str) else line
    known = BY_SKU.get(sku)
    price = known.price if known else CATALOGUE[0].price
    if place.decimals == 0:
        price = (price * 100).quantize(Decimal(1))
    return Line(sku=sku, quantity=quantity, item=price * quantity)
