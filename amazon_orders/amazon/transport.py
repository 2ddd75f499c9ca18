"""HTTP to Amazon: one session and one TLS context for the process, a total deadline, one retry policy.

Success is a 2xx; whether the body means anything is for the caller to say. Bodies and headers are never logged.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
import tenacity
from requests.adapters import BaseAdapter

from ..errors import AmazonUnavailable, ConfigError
from ..wire import FAILURES, LOOPBACK, Deadline, Session, exchange

log = logging.getLogger("amazon_orders.amazon")

_SHORTEST_TRY = 0.05
_UNSURE = timedelta(minutes=15)
"""How wrong our clock may be while Amazon's is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers, whole body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    request_id: str = ""


class Transport:
    """Sends requests. Shared by every connection and thread of a process."""

    def __init__(
        self,
        *,
        adapter: BaseAdapter | None = None,
        deadline: float = 30.0,
        attempts: int = 4,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        jitter: random.Random | None = None,
    ) -> None:
        """`deadline` is in seconds and covers one call with all its attempts, pauses, headers and body."""
        self._session = Session(adapter)
        self._deadline = deadline
        self._attempts = attempts
        self._now = now
        self._sleep = sleep
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads retries, protects nothing
        self._ahead: timedelta | None = None

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def amazon_now(self) -> datetime:
        """Amazon's clock, as far as its last `Date` header tells; ours before the first answer."""
        return self._now() + (self._ahead or timedelta())

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far Amazon's clock is ahead of ours, to a second or two; `None` before its first answer."""
        return self._ahead

    def amazon_now_at_least(self) -> datetime:
        """A time that Amazon's clock has passed: before its first answer ours may be ahead by a quarter of an hour."""
        return self._now() - _UNSURE if self._ahead is None else self.amazon_now()

    def send(
        self,
        method: str,
        url: str,
        *,
        operation: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        failed: Callable[[Answer], bool] | None = None,
        before_retry: Callable[[], None] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """One call. A 5xx, no answer, or a broken one is tried again within the deadline, then `AmazonUnavailable`.

        `failed` says of an answer that is no 5xx whether it means the same. `before_retry` runs before every further
        attempt and may refuse it by raising.

        A call that is not `repeatable` is tried again only where nothing of it was sent; where it may have been carried
        out, `AmazonUnavailable` has `outcome_unknown`.
        """
        _refuse_unsafe(url)
        end = time.monotonic() + self._deadline
        request = requests.Request(method, url, params=params, headers=dict(headers or {}), data=form or body)
        prepared = self._session.prepare_request(request)

        def attempt() -> Answer:
            answer = self._once(prepared, operation, end, repeatable)
            if failed is not None and failed(answer):
                raise _unavailable(
                    operation, f"failed with {answer.status}", answer.status, answer.request_id, not repeatable
                )
            return answer

        def wait(state: tenacity.RetryCallState) -> float:
            return self._jitter.uniform(0, min(8.0, 0.5 * 2 ** (state.attempt_number - 1)))

        def stop(state: tenacity.RetryCallState) -> bool:
            return state.attempt_number >= self._attempts or time.monotonic() + state.upcoming_sleep >= end

        def again(_: tenacity.RetryCallState) -> None:
            if before_retry is not None:
                before_retry()

        policy = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_be_repeated),
            wait=wait,
            stop=stop,
            before_sleep=again,
            sleep=self._sleep,
            reraise=True,
        )
        return policy(attempt)

    def _once(self, prepared: requests.PreparedRequest, operation: str, end: float, repeatable: bool) -> Answer:
        left = end - time.monotonic()
        if left < _SHORTEST_TRY:
            raise _unavailable(operation, "did not answer in time")
        begun = time.monotonic()
        deadline = Deadline(end)
        try:
            reply = exchange(self._session, prepared, deadline)
        except FAILURES as error:
            unknown = not repeatable and not deadline.nothing_sent
            if deadline.over or time.monotonic() >= end:
                raise _unavailable(operation, "did not answer in time", unknown=unknown) from None
            if _nobody_listens(error) and urlsplit(prepared.url or "").hostname in LOOPBACK:
                raise _not_running(operation, prepared.url or "") from None
            # The kind of failure is enough; the text of these errors may hold the address with its parameters.
            what = f"gave no whole answer ({type(error).__name__})"
            raise _unavailable(operation, what, unknown=unknown) from None
        request_id = _printable(reply.headers.get("x-amzn-RequestId", ""))
        status = reply.status
        log.debug(
            "%s answered %s in %d ms, request id %s",
            operation, status, (time.monotonic() - begun) * 1000, request_id or "none",
        )  # fmt: skip
        self._learn_time(reply.headers.get("Date"))
        if status >= 500:
            raise _unavailable(operation, f"failed with {status}", status, request_id, not repeatable)
        if 300 <= status < 400:
            what = "answered with a redirect, which is never followed"
            raise _unavailable(operation, what, status, request_id, not repeatable)
        return Answer(status, reply.headers, reply.body, request_id)

    def _learn_time(self, date: str | None) -> None:
        if not date:
            return
        try:
            there = parsedate_to_datetime(date)
        except ValueError:
            return
        if there.tzinfo is not None:
            self._ahead = there - self._now()


def _refuse_unsafe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    raise ConfigError(
        "Amazon is reached over https only; plain http is for a simulated Amazon on this machine.",
        problems={"endpoint": f"{parts.scheme}://{parts.hostname or ''} is refused"},
        record="endpoint",
    )


def _nobody_listens(error: BaseException | None) -> bool:
    """Whether the connection was refused, by whatever library this is told."""
    while error is not None:
        if isinstance(error, ConnectionRefusedError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _not_running(operation: str, url: str) -> AmazonUnavailable:
    """On this machine there is no Amazon but a simulated one: neither Amazon nor the network is to blame."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    serve = f"amazon-orders sandbox serve --port {parts.port}" if parts.port else "amazon-orders sandbox serve"
    return AmazonUnavailable(
        f"The simulated Amazon at {parts.scheme}://{parts.hostname}{port} is not running. Start it: {serve}. "
        f"Nothing was lost ({operation}).",
        record=operation,
    )


def _printable(text: str) -> str:
    return text if len(text) <= 100 and text.isascii() and text.isprintable() else ""


def _may_be_repeated(error: BaseException) -> bool:
    return getattr(error, "retryable", False) and not getattr(error, "outcome_unknown", False)


def _unavailable(
    operation: str, what: str, status: int | None = None, request_id: str = "", unknown: bool = False
) -> AmazonUnavailable:
    then = "whether it was carried out is not known" if unknown else "nothing was lost, try again later"
    return AmazonUnavailable(
        f"Amazon's {operation} {what}. This is Amazon's or the network's fault; {then}.",
        status=status,
        request_id=request_id,
        record=operation,
        outcome_unknown=unknown,
    )
