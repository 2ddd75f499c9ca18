"""The questions asked of a store, the rules a plugin may refine and the events told to anyone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .facade import Hooks
    from .markers import hookimpl

__all__ = ["Hooks", "hookimpl"]

# Loaded when first used: an adapter that only marks its methods must not pay for the facade.
_HOME = {"Hooks": "facade", "hookimpl": "markers"}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in, and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
