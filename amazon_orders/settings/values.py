"""Values of the configuration: references to the environment, and paths relative to the file they stand in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError

_ENV = "env:"


def from_environment(value: Any, path: str, environ: Mapping[str, str] | None = None) -> Any:
    """`value`, or the environment variable it names as `env:NAME`. An unset variable is a `ConfigError` at `path`."""
    if not (isinstance(value, str) and value.startswith(_ENV)):
        return value
    name = value[len(_ENV) :]
    found = (os.environ if environ is None else environ).get(name)
    if not found:
        raise ConfigError(
            "The configuration points to an environment variable that is not set.",
            problems={path: f"set the environment variable {name}, or write the value here"},
            record=path,
        )
    return found


def is_reference(value: object) -> bool:
    """Whether `value` names an environment variable instead of being the value."""
    return isinstance(value, str) and value.startswith(_ENV)


def is_path_key(key: str) -> bool:
    """Whether a store's option is a path: `path`, `…_path`, `…_file`. Such options are relative to the config file."""
    return key == "path" or key.endswith(("_path", "_file"))


def relative_to(folder: Path, value: str) -> str:
    """`value` as a path, taken from `folder` if it is relative; `~` is the home directory."""
    return str((folder / Path(value).expanduser()).resolve()) if value != ":memory:" else value


def ledger_url(folder: Path, url: str) -> str:
    """A SQLite URL with its file taken from `folder`; other URLs as they are."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and url != "sqlite:///:memory:":
        return prefix + relative_to(folder, url[len(prefix) :])
    return url
