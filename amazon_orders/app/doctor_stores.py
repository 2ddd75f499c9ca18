"""What `doctor` finds about the stores: whether they open, which plugins answer, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..hooks.inventory import Answering, inventory
from ..model.checkup import OK, Finding

if TYPE_CHECKING:
    from .app import App


def store_names(app: App) -> list[str]:
    """Configured and handed over."""
    return sorted({*app.config.stores, *app.given_stores})


def plugins(app: App, store: str | None = None) -> list[Answering]:
    """Every hook that is answered, store by store."""
    if store is not None:
        app.knows_store(store)
    return [row for name in ([store] if store else store_names(app)) for row in inventory(app.hooks(name))]


def of_store(app: App, store: str) -> Iterator[Finding]:
    """The store opens, its plugins pass their check, and this is their order."""
    hooks = app.hooks(store)
    order = dict.fromkeys(plugin for _, plugin, _ in hooks.answering())
    shared: dict[str, list[str]] = {}
    for hook, plugin, _ in hooks.answering():
        shared.setdefault(hook, []).append(plugin)
    contested = [f"{hook}: {', '.join(who)}" for hook, who in shared.items() if len(who) > 1]
    detail = f"plugins {', '.join(order)}" + (f"; asked in this order: {'; '.join(contested)}" if contested else "")
    yield Finding(what=f"store {store}", result=OK, detail=detail)
