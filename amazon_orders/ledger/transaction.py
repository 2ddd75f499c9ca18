"""One transaction on one connection, and the two ways to the database: SQLAlchemy's, and the driver's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Executable, Row, exc

from .statements import Lookup, Statement

Rows = Sequence[Row[Any]]


class Work:
    """One transaction on one connection."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self.connection = connection
        self.writes = writes
        self.wrote = False
        self.broken = False
        """A part of it failed, so none of it may be kept."""
        self._cursor: Any = None

    def begin(self) -> None:
        """Begin the transaction."""
        self.connection.begin()
        if self.connection.dialect.name == "sqlite":
            # A deferred transaction that turns to writing fails at once where another writer is faster; an immediate
            # one waits its turn.
            self._execute("BEGIN IMMEDIATE" if self.writes else "BEGIN")

    def let_go(self) -> None:
        """Close the driver's cursor: as long as one is open, a connection that is thrown away keeps its locks."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            with suppress(self.connection.dialect.loaded_dbapi.Error):
                cursor.close()

    def one(self, statement: Executable, values: dict[str, Any] | None = None) -> Row[Any] | None:
        """The first row, or `None`."""
        return self.connection.execute(statement, values).first()

    def all(self, statement: Executable, values: dict[str, Any] | None = None) -> Rows:
        """Every row."""
        return self.connection.execute(statement, values).all()

    def run(self, statement: Executable, values: dict[str, Any] | None = None) -> int:
        """Write; the number of rows that changed."""
        done = self.connection.execute(statement, values)
        if done.rowcount:
            self.wrote = True
        return done.rowcount

    def added(self, statement: Executable, values: dict[str, Any]) -> int:
        """Insert one row; the number the database gave it."""
        done = self.connection.execute(statement, values)
        self.wrote = True
        key = done.inserted_primary_key
        return int(key[0]) if key else 0

    def ask(self, statement: Statement, values: tuple[Any, ...]) -> Sequence[Any]:
        """Every row, by the driver's short way."""
        rows: Sequence[Any] = self._driven(statement, values).fetchall()
        return rows

    def each(self, statement: Statement, values: tuple[Any, ...]) -> Iterator[Any]:
        """Every row, one by one: for so many that a second list of them would be felt."""
        return iter(self._driven(statement, values))

    def look_up(self, lookup: Lookup, given: tuple[Any, ...], values: Collection[Any]) -> Iterator[Any]:
        """The rows for every one of `values`, by the driver's short way; `given` stands before the list."""
        for statement, piece in lookup.pieces(values):
            yield from self.ask(statement, (*given, *piece))

    def write(self, statement: Statement, values: tuple[Any, ...]) -> int:
        """Write by the driver's short way; the number of rows that changed."""
        changed: int = self._driven(statement, values).rowcount
        if changed:
            self.wrote = True
        return changed

    def many(self, statement: Statement, rows: list[tuple[Any, ...]]) -> int:
        """Write `rows` in one go, by the driver's short way; the number of rows that changed."""
        if not rows:
            return 0
        self.wrote = True
        changed: int = self._driven(statement, rows).rowcount
        return changed

    def _driven(self, statement: Statement, values: tuple[Any, ...] | list[tuple[Any, ...]]) -> Any:
        """The driver's cursor after the statement. SQLAlchemy's own way to it costs more than SQLite's work."""
        return self._execute(statement.sql(self.connection.dialect), values)

    def _execute(self, sql: str, values: tuple[Any, ...] | list[tuple[Any, ...]] = ()) -> Any:
        dialect = self.connection.dialect
        if self._cursor is None:
            self._cursor = self.connection.connection.cursor()
        try:
            if isinstance(values, list):
                dialect.do_executemany(self._cursor, sql, values)
            else:
                dialect.do_execute(self._cursor, sql, values)
        except dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error
        return self._cursor

    def _told(self, error: Any) -> BaseException:
        """A driver's error as SQLAlchemy raises it; a connection that broke is not used again."""
        dialect = self.connection.dialect
        gone = dialect.is_disconnect(error, self.connection.connection.dbapi_connection, self._cursor)
        if gone:
            self.connection.invalidate(error)
        base = dialect.loaded_dbapi.Error
        told: BaseException = exc.DBAPIError.instance(None, None, error, base, hide_parameters=True, dialect=dialect)
        return told
