"""A refusal names fields and never a value: what a buyer or Amazon wrote stays out of every error."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest

from amazon_orders.amazon import INCLUDED, raw_order
from amazon_orders.errors import PayloadError
from tests.unit.amazon.documents import full, with_value

CANARY = "canary-5d1f"
NUMBER = 977_001_977
WRONG: dict[str, Any] = {
    "text": CANARY,
    "text without end": CANARY * 2000,
    "text with a line break": f"{CANARY}\n",
    "a number": NUMBER,
    "a number below zero": -NUMBER,
    "a number with a fraction": NUMBER + 0.5,
    "a list": [CANARY, NUMBER],
    "a list of objects": [{CANARY: CANARY}],
    "an object": {CANARY: NUMBER},
    "an amount": {"amount": CANARY, "currencyCode": "EUR"},
    "an amount in a currency that is none": {"amount": "1.00", "currencyCode": CANARY},
    "an amount in an exponent": {"amount": f"{NUMBER}e9", "currencyCode": "EUR"},
}


def places(at: Any, way: str = "") -> list[str]:
    """The way to every value of a document."""
    rows = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
    found = []
    for key, value in rows:
        here = f"{way}.{key}" if way else str(key)
        found += [here, *places(value, here)]
    return found


DOCUMENT = full()
PRIVATE = ("Muster", "Beispielweg", "zoe@", "50825", "+49", "DE000000000", "0034000000000", "Für Dich", "PO-1", "47.18")


@pytest.mark.parametrize("place", places(DOCUMENT))
def test_no_refusal_holds_a_value(place: str) -> None:
    for value in WRONG.values():
        record = raw_order(json.dumps(with_value(DOCUMENT, place, value)).encode(), INCLUDED)
        try:
            record.order()
        except PayloadError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
            told += repr({name: kept for name, kept in vars(error).items() if name not in ("record", "record_id")})
            if place != "orderId":
                assert CANARY not in told
            else:
                assert f"{CANARY}{CANARY}" not in told  # no text without end; a short id may be named
            assert str(NUMBER) not in told
            assert not [text for text in PRIVATE if text in told]
        assert CANARY not in repr(record) or place == "orderId"


def test_something_is_refused_at_all() -> None:
    with pytest.raises(PayloadError):
        raw_order(json.dumps(with_value(DOCUMENT, "buyer", CANARY)).encode(), INCLUDED).order()
    shown = json.dumps(DOCUMENT, ensure_ascii=False)
    assert all(text in shown for text in PRIVATE)
