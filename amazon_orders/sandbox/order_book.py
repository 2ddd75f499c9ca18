"""A seller's orders as they stand: put there, drawn, changed, hidden."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from amazon_orders.sandbox import generator, rarities
from amazon_orders.sandbox.agenda import Agenda
from amazon_orders.sandbox.catalogue import CATALOGUE
from amazon_orders.sandbox.clock import iso, to_ms
from amazon_orders.sandbox.confirmations import Confirmations
from amazon_orders.sandbox.generator import Drawn, Mix
from amazon_orders.sandbox.listings import Listings
from amazon_orders.sandbox.marketplaces import BY_COUNTRY, BY_ID, Place
from amazon_orders.sandbox.money_back import Refunds
from amazon_orders.sandbox.projection import Json
from amazon_orders.sandbox.shelf import Record, Shelf

if TYPE_CHECKING:
    from amazon_orders.sandbox.simulation import SimulatedAmazon


NO_INVENTORY = "NoInventory"
"""The one reason for a cancellation after which Amazon does not offer the units again."""


class OrderBook:
    """Orders of one seller. What Amazon does later, such as showing a confirmed package, is done before a read."""

    def __init__(self, amazon: SimulatedAmazon, seller_id: str, region: str, marketplaces: Iterable[str]) -> None:
        places = [BY_COUNTRY.get(name) or BY_ID.get(name) for name in marketplaces]
        if not places or any(place is None or place.region != region for place in places):
            raise ValueError(f"marketplaces of region {region!r} are needed, by country or id; got {marketplaces!r}")
        self.seller_id = seller_id
        self.region = region
        self.marketplace_ids: tuple[str, ...] = tuple(place.id for place in places if place)
        self.shelf = Shelf()
        self.agenda = Agenda()
        self.listings = Listings(region, self.marketplace_ids, amazon.clock.now())
        self.confirm_delay = 0.0
        """Seconds until a confirmed package shows."""
        self.taken = Confirmations(self)
        self.refunded = Refunds()
        self._amazon = amazon
        self._drawn: dict[str, Drawn] = {}
        self._count = 0

    def settle(self) -> None:
        """Do what Amazon would have done by now."""
        if not self.agenda:
            return
        with self._amazon.lock:
            self.agenda.settle(to_ms(self._amazon.clock.now()))

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
        self.settle()
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
        suffixes: Sequence[str] = (),
        until: datetime | None = None,
        everything: bool = False,
        **mix: Any,
    ) -> list[str]:
        """Draw `n` orders from the seed; returns their ids. See `generator.Mix` for the other options.

        The same seed, seller and sequence of calls give the same orders; times are relative to the clock.
        `everything` draws some of all that there is.
        """
        made = Mix.everything if everything else Mix
        drawn_from = made(skus=tuple(skus) or tuple(item.sku for item in CATALOGUE), suffixes=tuple(suffixes), **mix)
        until = until or self._amazon.clock.now() - timedelta(minutes=3)
        places = [BY_COUNTRY[name] for name in marketplaces] or [BY_ID[id_] for id_ in self.marketplace_ids]
        records = [Record.of(self._draw(number, places, drawn_from, until)) for number in self._numbers(n)]
        with self._amazon.lock:
            self.shelf.put_new(records)
        return [record.order_id for record in records]

    def _draw(self, number: int, places: list[Place], mix: Mix, until: datetime) -> Json:
        seed = f"{self._amazon.seed}:{self.seller_id}:{number}"
        source = random.Random(seed)
        place = source.choice(places)
        order, drawn = generator.draw(number, source, place, mix, until)
        if mix.rare:
            earlier = next(reversed(self._drawn), "")
            order, drawn = rarities.add(order, drawn, mix, place, random.Random(f"{seed}:rare"), earlier)
        self._drawn[drawn.order_id] = drawn
        return order

    def hide_for(self, order_id: str, seconds: float) -> None:
        """Searches do not show an order for a while, as when Amazon's index lags; `getOrder` does."""
        self._record(order_id).hidden_until_ms = to_ms(self._amazon.clock.now() + timedelta(seconds=seconds))

    def spoil(self, order_id: str, how: Callable[[Json], object] | bytes | None) -> None:
        """Break an order on its way out: `how` changes the JSON that an application gets. None: whole again.

        Bytes are sent in its place, whoever asks, even where they are no object.
        """
        with self._amazon.lock:
            record = self._record(order_id)
            record.spoil = how
            record.seen_as.clear()

    @contextmanager
    def change(self, order_id: str, *, silently: bool = False, at: datetime | None = None) -> Iterator[Json]:
        """Change an order's JSON in a `with` block; `lastUpdatedTime` becomes `at` or now, unless `silently`."""
        with self._amazon.lock:
            self.settle()
            record = self._record(order_id)
            order = record.order()
            yield order
            if not silently:
                order["lastUpdatedTime"] = iso(at or self._amazon.clock.now())
            self.shelf.put(Record.of(order, record.hidden_until_ms))

    def _restock(self, order: Json, units: Mapping[str, int], reason: str, at: datetime) -> None:
        """Units that will not be shipped go back to the listings, unless there were none of them."""
        if reason != NO_INVENTORY:
            self._move_stock(order, units, 1, "cancelled", at)

    def _move_stock(self, order: Json, units: Mapping[str, int], sign: int, why: str, at: datetime) -> None:
        if order["fulfillment"].get("fulfilledBy") == "AMAZON":
            return
        by_sku: Counter[str] = Counter()
        for item in order["orderItems"]:
            by_sku[item["product"]["sellerSku"]] += sign * units.get(item["orderItemId"], 0)
        self.listings.move(by_sku, why, at)

    def _numbers(self, count: int) -> range:
        with self._amazon.lock:
            self._count += count
            return range(self._count - count, self._count)

    def _record(self, order_id: str) -> Record:
        record = self.shelf.get(order_id)
        if record is None:
            raise KeyError(f"seller {self.seller_id} has no order {order_id}")
        return record
