"""Times and amounts as the ledger writes them: text that sorts, compares and reads the same in every database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, overload


def written(moment: datetime) -> str:
    """`moment` as `2026-11-23T10:00:00.000000Z`: always UTC and 27 characters, so that text order is time order.

    Raises `ValueError` for a time without a zone: nobody knows what it means.
    """
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        moment = moment.astimezone(UTC)
    text = _iso(moment)
    return text if len(text) == _WIDTH else f"{text[:19]}.000000Z"


def maybe(moment: datetime | None) -> str | None:
    """`written`, where there may be no time."""
    return None if moment is None else written(moment)


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: None) -> None: ...
def moment(text: str | None) -> datetime | None:
    """The time that `written` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def digits(amount: Decimal | None) -> str | None:
    """`amount` in plain digits."""
    if amount is None:
        return None
    text = str(amount)
    return format(amount, "f") if "E" in text else text


def amount(text: str | None) -> Decimal | None:
    """The amount that `digits` wrote."""
    return None if text is None else Decimal(text)


# One encoder: `json.dumps` with options builds a new one for every call. ASCII, so that no text of Amazon's, half a
# character for instance, can keep a page from being written.
_encode = json.JSONEncoder(separators=(",", ":")).encode

_WIDTH = len("2026-11-23T10:00:00.000000Z")


def _isoformat(moment: datetime) -> str:
    return moment.isoformat()[:-6] + "Z"


try:
    import orjson
except ImportError:
    dumps: Callable[[Any], str] = _encode
    _iso: Callable[[datetime], str] = _isoformat
else:
    _AS_Z = orjson.OPT_UTC_Z

    def _iso(moment: datetime) -> str:
        try:
            return orjson.dumps(moment, None, _AS_Z)[1:-1].decode()  # a third of the time that isoformat takes
        except TypeError:  # a subclass
            return _isoformat(moment)

    def dumps(value: Any) -> str:
        """`value`, plain JSON, as text."""
        try:
            return orjson.dumps(value).decode()
        except TypeError:  # half a character, or a number beyond 64 bits
            return _encode(value)


def clean(text: str) -> str:
    """`text` as every database takes it: without halves of characters and without NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def loads(text: str | None) -> Any:
    """What `dumps` wrote; `None` stays `None`."""
    return None if text is None else json.loads(text)
