"""Finds adapters and plugins among the installed packages, by name only."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ..errors import AdapterBug, ConfigError, StoreError

ADAPTERS = "amazon_orders.adapters"
PLUGINS = "amazon_orders.plugins"


def open_adapter(name: str, config: Mapping[str, Any]) -> object:
    """The object that the adapter's factory makes of the store's configuration.

    `name` is an entry point's, or says where the factory is: `package.module:factory`, or `package.module.factory`.
    """
    factory = _loaded(ADAPTERS, "adapter", name)
    if not callable(factory):
        raise AdapterBug(f"the entry point of the adapter {name!r} is no factory: it cannot be called", plugin=name)
    try:
        adapter: object = factory(config)
    except (ConfigError, StoreError):
        raise
    except Exception as error:
        raise AdapterBug(
            f"the adapter {name!r} could not be opened: its factory raised {type(error).__name__} "
            f"{_where(error)}; it should raise "
            "ConfigError for a wrong setting and StoreUnavailable for a store that does not answer",
            plugin=name,
        ) from error
    return adapter


def open_plugin(name: str) -> object:
    """The module or object that the plugin's entry point names."""
    return _loaded(PLUGINS, "plugin", name)


def known(group: str) -> list[str]:
    """The names installed under an entry-point group, sorted."""
    return sorted({entry.name for entry in entry_points(group=group)})


def _loaded(group: str, what: str, name: str) -> Any:
    entry = _entry(group, what, name)
    try:
        return entry.load()
    except ImportError as error:
        if entry.dist is None and f"{entry.module}.".startswith(f"{error.name}."):
            raise ConfigError(
                f"The {what} {name!r} cannot be imported: Python finds no module {error.name}. Correct the path, or "
                "put the module where Python looks: install its package, or name its folder in PYTHONPATH.",
                record=name,
            ) from error
        home = entry.dist.name if entry.dist else "the shop"
        if error.name == entry.module:
            raise ConfigError(
                f"The {what} {name!r} cannot be imported: {home} has no module {error.name}. Correct its entry "
                "point, or include the module in the package.",
                record=name,
            ) from error
        missing = f" ({error.name} is missing)" if error.name else ""
        raise ConfigError(
            f"The {what} {name!r} cannot be imported{missing}. Install the package it needs, perhaps as an extra of "
            f"{home}.",
            record=name,
        ) from error
    except AttributeError as error:
        if error.name != entry.attr:
            raise _bug(what, name, error) from error
        raise ConfigError(
            f"The {what} {name!r} cannot be opened: {entry.module} has no {entry.attr}. Name its factory "
            "after a colon.",
            record=name,
        ) from error
    except ConfigError:  # a plugin that reads its settings when it is imported, and says what is wrong with them
        raise
    except Exception as error:
        raise _bug(what, name, error) from error


def _bug(what: str, name: str, error: Exception) -> AdapterBug:
    return AdapterBug(
        f"the {what} {name!r} cannot be loaded: {type(error).__name__} while it was imported, {_where(error)}; "
        "its author has to mend it",
        plugin=name,
    )


def _entry(group: str, what: str, name: str) -> EntryPoint:
    found = {entry.value: entry for entry in entry_points(group=group, name=name)}
    module, _, factory = name.rpartition(":" if ":" in name else ".")
    match list(found.values()):
        case [entry]:
            return entry
        case [] if group == ADAPTERS and module and factory:
            return EntryPoint(name=name, value=f"{module}:{factory}", group=group)
        case []:
            names = ", ".join(known(group)) or "none"
            raise ConfigError(
                f"There is no {what} {name!r}. Installed: {names}. Correct the name, or install its package.",
                record=name,
            )
        case several:
            homes = ", ".join(sorted(entry.dist.name if entry.dist else entry.value for entry in several))
            raise ConfigError(f"The {what} {name!r} is in several packages: {homes}. Keep one of them.", record=name)


def _where(error: BaseException) -> str:
    """`at file.py:12`; never the error's text."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"at {Path(error.filename).name}:{error.lineno}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"at {Path(last.filename).name}:{last.lineno}"
