"""What can happen to a seller's orders without the application's doing: buyers, payment, Seller Central."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from amazon_orders.sandbox import life, literals, money_back
from amazon_orders.sandbox.catalogue import BY_SKU, CATALOGUE
from amazon_orders.sandbox.clock import to_ms
from amazon_orders.sandbox.life import Parcel
from amazon_orders.sandbox.literals import Line
from amazon_orders.sandbox.marketplaces import BY_COUNTRY, BY_ID, Place
from amazon_orders.sandbox.order_book import OrderBook
from amazon_orders.sandbox.projection import UNPAID

CHANGEABLE = UNPAID | {"UNSHIPPED"}


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
        replaces: str = "",
        status: str = "",
    ) -> str:
        """A buyer orders SKUs, now; paid at once unless `pending`. Returns the order id.

        The units come off the listings at once, paid or not.
        """
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
                status=status or ("PENDING" if pending else "UNSHIPPED"),
                fulfilled_by=fulfilled_by,
                service_level=service_level,
                business=business,
                programs=programs,
                replaces=replaces,
            )
        )
        order = self.order(order_id)
        self._move_stock(order, life.open_units(order), -1, "ordered", now)
        return order_id

    def preorder(self, *lines: str | tuple[str, int] | Line, **options: Any) -> str:
        """A buyer orders what is not out yet: PENDING_AVAILABILITY until `release`, then PENDING until `pay`."""
        return self.place(*lines, status="PENDING_AVAILABILITY", programs=("PREORDER",), **options)

    def release(self, order_id: str) -> None:
        """What a preorder waits for is out."""
        with self.change(order_id) as order:
            life.require(order, {"PENDING_AVAILABILITY"}, "released")
            order["fulfillment"]["fulfillmentStatus"] = "PENDING"

    def replace(self, order_id: str, items: Mapping[str, int] | None = None) -> str:
        """The seller sends items again, free of charge; returns the id of the new order, which names the first one.

        `items` is units by order item id of the first order; None: all that were ordered.
        """
        order = self.order(order_id)
        place = BY_ID[order["salesChannel"]["marketplaceId"]]
        nothing = Decimal(0).scaleb(-place.decimals)
        lines = []
        for item in order["orderItems"]:
            units = item["quantityOrdered"] if items is None else items.get(item["orderItemId"], 0)
            if units:
                product = item["product"]
                sku, title, asin = product["sellerSku"], product["title"], product["asin"]
                lines.append(Line(sku=sku, quantity=units, item=nothing, title=title, asin=asin))
        made = self.place(*lines, marketplace=place.country, replaces=order_id)
        with self.change(made) as again:
            again["buyer"], again["recipient"] = order["buyer"], order["recipient"]
        return made

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

    def deliver(self, order_id: str, *references: str) -> None:
        """Parcels arrive; none named: all of the order."""
        with self.change(order_id) as order:
            life.deliver(order, references or [row["packageReferenceId"] for row in order.get("packages", ())])

    def change_address(self, order_id: str, **fields: str) -> None:
        """The buyer has it sent elsewhere; `fields` are those of Amazon's address, such as `city` or `addressLine1`."""
        with self.change(order_id) as order:
            life.require(order, CHANGEABLE, "sent elsewhere")
            order["recipient"]["deliveryAddress"] |= fields

    def request_cancel(self, order_id: str, reason: str = "Ordered by mistake") -> None:
        """The buyer asks to cancel."""
        with self.change(order_id) as order:
            for item in order["orderItems"]:
                request = {"requester": "BUYER", "cancelReason": reason}
                item.setdefault("cancellation", {})["cancellationRequest"] = request

    def take_back_request(self, order_id: str) -> None:
        """The buyer wants it after all."""
        with self.change(order_id) as order:
            for item in order["orderItems"]:
                cancellation = item.get("cancellation", {})
                cancellation.pop("cancellationRequest", None)
                if not cancellation:
                    item.pop("cancellation", None)

    def cancel_part(
        self, order_id: str, items: Mapping[str, int], *, by: str = "BUYER", reason: str = "Ordered by mistake"
    ) -> None:
        """Units by order item id that will not be shipped; what the order costs stays as it is."""
        with self.change(order_id) as order:
            life.require(order, life.OPEN | UNPAID, "cancelled in part")
            left = self.taken.units_left(order)
            for item, units in items.items():
                if not 0 < units <= left.get(item, 0):
                    raise ValueError(
                        f"order {order_id}: {units} units of an item of which {left.get(item, 0)} are open"
                    )
            life.drop(order, items, by, reason)
        self._restock(order, items, reason, self._amazon.clock.now())

    def refund(
        self, order_id: str, item: str = "", amount: Decimal | str | None = None, *, reason: str = "CustomerReturn"
    ) -> None:
        """Money goes back by Seller Central; without an amount: all that is left, without an item: of each.

        It does not show in the order, as at Amazon.
        """
        order = self.order(order_id)
        life.require(order, {"PARTIALLY_SHIPPED", "SHIPPED"}, "refunded")
        if amount is not None and not item:
            raise ValueError("an amount is given back for one item; name it")
        for one in [item] if item else list(life.open_units(order)):
            left = self.refunded.left(order, one)
            value = left if amount is None else Decimal(amount)
            if not 0 <= value <= left:
                raise ValueError(f"order {order_id}: {left} are left to give back for the item")
            if value:
                refund = money_back.of(order, one, "seller central", reason, value, self._amazon.clock.now())
                self.refunded.add(refund)

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
