"""Fixtures: every test of this folder runs on each database that is there.

SQLite always is. Set LEDGER_TEST_POSTGRES to the URL of a server on which databases may be made and dropped, such as
`postgresql://postgres@127.0.0.1:5432/postgres`, and all of it runs there too.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from amazon_orders.ledger import Ledger

from .made import KEY, Clock, Open

POSTGRES = os.environ.get("LEDGER_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    name = f"ledger_{uuid.uuid4().hex}"
    server = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield make_url(POSTGRES).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_ledger(url: str, clock: Clock) -> Iterator[Open]:
    """Open the same ledger as often as one likes; all of them are closed at the end."""
    opened: list[Ledger] = []

    def open_it(key: str | bytes | None = KEY, **options: Any) -> Ledger:
        ledger = Ledger.open(url, key=key, now=clock, **options)
        opened.append(ledger)
        return ledger

    yield open_it
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(open_ledger: Open) -> Ledger:
    return open_ledger()
