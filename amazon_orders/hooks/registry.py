"""The plugins of one store: registering, checking and calling them through pluggy."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pluggy

from ..errors import AdapterBug, ConfigError
from .answers import Checker
from .inspection import marked, mistakes, unmarked
from .markers import PROJECT
from .specs import MODULES, REQUIRED, SPECS

FACTS: dict[str, bool] = {
    "unique_reference": False,
    "reserves": False,
    "checks_stock": False,
    "needs_address": True,
}
"""What an adapter may state about its host, and what holds where it says nothing: the careful side."""


class Registry:
    """Keeps the plugins of one store and finds who answers what."""

    def __init__(self, name: str = "store") -> None:
        self.name = name
        self._manager = pluggy.PluginManager(PROJECT)
        for module in MODULES:
            self._manager.add_hookspecs(module)
        self._problems: dict[str, str] = {}
        # Hooks that a refused plugin would answer; that nobody does is no second mistake.
        self._refused: set[str] = set()
        self._hints: dict[str, list[str]] = {}
        # Hook -> (who, what calls this plugin alone), first answerer first. Kept: finding it costs more than the call.
        self._callers: dict[str, tuple[tuple[Checker, Callable[..., Any]], ...]] = dict.fromkeys(SPECS, ())
        self._adapter: object | None = None

    def register(self, plugin: object, name: str | None = None) -> None:
        """Take in an adapter, a refiner or a listener: an instance or a module whose functions carry `@hookimpl`.

        What is wrong with it is told by `check`, all at once; until then it answers nothing.
        """
        name = name or getattr(plugin, "__name__", "") or type(plugin).__name__
        found = mistakes(plugin, name)
        if not found:
            try:
                self._manager.register(plugin, name)
            except pluggy.PluginValidationError as error:
                found = {name: f"{str(error).splitlines()[-1]}; take the arguments that the specification has"}
            except ValueError:
                found = {name: "a plugin is registered twice, or two have the same name; register each once"}
        self._problems.update(found)
        if found:
            self._refused.update(dict(marked(plugin)) or REQUIRED)
        for hook in unmarked(plugin):
            self._hints.setdefault(hook, []).append(name)
        if not found:
            self._find_callers()

    def check(self) -> None:
        """Refuse plugins that break the contract, before anything starts.

        Raises `ConfigError`: `problems` names plugin and hook and says what to do.
        """
        problems = dict(self._problems)
        problems.update(self._unknown_hooks())
        for hook in SPECS:
            answering = sorted(checker.plugin for checker, _ in self._callers[hook])
            if not answering and hook in REQUIRED and hook not in self._refused:
                problems[f"{self.name}.{hook}"] = "nobody answers this required question; " + self._how_to_answer(hook)
            if len(answering) > 1 and hook.startswith("store_"):
                problems[f"{self.name}.{hook}"] = (
                    f"{' and '.join(answering)} both answer; a store has one answerer, remove the hook from the others"
                )
        for fact in FACTS:
            value = getattr(self.adapter, fact, False)
            if not isinstance(value, bool):
                problems[f"{self.name}.{fact}"] = f"has to be True or False, not a {type(value).__name__}"
        if problems:
            raise ConfigError(f"The plugins of the store {self.name!r} cannot be used.", problems=problems)

    def implemented(self, hook: str) -> bool:
        """Whether anybody answers `hook` or listens to it. Costs a look into a dict."""
        return bool(self._callers[hook])

    def answering(self) -> list[tuple[str, str, object]]:
        """Hook, name and object of every plugin that answers or listens, in the order in which they are asked."""
        return [
            (hook, checker.plugin, self._manager.get_plugin(checker.plugin))
            for hook in SPECS
            for checker, _ in self._callers[hook]
        ]

    @property
    def adapter(self) -> object | None:
        """The object that writes orders into the store, or `None` before one is registered."""
        return self._adapter

    @property
    def unique_reference(self) -> bool:
        """Whether the store itself refuses a second order under one key."""
        return self._fact("unique_reference")

    @property
    def reserves(self) -> bool:
        """Whether placing an order takes its units from what the store calls available."""
        return self._fact("reserves")

    @property
    def checks_stock(self) -> bool:
        """Whether placing is refused, or cut, when too little is available."""
        return self._fact("checks_stock")

    @property
    def needs_address(self) -> bool:
        """Whether the store cannot take an order without an address."""
        return self._fact("needs_address")

    def close(self) -> None:
        """Let go of what the adapter holds, if it has a `close` method."""
        close = getattr(self.adapter, "close", None)
        if callable(close):
            close()

    def _fact(self, name: str) -> bool:
        return bool(getattr(self.adapter, name, FACTS[name]))

    def _find_callers(self) -> None:
        for hook in SPECS:
            caller = getattr(self._manager.hook, hook)
            answering = list(reversed(caller.get_hookimpls()))  # pluggy keeps them in the order last to first
            self._callers[hook] = tuple(
                (
                    Checker(hook, one.plugin_name, str(Path(one.function.__code__.co_filename).parent)),
                    caller
                    if len(answering) == 1
                    else self._manager.subset_hook_caller(hook, [o.plugin for o in answering if o is not one]),
                )
                for one in answering
            )

        placing = self._callers["store_place_order"]
        self._adapter = self._manager.get_plugin(placing[0][0].plugin) if placing else None

    def _unknown_hooks(self) -> Iterator[tuple[str, str]]:
        for plugin_name, plugin in self._manager.list_name_plugin():
            for hook, _ in marked(plugin):
                if hook not in SPECS and not hook.startswith("_"):
                    near = difflib.get_close_matches(hook, SPECS, 1)
                    instead = f"did you mean {near[0]}?" if near else f"the hooks are {', '.join(SPECS)}"
                    yield f"{plugin_name}.{hook}", f"there is no such hook; {instead}"

    def _how_to_answer(self, hook: str) -> str:
        if hook in self._hints:
            return f"{self._hints[hook][0]} has a function of this name, mark it with @hookimpl"
        return "add it to the store's adapter, marked with @hookimpl"

    def _ask(self, hook: str, arguments: dict[str, Any]) -> tuple[Checker, Any]:
        """The answer of the one answerer, and what checks it."""
        callers = self._callers[hook]
        if not callers:
            raise AdapterBug(f"nobody answers; {self._how_to_answer(hook)}", hook=hook, plugin=self.name)
        checker, caller = callers[0]
        with checker:
            return checker, caller(**arguments)
