"""One shop for a process, brought back to its first state before each test."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.hooks import Hooks
from tests.story.world import World
from tests.story.world import world as make_world

pytest.importorskip("oscar", reason="django-oscar is not installed: pip install -e '.[oscar]'")


@pytest.fixture(scope="session")
def first_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Django and Oscar set up, and a copy of their tables with nothing in them but countries."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.stores.oscar.settings"
    os.environ["OSCAR_TEST_DB"] = str(tmp_path_factory.mktemp("oscar") / "oscar.db")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Oscar's own, while its apps are imported
        import django

        django.setup()
    from django.core.management import call_command
    from django.db import connection

    from .shop import OscarShop

    call_command("migrate", verbosity=0, run_syncdb=True)
    OscarShop().add_countries()
    copy = sqlite3.connect(":memory:")
    if connection.vendor == "sqlite":
        connection.connection.backup(copy)
    yield copy
    copy.close()
    connection.close()


@pytest.fixture
def shop(first_state: sqlite3.Connection) -> Iterator[Any]:
    """The shop with no products and no orders."""
    from django.db import connection

    from .shop import OscarShop

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        first_state.backup(connection.connection)
    else:
        kept = ("address_country", "auth_", "django_")  # as Oscar's own set-up leaves them
        tables = [name for name in connection.introspection.table_names() if not name.startswith(kept)]
        with connection.cursor() as cursor:
            # TRUNCATE makes each table's files and those of its indexes anew: a quarter of a second for a few rows.
            cursor.execute("SET session_replication_role = replica")  # whatever refers to what
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))
            cursor.execute("SET session_replication_role = origin")
    yield OscarShop()
    connection.close()


@pytest.fixture
def store(shop: Any) -> Any:
    """The adapter, as its factory makes it."""
    from amazon_orders.adapters.oscar import open_store

    return open_store({"vat_rates": {"DE": "19"}})


@pytest.fixture
def world(store: Any, shop: Any, tmp_path: Path) -> Iterator[World]:
    """A seller at the simulated Amazon whose orders go into the Oscar shop."""
    hooks = Hooks("shop")
    hooks.register(store, "oscar")
    with make_world(tmp_path, stores={"shop": hooks}) as made:
        yield made


@pytest.fixture
def settings() -> Iterator[Any]:
    """Django settings that are others until the test ends."""
    from django.test.utils import override_settings

    changed = []

    def change(**values: Any) -> None:
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for each in reversed(changed):
        each.disable()
