"""HTTP to a shop, for adapters: a total deadline for each call, and one of three outcomes.

| what happens | what is raised | what it means |
|---|---|---|
| 2xx with the JSON that was expected | nothing | done, and durable |
| 4xx with JSON | `Refused`, a `StoreRejected` | refused, and nothing was written |
| 401, 403, 407, 408, 423, 425, 429 | `Unanswered`, a `StoreUnavailable` | not done, through no fault of the order |
| anything else, or no whole answer in time | `Unanswered`, a `StoreUnavailable` | unknown |

A call is sent once, and never after its end: the library looks what is in the shop before it writes anew.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests

from ..errors import ConfigError, StoreRejected, StoreUnavailable
from ..wire import FAILURES, LOOPBACK, Deadline, Reply, Session, exchange

__all__ = ["Answer", "Refused", "ShopApi", "Unanswered", "address_problem"]

Headers = Mapping[str, str]

_NO_ACCESS = (401, 403, 407)
_LATER = (408, 423, 425, 429)
_EMPTY = (204, 205)
_WORD = re.compile(r"[a-z_]{1,60}|[A-Z_]{1,60}")
_HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_ADDRESS = re.compile(r"[\x21-\x7e]+")
_PATH = re.compile(r"/[\x21-\x7e]*")
_SHORTEST, _LONGEST = 0.1, 600.0
_LARGEST_EXPONENT = 30
"""No amount has more digits before or behind its point, and some numbers would fill the memory once written out."""
_UNKNOWN = "Whether it was done is looked up before it is written again; if it stays so, see to the shop's server."


class Refused(StoreRejected):
    """The shop understood the call and says no: `status` is its HTTP status, `word` its own code for why, or empty."""

    def __init__(self, message: str, *, status: int, word: str = "", record: str = "") -> None:
        super().__init__(message, record=record)
        self.status = status
        self.word = word


class Unanswered(StoreUnavailable):
    """Not done, or unknown: `status` is the HTTP status, 0 where there was no whole answer."""

    def __init__(self, message: str, *, status: int = 0, record: str = "") -> None:
        super().__init__(message, record=record)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shop said to a call that it did."""

    status: int
    headers: Headers = field(repr=False)
    json: Any = field(repr=False)


class ShopApi:
    """A shop's API below one address. Threads may share it; a forked child gets connections of its own."""

    def __init__(
        self,
        url: str,
        headers: Headers | Callable[[], Headers],
        *,
        deadline: float = 30.0,
        access: str = "",
        word: Callable[[Any], object] = lambda answer: answer["error"],
    ) -> None:
        """`headers` say who asks and go with each call; a function is asked anew for each. `deadline` is in seconds.

        `access` is told where the shop does not accept who asks: what to make where, and which setting it belongs in.
        `word` finds the shop's code for a refusal in its JSON. What is not a plain word of small letters, or of capital
        ones, is left out of the message: it might hold what a buyer typed in.

        `ConfigError` where a header cannot be sent, `ValueError` for another argument.
        """
        if problem := address_problem(url):
            raise ValueError(f"url {problem}")
        if not _SHORTEST <= deadline <= _LONGEST:
            raise ValueError(f"deadline has to be a number of seconds, from {_SHORTEST:g} to {_LONGEST:g}")
        self._url = url.rstrip("/")
        self._headers = headers
        self._deadline = deadline
        self._access = access
        self._word = word
        self._session = Session()
        if not callable(headers):
            _check_headers(headers)

    def __repr__(self) -> str:
        return f"<ShopApi of {urlsplit(self._url).hostname}>"

    def close(self) -> None:
        """Close the connections that are kept open. A call opens a new one."""
        self._session.close()

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The JSON that `ask` gets."""
        return self.ask(method, path, **more).json

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Headers | None = None,
        kind: type | None = dict,
        record: str = "",
    ) -> Answer:
        """One call, sent once. Numbers with a point in the answer are `Decimal`.

        `path` begins with a slash, is quoted already and holds nothing of a person: it is told in messages. `params`
        may hold lists. `body` is sent as JSON, a `Decimal` in it as text; `form` as a form. `headers` are this call's
        own. `kind` is what the JSON has to be; `None`: whatever it is, and also nothing, which is `None` then. `record`
        is what an error is about.

        Raises `Refused` or `Unanswered`; `ConfigError` for a header, `ValueError` or `TypeError` for another argument.
        """
        if not _PATH.fullmatch(path) or set("?#") & set(path) or ".." in path.split("/"):
            raise ValueError("path has to begin with a slash and to be quoted; what comes after ? belongs to params")
        what = f"{method} {path}"
        request = requests.Request(method, self._url + path, params=params, data=form)
        if body is not None:
            request.data = json.dumps(_plain(body), allow_nan=False).encode()
            request.headers["Content-Type"] = "application/json"
        own = {"Accept": "application/json", "User-Agent": "amazon-order-sync"}
        request.headers |= own | {**self._who(), **(headers or {})}
        _check_headers(request.headers)
        reply = self._reply(what, request, record)
        found, is_json = _read(reply.body)
        nothing = kind is None and (reply.status in _EMPTY or reply.headers.get("Content-Length") == "0")
        if 200 <= reply.status < 300 and (nothing or (is_json and isinstance(found, kind or object))):
            return Answer(reply.status, reply.headers, found)
        raise self._failure(what, reply, found, is_json, record)

    def _who(self) -> Headers:
        return self._headers() if callable(self._headers) else self._headers

    def _reply(self, what: str, request: requests.Request, record: str) -> Reply:
        prepared = self._session.prepare_request(request)
        deadline = Deadline(time.monotonic() + self._deadline)
        try:
            return exchange(self._session, prepared, deadline)
        except FAILURES as error:
            # The error's own text is left out: it may hold the address with what was asked.
            late = deadline.over or deadline.left <= 0
            why = f"did not answer {what} in {self._deadline:g} s" if late else _gave(error, what)
            then = "Nothing was sent; see to the shop's address and network." if deadline.nothing_sent else _UNKNOWN
            raise Unanswered(f"The shop {why}. {then}", record=record) from None

    def _failure(self, what: str, reply: Reply, found: Any, is_json: bool, record: str) -> StoreRejected | Unanswered:
        status = reply.status
        if status in _NO_ACCESS:
            why = f"The shop does not accept the credentials ({status} to {what}). Nothing was written. {self._access}"
            return Unanswered(why.rstrip(), status=status, record=record)
        if status in _LATER:
            why = f"The shop is busy ({status} to {what}). Nothing was written; it is tried again."
            return Unanswered(why, status=status, record=record)
        if 400 <= status < 500 and is_json:
            word = self._code(found)
            said = f"{status}, {word}" if word else f"{status}"
            return Refused(f"The shop refused {what} ({said}).", status=status, word=word, record=record)
        if 400 <= status < 500:
            why = f"Something else than the shop's API answered {what} with {status}: see to the shop's address."
            return Unanswered(why, status=status, record=record)
        other = ", and not with the JSON that was expected" if 200 <= status < 300 else ""
        return Unanswered(f"The shop answered {what} with {status}{other}. {_UNKNOWN}", status=status, record=record)

    def _code(self, found: Any) -> str:
        try:
            word = self._word(found)
        except (AttributeError, LookupError, StopIteration, TypeError, ValueError):
            return ""  # the shop has refused, whatever its JSON looks like
        return word if isinstance(word, str) and _WORD.fullmatch(word) else ""


def address_problem(url: object) -> str:
    """What is wrong with the address of a shop, for `ConfigError`; empty where nothing is."""
    no_address = "has to be the shop's address, such as https://shop.example/api"
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        return no_address
    try:
        parts = urlsplit(url)
        host = parts.hostname
        requests.Request("GET", url).prepare()
    except (requests.RequestException, ValueError):
        return no_address
    if not host or parts.scheme not in ("http", "https"):
        return no_address
    if "@" in parts.netloc:
        return "may not hold a name or a password: an address is shown in messages"
    if "?" in url or "#" in url:
        return "has to end with its path: what comes after ? or # belongs to single calls"
    if parts.scheme != "https" and host not in LOOPBACK:
        return "has to begin with https: keys and buyers' addresses go there"
    return ""


def _check_headers(headers: Mapping[str, Any]) -> None:
    """Errors of the libraries below would repeat the value, which may be a key."""
    problems = {
        name: "is empty, or holds a line break, a space at its end or a character that no header may hold"
        for name, value in headers.items()
        if not isinstance(value, str) or not _HEADER.fullmatch(value)
    }
    if problems:
        raise ConfigError("The shop cannot be called with this key.", problems=problems)


def _gave(error: BaseException, what: str) -> str:
    gave = "no answer" if isinstance(error, requests.ConnectionError) else "no whole answer"
    return f"gave {gave} to {what} ({type(error).__name__})"


def _plain(value: Any) -> Any:
    """For JSON. An amount that was a float is wrong already."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        raise TypeError("a float in the body: amounts are Decimal, or text")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _read(body: bytes) -> tuple[Any, bool]:
    """The JSON, and whether it is some."""
    try:
        return json.loads(body, parse_float=_number, parse_constant=_no_number), True
    except (ValueError, RecursionError):
        return None, False


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError("no amount has such an exponent") from None
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("no amount has such an exponent")
    return number


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
