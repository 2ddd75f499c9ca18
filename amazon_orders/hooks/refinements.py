"""The `rule_*` hooks as typed methods: the first answer that is not `None`, with the name of who gave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..model import (
    Answer,
    Carrier,
    Connection,
    Hold,
    Order,
    OrderLine,
    Shipment,
    Skip,
    StockLevel,
    StoreOrder,
    TaxTreatment,
)
from .answers import Checker
from .registry import Registry

T = TypeVar("T")


class Refinements(Registry):
    """What plugins may refine.

    `None`: nobody had anything to say. Raises `AdapterBug` where a plugin fails or answers wrongly, and lets a plugin's
    own `StoreRejected` and `StoreUnavailable` through.
    """

    def rule_accept_order(self, order: Order, connection: Connection) -> Answer[Skip | Hold] | None:
        """See the specification."""
        return self._first(
            "rule_accept_order",
            {"order": order, "connection": connection},
            _verdict,
        )

    def rule_resolve_sku(self, line: OrderLine, connection: Connection) -> Answer[str] | None:
        """See the specification."""
        return self._first("rule_resolve_sku", {"line": line, "connection": connection}, _text)

    def rule_tax(self, order: Order, connection: Connection) -> Answer[Mapping[str, TaxTreatment]] | None:
        """See the specification."""
        return self._first("rule_tax", {"order": order, "connection": connection}, Checker.treatments)

    def rule_shipping_method(self, order: Order, connection: Connection) -> Answer[str] | None:
        """See the specification."""
        return self._first("rule_shipping_method", {"order": order, "connection": connection}, _text)

    def rule_store_order(self, order: Order, draft: StoreOrder, connection: Connection) -> Answer[StoreOrder] | None:
        """See the specification."""
        return self._first(
            "rule_store_order",
            {"order": order, "draft": draft, "connection": connection},
            lambda checker, answer: checker.is_a(StoreOrder, answer),
        )

    def rule_carrier(self, shipment: Shipment, connection: Connection) -> Answer[Carrier] | None:
        """See the specification."""
        return self._first(
            "rule_carrier",
            {"shipment": shipment, "connection": connection},
            lambda checker, answer: checker.is_a(Carrier, answer),
        )

    def rule_stock_quantity(self, level: StockLevel, connection: Connection) -> Answer[int] | None:
        """See the specification."""
        return self._first(
            "rule_stock_quantity",
            {"level": level, "connection": connection},
            lambda checker, answer: checker.is_a(int, answer),
        )

    def _first(self, hook: str, arguments: dict[str, Any], check: Callable[[Checker, Any], T]) -> Answer[T] | None:
        callers = self._callers[hook]
        if not callers:
            return None
        if arguments["connection"].refresh_token is not None:
            arguments["connection"] = arguments["connection"].without_secret()
        for checker, caller in callers:
            with checker:
                answer = caller(**arguments)
            if answer is not None:
                return Answer(check(checker, answer), checker.plugin)
        return None


def _verdict(checker: Checker, answer: Any) -> Skip | Hold:
    if not isinstance(answer, (Skip, Hold)):
        checker.expected("Skip or Hold", answer)
    return answer


def _text(checker: Checker, answer: Any) -> str:
    checker.text(answer, "the answer")
    return str(answer)
