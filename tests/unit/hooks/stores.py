"""Small plugins for the hooks' own tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from amazon_orders import Hooks, hookimpl
from amazon_orders.hooks.specs import SPECS
from amazon_orders.model import Placed, Product, StockLevel

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Complete:
    """Answers what is required, rightly."""

    @hookimpl
    def store_find_products(self, values: Any) -> Any:
        return [Product(ref=f"p-{value}", value=value) for value in values]

    @hookimpl
    def store_find_orders(self, keys: Any) -> Any:
        return {key: [f"o-{key}"] for key in keys}

    @hookimpl
    def store_place_order(self, order: Any, key: Any) -> Any:
        return Placed(ref=f"o-{key}")

    @hookimpl
    def store_cancel_order(self) -> Any:
        return True

    @hookimpl
    def store_list_stock(self) -> Any:
        yield StockLevel(product="1", value="A", available=Decimal(1), updated_at=NOW)

    @hookimpl
    def store_list_shipments(self) -> Any:
        return []


def answering(hook: str, answer: Any) -> object:
    """A plugin that answers one hook: with a value, or by calling `answer` if it is a function."""

    def implementation(self: object) -> Any:
        return answer() if callable(answer) else answer

    return type("Answering", (), {hook: hookimpl(implementation)})()


def asked(hook: str, answer: Any, **arguments: Any) -> Any:
    """What the facade makes of an answer, listings consumed."""
    hooks = Hooks()
    hooks.register(answering(hook, answer), "mine")
    given = {name: arguments.get(name, NOTHING.get(name)) for name in _arguments(hook)}
    result = getattr(hooks, hook)(**given)
    return list(result) if hook.startswith("store_list_") else result


def _arguments(hook: str) -> list[str]:
    code = SPECS[hook].__code__
    return list(code.co_varnames[: code.co_argcount])


NOTHING: dict[str, Any] = {"keys": [], "values": [], "orders": {}, "since": NOW, "attribute": "sku"}
