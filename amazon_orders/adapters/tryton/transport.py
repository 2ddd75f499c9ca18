"""XML-RPC with a deadline: one call, sent once, ends in time whatever the other side does."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import threading
import xmlrpc.client
from typing import Any


class Transport(xmlrpc.client.Transport):
    """That of the standard library would send a call again where the connection breaks, and wait for each byte anew."""

    user_agent = "amazon-order-sync"

    def __init__(self, url: str, seconds: float, headers: list[tuple[str, str]] | None = None) -> None:
        super().__init__(use_builtin_types=True, headers=headers or [])
        self._kind = http.client.HTTPSConnection if url.startswith("https:") else http.client.HTTPConnection
        self._seconds = seconds

    def request(self, host: Any, handler: str, request_body: Any, verbose: bool = False) -> Any:
        """Send it once; `TimeoutError` where the answer is not whole in time."""
        connection = self.make_connection(host)
        late = threading.Event()
        guard = threading.Timer(self._seconds, _cut, (connection, late))
        guard.daemon = True
        guard.start()
        try:
            if connection.sock is None:
                connection.connect()
            _in_time(late)  # nothing wakes up a resolver: nothing is sent after it
            answer = self.single_request(host, handler, request_body, verbose)
            _in_time(late)
            return answer
        except Exception as error:
            self.close()
            if late.is_set():  # whatever it looks like: half an answer is one that cannot be read
                raise TimeoutError from error
            raise
        finally:
            guard.cancel()

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """The open connection, unless the other side has closed it meanwhile."""
        _, kept = self._connection
        if kept is not None and kept.sock is not None and select.select([kept.sock], [], [], 0)[0]:
            self.close()
        _, kept = self._connection
        if kept is None:
            kept = self._kind(host, timeout=self._seconds)
            self._connection = host, kept
        return kept


def _in_time(late: threading.Event) -> None:
    if late.is_set():
        raise TimeoutError


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """Wake up whoever waits for the connection; closing it would not."""
    late.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
