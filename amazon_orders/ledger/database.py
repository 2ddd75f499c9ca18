"""One database, its connections and its transactions: the only place that begins, commits or rolls back."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import URL, make_url

from ..errors import ConfigError, LedgerError
from .failures import translated
from .transaction import Work

BUSY_SECONDS = 15.0
"""How long a writer waits for another one. A page is written in milliseconds; a backup of SQLite takes longer."""
IDLE_SECONDS = 60.0
"""When PostgreSQL ends a transaction in which nothing happens: its process is frozen, and others wait for its rows."""
CONNECT_SECONDS = 10
_LOG_MILLISECONDS = 500
"""How long emptying the write-ahead log waits for readers. It can be done another time."""

_OPTIONS: dict[str, Any] = {
    # An error's text must not carry what was about to be written.
    "hide_parameters": True,
    # Whether an INSERT met a conflict is told by its count of rows, which SQLAlchemy else keeps for UPDATE alone.
    "execution_options": {"preserve_rowcount": True},
}


class Database:
    """The ledger's database. Threads each have their own connection; a forked child opens its own."""

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.place = self.url.database or "" if self.url.drivername.startswith("sqlite") else _shown(self.url)
        """The ledger's name in messages: a path, or a URL without its secrets."""
        self.commits = 0
        self._engine = _engine(self.url)
        self._pid = os.getpid()
        self._local = threading.local()
        self._counting = threading.Lock()

    @property
    def sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self._engine.dialect.name == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine, without the connections of a parent process."""
        self._after_fork()
        return self._engine

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            # Two processes on one connection would mix their answers up; the parent's stay open for the parent.
            self._engine.dispose(close=False)
            self._local = threading.local()
            self._counting = threading.Lock()
            self._pid = os.getpid()

    @property
    def current(self) -> Work | None:
        """This thread's open transaction."""
        self._after_fork()
        return getattr(self._local, "work", None)

    def empty_log(self) -> bool:
        """Carry SQLite's write-ahead log over and cut it to nothing; `False` where others are still using it."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_LOG_MILLISECONDS}")
            try:
                row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()
            except exc.SQLAlchemyError as error:
                raise translated(error, self.place) from error
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        return row is not None and row[0] == 0

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that only reads; joins the open one."""
        current = self.current
        if current is not None:
            with self._joined(current):
                yield current
            return
        with self._begun(writes=False) as work:
            yield work

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """A transaction that may write, all or nothing; joins the open one."""
        current = self.current
        if current is not None and current.writes:
            with self._joined(current):
                yield current
            return
        if current is not None:
            raise LedgerError(f"The ledger {self.place} cannot be written to while this thread reads from it.")
        with self._begun(writes=True) as work:
            yield work
            if work.broken:
                raise LedgerError(
                    f"The ledger {self.place} kept nothing of this transaction, because a part of it had failed before."
                )

    @contextmanager
    def _joined(self, work: Work) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            work.broken = work.broken or work.writes
            if isinstance(error, exc.SQLAlchemyError):
                raise translated(error, self.place) from error
            raise

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Work]:
        try:
            with self.engine.connect() as connection:
                work = Work(connection, writes=writes)
                work.begin()
                self._local.work = work
                try:
                    yield work
                    work.let_go()
                    if work.wrote:
                        self._commit(connection)
                finally:
                    self._local.work = None
                    work.let_go()
                    # Leaving the block rolls back what was not committed.
        except exc.SQLAlchemyError as error:
            raise translated(error, self.place) from error
        if work.wrote:
            with self._counting:
                self.commits += 1

    @staticmethod
    def _commit(connection: Connection) -> None:
        try:
            connection.commit()
        except BaseException:
            # SQLAlchemy takes the transaction for ended, SQLite does not: without this the next user of the pooled
            # connection would find itself inside it.
            connection.invalidate()
            raise


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ConfigError("The ledger's address is wrong.", problems={"ledger.url": "not a URL"}) from error
    name = parsed.get_backend_name()
    if name == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            what = "must name a file, such as sqlite:///amazon-orders.db: a ledger in memory forgets what it placed"
            raise ConfigError("The ledger's address is wrong.", problems={"ledger.url": what})
        return parsed
    if parsed.drivername in ("postgresql+psycopg", "postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    what = f"{parsed.drivername} is not supported; use sqlite:///FILE or postgresql://USER@HOST/NAME"
    raise ConfigError("The ledger's address is wrong.", problems={"ledger.url": what})


def _shown(url: URL) -> str:
    """The address for messages. A password may stand among the options too, so of those only the place is shown."""
    return str(url.set(query={name: url.query[name] for name in ("host", "port") if name in url.query}))


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            waits = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
            engine = create_engine(url, pool_pre_ping=True, connect_args=waits, **_OPTIONS)
            event.listen(engine, "connect", _limit)
            return engine
        engine = create_engine(
            url,
            **_OPTIONS,
            pool_size=16,
            max_overflow=64,
            connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "cached_statements": 256},
        )
    except ImportError as error:
        # psycopg without PostgreSQL's own library is found, and cannot be imported either.
        what = "PostgreSQL's driver psycopg is not installed, or not whole; pip install 'amazon-order-sync[postgres]'"
        raise ConfigError("The ledger cannot be opened.", problems={"ledger.url": what}) from error
    event.listen(engine, "connect", _prepare)
    return engine


def _limit(connection: Any, _record: object) -> None:
    """No wait of PostgreSQL's is without end."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {int(IDLE_SECONDS * 1000)}")
    connection.autocommit = False


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    try:
        _patiently(lambda: cursor.execute("PRAGMA journal_mode=WAL"))
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # What is erased, or replaced by a newer record, is overwritten with zeros: no buyer stays in free space.
        cursor.execute("PRAGMA secure_delete=ON")
        # A page of orders touches several hundred pages of the file: they must fit into memory until the commit, and a
        # checkpoint every second page of orders would write the same index pages again and again.
        cursor.execute("PRAGMA cache_size=-8000")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
    finally:
        cursor.close()


def _patiently(work: Callable[[], object]) -> None:
    """SQLite does not wait by itself when a new file changes to WAL while another process opens it."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            work()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
