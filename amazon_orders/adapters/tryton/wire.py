"""Calls Tryton: one proteus configuration for each thread, every call a transaction of its own, three outcomes.

A call returns, or raises `Refused` where Tryton said no and wrote nothing, or `StoreUnavailable` where nobody knows.
proteus' records would ask Tryton at every attribute; here its proxies are called with whole records instead, so that an
order and its lines are written by one call.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import sqlite3
import sys
import threading
import xmlrpc.client
from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers.expat import ExpatError

from proteus import config as proteus

from ...errors import StoreUnavailable
from .options import Options
from .transport import Transport

READING = ("read", "search_read", "fields_get")
USER_ERROR, USER_WARNING, LOGIN = 1, 2, 3
"""Codes of Tryton's faults. Another one means that it failed, not that it refused."""


class Refused(Exception):
    """Tryton said no. `words` are its own and may name a person."""

    def __init__(self, model: str, method: str, words: str) -> None:
        super().__init__(f"{model}.{method}")
        self.model = model
        self.method = method
        self.words = words


class Warned(Refused):
    """Tryton wants somebody to confirm first."""


class Wire:
    """The way to one Tryton. Usable from any thread."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._mine = threading.local()
        self.context: dict[str, Any] = {}
        """What every call is told beside the user's own preferences."""

    def call(
        self,
        model: str,
        method: str,
        *arguments: Any,
        kind: str = "model",
        warnings: Sequence[str] = (),
        **context: Any,
    ) -> Any:
        """Call a method of a model, or of a wizard. `warnings` are the names of those that may be skipped."""
        try:
            return self._ask(model, method, arguments, kind, context)
        except Warned as warned:
            if not warnings:
                raise
            for name in warnings:
                self._ask("res.user.warning", "skip", (name, False), "model", {})
            try:
                return self._ask(model, method, arguments, kind, context)
            except Warned:
                raise warned from None

    def find(self, model: str, domain: list[Any], fields: Sequence[str], **context: Any) -> list[dict[str, Any]]:
        """Records that fulfil a condition, oldest first."""
        found: list[dict[str, Any]] = self.call(
            model, "search_read", domain, 0, None, [("id", "ASC")], list(fields), **context
        )
        return found

    def pages(self, model: str, domain: list[Any], fields: Sequence[str], size: int, **context: Any) -> Any:
        """Pages of records, oldest first; nothing stays open however slowly they are consumed."""
        after = 0
        while True:
            page: list[dict[str, Any]] = self.call(
                model, "search_read", [*domain, ("id", ">", after)], 0, size, [("id", "ASC")], list(fields), **context
            )
            yield page
            if len(page) < size:
                return
            after = page[-1]["id"]

    def close(self) -> None:
        """End this thread's session, as far as it can be."""
        config = self._mine.__dict__.pop("config", None)
        if isinstance(config, proteus.XmlrpcConfig):
            with contextlib.suppress(StoreUnavailable, Refused), _outcomes("common.db", "logout"):
                config.server.common.db.logout()
            config.server("close")()

    def __repr__(self) -> str:
        return f"<Wire to {self._options.url or self._options.database}>"

    def _ask(self, model: str, method: str, arguments: Sequence[Any], kind: str, context: dict[str, Any]) -> Any:
        for _ in range(2):
            config = self._config()
            try:
                with _outcomes(model, method):
                    told = {**config.context, **self.context, **context}
                    return getattr(config.get_proxy(model, type=kind), method)(*arguments, told)
            except _Expired:
                self._mine.__dict__.pop("config", None)
        raise StoreUnavailable(f"Tryton ended the session twice at {model}.{method}; its log says why")

    def _config(self) -> Any:
        config = getattr(self._mine, "config", None)
        # On the other side of a fork the connection is the parent's.
        if config is None or self._mine.process != os.getpid():
            with _outcomes("common.db", "login"):
                config = self._mine.config = self._remote() if self._options.url else self._local()
            self._mine.process = os.getpid()
        return config

    def _local(self) -> Any:
        options = self._options
        try:
            return proteus.TrytondConfig(options.database, options.user, config_file=options.config_file or None)
        except ImportError as error:
            raise StoreUnavailable(f"{error.name} is missing, which a Tryton in this process needs; use url") from error
        except IndexError as error:
            raise StoreUnavailable("Tryton has no such user; correct user") from error

    def _remote(self) -> Any:
        """A session of its own: a password costs the server a tenth of a second each time, a session nothing."""
        options = self._options
        way = Transport(options.url, options.timeout)
        with xmlrpc.client.ServerProxy(options.url, allow_none=True, transport=way) as server:
            answer: Any = server.common.db.login(options.user, {"password": options.password})
        session = base64.b64encode(f"{options.user}:{answer[0]}:{answer[1]}".encode()).decode("ascii")
        way = Transport(options.url, options.timeout, [("Authorization", f"Session {session}")])
        return proteus.XmlrpcConfig(options.url, transport=way)


class _Expired(Exception):
    """The session is over. Tryton looked at nothing else, so the call may be sent again."""


@contextlib.contextmanager
def _outcomes(model: str, method: str) -> Iterator[None]:
    """What is raised inside leaves as one of three things, without Tryton's text: that may name a person."""
    try:
        yield
    except Exception as error:
        meaning = _meaning(model, method, error)
        if meaning is None:
            raise
        raise meaning from None


def _meaning(model: str, method: str, error: Exception) -> Exception | None:
    """What an error of Tryton's or of the way to it means; `None`: it is neither."""
    code, words = _fault(error)
    if code == USER_ERROR and method in READING:
        return StoreUnavailable(f"Tryton does not let the user read {model}; give the user the groups Sales and Stock")
    if code == USER_ERROR:
        return Refused(model, method, words)
    if code == USER_WARNING:
        return Warned(model, method, words)
    if code == LOGIN:
        return StoreUnavailable(
            "Tryton wants another proof than the password; let the library's user log in by password"
        )
    if code is not None:
        return StoreUnavailable(
            f"Tryton failed at {model}.{method} (fault {code}); its log says why. The library looks and tries again"
        )
    if isinstance(error, xmlrpc.client.ProtocolError):
        return _Expired() if error.errcode == 401 and method != "login" else _no_answer(model, method, error)
    if isinstance(error, TimeoutError):
        return StoreUnavailable(f"Tryton did not answer {model}.{method} in time; raise timeout if it is that slow")
    if isinstance(error, (OSError, http.client.HTTPException, ExpatError, xmlrpc.client.Error)):
        return StoreUnavailable(
            f"Tryton did not answer {model}.{method} ({type(error).__name__}): look whether it runs and url is right; "
            "the library looks and tries again"
        )
    if _of_database(error):
        return StoreUnavailable(f"Tryton's database failed at {model}.{method} ({type(error).__name__})")
    return None


def _fault(error: Exception) -> tuple[int | None, str]:
    """Code and words of an error of Tryton's, from afar or in this process; no code for any other."""
    if isinstance(error, xmlrpc.client.Fault):
        return error.faultCode, error.faultString
    own = sys.modules.get("trytond.exceptions")  # never imported here: the library does not build on trytond
    if own is not None and isinstance(error, own.TrytonException):
        return getattr(error, "code", 255), str(error)
    return None, ""


def _of_database(error: Exception) -> bool:
    if isinstance(error, (sqlite3.DatabaseError, sqlite3.InterfaceError)):
        return True
    return any(kind.__module__.startswith("psycopg") for kind in type(error).__mro__)


def _no_answer(model: str, method: str, error: xmlrpc.client.ProtocolError) -> StoreUnavailable:
    """An HTTP status in place of an answer. The text of a `ProtocolError` holds the address and is left out."""
    match error.errcode:
        case 401 | 403:
            why = "refuses the user or the password, or the user may not call it; correct user and password"
        case 404 | 405:
            why = "has no such database or address; correct url"
        case 429:
            why = "refuses the user for a while, after too many wrong passwords; correct the password"
        case _:
            why = "failed, or a proxy before it did; its log says why"
    return StoreUnavailable(f"Tryton {why} (HTTP {error.errcode} at {model}.{method})")
