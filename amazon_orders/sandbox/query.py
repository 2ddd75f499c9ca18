"""The parameters of `searchOrders` and `getOrder`, read as strictly as their model words them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from amazon_orders.sandbox.clock import parse_iso
from amazon_orders.sandbox.messages import invalid_input
from amazon_orders.sandbox.projection import DATA_SETS
from amazon_orders.sandbox.shelf import Key, TimeField

STATUSES = (
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
)
ORDER_ID = re.compile(r"[0-9A-Z]{3}-[0-9]{7}-[0-9]{7}")
MAX_MARKETPLACES = 50
MAX_PAGE = 100
SETTLING_MS = 120_000
"""Amazon answers for nothing younger than two minutes."""
PAGE_TOKEN_LIFE_MS = 24 * 3600 * 1000

_SEARCH = frozenset(
    {
        "createdAfter",
        "createdBefore",
        "lastUpdatedAfter",
        "lastUpdatedBefore",
        "fulfillmentStatuses",
        "marketplaceIds",
        "fulfilledBy",
        "maxResultsPerPage",
        "paginationToken",
        "includedData",
    }
)
_FREE_BETWEEN_PAGES = frozenset({"maxResultsPerPage", "paginationToken", "includedData"})
_FAMILIES: tuple[tuple[TimeField, str, str], ...] = (
    ("createdTime", "createdAfter", "createdBefore"),
    ("lastUpdatedTime", "lastUpdatedAfter", "lastUpdatedBefore"),
)


@dataclass(frozen=True, slots=True)
class Search:
    """A search that may be run."""

    field: TimeField
    after_ms: int
    before_ms: int
    marketplace_ids: tuple[str, ...]
    statuses: frozenset[str]
    fulfilled_by: frozenset[str]
    page_size: int
    data_sets: frozenset[str]
    bound: str
    """Digest of everything that must be the same on every page."""
    page_token: str = ""
    beyond: Key | None = None
    """The last order of the page before."""

    @property
    def echo(self) -> str:
        """The name under which the upper bound is answered."""
        return "createdBefore" if self.field == "createdTime" else "lastUpdatedBefore"


def read_params(query: str) -> dict[str, str]:
    """A query string whose parameters each appear once and say something."""
    params: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in params:
            raise invalid_input(f"{name} is given twice; several values are one list, divided by commas.")
        if not value.strip():
            raise invalid_input(f"{name} is empty.")
        params[name] = value
    return params


def read_search(params: dict[str, str], seller_id: str, now_ms: int) -> Search:
    """Check every rule of `searchOrders`; a page token is opened by `PageTokens`."""
    for name in params:
        if name not in _SEARCH:
            raise invalid_input(f"{name} is not a parameter of this operation.")
    given = [family for family in _FAMILIES if family[1] in params]
    if len(given) != 1:
        raise invalid_input("Provide exactly one of createdAfter and lastUpdatedAfter.")
    field, after_name, before_name = given[0]
    for other in _FAMILIES:
        if other[0] != field and other[2] in params:
            raise invalid_input(f"{other[2]} does not go with {after_name}.")
    after_ms = _time(params[after_name])
    settled_ms = now_ms - SETTLING_MS
    before_ms = _time(params[before_name]) if before_name in params else settled_ms
    if before_ms > settled_ms:
        raise invalid_input(f"{before_name} must be at least two minutes before the time of the request.")
    if before_ms < after_ms:
        raise invalid_input(f"{before_name} must be equal to or after {after_name}.")
    marketplace_ids = _values(params, "marketplaceIds", None)
    if len(marketplace_ids) > MAX_MARKETPLACES:
        raise invalid_input(f"marketplaceIds holds more than {MAX_MARKETPLACES} ids.")
    bound = "&".join(f"{name}={params[name]}" for name in sorted(params.keys() - _FREE_BETWEEN_PAGES))
    return Search(
        field=field,
        after_ms=after_ms,
        before_ms=before_ms,
        marketplace_ids=marketplace_ids,
        statuses=frozenset(_values(params, "fulfillmentStatuses", STATUSES)),
        fulfilled_by=frozenset(_values(params, "fulfilledBy", ("MERCHANT", "AMAZON"))),
        page_size=whole_number(params, "maxResultsPerPage", MAX_PAGE, MAX_PAGE),
        data_sets=read_data_sets(params),
        bound=hashlib.sha256(f"{seller_id}?{bound}".encode()).hexdigest(),
        page_token=params.get("paginationToken", ""),
    )


def read_data_sets(params: dict[str, str]) -> frozenset[str]:
    """`includedData`, which both operations take."""
    return frozenset(_values(params, "includedData", DATA_SETS))


def one_of(params: dict[str, str], name: str, allowed: tuple[str, ...] | None) -> tuple[str, ...]:
    """The values of a list divided by commas; 400 for one that is not allowed. Nothing given: empty."""
    return _values(params, name, allowed)


def read_time(params: dict[str, str], name: str, otherwise: int) -> int:
    """A time in milliseconds."""
    return _time(params[name]) if name in params else otherwise


def whole_number(params: dict[str, str], name: str, otherwise: int, largest: int) -> int:
    """A number from 1."""
    text = params.get(name, str(otherwise))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= largest):
        raise invalid_input(f"{name} must be between 1 and {largest}.")
    return int(text)


def _time(text: str) -> int:
    ms = parse_iso(text)
    if ms is None:
        # Word for word the answer to `createdAfter=TEST_CASE_400` in Amazon's own sandbox.
        raise invalid_input()
    return ms


def _values(params: dict[str, str], name: str, allowed: tuple[str, ...] | None) -> tuple[str, ...]:
    if name not in params:
        return ()
    values = tuple(params[name].split(","))
    for value in values:
        if not value or value != value.strip() or (allowed is not None and value not in allowed):
            raise invalid_input(f"{name} has a value that is not allowed.")
    return values


class PageTokens:
    """Page tokens: sealed, bound to their query, good for 24 hours, and as often as one likes."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"page tokens {seed}".encode()).digest()

    def seal(self, search: Search, last: Key, now_ms: int) -> str:
        """The token of the page after the one that ends with `last`."""
        body = json.dumps([search.bound, search.before_ms, last, now_ms], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def open(self, search: Search, now_ms: int) -> Search:
        """The same search, going on where its token says; the upper bound stays that of the first page."""
        token = search.page_token
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            raise invalid_input("paginationToken is malformed.") from None
        mac, body = sealed[:16], sealed[16:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise invalid_input("paginationToken is malformed.")
        bound, before_ms, last, issued_ms = json.loads(body)
        if bound != search.bound:
            raise invalid_input("paginationToken belongs to a request with other parameters.")
        if now_ms - issued_ms > PAGE_TOKEN_LIFE_MS:
            raise invalid_input("paginationToken has expired.")
        return replace(search, before_ms=before_ms, beyond=(last[0], last[1]))

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:16]
