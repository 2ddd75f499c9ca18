"""Times and amounts as the ledger writes them: text that sorts, compares and reads the same in every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, overload


@overload
def written(moment: datetime) -> str: ...
@overload
def written(moment: None) -> None: ...
def written(moment: datetime | None) -> str | None:
    """`moment` as `2026-11-23T10:00:00.000000Z`: always UTC and 27 characters, so that text order is time order.

    Raises `ValueError` for a time without a zone: nobody knows what it means.
    """
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError("the ledger takes aware times only")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: None) -> None: ...
def moment(text: str | None) -> datetime | None:
    """The time that `written` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def digits(amount: Decimal | None) -> str | None:
    """`amount` in plain digits."""
    return None if amount is None else format(amount, "f")


def amount(text: str | None) -> Decimal | None:
    """The amount that `digits` wrote."""
    return None if text is None else Decimal(text)


# One encoder: `json.dumps` with options builds a new one for every call.
dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def loads(text: str | None) -> Any:
    """What `dumps` wrote; `None` stays `None`."""
    return None if text is None else json.loads(text)
