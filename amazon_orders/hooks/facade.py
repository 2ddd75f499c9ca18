"""`Hooks`: all that the rest of the house sees of a store and of plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .events import Events
from .loading import open_adapter, open_plugin
from .questions import StoreQuestions
from .refinements import Refinements


class Hooks(StoreQuestions, Refinements, Events):
    """The hooks of one store: its adapter, and the plugins that refine rules or listen for it."""

    def load(self, adapter: str, config: Mapping[str, Any], plugins: Sequence[str] = ()) -> None:
        """Load and register the adapter and the plugins by the names of their entry points, and nothing else.

        `config` is the store's table without `adapter`. Raises `ConfigError` for a name that is not installed, listing
        those that are, and `StoreUnavailable` where the adapter cannot reach its store.
        """
        self.register(open_adapter(adapter, config), adapter)
        for plugin in plugins:
            self.register(open_plugin(plugin), plugin)
