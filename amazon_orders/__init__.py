"""Amazon orders into a shop, each once, to the cent.

The public names below load when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import App
    from .hooks import Hooks, hookimpl
    from .model import Connection, Report
    from .settings import Config

__all__ = ["App", "Config", "Connection", "Hooks", "Report", "__version__", "hookimpl"]

__version__ = "0.1.0"

_HOME = {
    "App": "app",
    "Config": "settings",
    "Connection": "model",
    "Hooks": "hooks",
    "Report": "model",
    "hookimpl": "hooks",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in, and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
