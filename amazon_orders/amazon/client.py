"""The operations of the Selling Partner API that the library uses, for one connection."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from ..errors import AmazonAuthError, AmazonError, AmazonRejected, AmazonThrottled, AmazonUnavailable, ConfigError
from ..model import REGIONS, Connection
from .auth import Authorisation, LwaCredentials
from .parsing import members, parse
from .query import DATA_SETS, OrderQuery, latest_bound
from .quotas import PLANS, Buckets, Tokens, scope_of
from .records import OrderPage, RawOrder, raw_order
from .transport import LOOPBACK, Answer, Transport
from .user_agent import user_agent

_RATE = "x-amzn-RateLimit-Limit"
_ORDERS = "/orders/2026-01-01/orders"
_WORD = re.compile(r"[A-Z]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """One marketplace of the seller's account."""

    marketplace_id: str
    country: str
    is_participating: bool
    has_suspended_listings: bool


class AmazonClient:
    """One connection's calls. Shares transport, buckets and tokens with every other."""

    def __init__(
        self,
        connection: Connection,
        credentials: LwaCredentials,
        *,
        transport: Transport,
        buckets: Buckets,
        tokens: Tokens,
        now: Callable[[], datetime],
    ) -> None:
        for address in (connection.endpoint, connection.token_endpoint):
            if address and urlsplit(address).hostname not in LOOPBACK:
                raise ConfigError(
                    f"Connection {connection.name} has an endpoint that is not on this machine.",
                    problems={"endpoint": "only a simulated Amazon on this machine may take Amazon's place"},
                    record=connection.name,
                )
        self._name = connection.name
        self._endpoint = (connection.endpoint or REGIONS[connection.region].endpoint).rstrip("/")
        self._scope = scope_of(credentials, connection.seller_id, connection.region)
        self._transport = transport
        self._buckets = buckets
        self._auth = Authorisation(connection, credentials, transport=transport, tokens=tokens, now=now)
        self._agent = user_agent()
        self._paid: dict[str, int] = {}
        self.calls: dict[str, int] = {}
        """Calls that were sent, by operation, retries included."""
        self.throttled = 0

    @property
    def authorisation_key(self) -> str:
        """Tells the connection's authorisation from every other, without telling the secret."""
        return self._auth.key

    def search_orders(self, query: OrderQuery, page_token: str | None = None) -> OrderPage:
        """One page of orders. Send a page's `next_token` with that page's `query`, which has the bounds that it had.

        An upper bound that Amazon does not allow yet is lowered, by Amazon's clock. Where nothing is left of the span
        then, the page is empty and Amazon is not asked.
        """
        query = query.bounded(self._transport.amazon_now_at_least())
        if query.empty:
            return OrderPage(b'{"orders":[]}', frozenset(query.data_sets), query=query)
        answer = self._call("searchOrders", _ORDERS, query.parameters(page_token))
        return OrderPage(answer.body, frozenset(query.data_sets), answer.request_id, page_token or "", query)

    def latest_bound(self) -> datetime:
        """The latest moment that a bound of a search may name now, by Amazon's clock as far as it is known."""
        return latest_bound(self._transport.amazon_now_at_least())

    def get_order(self, amazon_order_id: str, data_sets: tuple[str, ...] = DATA_SETS) -> RawOrder:
        """One order by its id. `AmazonRejected` with status 404 where Amazon does not know it."""
        path = f"{_ORDERS}/{quote(amazon_order_id, safe='')}"
        answer = self._call("getOrder", path, {"includedData": ",".join(data_sets)})
        try:
            start, end = members(answer.body)[b"order"]
        except (KeyError, ValueError):
            raise _empty("getOrder", answer) from None
        record = raw_order(answer.body[start:end], frozenset(data_sets))
        if record.data is None:
            raise _empty("getOrder", answer)
        return record

    def get_marketplace_participations(self) -> tuple[Participation, ...]:
        """The marketplaces of the account, and whether it sells there."""
        answer = self._call("getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations", {})
        payload = _json(answer).get("payload")
        if not isinstance(payload, list):
            raise _empty("getMarketplaceParticipations", answer)
        found = []
        for row in payload:
            marketplace = row.get("marketplace") if isinstance(row, dict) else None
            participation = row.get("participation") if isinstance(row, dict) else None
            if not isinstance(marketplace, dict) or not isinstance(participation, dict):
                raise _empty("getMarketplaceParticipations", answer)
            found.append(
                Participation(
                    marketplace_id=str(marketplace.get("id", "")),
                    country=str(marketplace.get("countryCode", "")),
                    is_participating=participation.get("isParticipating") is True,
                    has_suspended_listings=participation.get("hasSuspendedListings") is True,
                )
            )
        return tuple(found)

    def renew_token(self) -> None:
        """Ask for a new access token at the next call, whatever is kept: shows whether the credentials still work."""
        self._auth.renew()

    def reserve(self, operation: str) -> bool:
        """Take a token now, in whatever transaction is open, for a call that comes next; `False` if none is free."""
        if self._take(operation) > 0:
            return False
        self._paid[operation] = self._paid.get(operation, 0) + 1
        return True

    def tokens_left(self, operation: str) -> float:
        """Tokens of the operation's bucket now."""
        plan = PLANS[operation]
        return self._buckets.left(self._scope, operation, plan.rate, plan.burst)

    def _take(self, operation: str) -> float:
        plan = PLANS[operation]
        return self._buckets.take(self._scope, operation, plan.rate, plan.burst)

    def _pay(self, operation: str) -> None:
        if self._paid.get(operation):
            self._paid[operation] -= 1
            return
        wait = self._take(operation)
        if wait > 0:
            self.throttled += 1
            raise AmazonThrottled(
                f"The quota of {operation} is used up for connection {self._name}. "
                f"One call is free again in {wait:.0f} s; the next run goes on there.",
                retry_after=wait,
                status=None,
                record=self._name,
            )

    def _call(self, operation: str, path: str, parameters: dict[str, str]) -> Answer:
        token = self._auth.token()
        answer = self._send(operation, path, parameters, token)
        if answer.status in (401, 403):
            # Perhaps the token was revoked or expired under way: once more with a new one, then it is the account.
            self._auth.refused(token)
            renewed = self._auth.token()
            if renewed != token:
                answer = self._send(operation, path, parameters, renewed)
        if 200 <= answer.status < 300:
            return answer
        raise self._error(operation, answer)

    def _send(self, operation: str, path: str, parameters: dict[str, str], token: str) -> Answer:
        self._pay(operation)

        def attempt_counts() -> None:
            self.calls[operation] = self.calls.get(operation, 0) + 1

        def again() -> None:
            self._pay(operation)
            attempt_counts()

        attempt_counts()
        answer = self._transport.send(
            "GET",
            self._endpoint + path,
            operation=operation,
            params=parameters,
            headers={
                "x-amz-access-token": token,
                "x-amz-date": self._transport.amazon_now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
                "user-agent": self._agent,
                "accept": "application/json",
                "accept-encoding": "gzip",
            },
            before_retry=again,
        )
        self._learn(operation, answer.headers.get(_RATE))
        return answer

    def _learn(self, operation: str, header: str | None) -> None:
        try:
            rate = float(header or "")
        except ValueError:
            return
        if 0 < rate <= 1_000_000:
            # Not compared with what was heard before: other processes learn as well, and only the bucket knows what.
            self._buckets.learn(self._scope, operation, rate)

    def _error(self, operation: str, answer: Answer) -> AmazonError:
        code, message = _said(answer)
        if answer.status == 429:
            plan = PLANS[operation]
            self.throttled += 1
            wait = self._buckets.drain(self._scope, operation, plan.rate, plan.burst)
            return AmazonThrottled(
                f"Amazon says that the quota of {operation} is used up for connection {self._name}. "
                f"The next run goes on in {wait:.0f} s.",
                retry_after=wait,
                code=code,
                request_id=answer.request_id,
                record=self._name,
            )
        if answer.status in (401, 403):
            return AmazonAuthError(
                f"Amazon refuses {operation} for connection {self._name} ({code or answer.status}"
                f"{f', {message}' if message else ''}). Check that the "
                "seller is authorised for this application, that it has the roles, and that the region is right.",
                status=answer.status,
                code=code,
                request_id=answer.request_id,
                record=self._name,
            )
        return AmazonRejected(
            f"Amazon refuses {operation} for connection {self._name}: {code or answer.status}"
            f"{f', {message}' if message else ''}. The same call will be refused again.",
            status=answer.status,
            code=code,
            request_id=answer.request_id,
            record=self._name,
        )


def _said(answer: Answer) -> tuple[str, str]:
    """Amazon's code and message, and of its details the data sets that they name: the rest may be about a buyer.

    It may repeat what was sent, so it is cut, and long words, as tokens are, left out.
    """
    errors = _json(answer).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code, message = _short(first.get("code"), 60), _short(first.get("message"), 200)
    named = set(_WORD.findall(str(first.get("details")))) & set(DATA_SETS)
    return code, f"{message}, about {', '.join(sorted(named))}" if named else message


def _short(text: Any, longest: int) -> str:
    words = text.split() if isinstance(text, str) else []
    return " ".join(word if len(word) <= 60 and word.isprintable() else "…" for word in words)[:longest]


def _json(answer: Answer) -> dict[str, Any]:
    try:
        body = parse(answer.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _empty(operation: str, answer: Answer) -> AmazonUnavailable:
    return AmazonUnavailable(
        f"Amazon's answer to {operation} says success and holds nothing. This is Amazon's fault; try again later.",
        status=answer.status,
        request_id=answer.request_id,
        record=operation,
    )
