"""Login with Amazon: an access token for a seller's refresh token, asked for once however many threads want it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..errors import AmazonAuthError, AmazonError, AmazonThrottled, AmazonUnavailable, Busy, ConfigError
from ..model import TOKEN_ENDPOINT, Connection
from .quotas import Tokens
from .transport import Answer, Transport

_EARLY = timedelta(seconds=60)
"""A token is renewed this long before it expires, so that no call begins with a dying one."""
_TOKEN = re.compile(r"[!-~]{1,8192}")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_PASSING = frozenset({"server_error", "temporarily_unavailable"})
_WHAT_TO_DO = {
    "invalid_grant": "the seller took the authorisation back, or it expired: authorise the connection again",
    "unauthorized_client": "the application may not use this authorisation: authorise again with this application",
    "invalid_client": "the application's client id or secret is wrong or expired: see [lwa] in the config file",
}


@dataclass(frozen=True, slots=True)
class LwaCredentials:
    """The application's own credentials with Login with Amazon."""

    client_id: str
    client_secret: str = field(repr=False)
    application_id: str = ""


class _Locks:
    """One lock for each authorisation, shared by all clients of the process."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start afresh: what a thread of the parent holds is never let go in a forked child."""
        self._lock = threading.Lock()
        self._by_key: dict[str, threading.Lock] = {}

    def of(self, key: str) -> threading.Lock:
        with self._lock:
            return self._by_key.setdefault(key, threading.Lock())


_locks = _Locks()
os.register_at_fork(after_in_child=_locks.begin)


class Authorisation:
    """The access token of one connection."""

    def __init__(
        self,
        connection: Connection,
        credentials: LwaCredentials,
        *,
        transport: Transport,
        tokens: Tokens,
        now: Callable[[], datetime],
    ) -> None:
        self._name = connection.name
        self._refresh_token = connection.refresh_token
        self._url = connection.token_endpoint or TOKEN_ENDPOINT
        self._credentials = credentials
        self._transport = transport
        self._tokens = tokens
        self._now = now
        # Another refresh token or application is another key, so that a changed authorisation is never served stale.
        identity = f"{credentials.client_id}\n{self._refresh_token}\n{self._url}"
        self._key = f"{connection.name}:{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
        self._held: tuple[str, datetime] | None = None
        self.calls = 0

    @property
    def key(self) -> str:
        """Tells this authorisation from every other, without telling the secret."""
        return self._key

    def token(self) -> str:
        """A token that is good for at least a minute. `AmazonAuthError` where Amazon refuses the authorisation."""
        if (fresh := self._fresh(self._held)) is not None:
            return fresh
        with _locks.of(self._key):
            if (fresh := self._kept()) is not None:
                return fresh
            try:
                with self._tokens.refreshing(self._key):
                    return self._kept() or self._refresh()
            except Busy:
                raise AmazonUnavailable(
                    f"Another process has been asking for a token for connection {self._name} for too long. Try later.",
                    record=self._name,
                ) from None

    def renew(self) -> None:
        """Forget the token that is held or kept, so that the next call asks Login with Amazon anew."""
        with _locks.of(self._key):
            self._held = None
            self._tokens.forget(self._key)

    def refused(self, token: str) -> None:
        """Amazon refused `token`: forget it, unless somebody has renewed it meanwhile."""
        with _locks.of(self._key):
            if self._held is not None and self._held[0] == token:
                self._held = None
            kept = self._tokens.get(self._key)
            if kept is not None and kept[0] == token:
                self._tokens.forget(self._key)

    def _fresh(self, held: tuple[str, datetime] | None) -> str | None:
        return held[0] if held is not None and self._now() < held[1] - _EARLY else None

    def _kept(self) -> str | None:
        if (fresh := self._fresh(self._held)) is not None:
            return fresh
        self._held = self._tokens.get(self._key)
        return self._fresh(self._held)

    def _refresh(self) -> str:
        if not self._refresh_token:
            raise AmazonAuthError(
                f"Connection {self._name} has no authorisation yet. "
                f"Give it one: amazon-orders connection authorise {self._name}, "
                f"or amazon-orders connection set {self._name} --refresh-token-file FILE.",
                record=self._name,
            )
        if not self._credentials.client_id or not self._credentials.client_secret:
            raise ConfigError(
                "The application's credentials are missing.", problems={"lwa": "set client_id and client_secret"}
            )
        self.calls += 1
        answer = self._transport.send(
            "POST",
            self._url,
            operation="token request",
            headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
            form={
                "grant_type": "refresh_token",
                "refresh_token": self._refresh_token,
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
            },
            failed=lambda answer: said(answer)[0] in _PASSING,
        )
        code, body = said(answer)
        token, lifetime = body.get("access_token"), body.get("expires_in")
        # A token travels in a header, and what a header cannot hold must not end up in somebody's error text.
        if answer.status != 200 or not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
            raise refusal(self._name, answer, code, body)
        seconds = lifetime if type(lifetime) is int and 0 < lifetime <= 86400 else 3600
        expires_at = self._now() + timedelta(seconds=seconds)
        self._tokens.put(self._key, token, expires_at)
        self._held = (token, expires_at)
        return token


def refusal(name: str, answer: Answer, code: str, body: dict[str, Any]) -> AmazonError:
    """What Login with Amazon means by an answer that gives no token."""
    said = body.get("request_id")
    request_id = answer.request_id or (said if isinstance(said, str) and _CODE.fullmatch(said) else "")
    if answer.status == 429:
        return AmazonThrottled(
            f"Login with Amazon takes no more token requests for connection {name} just now.",
            retry_after=60.0,
            request_id=request_id,
            record=name,
        )
    if not code:
        return AmazonUnavailable(
            f"Login with Amazon gave no token for connection {name}. This is Amazon's fault; try later.",
            status=answer.status,
            request_id=request_id,
            record=name,
        )
    what = _WHAT_TO_DO.get(code, "check [lwa] in the config file and the connection's authorisation")
    return AmazonAuthError(
        f"Login with Amazon refuses connection {name} with {code}: {what}.",
        status=answer.status,
        code=code,
        request_id=request_id,
        record=name,
    )


def said(answer: Answer) -> tuple[str, dict[str, Any]]:
    """The code of a refusal, empty if there is none, and the body; empty where it is no JSON object."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return "", {}
    code = body.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "", body
