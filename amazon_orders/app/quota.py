"""Forgetting used quotas, where that deceives nobody: at a simulated Amazon on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import ConfigError

if TYPE_CHECKING:
    from .app import App


def reset(app: App, names: Sequence[str]) -> int:
    """Of the named connections, or of all that have an endpoint of their own. `ConfigError` for one at Amazon."""
    from ..amazon import scope_of

    chosen = [app.connections.get(name) for name in names] or [one for one in app.connections.list() if one.endpoint]
    real = [one.name for one in chosen if not one.endpoint]
    if real:
        raise ConfigError(
            f"The quota of {', '.join(real)} is Amazon's own and cannot be forgotten.",
            problems={"endpoint": "is not that of a simulated Amazon on this machine"},
            record=real[0],
        )
    credentials = app.credentials()
    return sum(app.ledger.buckets.reset(scope_of(credentials, one.seller_id, one.region)) for one in chosen)
