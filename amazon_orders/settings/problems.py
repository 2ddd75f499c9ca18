"""marshmallow's nested messages as `path -> what is wrong`, with the nearest known name for an unknown key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, cast

from marshmallow import ValidationError


def flattened(messages: Mapping[Any, Any] | list[Any], prefix: str = "", known: Collection[str] = ()) -> dict[str, str]:
    """Every message under its path: `{"stores.shop.adapter": "…"}`."""
    if isinstance(messages, list):
        return {prefix: " ".join(_plain(message, prefix, known) for message in messages)}
    found: dict[str, str] = {}
    for key, inner in messages.items():
        path = prefix if key == "_schema" else f"{prefix}.{key}" if prefix else str(key)
        if isinstance(inner, (Mapping, list)):
            found.update(flattened(inner, path, known))
        else:
            found[path] = _plain(inner, path, known)
    return found


def _plain(message: object, path: str, known: Collection[str]) -> str:
    text = str(message)
    if text != "Unknown field.":
        return text
    near = get_close_matches(path.rsplit(".", 1)[-1], known, n=1)
    return "unknown key" + (f"; did you mean {near[0]}?" if near else "")


def messages(error: ValidationError) -> Mapping[str, Any]:
    """The messages of a failed load, by field."""
    return cast("Mapping[str, Any]", error.normalized_messages())  # type: ignore[no-untyped-call] # marshmallow's gap
