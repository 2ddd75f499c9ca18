"""The `store_*` hooks as typed methods: asked of the one adapter, the answers checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ..errors import StoreRejected
from ..model import (
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
from . import answers
from .registry import Registry


class StoreQuestions(Registry):
    """What is asked of the store.

    Every method raises `StoreRejected`, `StoreUnavailable` or `AdapterBug`, with plugin and hook, and nothing else.
    """

    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        """See the specification. A product that is answered twice for one value counts once."""
        checker, answer = self._ask("store_find_products", {"attribute": attribute, "values": values})
        found = checker.items(answer, answers.product)
        return list({(product.ref, product.value): product for product in found}.values())

    def store_find_orders(self, keys: Sequence[str], since: datetime) -> dict[str, tuple[str, ...]]:
        """See the specification. A key is in the answer exactly if the store has an order under it."""
        checker, answer = self._ask("store_find_orders", {"keys": keys, "since": since})
        return checker.orders(answer, keys)

    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        """See the specification."""
        checker, answer = self._ask("store_place_order", {"order": order, "key": key})
        return checker.placed(answer)

    def store_place_orders(self, orders: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
        """See the specification. Ask `implemented` first."""
        checker, answer = self._ask("store_place_orders", {"orders": orders})
        return checker.page(answer, orders)

    def store_cancel_order(self, ref: str, reason: str, key: str) -> bool:
        """See the specification."""
        checker, answer = self._ask("store_cancel_order", {"ref": ref, "reason": reason, "key": key})
        return checker.is_a(bool, answer)

    def store_change_order(self, ref: str, change: OrderChange, key: str) -> bool:
        """See the specification. Ask `implemented` first."""
        checker, answer = self._ask("store_change_order", {"ref": ref, "change": change, "key": key})
        return checker.is_a(bool, answer)

    def store_adjust_stock(self, adjustments: Mapping[str, StockAdjustment]) -> None:
        """See the specification. Ask `implemented` first."""
        checker, answer = self._ask("store_adjust_stock", {"adjustments": adjustments})
        if answer is not None:
            # A generator here means that not one of its lines has run.
            checker.bug(f"answered a value of type {type(answer).__name__}, expected nothing")

    def store_list_stock(self, since: datetime | None, attribute: str) -> Iterator[StockLevel]:
        """See the specification. Consumed lazily."""
        checker, answer = self._ask("store_list_stock", {"since": since, "attribute": attribute})
        return checker.items(answer, answers.level)

    def store_list_shipments(self, since: datetime) -> Iterator[Shipment]:
        """See the specification. Consumed lazily."""
        checker, answer = self._ask("store_list_shipments", {"since": since})
        return checker.items(answer, answers.shipment)

    def store_list_cancellations(self, since: datetime) -> Iterator[Cancellation]:
        """See the specification. Consumed lazily. Ask `implemented` first."""
        checker, answer = self._ask("store_list_cancellations", {"since": since})
        return checker.items(answer, answers.cancellation)

    def store_list_refunds(self, since: datetime) -> Iterator[Refund]:
        """See the specification. Consumed lazily. Ask `implemented` first."""
        checker, answer = self._ask("store_list_refunds", {"since": since})
        return checker.items(answer, answers.refund)
