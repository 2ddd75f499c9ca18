"""A page of orders as bytes: records are told apart, and unchanged ones recognised, without parsing them.

A record is known by the hash of its exact bytes. The start of the first record is exact; where it ends is guessed (the
next `,{"<its first key>":`), and the guess is right whenever its hash is known or it parses: one complete JSON object
is never the beginning of another. So a wrong guess costs time and nothing more. A page that is written in any other
way than Amazon's is taken apart bracket by bracket, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ..errors import AmazonUnavailable
from ..model import Order
from .parsing import Span, elements, members, parse, parse_fast
from .query import OrderQuery
from .schemas import known_as, load_order

_OPENING = b'{"orders":['
_FIRST_KEY = re.compile(rb'\{"[^"\\]*":')
_MOST_GUESSES = 16
"""Ends that are tried for one record, before the page is taken apart in the other way."""


def digest(raw: bytes) -> bytes:
    """What a record is recognised by."""
    return sha256(raw).digest()[:16]


@dataclass(slots=True)
class RawOrder:
    """One record as it came."""

    digest: bytes
    raw: bytes = field(repr=False)
    amazon_order_id: str = ""
    """Empty for an unchanged record, which is not parsed, and for one that has none that can be read."""
    data: dict[str, Any] | None = field(default=None, repr=False)
    unchanged: bool = False
    included: frozenset[str] = frozenset()

    def order(self) -> Order:
        """The order. `PayloadError` names the fields that are wrong."""
        return load_order(self.data, self.included)


def raw_order(raw: bytes, included: frozenset[str]) -> RawOrder:
    """A record by its bytes: one that was kept, or that came alone. One that cannot be read has no data."""
    try:
        data = parse(raw)
    except (ValueError, RecursionError):
        data = None
    return _made(raw, digest(raw), data, included)


def _made(raw: bytes, hashed: bytes, data: Any, included: frozenset[str]) -> RawOrder:
    record = data if isinstance(data, dict) else None
    return RawOrder(
        digest=hashed,
        raw=raw,
        amazon_order_id=known_as(record) if record is not None else "",
        data=record,
        included=included,
    )


class OrderPage:
    """One answer of searchOrders. Call `records` before `next_token` and `last_updated_before`."""

    def __init__(
        self,
        body: bytes,
        included: frozenset[str],
        request_id: str = "",
        sent_token: str = "",
        query: OrderQuery | None = None,
    ) -> None:
        self.included = included
        self.query = query
        """The search as it was sent. The next page's must be the same, bound for bound."""
        self.next_token: str | None = None
        self.last_updated_before: datetime | None = None
        self._body = body
        self._request_id = request_id
        self._sent_token = sent_token
        self._guesses: dict[int, tuple[int, bytes]] = {}
        first = _FIRST_KEY.match(body, len(_OPENING)) if body.startswith(_OPENING) else None
        self._mark = b"," + first.group() if first else b""
        # The last bracket closes the orders, unless Amazon adds a list behind them.
        self._last = len(body[: body.rfind(b"]")].rstrip()) if first else 0
        self._spans: list[Span] | None = None

    @property
    def size(self) -> int:
        """Bytes of the page."""
        return len(self._body)

    def digests(self) -> list[bytes]:
        """Hashes that the page's records probably have: what to ask the ledger for, in one question."""
        if not self._mark:
            try:
                self._spans = self._split()
            except ValueError:
                return []  # `records` says what is wrong
            return [digest(self._body[start:end]) for start, end in self._spans]
        # Where nothing has changed this loop is most of what a page costs.
        body, mark, find, guesses = self._body, self._mark, self._body.find, self._guesses
        at = len(_OPENING)
        while (end := find(mark, at)) > 0:
            guesses[at] = (end, sha256(body[at:end]).digest()[:16])
            at = end + 1
        if (end := self._end_after(at)) > 0:
            guesses[at] = (end, digest(body[at:end]))
        return [hashed for _, hashed in guesses.values()]

    def records(self, known: Container[bytes]) -> list[RawOrder]:
        """Every record, in order. One whose hash is in `known` is not parsed.

        `AmazonUnavailable` where the body is no page at all, or the page is the one before again.
        """
        found = self._by_guessing(known) if self._mark else None
        if found is None:
            found = self._by_brackets(known)
        if self._sent_token and self.next_token == self._sent_token:
            raise self._no_page("sent the same page twice")
        return found

    def _end_after(self, beyond: int) -> int:
        """Where a record probably ends, past `beyond`: before the next, or before the last bracket. 0: nowhere."""
        end = self._body.find(self._mark, beyond)
        if end > 0:
            return end
        return self._last if self._last > beyond else 0

    def _by_guessing(self, known: Container[bytes]) -> list[RawOrder] | None:
        """`None` at the first surprise."""
        body, at = self._body, len(_OPENING)
        guesses, included, nowhere = self._guesses, self.included, (0, b"")
        found: list[RawOrder] = []
        while True:
            end, hashed = guesses.get(at, nowhere)
            if hashed in known:
                found.append(RawOrder(hashed, b"", "", None, True, included))
                at = end
            else:
                record, at = self._next(at, known)
                if record is None:
                    return None
                found.append(record)
            if body.startswith(self._mark, at):
                at += 1
            elif body.startswith(b"]", at):
                break
            else:
                return None
        try:
            self._take(parse_fast(_OPENING + body[at:]))
        except (ValueError, RecursionError):
            return None
        return found

    def _next(self, at: int, known: Container[bytes]) -> tuple[RawOrder | None, int]:
        """The record at `at`, whose first guess is not known, and where it ends."""
        guess, guessed = self._guesses.get(at, (0, b""))
        end = at
        for _ in range(_MOST_GUESSES):
            end = self._end_after(end + 1)
            raw = self._body[at:end]
            if not raw.endswith(b"}"):
                break
            hashed = guessed if end == guess else digest(raw)
            if hashed in known:
                return RawOrder(hashed, b"", unchanged=True, included=self.included), end
            try:
                return _made(raw, hashed, parse_fast(raw), self.included), end
            except (ValueError, RecursionError):
                continue  # the mark stood inside the record
        return None, at

    def _split(self) -> list[Span]:
        """Where the records lie. `ValueError` where the body is no page. Reads the rest of the page, too."""
        try:
            page = members(self._body)
            start, end = orders = page[b"orders"]
            spans = elements(self._body, orders)
            self._take(parse(self._body[:start] + b"[]" + self._body[end:]))
        except (KeyError, RecursionError):
            raise ValueError("no page") from None
        return spans

    def _by_brackets(self, known: Container[bytes]) -> list[RawOrder]:
        found = []
        try:
            spans = self._split() if self._spans is None else self._spans
        except ValueError:
            raise self._no_page("is no page of orders, although the status says success") from None
        for start, end in spans:
            raw = self._body[start:end]
            hashed = digest(raw)
            if hashed in known:
                found.append(RawOrder(hashed, b"", unchanged=True, included=self.included))
                continue
            try:
                found.append(_made(raw, hashed, parse(raw), self.included))
            except ValueError:
                raise self._no_page("is not JSON") from None
            except RecursionError:
                # JSON, but no order: its own reader will say so, and the others go in.
                found.append(RawOrder(hashed, raw, _order_id(raw), included=self.included))
        return found

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


def _order_id(raw: bytes) -> str:
    try:
        start, end = members(raw)[b"orderId"]
        return known_as({"orderId": parse(raw[start:end])})
    except (KeyError, ValueError, RecursionError):
        return ""
