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


class _Here(threading.local):
    deadline: Deadline | None = None


_here = _Here()
_count = itertools.count()


class Deadline:
    """The end of one call. While it is entered, connections that this thread uses are cut when it is over."""

    def __init__(self, end: float) -> None:
        self.end = end
        """On the monotonic clock, in seconds."""
        self._socket: socket.socket | None = None
        self._queued = False

    def __enter__(self) -> Self:
        _here.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        _here.deadline = None
        self._socket = None

    def watch(self, connection: socket.socket) -> None:
        """From now on this is what the call waits for."""
        self._socket = connection
        if not self._queued:
            self._queued = True
            _cutter.queue(self)

    def cut(self) -> None:
        """End the call: whoever reads gets an error at once."""
        connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket: it would drop its state while another thread reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Cutter:
    """One thread for all calls of the process, started with the first."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._thread: threading.Thread | None = None

    def queue(self, deadline: Deadline) -> None:
        if self._process != os.getpid():
            self._begin()  # a forked child has none of its parent's threads
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


class _Watched(urllib3.connection.HTTPConnection):
    """A connection that tells the deadline of its thread what it waits for."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if _here.deadline is not None:
            # The handshake takes the socket over, so that the deadline needs a handle of its own.
            _here.deadline.watch(socket.socket(fileno=os.dup(made.fileno())))
        return made

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
