"""Database errors in words: what failed, where, whose fault it is, what to do."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy import exc

from ..errors import LedgerError

# SQLite's error names, by the first prefix that fits: what to say after the place, and whether the same call may
# succeed later.
_SQLITE = (
    ("SQLITE_FULL", "the disk is full. Nothing is half written: make room and run it again", False),
    ("SQLITE_IOERR", "the disk does not read or write. Look at the system's log and at the free space", False),
    ("SQLITE_CORRUPT", "the file is damaged. Restore a backup, or keep it aside and begin a new ledger", False),
    ("SQLITE_NOTADB", "the file is not a ledger. Set `[ledger] url` to another file", False),
    ("SQLITE_READONLY", "the file or its folder may not be written to. Give this user write permission", False),
    (
        "SQLITE_CANTOPEN",
        "the file cannot be opened. The folder must exist, and this user must be allowed to write in it",
        False,
    ),
    ("SQLITE_PERM", "the file may not be opened. Give this user write permission", False),
    ("SQLITE_BUSY", "another process keeps it locked, a backup perhaps. Try again", True),
    ("SQLITE_LOCKED", "another process keeps it locked, a backup perhaps. Try again", True),
    ("SQLITE_INTERRUPT", "the work was interrupted. Nothing is half written: run it again", True),
    ("SQLITE_ERROR", "the file does not have the tables it should. Restore a backup", False),
)

# PostgreSQL's SQLSTATE, by the longest prefix that is listed.
_POSTGRES = (
    ("53100", "the database's disk is full. Nothing is half written: make room and run it again", False),
    ("53", "the database server is out of connections or memory. Try again later", True),
    ("25P03", "the server ended a transaction that stood still. Nothing is half written: run it again", True),
    ("25006", "the database is read-only. Use the primary server", False),
    ("28", "the server refuses the user or its password. Correct `[ledger] url`", False),
    ("3D", "there is no such database. Create it, or correct `[ledger] url`", False),
    ("42501", "this user may not do that. Grant it the rights on the ledger's schema", False),
    ("42P01", "a table is missing. Run `ledger upgrade`, or restore a backup", False),
    ("40", "two writers met. Nothing is half written: run it again", True),
    ("55P03", "another process keeps a row locked. Try again", True),
    ("57", "the server shut down or cut the work off. Nothing is half written: run it again", True),
    ("08", "the connection to the server broke. Nothing is half written: run it again", True),
)

# While a connection is made, PostgreSQL's own library passes the server's words on, and no SQLSTATE.
_SAID = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("is not permitted to log in", "28000"),
    ("permission denied for database", "42501"),
    ("remaining connection slots", "53300"),
    ("too many c", "53300"),  # clients, connections for role, connections for database
    ("the database system is ", "57P03"),  # starting up, shutting down, in recovery mode
)
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_NO_ROLE = re.compile(r'role ".*" does not exist')


def translated(error: exc.SQLAlchemyError, place: str) -> LedgerError:
    """`error` as a `LedgerError`; `place` names the ledger without its password."""
    cause = error.orig if isinstance(error, exc.DBAPIError) else None
    if isinstance(error, exc.IntegrityError):
        what = "a record breaks a rule of the ledger. That is a fault of this library: please report it"
        return _error(place, what, False, cause)
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        for prefix, what, again in _SQLITE:
            if name.startswith(prefix):
                return _error(place, what, again, cause)
        return _error(place, "SQLite refuses it", False, cause)
    state = getattr(cause, "sqlstate", None) or _state_said(str(cause or ""))
    if state:
        for prefix, what, again in _POSTGRES:
            if state.startswith(prefix):
                return _error(place, what, again, cause)
    if isinstance(error, exc.OperationalError):
        return _error(place, "the server does not answer. Start it, or correct `[ledger] url`", True, cause)
    if isinstance(error, exc.TimeoutError):
        return _error(place, "too many threads use it at once. Use fewer", True, cause)
    return _error(place, "the database refuses it", False, cause or error)


def _state_said(text: str) -> str | None:
    """The SQLSTATE that goes with the server's words. A server that speaks another language gets the general ones."""
    if _NO_DATABASE.search(text):
        return "3D000"
    if _NO_ROLE.search(text):
        return "28000"
    return next((state for words, state in _SAID if words in text), None)


def _error(place: str, what: str, again: bool, cause: BaseException | None) -> LedgerError:
    # The first line alone: PostgreSQL's DETAIL repeats values.
    said = str(cause).splitlines()[0] if cause is not None and str(cause) else ""
    told = f" (It said: {said})" if said else ""
    error = LedgerError(f"The ledger {place} cannot be used: {what}.{told}", record=place)
    error.retryable = again
    return error
