"""`key=value` words of a command line as settings."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from ..errors import ConfigError
from ..model import plain
from .connection import KNOWN, defaults
from .examples import EXAMPLES
from .fields import FIELDS, NOT_FROM_USERS

_ASSIGNMENT = re.compile(r"\A(?P<key>[a-z_]+)(?:\.(?P<inner>[^=]+))?=(?P<value>.*)\Z", re.DOTALL)


def assignments(arguments: Sequence[str], current: Mapping[str, Any]) -> dict[str, Any]:
    """`key=value` words of a command line as changed settings.

    A value is JSON or TOML if it parses, else text; `map.KEY=value` sets one entry, `key=` restores the default.
    Secrets are refused here: they would stay in the shell's history.
    """

    base = defaults()
    changed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for number, argument in enumerate(arguments, 1):
        match = _ASSIGNMENT.match(argument)
        if not match:
            # A word that is no setting's name may be a secret that lost its key, so it is not said again.
            word = argument if argument in EXAMPLES else f"word {number}"
            problems[word] = f"write key=value, for example {EXAMPLES.get(argument, EXAMPLES['active'])}"
            continue
        key, inner, text = match["key"], match["inner"], match["value"]
        if key not in FIELDS or key in NOT_FROM_USERS:
            problems[key] = KNOWN.in_words("Unknown field.", key)
            continue
        if key == "refresh_token":
            problems[key] = (
                "a secret does not go on the command line; use --refresh-token-file FILE, or - for standard input"
            )
            continue
        if inner:
            entries = dict(changed.get(key, current.get(key)) or {})
            if text == "":
                entries.pop(inner, None)
            else:
                entries[inner] = text
            changed[key] = entries
        else:
            changed[key] = plain(base[key]) if text == "" else _value(key, text)
    if problems:
        raise ConfigError("These settings cannot be taken:", problems=problems)
    return changed


_LISTS = ("marketplaces", "stock_marketplaces", "allowed_shipping_services")


def _value(key: str, text: str) -> Any:
    if isinstance(FIELDS[key][0], fields.String):
        return _parsed(text) if isinstance(_parsed(text), str) else text  # seller ids and SKUs may look like numbers
    value = _parsed(text)
    if key in _LISTS and isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text
