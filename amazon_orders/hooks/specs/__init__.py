"""Every hook there is: one typed function without a body each, one module per subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType, MappingProxyType, ModuleType
from typing import Any

from . import events, orders, products, refunds, rules, shipments, stock

MODULES: tuple[ModuleType, ...] = (products, orders, stock, shipments, refunds, rules, events)
"""In the order in which the reference lists them."""

REQUIRED = frozenset(
    {
        "store_find_products",
        "store_find_orders",
        "store_place_order",
        "store_cancel_order",
        "store_list_stock",
        "store_list_shipments",
    }
)
"""The questions that every store's adapter has to answer."""


def _own_functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }


SPECS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {name: function for module in MODULES for name, function in _own_functions(module).items()}
)
"""Hook name -> its specification, in reading order."""
