"""The config file, the settings of a connection, and the engine for a seller's own patterns."""

from __future__ import annotations

from .assignments import assignments
from .config import DEFAULT_FILE, FILE_VARIABLE, KEY_VARIABLE, Config, StoreConfig
from .connection import as_mapping, checked, defaults
from .examples import EXAMPLES
from .fields import SETTINGS, Setting
from .patterns import Patterns, engine
from .toml_file import in_words
from .values import from_environment

__all__ = [
    "DEFAULT_FILE",
    "EXAMPLES",
    "FILE_VARIABLE",
    "KEY_VARIABLE",
    "SETTINGS",
    "Config",
    "Patterns",
    "Setting",
    "StoreConfig",
    "as_mapping",
    "assignments",
    "checked",
    "defaults",
    "engine",
    "from_environment",
    "in_words",
]
