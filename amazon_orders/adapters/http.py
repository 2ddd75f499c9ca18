"""HTTP to a shop, for adapters: a total deadline for each call, and one of three outcomes.

| what happens | what is raised | what it means |
|---|---|---|
| 2xx with the JSON that was expected | nothing | done, and durable |
| 4xx | `Refused`, which is a `StoreRejected` | refused, and nothing was written |
| 401, 403, 408, 425, 429 | `StoreUnavailable` | not done, through no fault of the order: later it will be |
| 5xx, a redirect, anything else than that JSON, no whole answer in time | `StoreUnavailable` | unknown |

Nothing is tried again here: the library looks what is in the shop before it writes anew.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

import requests
import urllib3

from ..errors import StoreRejected, StoreUnavailable

__all__ = ["Refused", "ShopApi", "address_problem"]

log = logging.getLogger("amazon_orders.adapters.http")

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer. More is no answer to one page of a list."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NO_ACCESS = (401, 403)
_LATER = (408, 425, 429)
_WORD = re.compile(r"[a-z0-9_.-]{1,60}|[A-Z0-9_.-]{1,60}")
"""No name of a person is written so."""
_UNKNOWN = "Whether it was done is looked up before it is written again; if it stays so, see to the shop's server."


class Refused(StoreRejected):
    """The shop understood the call and says no: `status` is its HTTP status, `word` its own code for why, or empty."""

    def __init__(self, message: str, *, status: int, word: str = "", record: str = "") -> None:
        super().__init__(message, record=record)
        self.status = status
        self.word = word


class _Answer(NamedTuple):
    status: int
    body: bytes


class _TooMuchError(requests.RequestException):
    """The answer is larger than any, or comes when nobody waits for it."""


class _Session(requests.Session):
    """Keeps no cookies and follows nothing: a redirected POST becomes a GET, and the key would go elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read the body of one to its end, however long."""


class ShopApi:
    """A shop's API below one address. Threads may share it; a forked child gets connections of its own."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        deadline: float = 30.0,
        access: str = "",
        word: Callable[[Any], object] = lambda answer: answer["error"],
    ) -> None:
        """`headers` go with each call and no further: say there who asks. `deadline` is in seconds, for a whole call.

        `access` is told where the shop does not accept who asks: what to make where, and which setting it belongs in.
        `word` finds the shop's code for a refusal in its JSON. What is no plain word is left out of the message, for
        it might hold what a buyer typed in.
        """
        self._url = url.rstrip("/")
        self._headers = dict(headers)
        self._deadline = deadline
        self._access = access
        self._word = word
        self._kept = (os.getpid(), _Session())

    def __repr__(self) -> str:
        return f"<ShopApi of {urlsplit(self._url).hostname}>"

    def close(self) -> None:
        """Close the connections that are kept open. A call opens a new one."""
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        kind: type | None = dict,
        record: str = "",
    ) -> Any:
        """One call, sent once: the JSON of the answer. Numbers with a point are `Decimal`.

        `path` begins with a slash and holds nothing of a person: it is told in messages. `params` may hold lists. A
        `Decimal` in `body` is written as text, so that no shop reads it as a float. `kind` is what the JSON has to be;
        `None`: whatever it is, and also nothing, which is `None` then. `record` is what an error is about.
        """
        what = f"{method} {path}"
        content = None if body is None else json.dumps(body, default=_as_text).encode()
        answer = self._answer(what, method, path, params, content, record)
        found, is_json = _read(answer.body)
        if 200 <= answer.status < 300 and (isinstance(found, kind) if kind else is_json or not answer.body):
            return found
        if answer.status in _NO_ACCESS:
            why = f"The shop does not accept the credentials ({answer.status} to {what}). Nothing was written."
            raise StoreUnavailable(f"{why} {self._access}".rstrip(), record=record)
        if answer.status in _LATER:
            why = f"The shop is busy ({answer.status} to {what}). Nothing was written; it is tried again."
            raise StoreUnavailable(why, record=record)
        if 400 <= answer.status < 500:
            word = self._code(found)
            said = f"{answer.status}, {word}" if word else f"{answer.status}"
            raise Refused(f"The shop refused {what} ({said}).", status=answer.status, word=word, record=record)
        not_so = f", and not with {kind.__name__ if kind else 'JSON'}" if 200 <= answer.status < 300 else ""
        raise StoreUnavailable(f"The shop answered {what} with {answer.status}{not_so}. {_UNKNOWN}", record=record)

    @property
    def _session(self) -> requests.Session:
        process, session = self._kept
        if process != os.getpid():
            session = _Session()
            self._kept = (os.getpid(), session)
        return session

    def _answer(self, what: str, method: str, path: str, params: Any, content: bytes | None, record: str) -> _Answer:
        """The time-outs of sockets begin anew with every byte, and a resolver has none: a thread is waited for."""
        answers: queue.SimpleQueue[_Answer | Exception] = queue.SimpleQueue()
        late = threading.Event()
        session = self._session
        begun = time.monotonic()

        def work() -> None:
            try:
                answers.put(self._send(session, method, path, params, content, late))
            except Exception as error:  # noqa: BLE001 - raised or told by the thread that waits
                answers.put(error)

        threading.Thread(target=work, name="amazon-orders-shop", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline)
        except queue.Empty:
            late.set()
            raise StoreUnavailable(
                f"The shop did not answer {what} in {self._deadline:g} s. {_UNKNOWN}", record=record
            ) from None
        if isinstance(answer, (requests.RequestException, urllib3.exceptions.HTTPError)):
            # The error's own text is left out: it may hold the address with what was asked.
            gave = "no answer" if isinstance(answer, requests.ConnectionError) else "no whole answer"
            raise StoreUnavailable(
                f"The shop gave {gave} to {what} ({type(answer).__name__}). {_UNKNOWN}", record=record
            )
        if isinstance(answer, Exception):
            raise answer
        log.debug("%s answered %s in %d ms", what, answer.status, (time.monotonic() - begun) * 1000)
        return answer

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        params: Any,
        content: bytes | None,
        late: threading.Event,
    ) -> _Answer:
        kind = {} if content is None else {"Content-Type": "application/json"}
        with session.request(
            method,
            self._url + path,
            params=params,
            data=content,
            headers={"Accept": "application/json"} | kind,
            auth=self._say_who,
            timeout=self._deadline,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = bytearray()
            # By pieces as they come, so that nobody reads on for a caller who has given up.
            while piece := response.raw.read1(65536, decode_content=True):
                body += piece
                if late.is_set() or len(body) > LARGEST:
                    raise _TooMuchError
        return _Answer(response.status_code, bytes(body))

    def _say_who(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # A header of the session would be overwritten by a netrc file; this is not.
        request.headers.update(self._headers)
        return request

    def _code(self, found: Any) -> str:
        try:
            word = self._word(found)
        except (KeyError, IndexError, TypeError, AttributeError):
            return ""
        return word if isinstance(word, str) and _WORD.fullmatch(word) else ""


def address_problem(url: object) -> str:
    """What is wrong with the address of a shop, for `ConfigError`; empty where nothing is."""
    if not isinstance(url, str):
        return "has to be the shop's address, such as https://shop.example/api"
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        return "has to be the shop's address, such as https://shop.example/api"
    if parts.username or parts.password:
        return "may not hold a password: an address is shown in messages"
    if parts.query or parts.fragment:
        return "has to end with its path: what comes after ? or # belongs to single calls"
    if parts.scheme != "https" and host not in _LOOPBACK:
        return "has to begin with https: keys and buyers' addresses go there"
    return ""


def _read(body: bytes) -> tuple[Any, bool]:
    """The JSON, and whether it is some."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_number), True
    except (ValueError, RecursionError):
        return None, False


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} has no JSON; say it in words that have")
