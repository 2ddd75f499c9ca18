"""The shop's file: one connection, its guarantees, transactions, and how values are written."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from ...errors import ConfigError, StoreUnavailable
from ...model import as_text
from .schema import TABLES, VERSION

BUSY_SECONDS = 10.0
"""How long a writer waits for another one."""

PAGE = 1000
"""Rows read at a time while a listing is consumed."""

_AT_ONCE = 10


class Database:
    """A shop's file. Usable from any thread: statements and transactions take turns."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._abandoned: list[sqlite3.Connection] = []
        self._process = 0
        with self.reading():
            pass

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone. What SQLite cannot do comes out as `StoreUnavailable`."""
        with self._lock:
            try:
                yield self._connected()
            except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
                raise  # a mistake in this adapter: no later try mends it
            except sqlite3.DatabaseError as error:
                code = getattr(error, "sqlite_errorname", "no code")
                raise StoreUnavailable(
                    f"the shop {self.path.name} could not be used ({code}): the disk is full, or the file is locked by "
                    "another program or damaged; mend that, the library tries again by itself"
                ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees no other writer: committed and durable at the end, undone on any error."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def pages(self, statement: str, start: tuple[object, ...], *more: object) -> Iterator[list[tuple[Any, ...]]]:
        """Pages of rows of a statement that takes (*position, *more, limit) and whose rows begin with their position.

        No transaction stays open between pages, however slowly they are consumed.
        """
        position = start
        while True:
            with self.reading() as connection:
                rows = connection.execute(statement, (*position, *more, PAGE)).fetchall()
            yield rows
            if len(rows) < PAGE:
                return
            position = rows[-1][: len(start)]

    def pragmas(self) -> dict[str, str | int]:
        """The settings that durability rests on, as SQLite reads them back."""
        with self.reading() as connection:
            return {
                name: connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }

    def close(self) -> None:
        """Close the file; using it again opens it again."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        # On the other side of a fork a connection must be neither used nor closed: its locks are the parent's.
        if self._connection is not None and self._process != os.getpid():
            self._abandoned.append(self._connection)
            self._connection = None
        if self._connection is None:
            self._connection, self._process = _opened(self.path), os.getpid()
        return self._connection


def _opened(path: Path) -> sqlite3.Connection:
    if not path.parent.is_dir():
        raise _unusable(f"the folder {path.parent} does not exist")
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        ready = _is_ours(connection, path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname == "SQLITE_NOTADB":
            raise _unusable(f"{path} is no SQLite database") from error
        raise
    _journal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if not ready:
        connection.execute("BEGIN IMMEDIATE")
        if not _is_ours(connection, path):  # another process may have made the tables meanwhile
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")


def _is_ours(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the tables are there; `False` for an empty file. Any other file is left as it is and refused."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return True
    if version > VERSION:
        raise _unusable(f"{path} was written by a newer version ({version}); this one reads {VERSION}: upgrade it")
    if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise _unusable(f"{path} is a database of something else; name another file, a new one is made")
    return False


def _unusable(why: str) -> ConfigError:
    return ConfigError("The shop's file cannot be used.", problems={"path": why})


def _journal(connection: sqlite3.Connection) -> None:
    # Changing the journal mode does not wait for other connections as statements do.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def insert(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write `rows` with a statement that ends in ` VALUES (?, …)`.

    Ten of them in a statement take a quarter less time than one by one.
    """
    whole = len(rows) - len(rows) % _AT_ONCE
    for start in range(0, whole, _AT_ONCE):
        connection.execute(_by_ten(statement), tuple(chain.from_iterable(rows[start : start + _AT_ONCE])))
    connection.executemany(statement, rows[whole:])


@cache
def _by_ten(statement: str) -> str:
    head, values, row = statement.partition(" VALUES ")
    return head + values + ",".join([row] * _AT_ONCE)


def several(values: Iterable[object]) -> tuple[str]:
    """The parameters of a statement that compares with `IN (SELECT value FROM json_each(?))`.

    One statement takes any number of values this way, and is prepared once.
    """
    return (json.dumps(list(values)),)


def text(amount: Decimal, currency: str) -> str:
    """An amount as the shop keeps it: plain digits, at least the currency's decimals."""
    plain = str(amount)
    # Nearly every amount has two decimals, and then its plain form is the right one.
    return plain if plain[-3:-2] == "." else str(as_text(amount, currency))


def moment(time: datetime) -> str:
    """A time as the shop keeps it: fixed width, so that text compares as time does."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    return time.isoformat(timespec="milliseconds")[:23] + "Z"


def parsed(kept: str) -> datetime:
    """A time that the shop kept."""
    return datetime.fromisoformat(kept)


def now() -> datetime:
    """The shop's clock."""
    return datetime.now(UTC)
