"""The settings of a connection, checked as a whole: one definition for file, command line, console and API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from ..errors import ConfigError
from ..model import MARKETPLACES, Connection, plain
from .examples import EXAMPLES
from .fields import FIELDS, NOT_FROM_USERS
from .problems import Known, flattened, messages

KNOWN = Known({"": [name for name in FIELDS if name not in NOT_FROM_USERS]}, EXAMPLES)


@cache
def _schema() -> Schema:
    columns: dict[str, Any] = {name: field for name, (field, _, _) in FIELDS.items()}
    return Schema.from_dict(columns, name="ConnectionSettings")(unknown=RAISE)


def defaults() -> dict[str, Any]:
    """Every setting's default, by name."""
    blank = Connection(name="")
    return {name: getattr(blank, name) for name in FIELDS}


def checked(values: Mapping[str, Any] | Connection) -> Connection:
    """A connection with every value checked and in its proper type, or a `ConfigError` that lists every bad key."""
    given = as_mapping(values) if isinstance(values, Connection) else dict(values)
    name = str(given.get("name", ""))
    blank = {key for key, value in given.items() if value == "" and key in ("seller_id", "region", "store")}
    try:
        loaded = _schema().load({key: value for key, value in given.items() if key not in blank})
    except ValidationError as error:
        problems = flattened(messages(error), KNOWN)
        raise _wrong(name, problems) from None
    problems = {
        key: f"is needed, for example {EXAMPLES[key]}"
        for key in ("seller_id", "region", "marketplaces", "store")
        if not loaded.get(key)
    }
    problems |= _across(loaded)
    if problems:
        raise _wrong(name, problems)
    for key, value in loaded.items():
        if isinstance(value, list):
            loaded[key] = tuple(value)
    return Connection(**loaded)


def _across(loaded: Mapping[str, Any]) -> dict[str, str]:
    """What no single field can tell."""
    problems = {}
    region = loaded.get("region")
    for key in ("marketplaces", "stock_marketplaces"):
        chosen = loaded.get(key) or ()
        strangers = [country for country in chosen if MARKETPLACES[country].region != region]
        if region and strangers:
            where = ", ".join(f"{country} is in {MARKETPLACES[country].region}" for country in strangers)
            problems[key] = f"not in region {region}: {where}; Amazon authorises each region by itself"
        if len(set(chosen)) != len(chosen):
            problems[key] = "a marketplace is named twice"
    if set(loaded.get("stock_marketplaces") or ()) - set(loaded.get("marketplaces") or ()):
        problems.setdefault("stock_marketplaces", "must be among the connection's marketplaces")
    if loaded.get("unknown_sku") == "placeholder" and not loaded.get("placeholder_product"):
        problems["placeholder_product"] = "is needed with unknown_sku = placeholder"
    if loaded.get("endpoint") and not loaded.get("token_endpoint"):
        problems |= {"token_endpoint": "is needed with endpoint, or a real token would be asked for a simulated Amazon"}
    return problems


def _wrong(name: str, problems: Mapping[str, str]) -> ConfigError:
    return ConfigError(f"The settings of connection {name or '(no name)'} have errors:", problems=problems, record=name)


def as_mapping(connection: Connection) -> dict[str, Any]:
    """A connection as plain JSON values, its secret left out unless it is there."""
    values = {item.name: plain(getattr(connection, item.name)) for item in dataclass_fields(connection)}
    if values["refresh_token"] is None:
        del values["refresh_token"]
    return values
