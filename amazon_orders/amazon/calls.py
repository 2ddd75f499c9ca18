"""One connection's calls to the Selling Partner API: each paid for, authorised and told apart by its outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ..errors import AmazonThrottled, AmazonUnavailable
from .auth import Authorisation
from .quotas import PLANS, Buckets
from .refusals import refusal, said
from .transport import Answer, Transport
from .user_agent import user_agent

_RATE = "x-amzn-RateLimit-Limit"


class Calls:
    """Sends operations for one connection. Every attempt takes a token of its own."""

    def __init__(
        self,
        name: str,
        *,
        endpoint: str,
        scope: str,
        authorisation: Authorisation,
        transport: Transport,
        buckets: Buckets,
    ) -> None:
        self._name = name
        self._endpoint = endpoint
        self._scope = scope
        self._auth = authorisation
        self._transport = transport
        self._buckets = buckets
        self._agent = user_agent()
        self._paid: dict[str, int] = {}
        self.made: dict[str, int] = {}
        """Calls that were sent, by operation, retries included."""
        self.throttled = 0
        self.before_write: Callable[[], object] | None = None
        """Runs just before whatever changes something at Amazon is sent, each time; stops it by raising."""

    def read(self, operation: str, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """A GET: the 2xx answer, or an error."""
        return self._call(operation, "GET", path, parameters or {}, None, True, ())

    def write(
        self,
        operation: str,
        method: str,
        path: str,
        content: Any,
        *,
        parameters: Mapping[str, str] | None = None,
        repeatable: bool = False,
        hidden: Sequence[str] = (),
    ) -> Answer:
        """A call with a JSON body: the 2xx answer, or an error.

        It is never sent again once it may have reached Amazon, unless it is `repeatable`; `AmazonUnavailable` then has
        `outcome_unknown`. Every other error means that nothing was done. `hidden` is kept out of their texts.
        """
        body = json.dumps(content, separators=(",", ":")).encode()
        return self._call(operation, method, path, parameters or {}, body, repeatable, hidden)

    def reserve(self, operation: str) -> bool:
        """Take a token now, in whatever transaction is open, for a call that comes next; `False` if none is free."""
        if self._take(operation) > 0:
            return False
        self._paid[operation] = self._paid.get(operation, 0) + 1
        return True

    def pay(self, operation: str) -> None:
        """Take a token now for a call that comes next. `AmazonThrottled` says when one is there."""
        self._take_or_raise(operation)
        self._paid[operation] = self._paid.get(operation, 0) + 1

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
        self._take_or_raise(operation)

    def _take_or_raise(self, operation: str) -> None:
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

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        parameters: Mapping[str, str],
        body: bytes | None,
        repeatable: bool,
        hidden: Sequence[str],
    ) -> Answer:
        def send(token: str) -> Answer:
            return self._send(operation, method, path, parameters, body, repeatable, token)

        token = self._auth.token()
        answer = send(token)
        if answer.status in (401, 403):
            # Perhaps the token was revoked or expired under way: once more with a new one, then it is the account.
            self._auth.refused(token)
            renewed = self._auth.token()
            if renewed != token:
                answer = send(renewed)
        if 200 <= answer.status < 300:
            return answer
        if answer.status == 429:
            raise self._too_many(operation, answer)
        raise refusal(operation, self._name, answer, hidden)

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        parameters: Mapping[str, str],
        body: bytes | None,
        repeatable: bool,
        token: str,
    ) -> Answer:
        self._pay(operation)

        def attempt_counts() -> None:
            self.made[operation] = self.made.get(operation, 0) + 1

        def may_go() -> None:
            if body is not None and self.before_write is not None:
                self.before_write()

        def again() -> None:
            self._pay(operation)
            attempt_counts()
            may_go()

        headers = {
            "x-amz-access-token": token,
            "x-amz-date": self._transport.amazon_now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "user-agent": self._agent,
            "accept": "application/json",
            "accept-encoding": "gzip",
        }
        if body is not None:
            headers["content-type"] = "application/json"
        may_go()
        attempt_counts()
        answer = self._transport.send(
            method,
            self._endpoint + path,
            operation=operation,
            params=parameters,
            headers=headers,
            body=body,
            before_retry=again,
            repeatable=repeatable,
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

    def _too_many(self, operation: str, answer: Answer) -> AmazonThrottled:
        plan = PLANS[operation]
        self.throttled += 1
        wait = self._buckets.drain(self._scope, operation, plan.rate, plan.burst)
        return AmazonThrottled(
            f"Amazon says that the quota of {operation} is used up for connection {self._name}. "
            f"The next run goes on in {wait:.0f} s.",
            retry_after=wait,
            code=said(answer)[0],
            request_id=answer.request_id,
            record=self._name,
        )


def segment(name: str) -> str:
    """`name` as one part of a path, whatever is in it. `ValueError` for one that would be a step in the path."""
    if name in ("", ".", ".."):
        raise ValueError(f"{name!r} names nothing")
    return quote(name, safe="")


def moment(at: datetime) -> str:
    """A time as Amazon takes it: UTC, milliseconds. `ValueError` for one that is not aware."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def aware(text: Any, operation: str) -> datetime:
    """A time as Amazon tells it. `AmazonUnavailable` for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise AmazonUnavailable(
            f"Amazon's answer to {operation} holds a time that is none. This is Amazon's fault; try again later.",
            record=operation,
        )
    return at
