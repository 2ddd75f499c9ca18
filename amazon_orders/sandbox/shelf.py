"""A seller's orders, kept as bytes, in order of creation and of last update."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from amazon_orders.sandbox.clock import parse_iso
from amazon_orders.sandbox.messages import dump
from amazon_orders.sandbox.projection import Json, Sight, view

TimeField = Literal["createdTime", "lastUpdatedTime"]
Key = tuple[int, str]
_CACHED_ORDERS = 20_000
"""Above this many orders an order is serialised anew each time, so that memory stays that of the orders."""


@dataclass(slots=True)
class Record:
    """One order in full, with what a search needs to know of it."""

    order_id: str
    raw: bytes = field(repr=False)
    created_ms: int
    updated_ms: int
    marketplace_id: str
    status: str
    fulfilled_by: str
    phone_until_ms: int | None
    hidden_until_ms: int = 0
    """A search does not show it before; the index of updates lags."""
    spoil: Callable[[Json], object] | bytes | None = None
    """Breaks what an application sees of the order, or stands in its place."""
    seen_as: dict[Sight, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, order: Json, hidden_until_ms: int = 0) -> Record:
        """A record of an order in Amazon's JSON; ValueError says what it lacks."""
        try:
            fulfillment = order["fulfillment"]
            times = {name: parse_iso(order[name]) for name in ("createdTime", "lastUpdatedTime")}
            created, updated = times["createdTime"], times["lastUpdatedTime"]
            if created is None or updated is None:
                raise ValueError(f"order {order['orderId']}: createdTime and lastUpdatedTime are ISO 8601 with a zone")
            latest = parse_iso(fulfillment.get("deliverByWindow", {}).get("latestDateTime", ""))
            shipped = fulfillment["fulfillmentStatus"] == "SHIPPED"
            return cls(
                order_id=order["orderId"],
                raw=dump(order),
                created_ms=created,
                updated_ms=updated,
                marketplace_id=order["salesChannel"].get("marketplaceId", ""),
                status=fulfillment["fulfillmentStatus"],
                fulfilled_by=fulfillment.get("fulfilledBy", ""),
                phone_until_ms=latest if shipped else None,
                hidden_until_ms=hidden_until_ms,
            )
        except KeyError as missing:
            raise ValueError(f"an order needs {missing} to be sold here") from None

    def order(self) -> Json:
        """The order in full; changing it changes nothing here."""
        document: Json = json.loads(self.raw)
        return document

    def phone_shown(self, now_ms: int) -> bool:
        return self.phone_until_ms is None or now_ms <= self.phone_until_ms


class Shelf:
    """Orders by id, searchable by either time, both ends included."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._by: dict[TimeField, list[Key]] = {"createdTime": [], "lastUpdatedTime": []}

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    @property
    def keeps_serialised(self) -> bool:
        return len(self._records) <= _CACHED_ORDERS

    def get(self, order_id: str) -> Record | None:
        return self._records.get(order_id)

    def put(self, record: Record) -> None:
        """Add an order, or replace it by its new state."""
        old = self._records.get(record.order_id)
        if old is not None:
            _take_out(self._by["createdTime"], (old.created_ms, old.order_id))
            _take_out(self._by["lastUpdatedTime"], (old.updated_ms, old.order_id))
        self._records[record.order_id] = record
        insort(self._by["createdTime"], (record.created_ms, record.order_id))
        insort(self._by["lastUpdatedTime"], (record.updated_ms, record.order_id))

    def put_new(self, records: Iterable[Record]) -> None:
        """Add many orders whose ids are not here yet, sorting once."""
        for record in records:
            if record.order_id in self._records:
                raise ValueError(f"order {record.order_id} is here already")
            self._records[record.order_id] = record
            self._by["createdTime"].append((record.created_ms, record.order_id))
            self._by["lastUpdatedTime"].append((record.updated_ms, record.order_id))
        for keys in self._by.values():
            keys.sort()

    def between(self, name: TimeField, after_ms: int, before_ms: int, beyond: Key | None) -> Iterator[Record]:
        """Records in order of time, bounds included; `beyond` goes on after a key that was already shown."""
        keys = self._by[name]
        start = bisect_left(keys, (after_ms, ""))
        if beyond is not None:
            start = max(start, bisect_left(keys, (beyond[0], beyond[1] + "\0")))
        for index in range(start, len(keys)):
            ms, order_id = keys[index]
            if ms > before_ms:
                return
            yield self._records[order_id]

    def bytes_of(self, record: Record, sight: Sight) -> bytes:
        """The order as this sight shows it, serialised."""
        if isinstance(record.spoil, bytes):
            return record.spoil
        known = record.seen_as.get(sight)
        if known is None:
            seen = view(record.order(), sight)
            if record.spoil is not None:
                record.spoil(seen)
            known = dump(seen)
            if self.keeps_serialised:
                record.seen_as[sight] = known
        return known


def _take_out(keys: list[Key], key: Key) -> None:
    del keys[bisect_left(keys, key)]
