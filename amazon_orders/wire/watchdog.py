"""A clock that cuts connections: a peer that drips bytes would otherwise outlive every time-out of the socket."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from typing import Any, Self

import urllib3.connection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import allowed_gai_family, create_connection

_CONNECT_SECONDS = 10.0
"""For one address of a host; the next is then tried."""


class _Here(threading.local):
    deadline: Deadline | None = None


_here = _Here()
_count = itertools.count()


class Deadline:
    """The end of one call. While it is entered, connections that this thread uses are cut when it is over."""

    def __init__(self, end: float) -> None:
        self.end = end
        """On the monotonic clock, in seconds."""
        self.over = False
        """Whether the end came while the call was still waiting. What it read until then may be cut off."""
        self.connecting = False
        """Whether a connection of our own is being made for the call."""
        self.sent = False
        """Whether a byte of the request may have left on a connection of our own."""
        self._socket: socket.socket | None = None
        self._own: socket.socket | None = None
        self._queued = False

    @property
    def nothing_sent(self) -> bool:
        """Whether it is certain that no byte of the request left. Of somebody else's connection nothing is known."""
        return self.connecting and not self.sent

    @property
    def left(self) -> float:
        """Seconds."""
        return self.end - time.monotonic()

    def __enter__(self) -> Self:
        _here.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        _here.deadline = None
        self._socket = None
        self._drop()

    def watch(self, connection: socket.socket, *, own: bool = False) -> None:
        """From now on this is what the call waits for. `own`: a handle made for the watch, closed with it."""
        self._socket = connection
        self._drop()
        self._own = connection if own else None
        if not self._queued:
            self._queued = True
            _cutter.queue(self)
        if self.over or self.left <= 0:
            raise TimeoutError("the call is over")

    def cut(self) -> None:
        """End the call: whoever reads gets an error at once."""
        self.over = True
        connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket: it would drop its state while another thread reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None


class _Cutter:
    """One thread for all calls of the process, started with the first."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start afresh: a forked child has none of its parent's threads, and its locks may be held for ever."""
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._thread: threading.Thread | None = None

    def queue(self, deadline: Deadline) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (deadline.end, next(_count), deadline))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="amazon-orders-deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0][2] is deadline:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                    self._changed.wait(left)
                deadline = heapq.heappop(self._waiting)[2]
            deadline.cut()


_cutter = _Cutter()
os.register_at_fork(after_in_child=_cutter.begin)


def _addresses(host: str, port: int, deadline: Deadline) -> list[str]:
    """The host's addresses. Looked up in a thread, since a resolver that is silent cannot be interrupted."""
    found: list[str] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host.strip("[]"), port, allowed_gai_family(), socket.SOCK_STREAM)
        except OSError as error:
            failed.append(error)
        except UnicodeError:
            failed.append(OSError("that is no host's name"))
        else:
            found.extend(str(row[4][0]) for row in rows)

    resolver = threading.Thread(target=look_up, name="amazon-orders-resolver", daemon=True)
    resolver.start()
    resolver.join(max(deadline.left, 0))
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("the name was not resolved in time")
    return found


def _connected(host: str, port: int, deadline: Deadline, options: Any) -> socket.socket:
    """A socket to the first address that answers, within the deadline of all of them together."""
    failure: OSError = TimeoutError("no address answered in time")
    for address in _addresses(host, port, deadline):
        if deadline.left <= 0:
            break
        try:
            return create_connection((address, port), min(_CONNECT_SECONDS, deadline.left), socket_options=options)
        except OSError as error:
            failure = error
    raise failure


class _Watched(urllib3.connection.HTTPConnection):
    """A connection that tells the deadline of its thread what it waits for."""

    def _new_conn(self) -> socket.socket:
        deadline = _here.deadline
        if deadline is None:
            return super()._new_conn()
        deadline.connecting = True
        made = _connected(self.host, self.port or self.default_port, deadline, self.socket_options)
        try:
            # The handshake takes the socket over, so that the deadline needs a handle of its own.
            deadline.watch(socket.socket(fileno=os.dup(made.fileno())), own=True)
        except OSError:
            made.close()
            raise
        return made

    def send(self, data: Any) -> None:
        deadline = _here.deadline
        if deadline is not None:
            if self.sock is None:
                self.connect()
            # Over TLS the handshake is done by now: what follows is the request itself.
            deadline.sent = True
            deadline.watch(self.sock)
        super().send(data)

    def getresponse(self) -> Any:
        if _here.deadline is not None and self.sock is not None:
            _here.deadline.watch(self.sock)
        return super().getresponse()


class _WatchedTls(_Watched, urllib3.connection.HTTPSConnection):
    """The same over TLS."""


class WatchedPool(HTTPConnectionPool):
    """A pool of watched connections."""

    ConnectionCls = _Watched


class WatchedTlsPool(HTTPSConnectionPool):
    """A pool of watched TLS connections."""

    ConnectionCls = _WatchedTls
