"""A peer on loopback that answers byte by byte as a test tells it, and the small keepers of quotas and tokens."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON_HEADERS = {"Content-Type": "application/json"}
Say = Callable[[bytes], None]


@dataclass
class Heard:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Heard, Say], bool | None]
"""Answers one request; `False` ends the connection."""


def answer(status: int = 200, body: bytes | str | Any = b"{}", **headers: str) -> bytes:
    """A whole answer."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    names = JSON_HEADERS | {"Content-Length": str(len(body)), "x-amzn-RequestId": "request-1"}
    names |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    return f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + body


@dataclass
class Peer:
    """What the scripted server heard."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    scripts: list[Script] = field(default_factory=list)
    """One for each request; the last one stays."""

    def next_script(self, request: Heard) -> Script:
        self.heard.append(request)
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]


def says(*answers: bytes) -> list[Script]:
    """Scripts that send these answers, one for each request."""

    def script(whole: bytes) -> Script:
        return lambda _, say: say(whole)

    return [script(whole) for whole in answers]


@contextmanager
def serving(scripts: list[Script], *, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A server with these scripts while the block runs."""
    peer = Peer(scripts=list(scripts))
    listener = socket.create_server(("127.0.0.1", 0))
    host = "localhost" if tls else "127.0.0.1"
    peer.url = f"{'https' if tls else 'http'}://{host}:{listener.getsockname()[1]}"
    over = threading.Event()
    open_now: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            wire = tls.wrap_socket(connection, server_side=True) if tls else connection
            open_now.append(wire)
            with wire, wire.makefile("rb") as reader:
                while not over.is_set():
                    line = reader.readline().decode().strip()
                    if not line:
                        return
                    headers = {}
                    while header := reader.readline().decode().strip():
                        name, _, value = header.partition(":")
                        headers[name.lower()] = value.strip()
                    body = reader.read(int(headers.get("content-length", 0)))
                    request = Heard(line, headers, body)
                    if peer.next_script(request)(request, wire.sendall) is False:
                        return

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                peer.connections += 1
                open_now.append(connection)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_now:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        thread.join(2)


def hanging_up(after: bytes) -> Script:
    """Sends so much and ends the connection."""

    def script(_: Heard, say: Say) -> bool:
        say(after)
        return False

    return script


def dripping(whole: bytes, *, at_once: int, pause: float) -> Script:
    """Sends the first bytes together, then one after the other."""

    def script(_: Heard, say: Say) -> bool:
        say(whole[:at_once])
        for byte in whole[at_once:]:
            time.sleep(pause)
            say(bytes([byte]))
        return False

    return script


@dataclass
class Counter:
    """Buckets in memory, with as many tokens as a test gives; every question is written down."""

    tokens: dict[str, int] = field(default_factory=dict)
    """Operation -> tokens; those not named never run out."""
    learned: list[tuple[str, str, float]] = field(default_factory=list)
    drained: list[tuple[str, str]] = field(default_factory=list)
    taken: list[tuple[str, str, float, int]] = field(default_factory=list)

    def take(self, scope: str, operation: str, rate: float, burst: int) -> float:
        if self.tokens.get(operation, 1) < 1:
            return 1 / rate
        if operation in self.tokens:
            self.tokens[operation] -= 1
        self.taken.append((scope, operation, rate, burst))
        return 0.0

    def learn(self, scope: str, operation: str, rate: float) -> None:
        self.learned.append((scope, operation, rate))

    def drain(self, scope: str, operation: str, rate: float, burst: int) -> float:
        self.drained.append((scope, operation))
        self.tokens[operation] = 0
        return 1 / rate

    def left(self, scope: str, operation: str, rate: float, burst: int) -> float:
        return float(self.tokens.get(operation, burst))


class Drawer:
    """Access tokens in memory, one refresher at a time."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, datetime]] = {}
        self._alone = threading.RLock()

    def get(self, key: str) -> tuple[str, datetime] | None:
        return self.kept.get(key)

    def put(self, key: str, token: str, expires_at: datetime) -> None:
        self.kept[key] = (token, expires_at)

    def forget(self, key: str) -> None:
        self.kept.pop(key, None)

    def refreshing(self, key: str) -> AbstractContextManager[None]:
        del key
        return self._waiting()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        with self._alone:
            yield
