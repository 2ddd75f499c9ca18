"""One request and its whole answer, within a deadline; sent once, to where it was addressed and no further."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import requests
import urllib3
from requests.adapters import HTTPAdapter

from .body import read_body
from .watchdog import Deadline, WatchedPool, WatchedTlsPool

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What `exchange` raises where there is no whole answer. Their texts may hold the address with its parameters."""
_HOSTS = 8
_POOL = 32


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Session(requests.Session):
    """A session that takes nothing from the environment, keeps no cookies and follows nothing."""

    def __init__(self, adapter: requests.adapters.BaseAdapter | None = None) -> None:
        super().__init__()
        self.trust_env = False  # no proxy, no .netrc, no CA bundle by ambient variable
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.headers["accept-encoding"] = "gzip"
        chosen = adapter or pooled()
        self.mount("https://", chosen)
        self.mount("http://", chosen)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: where redirects are not followed, requests would read their bodies to the end, however long."""


def exchange(session: requests.Session, request: requests.PreparedRequest, deadline: Deadline) -> Reply:
    """Send it once. One of `FAILURES` where the answer is not whole in time; what `deadline` knows then holds."""
    with deadline:
        response = session.send(
            request, timeout=deadline.left, allow_redirects=False, stream=True, verify=True, proxies={}
        )
        try:
            body = read_body(response.raw, deadline)
        finally:
            response.close()
    return Reply(response.status_code, response.headers, body)


def pooled() -> HTTPAdapter:
    """Connections that are kept open, and that a deadline cuts."""
    return _Pooled(pool_connections=_HOSTS, pool_maxsize=_POOL, max_retries=0)


class _Pooled(HTTPAdapter):
    """Connections with the one TLS context of the process."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs["ssl_context"] = _tls()
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": WatchedPool, "https": WatchedTlsPool}
        self._process = os.getpid()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._process != os.getpid():
            # A forked child must not speak on its parent's connections. They are kept, not closed: the locks of
            # their pool may be held for ever by a thread that the child does not have.
            self._inherited = self.poolmanager
            self.init_poolmanager(_HOSTS, _POOL)
        return super().send(request, *args, **kwargs)

    def cert_verify(self, conn: Any, *_: Any, **__: Any) -> None:
        # requests would have the authorities read again, into the shared context, with every new connection.
        conn.cert_reqs = "CERT_REQUIRED"


_context_lock = threading.Lock()
_context: ssl.SSLContext | None = None


def _tls() -> ssl.SSLContext:
    """One context: making it reads every authority's certificate, some 20 ms each time."""
    global _context
    with _context_lock:
        if _context is None:
            _context = urllib3.util.ssl_.create_urllib3_context()
            _context.minimum_version = ssl.TLSVersion.TLSv1_2
            _context.load_verify_locations(certifi.where())
        return _context
