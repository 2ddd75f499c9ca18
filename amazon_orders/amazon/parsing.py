"""JSON from Amazon: parsed fast, or patiently, or only as far as where its parts lie."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Span = tuple[int, int]
"""Where something begins and ends in the bytes."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
_KEY = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"\s*:\s*', re.DOTALL)
_SPACE = b" \t\n\r"
# Longer than any number of Amazon's; Python refuses to read numbers of more than 4,300 digits at all.
_LONGEST_NUMBER = 400


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_NUMBER else float("inf")


def _by_the_standard_library(raw: bytes) -> Any:
    return json.loads(str(raw, "utf-8"))


def _fastest() -> Callable[[bytes], Any]:
    try:
        import orjson
    except ImportError:  # it is an extra
        return _by_the_standard_library
    return orjson.loads


parse_fast = _fastest()
"""Parses plain JSON. `ValueError` or `RecursionError` also for some that `parse` takes."""


def parse(raw: bytes) -> Any:
    """Parses what Amazon may send in a bad hour too: half a surrogate pair, a number with no end, NaN.

    Such a value then breaks the contract of its own record alone. `ValueError` for what is no JSON, `RecursionError`
    for what is nested too deeply.
    """
    try:
        return parse_fast(raw)
    except (ValueError, RecursionError):
        return json.loads(str(raw, "utf-8"), parse_int=_whole_number)


def members(body: bytes) -> dict[bytes, Span]:
    """Where the values of an object's members lie, by key as it is written. Nothing inside a value is looked at.

    `ValueError` where there is no whole object. No depth is too deep.
    """
    at = _past_space(body, 0)
    if body[at : at + 1] != b"{":
        raise ValueError("no object")
    parts, end = _parts(body, at)
    if _past_space(body, end) != len(body):
        raise ValueError("something follows the object")
    found = {}
    for start, stop in parts:
        key = _KEY.match(body, start, stop)
        if key is None:
            raise ValueError("a member without a key")
        found[key.group().rstrip(_SPACE + b":")[1:-1]] = (key.end(), stop)
    return found


def elements(body: bytes, span: Span) -> list[Span]:
    """Where the elements of the array in `span` lie. `ValueError` where it is none."""
    start, stop = span
    if body[start : start + 1] != b"[":
        raise ValueError("no array")
    parts, end = _parts(body, start)
    if end != stop:
        raise ValueError("something follows the array")
    return parts


def _parts(body: bytes, at: int) -> tuple[list[Span], int]:
    """What the commas of the container at `at` divide, and where it ends."""
    parts: list[Span] = []
    start, depth = at + 1, 0
    for token in _TOKEN.finditer(body, at):
        kind = body[token.start()]
        if kind in b"{[":
            depth += 1
        elif kind in b"]}":
            depth -= 1
            if depth == 0:
                last = _trimmed(body, start, token.start())
                if last[0] == last[1] and not parts:
                    return [], token.end()
                return [*parts, last], token.end()
        elif kind == 0x2C and depth == 1:
            parts.append(_trimmed(body, start, token.start()))
            start = token.end()
    raise ValueError("cut off")


def _trimmed(body: bytes, start: int, stop: int) -> Span:
    start = min(_past_space(body, start), stop)
    while stop > start and body[stop - 1] in _SPACE:
        stop -= 1
    return start, stop


def _past_space(body: bytes, at: int) -> int:
    while at < len(body) and body[at] in _SPACE:
        at += 1
    return at
