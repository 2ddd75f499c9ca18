"""django-oscar as a store, in the shop's own process and through its own models.

It is also a Django app: add `amazon_orders.adapters.oscar` to `INSTALLED_APPS`. Nothing of Django is imported before it
is used, so the package can be imported before settings exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import OscarStore


def open_store(config: Mapping[str, Any]) -> OscarStore:
    """The factory behind `adapter = "oscar"`; `ConfigError` where Django, Oscar or a setting is not as it must be."""
    from .opening import opened

    return opened(config)
