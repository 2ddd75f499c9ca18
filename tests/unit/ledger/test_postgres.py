"""A PostgreSQL that cannot be had: what is wrong, where, whose fault, what to do; never the password."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.errors import ConfigError, LedgerError
from amazon_orders.ledger import Ledger
from amazon_orders.ledger.database import Database
from tests.postgres import Server

from .made import KEY, Clock, an_order


def refused(url: str) -> LedgerError:
    """Why the ledger at `url` cannot be opened."""
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, key=None, now=Clock())
    for text in (str(caught.value), repr(caught.value), str(caught.value.as_dict())):
        assert "canary" not in text
    return caught.value


@pytest.mark.parametrize(
    ("database", "parts", "says"),
    [
        pytest.param(
            "postgres", {"password": "canary"}, "refuses the user or its password. Correct", id="wrong password"
        ),
        pytest.param("postgres", {"username": "ghost"}, "refuses the user or its password. Correct", id="unknown user"),
        pytest.param("missing", {}, "no such database. Create it, or correct", id="unknown database"),
    ],
)
def test_a_server_that_refuses_says_what_it_refuses(
    postgres: Server, database: str, parts: dict[str, Any], says: str
) -> None:
    error = refused(postgres.url(database, **parts))
    assert says in str(error)
    assert "[ledger] url" in str(error)
    assert not error.retryable


def test_a_user_without_rights_is_told_which_are_missing(postgres: Server) -> None:
    with postgres.database() as name, postgres.ask() as server:
        server.execute("CREATE ROLE reader LOGIN PASSWORD 'canary'")
        try:
            error = refused(postgres.url(name, username="reader", password="canary"))
        finally:
            server.execute("DROP ROLE reader")
    assert "Grant it the rights on the ledger's schema" in str(error)
    assert not error.retryable


def test_the_user_of_the_documentation_needs_no_other_right(postgres: Server) -> None:
    page = (Path(__file__).parents[3] / "docs" / "ledger.md").read_text(encoding="utf-8")
    make_role, make_schema = page.split("```sql\n")[1].split("```")[0].strip().splitlines()
    with postgres.database() as name, postgres.ask() as server, psycopg_to(postgres, name) as database:
        server.execute(make_role.replace("…", "canary"))
        try:
            database.execute(make_schema)
            url = postgres.url(name, username="amazon_orders", password="canary")
            with Ledger.open(url, key=KEY, now=Clock()) as ledger:
                ledger.orders.record([an_order()])
            assert len(database.execute("SELECT * FROM amazon_orders.ao_orders").fetchall()) == 1
            tables = database.execute("SELECT tablename FROM pg_tables WHERE tableowner = 'amazon_orders'").fetchall()
            assert {table for (table,) in tables if not table.startswith("ao_")} == {"amazon_orders_version"}
        finally:
            database.execute("DROP OWNED BY amazon_orders CASCADE")
            server.execute("DROP ROLE amazon_orders")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:1/ledger", "127.0.0.1:1/ledger?password=canary", "/ledger?host=/nowhere&password=canary"],
)
def test_a_server_that_is_not_there_may_be_there_later(address: str) -> None:
    error = refused(f"postgresql://user:canary@{address}")
    assert "the server does not answer. Start it, or correct `[ledger] url`" in str(error)
    assert error.retryable


@pytest.mark.parametrize("name", ["postgresql+psycopg", "postgresql", "postgres"])
def test_an_address_as_hosts_hand_it_out_will_do(name: str) -> None:
    database = Database(f"{name}://user@db/ledger")
    assert database.place == "postgresql+psycopg://user@db/ledger"
    database.close()


def test_another_driver_is_refused_with_the_one_that_works() -> None:
    with pytest.raises(ConfigError, match=r"postgresql\+psycopg2 is not supported; use .* postgresql://USER@HOST"):
        Database("postgresql+psycopg2://user:canary@db/ledger")


def test_without_the_driver_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from amazon_orders.ledger.database import Database\n"
        "from amazon_orders.errors import ConfigError\n"
        "try: Database('postgresql://user:canary@db/ledger')\n"
        "except ConfigError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ledger.url" in done.stdout
    assert "pip install 'amazon-order-sync[postgres]'" in done.stdout
    assert "canary" not in done.stdout


def test_a_transaction_that_stands_still_is_ended_by_the_server(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amazon_orders.ledger.database.IDLE_SECONDS", 0.2)
    monkeypatch.setattr("amazon_orders.ledger.database.BUSY_SECONDS", 0.1)
    with postgres.database() as name:
        frozen, other = (Ledger.open(postgres.url(name), key=KEY, now=Clock()) for _ in range(2))
        lease = frozen.leases.acquire("de", seconds=-1)  # lapsed already

        def stand_still() -> None:
            with frozen.transaction():
                frozen.leases.release(lease)
                with pytest.raises(LedgerError, match="keeps a row locked") as waited:
                    other.leases.acquire("de")
                assert waited.value.retryable
                time.sleep(0.5)
                assert other.leases.acquire("de").fence == lease.fence + 1
                frozen.orders.record([an_order()])

        with pytest.raises(LedgerError, match="Nothing is half written") as caught:
            stand_still()
        assert caught.value.retryable
        assert list(other.orders.list()) == []
        frozen.close()
        other.close()


def psycopg_to(server: Server, database: str) -> Any:
    """A connection of the superuser to `database`."""
    return Server(server.address.set(database=database)).ask()
