"""Versions of the ledger: made in one transaction, upgraded in one transaction, newer ones refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from ..errors import LedgerError
from .database import Database
from .schema import REVISIONS, VERSION_TABLE, metadata
from .schema import version as schema_version

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x616F6C65  # any number that nobody else locks in a shared PostgreSQL


def prepare(database: Database, *, migrate: bool = True) -> None:
    """Leave `database` at the newest version: as it is, made or upgraded. Raises `LedgerError` where that fails."""
    with database.reading() as work:
        version = _version(work.connection, database)
    if version == REVISIONS[-1]:
        return
    if version is not None and not migrate:
        raise LedgerError(
            f"The ledger {database.place} was written by an older version of this library. Run `ledger upgrade`.",
            record=database.place,
        )
    with database.writing() as work:
        if not database.sqlite:
            work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        version = _version(work.connection, database)  # another process may have been faster
        if version == REVISIONS[-1]:
            return
        if version is None:
            _make(work.connection)
        else:
            run_migrations(work.connection)
        work.wrote = True


def exists(url: str) -> bool:
    """Whether there is a ledger at `url`. Makes none, not even an empty file."""
    database = Database(url)
    try:
        if database.sqlite and not Path(database.place).is_file():
            return False
        return version_of(database) is not None
    finally:
        database.close()


def version_of(database: Database) -> str | None:
    """The version the ledger is at; `None`: there is none yet."""
    with database.reading() as work:
        return _version(work.connection, database)


def _version(connection: Connection, database: Database) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        if tables and database.sqlite:
            raise LedgerError(
                f"{database.place} is a database of something else. Set `[ledger] url` to a file of its own.",
                record=database.place,
            )
        return None
    version = connection.execute(select(schema_version.c.version_num)).scalar()
    if version not in REVISIONS:
        raise LedgerError(
            f"The ledger {database.place} was written by a newer version of this library. Upgrade the library.",
            record=database.place,
        )
    return str(version)


def _make(connection: Connection) -> None:
    """The newest version at once; a test compares it with what the migrations make."""
    metadata.create_all(connection)
    schema_version.create(connection)
    connection.execute(schema_version.insert().values(version_num=REVISIONS[-1]))


def run_migrations(connection: Connection) -> None:
    """Run Alembic up to the newest version, inside the open transaction of `connection`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
