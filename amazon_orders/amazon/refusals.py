"""What an answer of Amazon says, and the error that follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..errors import AmazonAuthError, AmazonError, AmazonRejected, AmazonUnavailable
from .parsing import parse
from .query import DATA_SETS
from .transport import Answer

_LONGEST_WORD = 60
_WORD = re.compile(r"[A-Z]+")


def content(answer: Answer) -> dict[str, Any]:
    """The object in the body; empty where there is none."""
    try:
        body = parse(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def short(text: Any, longest: int, hidden: Iterable[str] = ()) -> str:
    """Amazon's words, cut. It may repeat what was sent: `hidden` and long words, as tokens are, are left out."""
    if not isinstance(text, str):
        return ""
    text = text[: longest * 20]
    for private in hidden:
        text = text.replace(private, "…") if private else text
    words = (word if len(word) <= _LONGEST_WORD and word.isprintable() else "…" for word in text.split())
    return " ".join(words)[:longest]


def said(answer: Answer, hidden: Iterable[str] = ()) -> tuple[str, str]:
    """Amazon's code and message, and of its details the data sets that they name: the rest may be about a buyer."""
    errors = content(answer).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code, message = short(first.get("code"), 60, hidden), short(first.get("message"), 200, hidden)
    named = set(_WORD.findall(str(first.get("details")))) & set(DATA_SETS)
    return code, f"{message}, about {', '.join(sorted(named))}" if named else message


def refusal(operation: str, name: str, answer: Answer, hidden: Iterable[str] = ()) -> AmazonError:
    """The error of a 4xx that is no 429, for the connection of that name."""
    code, message = said(answer, hidden)
    if answer.status in (401, 403):
        return AmazonAuthError(
            f"Amazon refuses {operation} for connection {name} ({code or answer.status}"
            f"{f', {message}' if message else ''}). Check that the "
            "seller is authorised for this application, that it has the roles, and that the region is right.",
            status=answer.status,
            code=code,
            request_id=answer.request_id,
            record=name,
        )
    return AmazonRejected(
        f"Amazon refuses {operation} for connection {name}: {code or answer.status}"
        f"{f', {message}' if message else ''}. The same call will be refused again.",
        status=answer.status,
        code=code,
        request_id=answer.request_id,
        record=name,
    )


def empty(operation: str, answer: Answer, *, outcome_unknown: bool = False) -> AmazonUnavailable:
    """The error of a success that says nothing."""
    then = "whether it was carried out is not known" if outcome_unknown else "try again later"
    return AmazonUnavailable(
        f"Amazon's answer to {operation} says success and holds nothing. This is Amazon's fault; {then}.",
        status=answer.status,
        request_id=answer.request_id,
        record=operation,
        outcome_unknown=outcome_unknown,
    )
