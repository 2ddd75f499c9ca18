"""The socket door: HTTP/1.1 with keep-alive on 127.0.0.1, lean enough to be no part of what it measures."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, BinaryIO

from amazon_orders.sandbox.messages import Request, Response, html_page
from amazon_orders.sandbox.wsgi import host_name

_MAX_BODY = 16 * 1024 * 1024
_MAX_LINE = 64 * 1024
_MAX_HEADERS = 100
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class _Malformed(Exception):
    """The request is not HTTP as RFC 7230 has it; the answer is HTML, as Amazon's is."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        self._open: set[Any] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Connection)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:
        # On record before its thread starts, so that `close` misses none.
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close(self) -> None:
        self.shutdown()
        with self._open_lock:
            for peer in self._open:
                with contextlib.suppress(OSError):
                    peer.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Connection(socketserver.BaseRequestHandler):
    request: socket.socket
    server: _Server

    def handle(self) -> None:
        # OSError: the client went away, which is its right.
        with contextlib.suppress(OSError), self.request.makefile("rb") as stream:
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._one(stream):
                pass

    def _one(self, stream: BinaryIO) -> bool:
        try:
            request = _read(stream)
        except _Malformed:
            _send(self.request, html_page(400))
            return False
        if request is None:
            return False
        response = self.server.answer(request)
        if response.delay:
            time.sleep(response.delay)
        if response.reset:
            # Closing with a linger of zero sends RST instead of FIN.
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.close()
            self.request.close()
            return False
        _send(self.request, response)
        return not response.cut and request.headers.get("connection", "").lower() != "close"


def _read(stream: BinaryIO) -> Request | None:
    line = stream.readline(_MAX_LINE)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise _Malformed
    headers: dict[str, str] = {}
    for _ in range(_MAX_HEADERS):
        line = stream.readline(_MAX_LINE)
        if line in (b"\r\n", b"\n"):
            break
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or name != name.strip():
            raise _Malformed
        headers[name.lower()] = value.strip()
    else:
        raise _Malformed
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdigit() or int(length) > _MAX_BODY:
        raise _Malformed
    path, _, query = parts[1].partition("?")
    host = host_name(headers.get("host", ""))
    return Request(parts[0], host, path, query, headers, stream.read(int(length)) if int(length) else b"")


def _send(peer: socket.socket, response: Response) -> None:
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, '')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines += [f"Content-Type: {response.content_type}", f"Content-Length: {len(response.body)}", "", ""]
    head = "\r\n".join(lines).encode("latin-1")
    body = response.body[: len(response.body) // 2] if response.cut else response.body
    if response.drip is None:
        peer.sendall(head + body)
        return
    peer.sendall(head)
    size, pause = response.drip
    for start in range(0, len(body), size):
        peer.sendall(body[start : start + size])
        time.sleep(pause)


@contextmanager
def running(answer: Callable[[Request], Response], port: int = 0) -> Iterator[str]:
    """A server in a thread while the block runs; yields its URL."""
    server = _Server(port, answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.close()
        thread.join()
