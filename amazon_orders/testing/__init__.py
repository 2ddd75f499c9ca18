"""The kit for adapter authors: inherit `StoreContract`, give three fixtures, and each promise is checked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .back_door import BackDoor, NoBackDoor, SeenOrder, ShopOrder
    from .contract import StoreContract
    from .desk import Desk
    from .running import Outcome, check_store, promises

__all__ = [
    "BackDoor",
    "Desk",
    "NoBackDoor",
    "Outcome",
    "SeenOrder",
    "ShopOrder",
    "StoreContract",
    "check_store",
    "promises",
]

# `StoreContract` needs pytest; running the checks from a program does not.
_HOME = {
    "BackDoor": "back_door",
    "Desk": "desk",
    "NoBackDoor": "back_door",
    "Outcome": "running",
    "SeenOrder": "back_door",
    "ShopOrder": "back_door",
    "StoreContract": "contract",
    "check_store": "running",
    "promises": "running",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in, and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
