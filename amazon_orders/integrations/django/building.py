"""Makes the `App` of a Django project from its settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ...app import App
from ...errors import ConfigError
from ...hooks import Hooks
from ...hooks.loading import open_plugin
from ...settings import Config

SETTING = "AMAZON_ORDERS"
LISTENER = "django"
"""Entry-point name of the plugin that passes events on as signals."""

_lock = threading.Lock()
_shared: dict[int, App] = {}


def shared() -> App:
    """One for a process; a fork gets its own, since database handles must not cross it."""
    with _lock:
        if os.getpid() not in _shared:
            _shared.clear()
            _shared[os.getpid()] = build()
        return _shared[os.getpid()]


def build(**options: Any) -> App:
    """A new one. `ConfigError` names the setting that is wrong."""
    config, own = read()
    given = {name: _opened(name, dict(table), config) for name, table in own.items()}
    return App(config, hooks={**given, **options.pop("hooks", {})}, **options)


def read() -> tuple[Config, dict[str, Mapping[str, Any]]]:
    """The configuration, and the stores whose adapter is a dotted path, which entry points know nothing of."""
    given = getattr(settings, SETTING, None)
    if not isinstance(given, Mapping):
        raise ConfigError(f"{SETTING} is missing in the project's settings: a mapping such as the config file holds.")
    data = dict(given)
    if file := data.pop("config", None):
        if data:
            raise ConfigError(
                f"{SETTING} is wrong.", problems={"config": "names a file; then everything else belongs into that file"}
            )
        return Config.from_file(file), {}
    stores = dict(data.get("stores") or {})
    own = {name: table for name, table in stores.items() if "." in str(table.get("adapter", ""))}
    data["stores"] = {name: table for name, table in stores.items() if name not in own}
    data["plugins"] = [LISTENER, *(name for name in data.get("plugins", ()) if name != LISTENER)]
    folder = getattr(settings, "BASE_DIR", None)
    return Config.from_mapping(data, folder=Path(folder) if folder else None, source=SETTING), own


def _opened(name: str, table: dict[str, Any], config: Config) -> Hooks:
    """A store of the project's own: `adapter` names a factory, the rest of the table is what it is called with."""
    path = table.pop("adapter")
    try:
        factory = import_string(path)
    except ImportError as error:
        raise ConfigError(
            f"{SETTING} is wrong.", problems={f"stores.{name}.adapter": f"{path} cannot be imported: {error}"}
        ) from error
    hooks = Hooks(name)
    hooks.register(factory(table), path.rpartition(".")[0].partition(".")[0])
    for plugin in config.plugins:
        hooks.register(open_plugin(plugin), plugin)
    return hooks
