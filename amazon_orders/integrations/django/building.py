"""Makes the `App` of a Django project from its settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from ...app import App
from ...errors import ConfigError
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
    return App(read(), **options)


def read() -> Config:
    """The configuration as the project's settings have it."""
    given = getattr(settings, SETTING, None)
    if not isinstance(given, Mapping):
        raise ConfigError(f"{SETTING} is missing in the project's settings: a mapping such as the config file holds.")
    data = dict(given)
    if file := data.pop("config", None):
        if data:
            raise ConfigError(
                f"{SETTING} is wrong.", problems={"config": "names a file; then everything else belongs into that file"}
            )
        return Config.from_file(file)
    data["plugins"] = [LISTENER, *(name for name in data.get("plugins", ()) if name != LISTENER)]
    folder = getattr(settings, "BASE_DIR", None)
    return Config.from_mapping(data, folder=Path(folder) if folder else None, source=SETTING)
