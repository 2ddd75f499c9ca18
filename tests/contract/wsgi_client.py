"""Calls a WSGI application as a server that is strict about PEP 3333 would."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    app: WSGIApplication,
    path: str,
    *,
    host: str = "127.0.0.1",
    query: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> Answer:
    """One request: a POST where a form is given; lists in the query become one value divided by commas."""
    body = urlencode(form).encode() if form else b""
    params = {name: ",".join(value) if isinstance(value, list) else value for name, value in (query or {}).items()}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if form else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(params, quote_via=quote),
        "HTTP_HOST": host,
        "wsgi.input": io.BytesIO(body),
    }
    if form:
        environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
    setup_testing_defaults(environ)
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        started.append((status, headers))
        return lambda data: None

    result = validator(app)(environ, start_response)
    try:
        received = b"".join(result)
    finally:
        getattr(result, "close", lambda: None)()
    status, sent = started[0]
    return Answer(int(status.split()[0]), dict(sent), received)
