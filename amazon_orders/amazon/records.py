"""A page of orders as bytes: records are told apart, and unchanged ones recognised, without parsing them.

A record is known by the hash of its exact bytes. The start of the first record is exact; where it ends is guessed (the
next `,{"<its first key>":`), and the guess is right whenever its hash is known or it parses: one complete JSON object
is never the beginning of another. So a wrong guess costs time and nothing more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ..errors import AmazonUnavailable
from ..model import Order
from .loading import load_order

_OPENING = re.compile(rb'\{\s*"orders"\s*:\s*\[\s*')
_FIRST_KEY = re.compile(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:')
_SPACE = b" \t\n\r"
_LAST = re.compile(rb'\}\s*\]\s*(?:\}\s*\Z|,\s*"(?:pagination|lastUpdatedBefore|createdBefore)")')

try:
    from orjson import loads as _parse
except ImportError:  # it is an extra

    def _parse(raw: Any, /) -> Any:
        return json.loads(str(raw, "utf-8"))


def digest(raw: bytes) -> bytes:
    """What a record is recognised by."""
    return sha256(raw).digest()[:16]


@dataclass(slots=True)
class RawOrder:
    """One record as it came."""

    digest: bytes
    raw: bytes = field(repr=False)
    amazon_order_id: str = ""
    """Empty for an unchanged record, which is not parsed, and for one that has none."""
    data: dict[str, Any] | None = field(default=None, repr=False)
    unchanged: bool = False
    included: frozenset[str] = frozenset()

    def order(self) -> Order:
        """The order. `PayloadError` names the fields that are wrong."""
        return load_order(self.data, self.included)


def raw_order(raw: bytes, included: frozenset[str]) -> RawOrder:
    """A record that was kept, as if it had just come."""
    try:
        data = _parse(raw)
    except (ValueError, RecursionError):
        data = None
    return _made(raw, digest(raw), data, included)


def _made(raw: bytes, hashed: bytes, data: Any, included: frozenset[str]) -> RawOrder:
    record = data if isinstance(data, dict) else None
    order_id = record.get("orderId") if record else None
    return RawOrder(
        digest=hashed,
        raw=raw,
        amazon_order_id=order_id if isinstance(order_id, str) else "",
        data=record,
        included=included,
    )


class OrderPage:
    """One answer of searchOrders. Call `records` before `next_token` and `last_updated_before`."""

    def __init__(self, body: bytes, included: frozenset[str], request_id: str = "", sent_token: str = "") -> None:
        self.included = included
        self.next_token: str | None = None
        self.last_updated_before: datetime | None = None
        self._body = body
        self._request_id = request_id
        self._sent_token = sent_token
        self._guesses: dict[int, tuple[int, bytes]] = {}
        opening = _OPENING.match(body)
        self._start = opening.end() if opening else 0
        first = _FIRST_KEY.match(body, self._start) if opening else None
        self._mark = b"," + first.group() if first else b""

    @property
    def size(self) -> int:
        """Bytes of the page."""
        return len(self._body)

    def digests(self) -> list[bytes]:
        """Hashes that the page's records probably have: what to ask the ledger for, in one question."""
        at = self._start
        while self._mark and (end := self._end_after(at)):
            self._guesses[at] = (end, digest(self._body[at:end]))
            at = end + 1
        return [hashed for _, hashed in self._guesses.values()]

    def _end_after(self, beyond: int) -> int:
        """Where a record probably ends, past `beyond`: before the next, or before the bracket. 0: nowhere."""
        end = self._body.find(self._mark, beyond)
        if end > 0:
            return end
        match = _LAST.search(self._body, beyond)
        return match.start() + 1 if match else 0

    def records(self, known: Container[bytes]) -> list[RawOrder]:
        """Every record, in order. One whose hash is in `known` is not parsed.

        `AmazonUnavailable` where the body is no page at all, or the page is the one before again.
        """
        found = self._by_guessing(known) if self._start else None
        if found is None:
            found = self._by_parsing()
        if self._sent_token and self.next_token == self._sent_token:
            raise self._no_page("sent the same page twice")
        return found

    def _by_guessing(self, known: Container[bytes]) -> list[RawOrder] | None:
        """`None` at the first surprise; then the whole body is parsed instead."""
        body, at = self._body, self._start
        found: list[RawOrder] = []
        while body[at : at + 1] != b"]":
            if not self._mark:
                return None
            record, at = self._next(at, known)
            if record is None:
                return None
            found.append(record)
            at = _past_space(body, at)
            if body[at : at + 1] == b",":
                at = _past_space(body, at + 1)
            elif body[at : at + 1] != b"]":
                return None
        return found if self._take_rest(body[: self._start] + body[at:]) else None

    def _next(self, at: int, known: Container[bytes]) -> tuple[RawOrder | None, int]:
        """The record at `at`, and where it ends."""
        end, hashed = self._guesses.get(at, (0, b""))
        if hashed in known:
            return RawOrder(hashed, b"", unchanged=True, included=self.included), end
        end = at
        while end := self._end_after(end + 1):
            raw = self._body[at:end]
            hashed = digest(raw)
            if hashed in known:
                return RawOrder(hashed, b"", unchanged=True, included=self.included), end
            try:
                return _made(raw, hashed, _parse(raw), self.included), end
            except (ValueError, RecursionError):
                continue  # the mark stood inside the record
        return None, at

    def _by_parsing(self) -> list[RawOrder]:
        try:
            page = _parse(self._body)
        except (ValueError, RecursionError):
            raise self._no_page("is not JSON, or was cut off") from None
        if not isinstance(page, dict) or not isinstance(page.get("orders"), list):
            raise self._no_page("holds no orders, although the status says success")
        self._take(page)
        found = []
        for record in page["orders"]:
            raw = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
            found.append(_made(raw, digest(raw), record, self.included))
        return found

    def _take_rest(self, rest: bytes) -> bool:
        """Read the page without its orders; whether that is a whole JSON object."""
        try:
            page = _parse(rest)
        except ValueError:
            return False
        if not isinstance(page, dict):
            return False
        self._take(page)
        return True

    def _take(self, page: dict[str, Any]) -> None:
        pagination = page.get("pagination")
        token = pagination.get("nextToken") if isinstance(pagination, dict) else None
        self.next_token = token if isinstance(token, str) and token else None
        before = page.get("lastUpdatedBefore")
        if isinstance(before, str):
            try:
                moment = datetime.fromisoformat(before)
            except ValueError:
                return  # the cursor then stays where it is, and the window is read again
            if moment.tzinfo is not None:
                self.last_updated_before = moment.astimezone(UTC)

    def _no_page(self, what: str) -> AmazonUnavailable:
        return AmazonUnavailable(
            f"Amazon's answer to searchOrders {what}. This is Amazon's fault; nothing was lost, try again later.",
            status=200,
            request_id=self._request_id,
            record="searchOrders",
        )


def _past_space(body: bytes, at: int) -> int:
    while body[at : at + 1] and body[at] in _SPACE:
        at += 1
    return at
