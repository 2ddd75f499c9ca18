"""Fixtures: every test of this folder runs on both databases, and each has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.ledger import Ledger
from tests.postgres import Server

from .made import KEY, Clock, Open


@pytest.fixture(scope="session")
def made_once(postgres: Server) -> Iterator[str]:
    """The name of a database that is a ledger without a row. A copy of it takes a fifth of the time."""
    with postgres.database() as name:
        Ledger.open(postgres.url(name), key=None, now=Clock()).close()
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database; of a new ledger, where the test asks for `ledger` as well."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    server: Server = request.getfixturevalue("postgres")
    like = request.getfixturevalue("made_once") if "ledger" in request.fixturenames else "template1"
    with server.database(like=like) as name:
        yield server.url(name)


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
