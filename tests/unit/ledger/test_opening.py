"""Opening: an empty database becomes a ledger, an older one is upgraded, a newer or foreign one is left alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from amazon_orders.errors import ConfigError, LedgerError
from amazon_orders.ledger import Ledger, upgrade
from amazon_orders.ledger.database import Database
from amazon_orders.ledger.schema import REVISIONS, metadata

from .made import KEY, ORDER, Open, an_order


@pytest.fixture
def database(url: str) -> Any:
    made = Database(url)
    yield made
    made.close()


def migrated(database: Database) -> None:
    """Take the long way that an older ledger takes, from nothing."""
    with database.writing() as work:
        upgrade.run_migrations(work.connection)
        work.wrote = True


class TestVersions:
    def test_an_empty_database_becomes_a_ledger_at_the_newest_version(
        self, open_ledger: Open, database: Database
    ) -> None:
        assert upgrade.version_of(database) is None
        open_ledger()
        assert upgrade.version_of(database) == REVISIONS[-1]

    def test_the_revisions_that_the_library_names_are_those_of_its_migrations(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(upgrade.MIGRATIONS))
        scripts = list(ScriptDirectory.from_config(config).walk_revisions())
        assert tuple(script.revision for script in reversed(scripts)) == REVISIONS

    def test_the_migrations_make_what_the_tables_say(self, database: Database, tmp_path: Path) -> None:
        migrated(database)
        if not database.sqlite:
            with database.reading() as work:
                assert set(metadata.tables) <= set(inspect(work.connection).get_table_names())
            return
        at_once = Database(f"sqlite:///{tmp_path}/at_once.db")
        upgrade.prepare(at_once)
        assert _sql(database) == _sql(at_once)
        at_once.close()

    def test_a_ledger_that_was_migrated_works(self, database: Database, open_ledger: Open) -> None:
        migrated(database)
        ledger = open_ledger()
        ledger.orders.record([an_order()])
        assert ledger.orders.detail(ORDER) is not None

    def test_a_newer_ledger_is_refused_in_one_sentence_and_left_alone(
        self, open_ledger: Open, database: Database
    ) -> None:
        open_ledger().orders.record([an_order()])
        _set_version(database, "9999")
        with pytest.raises(LedgerError, match=r"written by a newer version of this library\. Upgrade the library\.$"):
            open_ledger()
        _set_version(database, REVISIONS[-1])
        assert open_ledger().orders.detail(ORDER) is not None

    def test_opening_a_ledger_does_not_load_alembic(self, url: str, open_ledger: Open) -> None:
        open_ledger()
        code = (
            "import sys, datetime; from amazon_orders.ledger import Ledger\n"
            "Ledger.open(sys.argv[1], key=sys.argv[2], now=lambda: datetime.datetime.now(datetime.UTC))\n"
            "print('alembic' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code, url, KEY], capture_output=True, text=True, check=True)
        assert done.stdout == "False\n"

    def test_importing_the_package_and_the_ledgers_values_loads_no_database(self) -> None:
        code = (
            "import sys, amazon_orders; from amazon_orders.ledger import OrderRecord, Cursor\n"
            "print([name for name in ('sqlalchemy', 'alembic', 'cryptography') if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"

    def test_of_many_that_open_an_empty_database_at_once_all_succeed(self, url: str) -> None:
        code = (
            "import sys, datetime; from amazon_orders.ledger import Ledger\n"
            "ledger = Ledger.open(sys.argv[1], key=sys.argv[2], now=lambda: datetime.datetime.now(datetime.UTC))\n"
            "ledger.tokens.put('de', 'x', ledger.now())"
        )
        processes = [
            subprocess.Popen([sys.executable, "-c", code, url, KEY], stderr=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        errors = [process.communicate()[1] for process in processes]
        assert errors == [""] * 6


def test_sqlite_is_durable_and_waits_for_others(tmp_path: Path, open_ledger: Open, url: str) -> None:
    pragmas = open_ledger().pragmas()
    if url.startswith("sqlite"):
        assert pragmas == {
            "journal_mode": "wal",
            "synchronous": 2,
            "busy_timeout": 15000,
            "foreign_keys": 1,
            "secure_delete": 1,
        }
    else:
        assert pragmas == {}


class TestWrongPlaces:
    """What is in the file's place: each is an error that says so and what to do, and nothing is written there."""

    @staticmethod
    def _open(url: str) -> Ledger:
        from .made import Clock

        return Ledger.open(url, key=None, now=Clock())

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match=r"nowhere/ledger.db cannot be used: .* The folder must exist"):
            self._open(f"sqlite:///{tmp_path}/nowhere/ledger.db")

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        path = tmp_path / "notes.txt"
        path.write_text("not a database at all, but long enough to be mistaken for one\n" * 100)
        with pytest.raises(LedgerError, match=r"notes.txt cannot be used: the file is not a ledger. Set"):
            self._open(f"sqlite:///{path}")
        assert path.read_text().startswith("not a database")

    def test_a_database_of_something_else(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.db"
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE orders (id INTEGER)")
        other.close()
        with pytest.raises(LedgerError, match="is a database of something else"):
            self._open(f"sqlite:///{path}")
        engine = create_engine(f"sqlite:///{path}")
        assert inspect(engine).get_table_names() == ["orders"]
        engine.dispose()

    def test_a_folder_in_place_of_the_file(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="cannot be opened"):
            self._open(f"sqlite:///{tmp_path}")

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            pytest.param("ledger.db", "not a URL", id="a path alone"),
            pytest.param("sqlite://", "must name a file", id="in memory"),
            pytest.param("sqlite:///:memory:", "must name a file", id="in memory by name"),
            pytest.param("mysql://u:canary@h/x", "mysql is not supported", id="a database that is not supported"),
        ],
    )
    def test_an_address_that_is_none(self, url: str, says: str) -> None:
        with pytest.raises(ConfigError, match=says) as caught:
            self._open(url)
        assert "ledger.url" in caught.value.problems
        assert "canary" not in str(caught.value)

    def test_a_server_that_does_not_answer(self) -> None:
        with pytest.raises(LedgerError, match=r"does not answer\. Start it, or correct") as caught:
            self._open("postgresql://user:canary@127.0.0.1:1/ledger")
        assert caught.value.retryable
        assert "canary" not in str(caught.value)


def _sql(database: Database) -> list[tuple[str, str]]:
    with database.reading() as work:
        rows = work.connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        )
        return [(row[0], row[1]) for row in rows]


def _set_version(database: Database, version: str) -> None:
    with database.writing() as work:
        work.connection.exec_driver_sql(f"UPDATE amazon_orders_version SET version_num = '{version}'")
        work.wrote = True
