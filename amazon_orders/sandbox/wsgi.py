"""The WSGI door: the simulated Amazon as a plain WSGI application."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from amazon_orders.sandbox.messages import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def application(answer: Callable[[Request], Response]) -> WSGIApplication:
    """A WSGI application around `answer`. A reset is a `ConnectionResetError`, which servers answer by closing."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = answer(_read(environ))
        if response.delay:
            time.sleep(response.delay)
        if response.reset:
            raise ConnectionResetError("the simulated Amazon resets this connection, as a fault asks for")
        headers = [("Content-Type", response.content_type), ("Content-Length", str(len(response.body)))]
        headers += response.headers.items()
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return _paced(response)

    return app


def _paced(response: Response) -> Iterable[bytes]:
    body = response.body[: len(response.body) // 2] if response.cut else response.body
    return [body] if response.drip is None else _dripping(body, *response.drip)


def _dripping(body: bytes, size: int, pause: float) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        if start:
            time.sleep(pause)
        yield body[start : start + size]


def _read(environ: WSGIEnvironment) -> Request:
    headers = {
        name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    host = headers.get("host") or environ.get("SERVER_NAME", "")
    raw_path = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    path = raw_path.split("?")[0] if raw_path else quote(environ.get("PATH_INFO", "/").encode("latin-1"))
    return Request(
        method=environ["REQUEST_METHOD"],
        host=host_name(host),
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length else b"",
    )


def host_name(host: str) -> str:
    """A Host header without its port, lower case."""
    return host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host.lower()
