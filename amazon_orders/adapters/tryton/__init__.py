"""Tryton as a store, through its own client library: in this process for tests, over XML-RPC for work.

Nothing of proteus is imported before a store is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError

if TYPE_CHECKING:
    from .store import TrytonStore


def open_store(config: Mapping[str, Any]) -> TrytonStore:
    """The factory behind `adapter = "tryton"`.

    `ConfigError` where an option is wrong or Tryton lacks what it names, `StoreUnavailable` where Tryton does not
    answer or refuses the user.
    """
    try:
        from .store import opened
    except ImportError as error:
        raise ConfigError(
            "The tryton store cannot be opened.",
            problems={"adapter": f"{error.name} is missing: pip install 'amazon-order-sync[tryton]'"},
            record="adapter",
        ) from error
    return opened(config)
