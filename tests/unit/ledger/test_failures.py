"""What a failing database is called: where, whose fault, what to do, and whether to try again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, make_url

from amazon_orders.errors import LedgerError
from amazon_orders.ledger import Ledger, database
from amazon_orders.ledger.failures import translated

from .made import KEY, ORDER, Clock, Open, an_order, number


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


def limit_pages(ledger: Ledger) -> None:
    """Make the file as full as a disk can be: SQLite then fails as on a full disk."""
    with ledger._database.reading() as work:
        pages = work.connection.exec_driver_sql("PRAGMA page_count").scalar()
        work.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_a_full_disk_is_named_and_nothing_is_half_written(open_ledger: Open) -> None:
    ledger = open_ledger()
    limit_pages(ledger)
    rows = [an_order(number(count), raw=b"x" * 3000) for count in range(100)]
    with pytest.raises(LedgerError, match=r"the disk is full\. Nothing is half written: make room") as caught:
        ledger.orders.record(rows)
    assert not caught.value.retryable
    assert list(ledger.orders.list()) == []


def test_a_locked_ledger_is_named_after_the_wait(open_ledger: Open, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    ledger = open_ledger()
    other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another process keeps it locked") as caught:
        ledger.orders.record([an_order()])
    assert caught.value.retryable
    other.rollback()
    other.close()
    ledger.orders.record([an_order()])


def test_readers_do_not_wait_for_a_writer(open_ledger: Open, url: str) -> None:
    ledger = open_ledger()
    ledger.orders.record([an_order()])
    other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ledger.orders.detail(ORDER) is not None
    other.rollback()
    other.close()


def test_a_damaged_file_is_named(open_ledger: Open, url: str) -> None:
    first = open_ledger()
    first.orders.record([an_order(number(count)) for count in range(200)])
    first.close()
    path = Path(make_url(url).database or "")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="the file is damaged"):
        list(open_ledger().orders.list())


def test_a_file_that_may_not_be_written_to_is_named(tmp_path: Path, open_ledger: Open, url: str) -> None:
    open_ledger().close()
    read_only = f"sqlite:///file:{tmp_path}/ledger.db?mode=ro&uri=true"
    ledger = Ledger.open(read_only, key=KEY, now=Clock())
    with pytest.raises(LedgerError, match=r"may not be written to\. Give this user write permission"):
        ledger.orders.record([an_order()])
    ledger.close()


def test_work_that_was_cut_off_can_be_done_again(open_ledger: Open) -> None:
    ledger = open_ledger()
    with ledger._database.reading() as work:
        connection: Any = work.connection.connection.dbapi_connection

    def once() -> int:
        connection.set_progress_handler(None, 1)
        return 1

    connection.set_progress_handler(once, 1)
    with pytest.raises(LedgerError, match=r"the work was interrupted\. Nothing is half written") as caught:
        ledger.orders.record([an_order()])
    assert caught.value.retryable
    ledger.orders.record([an_order()])
    assert len(list(ledger.orders.list())) == 1


class Postgres(Exception):
    """As psycopg raises it."""

    def __init__(self, state: str | None, text: str = "") -> None:
        super().__init__(text)
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "says", "again"),
    [
        ("53100", "disk is full", False),
        ("53300", "out of connections", True),
        ("25006", "read-only", False),
        ("28P01", "refuses the user", False),
        ("3D000", "no such database", False),
        ("42501", "may not do that", False),
        ("42P01", "table is missing", False),
        ("40P01", "two writers met", True),
        ("55P03", "keeps a row locked", True),
        ("57P01", "shut down", True),
        ("08006", "broke", True),
        (None, "does not answer", True),
        ("XX000", "refuses it", False),
    ],
)
def test_each_state_of_postgresql_has_its_words(state: str | None, says: str, again: bool) -> None:
    kind = exc.OperationalError if state is None else exc.InternalError
    error = translated(kind("SELECT", {}, Postgres(state)), "postgresql+psycopg://db/ledger")
    assert says in str(error)
    assert error.retryable == again
    assert error.record == "postgresql+psycopg://db/ledger"


def test_values_do_not_show() -> None:
    said = Postgres("23505", "duplicate key\nDETAIL: Key (name)=(canary) already exists")
    error = translated(exc.IntegrityError("INSERT", {"name": "canary"}, said, hide_parameters=True), "ledger.db")
    assert "a fault of this library" in str(error)
    assert "canary" not in str(error)


def test_a_password_in_the_address_does_not_show() -> None:
    code = (
        "import datetime; from amazon_orders.ledger import Ledger\n"
        "Ledger.open('postgresql://u:canary@127.0.0.1:1/x', key=None, now=lambda: datetime.datetime.now(datetime.UTC))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "LedgerError" in done.stderr
    assert "canary" not in done.stderr.replace(code, "").replace("u:canary@127.0.0.1:1/x', key=None", "")
