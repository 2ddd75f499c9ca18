"""The leaves of Amazon's records: text, times, amounts, units. Each check is one function, for schema and fast path.

A check returns the value in its proper type or raises `ValueError` with what is wrong, never with the value itself.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
MOST_UNITS = 1_000_000
MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {"required": "is missing", "null": "is null"}
# Fifteen digits before the point are more than any order; an exponent is no way to write money.
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_CURRENCY = re.compile(r"[A-Z]{3}")

currencies: ContextVar[set[str]] = ContextVar("currencies")
"""Where the schema notes the currencies of the record that it checks. The compiled loader hands them on by itself."""


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
    if not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
        raise ValueError(f"must be an id of 1 to {LONGEST_NAME} printable characters")
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


def money(value: Any, seen: set[str]) -> Decimal:
    """The amount of `{"amount", "currencyCode"}`; its currency is added to `seen`."""
    if type(value) is not dict:
        raise ValueError("must be an amount with its currency")
    currency = value.get("currencyCode")
    if type(currency) is not str or (currency not in seen and _CURRENCY.fullmatch(currency) is None):
        raise ValueError("needs a currencyCode of three letters")
    seen.add(currency)
    amount = value.get("amount")
    if type(amount) is str:
        return _decimal(amount)
    if type(amount) is int and abs(amount) < 10**15:
        return Decimal(amount)
    if type(amount) is float:
        # A JSON number with a fraction has lost its cents already.
        raise ValueError("must be decimal text; a number with a fraction is not exact")
    raise ValueError("must be a decimal such as 12.50")


@lru_cache(maxsize=4096)
def _decimal(written: str) -> Decimal:
    """Kept, since one order names the same amount several times and a shop has few prices."""
    if _AMOUNT.fullmatch(written) is None:
        raise ValueError("must be a decimal such as 12.50")
    return Decimal(written)


class Leaf(fields.Field[Any]):
    """A field whose whole meaning is one check."""

    check: ClassVar[Any]
    """A function of the value."""
    absent: ClassVar[Any] = None
    """What stands for a value that is not there."""
    plain: ClassVar[str] = ""
    """A condition on `v`, as Python, under which the check hands `v` back as it is: the compiled loader's short cut."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(required=required, allow_none=not required, error_messages=MESSAGES)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        try:
            return type(self).check(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Text(Leaf):
    """Text."""

    check = staticmethod(text)
    absent = ""
    plain = f"type(v) is str and len(v) <= {LONGEST_TEXT} and v.isascii() and '\\0' not in v"


class Name(Leaf):
    """An id."""

    check = staticmethod(name)
    plain = f"type(v) is str and 0 < len(v) <= {LONGEST_NAME} and v.isprintable()"


class Moment(Leaf):
    """A time."""

    check = staticmethod(moment)


class Units(Leaf):
    """A count."""

    check = staticmethod(units)
    plain = f"type(v) is int and 0 <= v <= {MOST_UNITS}"


class Money(Leaf):
    """An amount with its currency, which must be the same in the whole record."""

    @staticmethod
    def check(value: Any) -> Decimal:
        """For the schema."""
        return money(value, currencies.get())
