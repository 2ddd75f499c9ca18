"""Chooses the store's shipping method for an order."""

from __future__ import annotations

from functools import lru_cache

from ..model import Answer, Connection, Order, TraceStep


def shipping_method(order: Order, connection: Connection, hook: Answer[str] | None = None) -> tuple[str, TraceStep]:
    """The store's method, and how it was chosen.

    Plugin > `shipping_methods` > `default_shipping_method` > Amazon's own word; empty where none says anything.
    """
    level = order.service_level
    if hook is not None:
        return hook.value, TraceStep(
            "shipping", hook.value, f"service level {level or 'unknown'}: a plugin chose", hook.plugin
        )
    mapped = connection.shipping_methods.get(level)
    if mapped:
        return mapped, _step(level, mapped, f"shipping_methods.{level}")
    if connection.default_shipping_method:
        return connection.default_shipping_method, _step(
            level, connection.default_shipping_method, "default_shipping_method"
        )
    return level, _step(level, level or "none", "no setting, so Amazon's own word")


@lru_cache(maxsize=512)
def _step(level: str, method: str, setting: str) -> TraceStep:
    return TraceStep("shipping", method, f"service level {level or 'unknown'} -> {method} by {setting}")
