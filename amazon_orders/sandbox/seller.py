"""A selling partner of the simulated Amazon, and everything that can happen to its orders."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from amazon_orders.sandbox import generator, literals
from amazon_orders.sandbox.catalogue import BY_SKU, CATALOGUE
from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.generator import Drawn, Mix
from amazon_orders.sandbox.literals import Line
from amazon_orders.sandbox.marketplaces import BY_COUNTRY, BY_ID, Place
from amazon_orders.sandbox.projection import DIRECT_TO_CONSUMER, TAX_INVOICING, UNPAID, Json
from amazon_orders.sandbox.shelf import Record, Shelf

if TYPE_CHECKING:
    from amazon_orders.sandbox.simulation import SimulatedAmazon


class Seller:
    """Made by `SimulatedAmazon.add_seller`. Its verbs change orders and move `lastUpdatedTime` to the clock's now."""

    def __init__(self, amazon: SimulatedAmazon, seller_id: str, region: str, marketplaces: Iterable[str]) -> None:
        places = [BY_COUNTRY.get(name) or BY_ID.get(name) for name in marketplaces]
        if not places or any(place is None or place.region != region for place in places):
            raise ValueError(f"marketplaces of region {region!r} are needed, by country or id; got {marketplaces!r}")
        self.seller_id = seller_id
        self.region = region
        self.marketplace_ids: tuple[str, ...] = tuple(place.id for place in places if place)
        self.refresh_token = ""
        self.store_name = "Sandbox Store"
        self.roles: set[str] = {"Inventory and Order Tracking", DIRECT_TO_CONSUMER, TAX_INVOICING}
        """Of the application; they decide which personal data it gets. See `projection.ORDER_ROLES`."""
        self.fba_personal_data = False
        """Whether orders that Amazon ships show name, street and mail. Amazon's own example does; sellers see less."""
        self.lists_non_amazon = False
        """Whether participations also name the seller's marketplaces outside Amazon."""
        self.suspended: set[str] = set()
        """Ids of marketplaces where its listings are inactive."""
        self.shelf = Shelf()
        self.last_page = b""
        self._amazon = amazon
        self._drawn: dict[str, Drawn] = {}
        self._count = 0

    def __repr__(self) -> str:
        return f"<Seller {self.seller_id} orders={len(self.shelf)}>"

    # Orders as they are.

    def add(self, *orders: Json) -> list[str]:
        """Put literal orders, in Amazon's JSON, on sale as they are; returns their ids."""
        records = [Record.of(order) for order in orders]
        for record in records:
            if record.marketplace_id and record.marketplace_id not in self.marketplace_ids:
                raise ValueError(f"order {record.order_id}: seller {self.seller_id} does not sell in its marketplace")
        with self._amazon.lock:
            self.shelf.put_new(records)
        return [record.order_id for record in records]

    def order(self, order_id: str) -> Json:
        """The whole order, whatever an application may see of it. A copy."""
        return self._record(order_id).order()

    def order_ids(self) -> list[str]:
        """Every order, in the order of adding."""
        return [record.order_id for record in self.shelf]

    def drawn(self, order_id: str) -> Drawn:
        """What the generator knows of an order that it drew."""
        return self._drawn[order_id]

    def generate(
        self,
        n: int,
        *,
        skus: Sequence[str] = (),
        marketplaces: Sequence[str] = (),
        pending: float = 0.0,
        shipped: float = 0.0,
        cancelled: float = 0.0,
        fba: float = 0.0,
        unknown_skus: float = 0.0,
        suffixes: Sequence[str] = (),
        business: float = 0.05,
        imbalance: bool = True,
        span: timedelta = timedelta(days=7),
        until: datetime | None = None,
    ) -> list[str]:
        """Draw `n` orders from the seed; returns their ids. See `generator.Mix` for the options.

        The same seed, seller and sequence of calls give the same orders; times are relative to the clock.
        """
        mix = Mix(
            skus=tuple(skus) or tuple(item.sku for item in CATALOGUE),
            pending=pending,
            shipped=shipped,
            cancelled=cancelled,
            fba=fba,
            unknown_skus=unknown_skus,
            suffixes=tuple(suffixes),
            business=business,
            imbalance=imbalance,
            span=span,
        )
        until = until or self._amazon.clock.now() - timedelta(minutes=3)
        places = [BY_COUNTRY[name] for name in marketplaces] or [BY_ID[id_] for id_ in self.marketplace_ids]
        records = []
        for number in self._numbers(n):
            source = random.Random(f"{self._amazon.seed}:{self.seller_id}:{number}")
            order, drawn = generator.draw(number, source, source.choice(places), mix, until)
            self._drawn[drawn.order_id] = drawn
            records.append(Record.of(order))
        with self._amazon.lock:
            self.shelf.put_new(records)
        return [record.order_id for record in records]

    # What happens to orders.

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
            )
        )
        return order_id

    def pay(self, order_id: str) -> None:
        """The payment of a pending order is authorised."""
        with self.change(order_id) as order:
            _require(order, UNPAID, "paid")
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
        now = self._amazon.clock.now()
        with self.change(order_id) as order:
            _require(order, {"UNSHIPPED", "PARTIALLY_SHIPPED"}, "shipped")
            packed = []
            for item in order["orderItems"]:
                open_units = item["fulfillment"]["quantityUnfulfilled"]
                units = open_units if items is None else items.get(item["orderItemId"], 0)
                if units > open_units:
                    raise ValueError(f"order {order_id}: {units} units of an item of which {open_units} are open")
                if units:
                    item["fulfillment"]["quantityFulfilled"] += units
                    item["fulfillment"]["quantityUnfulfilled"] -= units
                    packed.append({"orderItemId": item["orderItemId"], "quantity": units})
            packages = order.setdefault("packages", [])
            reference = str(len(packages) + 1)
            packages.append(
                {
                    "packageReferenceId": reference,
                    "createdTime": iso(now),
                    "packageStatus": {"status": "SHIPPED"},
                    "carrier": carrier,
                    "shipTime": iso(now),
                    "shippingService": service,
                    "trackingNumber": tracking or f"00340434{to_ms(now) % 10**12:012}",
                    "packageItems": packed,
                }
            )
            done = all(item["fulfillment"]["quantityUnfulfilled"] == 0 for item in order["orderItems"])
            order["fulfillment"]["fulfillmentStatus"] = "SHIPPED" if done else "PARTIALLY_SHIPPED"
        return reference

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

    def hide_for(self, order_id: str, seconds: float) -> None:
        """Searches do not show an order for a while, as when Amazon's index lags; `getOrder` does."""
        self._record(order_id).hidden_until_ms = to_ms(self._amazon.clock.now() + timedelta(seconds=seconds))

    def spoil(self, order_id: str, how: Callable[[Json], object] | None) -> None:
        """Break an order on its way out: `how` changes the JSON that an application gets. None: whole again."""
        with self._amazon.lock:
            record = self._record(order_id)
            record.spoil = how
            record.seen_as.clear()

    def revoke(self) -> None:
        """The seller takes the application's authorisation back."""
        self._amazon.lwa.revoke(self.seller_id)

    def consent(self, redirect_uri: str) -> str:
        """The seller consents on Amazon's page; returns the code that arrives at `redirect_uri`."""
        return self._amazon.lwa.consent(self.seller_id, redirect_uri)

    @contextmanager
    def change(self, order_id: str, *, silently: bool = False) -> Iterator[Json]:
        """Change an order's JSON in a `with` block; `lastUpdatedTime` becomes now unless `silently`."""
        with self._amazon.lock:
            record = self._record(order_id)
            order = record.order()
            yield order
            if not silently:
                order["lastUpdatedTime"] = iso(self._amazon.clock.now())
            self.shelf.put(Record.of(order, record.hidden_until_ms))

    def _cancel(self, order_id: str, by: str, reason: str, *, silently: bool) -> None:
        with self.change(order_id, silently=silently) as order:
            _require(order, UNPAID | {"UNSHIPPED"}, "cancelled")
            order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
            for item in order["orderItems"]:
                item["fulfillment"]["quantityUnfulfilled"] = 0
                execution = {"cancelledBy": by, "cancelReason": reason}
                item.setdefault("cancellation", {})["cancellationExecution"] = execution

    def _numbers(self, count: int) -> range:
        with self._amazon.lock:
            self._count += count
            return range(self._count - count, self._count)

    def _record(self, order_id: str) -> Record:
        record = self.shelf.get(order_id)
        if record is None:
            raise KeyError(f"seller {self.seller_id} has no order {order_id}")
        return record


def _line(line: str | tuple[str, int] | Line, place: Place) -> Line:
    if isinstance(line, Line):
        return line
    sku, quantity = (line, 1) if isinstance(line, str) else line
    known = BY_SKU.get(sku)
    price = known.price if known else CATALOGUE[0].price
    if place.decimals == 0:
        price = (price * 100).quantize(Decimal(1))
    return Line(sku=sku, quantity=quantity, item=price * quantity)


def _require(order: Json, statuses: Iterable[str], what: str) -> None:
    status = order["fulfillment"]["fulfillmentStatus"]
    if status not in statuses:
        raise ValueError(f"order {order['orderId']} is {status}; it cannot be {what}")
