"""The in-process door: a transport adapter for `requests`."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from amazon_orders.sandbox.messages import Request, Response

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class InProcess(BaseAdapter):
    """Answers a session's requests here, damage and timeouts included."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        super().__init__()
        self._answer = answer
        self._builder = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer one request; raises what `requests` raises when a peer hangs or hangs up."""
        del stream, verify, cert, proxies  # the session reads the body; the rest speaks of a wire
        response = self._answer(_read(request))
        patience = _read_timeout(timeout)
        if response.delay:
            if patience is not None and response.delay > patience:
                time.sleep(patience)
                raise requests.ReadTimeout(f"Read timed out. (read timeout={patience})", request=request)
            time.sleep(response.delay)
        if response.reset:
            cause = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
            raise requests.ConnectionError(cause, request=request)
        headers = {"Content-Type": response.content_type, "Content-Length": str(len(response.body)), **response.headers}
        raw = HTTPResponse(
            body=io.BufferedReader(_Pieces(pieces(response), patience), 1),
            headers=headers,
            status=response.status,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Nothing is held open."""


def pieces(response: Response) -> Iterator[tuple[float, bytes]]:
    """The body as `(pause before it, bytes)`, as it would come through the wire."""
    body = response.body[: len(response.body) // 2] if response.cut else response.body
    if response.drip is None:
        yield 0.0, body
        return
    size, pause = response.drip
    for start in range(0, len(body), size):
        yield (pause if start else 0.0), body[start : start + size]


class _Pieces(io.RawIOBase):
    """A body that arrives piece by piece, as a socket's file would."""

    def __init__(self, pieces: Iterable[tuple[float, bytes]], patience: float | None) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._patience = patience
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            pause, piece = next(self._pieces, (0.0, None))
            if piece is None:
                return 0
            if pause:
                if self._patience is not None and pause > self._patience:
                    time.sleep(self._patience)
                    raise ReadTimeoutError(_NO_POOL, "", "Read timed out.")
                time.sleep(pause)
            self._rest = memoryview(piece)
        room = memoryview(buffer).cast("B")
        count = min(len(room), len(self._rest))
        room[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


_NO_POOL: Any = None  # urllib3 wants the pool that timed out; in process there is none


def _read(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    return Request(
        method=request.method or "GET",
        host=(parts.hostname or "").lower(),
        path=parts.path or "/",
        query=parts.query,
        # A session leaves the Host header to the connection that there is not.
        headers={"host": parts.netloc, **{name.lower(): str(value) for name, value in request.headers.items()}},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _read_timeout(timeout: object) -> float | None:
    if isinstance(timeout, tuple):
        timeout = timeout[-1]
    if timeout is None or isinstance(timeout, int | float):
        return timeout
    value = getattr(timeout, "read_timeout", None)  # urllib3's Timeout, which requests passes through
    return value if isinstance(value, int | float) else None
