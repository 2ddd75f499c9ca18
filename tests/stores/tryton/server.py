"""A server of Tryton's own, in a process beside the tests, and a wire to it that can be made to fail."""

from __future__ import annotations

import os
import select
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .database import USER, Database
from .template import PASSWORD, environment, program

START_SECONDS = 60.0
STOP_SECONDS = 10.0
CALL_SECONDS = 120.0
TRIES = 3
"""Another program may take the port between looking for one and listening on it."""
# The shell ends with the server, and stops it when its own input ends: also where the run of the tests is killed.
_KEEPER = 'exec 3<&0; "$@" </dev/null & server=$!; { read -r _ <&3; kill $server; } & wait $server'


class Server(Database):
    """`trytond` on a copy of the template. Made only while a test wants it; `close` ends it."""

    def __init__(self, folder: Path) -> None:
        self.name = "remote"
        self.user = USER
        self.password = PASSWORD
        self.log = folder / "trytond.log"
        self._resets = 0
        super().__init__(folder / f"{self.name}.sqlite")
        for left in reversed(range(TRIES)):
            self.port = _free_port()
            self._keeper = self._start(folder)
            try:
                self._wait()
            except TimeoutError:
                self._end()
                if not left:
                    raise
            else:
                return

    @property
    def url(self) -> str:
        """Of its XML-RPC."""
        return self.at(self.port)

    def at(self, port: int) -> str:
        """The address where it is reached through another port."""
        return f"http://127.0.0.1:{port}/{self.name}/rpc/"

    def said(self) -> str:
        """The end of what it printed, but for calls that went well."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join([line for line in lines if not line.endswith('" 200 -')][-60:])

    def _be_as(self, state: Path) -> None:
        """Who is logged in stays so, or each test would wait for a password."""
        with closing(sqlite3.connect(self.file)) as database:
            sessions = database.execute("SELECT * FROM ir_session").fetchall()
        super()._be_as(state)
        self._resets += 1
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("DELETE FROM ir_session")
            for session in sessions:
                database.execute(f"INSERT INTO ir_session VALUES ({', '.join('?' * len(session))})", session)
            newer = f"+{self._resets} seconds"
            database.execute("UPDATE ir_cache SET timestamp = datetime('2100-01-01', ?)", (newer,))
            database.commit()

    def close(self) -> None:
        """End it, however it takes that."""
        super().close()
        self._end()

    def _end(self) -> None:
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()

    def _start(self, folder: Path) -> subprocess.Popen[bytes]:
        settings = {
            "TRYTOND_WEB__LISTEN": f"127.0.0.1:{self.port}",
            "TRYTOND_CACHE__CLEAN_TIMEOUT": "0",  # look at each call whether a cache is still good: see `reset`
        }
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", program("trytond"), "-d", self.name],
                cwd=folder,
                env=environment(folder) | settings,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt at the terminal is for the tests; they stop the server
            )

    def _wait(self) -> None:
        """Return as soon as it answers; `TimeoutError` with its last words where it does not."""
        deadline = time.monotonic() + START_SECONDS
        address = f"http://127.0.0.1:{self.port}/rpc/"
        while time.monotonic() < deadline and self._keeper.poll() is None:
            try:
                with xmlrpc.client.ServerProxy(address) as server:
                    server.common.server.version()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"trytond gives no answer; its last words: {self.said()}")


class Wire:
    """A port that leads to the server, and can be made to fail as wires do."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = server.at(self.port)
        self.held: Callable[[bytes], float] = lambda call: 0.0
        """Seconds that the answer to this call is held back, if the client stays."""
        self.deaf = False
        """Nobody takes a call."""
        self.lost: Callable[[bytes], bool] = lambda call: False
        """Whether the answer to this call does not arrive."""
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._clients: list[socket.socket] = []
        self._start(self._listen)

    def close(self) -> None:
        """Give the port back. Other tests fork this process, so no thread stays."""
        self._closed.set()
        for end in (self._listener, *self._clients):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(CALL_SECONDS)
            self._clients.append(client)
            self._start(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        """One connection, call by call."""
        with client, suppress(OSError):
            while not self.deaf and (call := _message(client)):
                with socket.create_connection(("127.0.0.1", self._server.port), CALL_SECONDS) as server:
                    server.sendall(call)
                    answer = _message(server)
                if self.lost(call):
                    return
                select.select([client], [], [], self.held(call))  # no longer than somebody waits for it
                client.sendall(answer)


@contextmanager
def wire_to(server: Server) -> Iterator[Wire]:
    """A wire for one test."""
    wire = Wire(server)
    try:
        yield wire
    finally:
        wire.close()


def _message(end: socket.socket) -> bytes:
    """A whole HTTP message, or nothing where the other side is done."""
    message = b""
    while b"\r\n\r\n" not in message:
        part = end.recv(65536)
        if not part:
            return message
        message += part
    head, _, body = message.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else None
    while length is None or len(body) < length:
        part = end.recv(65536)
        if not part:
            break
        body += part
    return head + b"\r\n\r\n" + body


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
