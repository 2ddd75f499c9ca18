"""The leaves of Amazon's records: text, times, amounts, units. Each check is one function, for schema and fast path.

A check returns the value in its proper type or raises `ValueError` with what is wrong, never with the value itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

LONGEST_TEXT = 20_000
MOST_UNITS = 1_000_000
# Fifteen digits before the point are more than any order; an exponent is no way to write money.
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_CURRENCY = re.compile(r"[A-Z]{3}")


def text(value: Any) -> str:
    """Text of a sane length. What no database takes is replaced: NUL, and half a character where an emoji was cut."""
    if type(value) is not str:
        raise ValueError("must be text")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters")
    if "\0" in value or not value.isascii():
        return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    return value


def name(value: Any) -> str:
    """Text that is not empty and short: an id."""
    if type(value) is not str:
        raise ValueError("must be text")
    if not 0 < len(value) <= 200 or not value.isprintable():
        raise ValueError("must be an id of 1 to 200 printable characters")
    return value


def moment(value: Any) -> datetime:
    """ISO-8601 with a zone, as UTC."""
    if type(value) is not str or len(value) > 40:
        raise ValueError("must be an ISO-8601 time")
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be an ISO-8601 time") from None
    if read.tzinfo is UTC:
        return read
    if read.tzinfo is None:
        raise ValueError("must say its time zone")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be an ISO-8601 time") from None


def units(value: Any) -> int:
    """A count."""
    if type(value) is not int:
        raise ValueError("must be a whole number")
    if not 0 <= value <= MOST_UNITS:
        raise ValueError(f"must be between 0 and {MOST_UNITS}")
    return value


def amount(value: Any) -> Decimal:
    """A decimal written as text, or a whole number. A JSON number with a fraction has lost its cents already."""
    if type(value) is int and abs(value) < 10**15:
        value = str(value)
    elif type(value) is float:
        raise ValueError("must be decimal text; a number with a fraction is not exact")
    if type(value) is not str or _AMOUNT.fullmatch(value) is None:
        raise ValueError("must be a decimal such as 12.50")
    return Decimal(value)


def money(value: Any) -> tuple[Decimal, str]:
    """`{"amount", "currencyCode"}` as amount and currency."""
    if type(value) is not dict:
        raise ValueError("must be an amount with its currency")
    currency = value.get("currencyCode")
    if type(currency) is not str or _CURRENCY.fullmatch(currency) is None:
        raise ValueError("needs a currencyCode of three letters")
    return amount(value.get("amount")), currency


def flag(value: Any) -> bool:
    """True or false."""
    if type(value) is not bool:
        raise ValueError("must be true or false")
    return value


class Leaf(fields.Field[Any]):
    """A field whose whole meaning is one check."""

    check: Callable[[Any], Any]

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            required=required,
            allow_none=not required,
            error_messages={"required": "is missing", "null": "is null"},
        )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return type(self).check(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Text(Leaf):
    """Text."""

    check = staticmethod(text)


class Name(Leaf):
    """An id."""

    check = staticmethod(name)


class Moment(Leaf):
    """A time."""

    check = staticmethod(moment)


class Units(Leaf):
    """A count."""

    check = staticmethod(units)


class Money(Leaf):
    """An amount with its currency."""

    check = staticmethod(money)


class Amount(Leaf):
    """An amount without its currency."""

    check = staticmethod(amount)


class Part(fields.Nested):
    """An object inside an object; absent and null are the same."""

    def __init__(self, inside: Any, *, required: bool = False) -> None:
        super().__init__(
            inside,
            required=required,
            allow_none=not required,
            error_messages={"required": "is missing", "null": "is null", "type": "must be an object"},
        )


class Parts(fields.List[Any]):
    """A list of objects or leaves; absent and null are the same."""

    def __init__(self, inside: Any, *, required: bool = False) -> None:
        super().__init__(
            Part(inside, required=True) if isinstance(inside, type) else inside,
            required=required,
            allow_none=not required,
            error_messages={"required": "is missing", "null": "is null", "invalid": "must be a list"},
        )
