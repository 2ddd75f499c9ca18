"""marshmallow's nested messages as `path -> what is wrong`, in words, with an example and the nearest known name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, cast

from marshmallow import ValidationError

_WORDS = {
    "Not a valid boolean.": "must be true or false",
    "Not a valid list.": "must be a list",
    "Not a valid string.": "must be text",
    "Not a valid integer.": "must be a whole number",
    "Not a valid number.": "must be a number",
    "Number too large.": "is too large a number",
    "Not a valid mapping type.": "must be a table of names and values",
    "Invalid input type.": "must be a table",
    "Invalid type.": "must be a table",
    "Field may not be null.": "must have a value; leave it out for the default",
    "Missing data for required field.": "is needed",
}
"""What marshmallow says of a value of the wrong kind -> what is wanted."""


_FEW = 6
"""Keys that a message can list."""


class Known:
    """What a person may write: keys by the path that they stand under, and an example for each."""

    def __init__(self, keys: Mapping[str, Collection[str]], examples: Mapping[str, str]) -> None:
        self._keys = keys
        self._examples = examples

    def in_words(self, message: str, path: str) -> str:
        """A message as a sentence about `path`."""
        if message == "Unknown field.":
            return self._unknown(path)
        if message not in _WORDS:
            return message
        example = self._example(path)
        return _WORDS[message] + (f", for example {example}" if example else "")

    def _example(self, path: str) -> str:
        """That of the key itself, or of the list or map that it is in."""
        while path and path not in self._examples:
            path = path.rpartition(".")[0]
        return self._examples.get(path, "")

    def _unknown(self, path: str) -> str:
        above, _, key = path.rpartition(".")
        for place, keys in self._keys.items():
            if place != above and key in keys:
                where = f"under [{place}]" if place else "at the top of the file, before the first [table]"
                return f"unknown key here; it stands {where}"
        here = self._keys.get(above, ())
        if near := get_close_matches(key, here, n=1):
            return f"unknown key; did you mean {near[0]}?"
        return "unknown key" + (f"; known here: {', '.join(here)}" if 0 < len(here) <= _FEW else "")


def flattened(messages: Mapping[Any, Any] | list[Any], known: Known, prefix: str = "") -> dict[str, str]:
    """Every message under its path: `{"stores.shop.adapter": "…"}`."""
    if isinstance(messages, list):
        return {prefix: " ".join(known.in_words(str(message), prefix) for message in messages)}
    found: dict[str, str] = {}
    for key, inner in messages.items():
        path = prefix if key == "_schema" else f"{prefix}.{key}" if prefix else str(key)
        if isinstance(inner, (Mapping, list)):
            found.update(flattened(inner, known, path))
        else:
            found[path] = known.in_words(str(inner), path)
    return found


def messages(error: ValidationError) -> Mapping[str, Any]:
    """The messages of a failed load, by field."""
    return cast("Mapping[str, Any]", error.normalized_messages())  # type: ignore[no-untyped-call] # marshmallow's gap
