"""The same promises where rows are really locked: an Oscar shop on PostgreSQL, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import hosts_table
from tests.postgres import Server

ROOT = Path(__file__).parents[3]
UNCLOSED = "ignore::pytest.PytestUnraisableExceptionWarning"
"""Django keeps a connection for each thread until the thread is gone, and psycopg warns then."""


@pytest.mark.timeout(240)
def test_every_promise_is_kept_on_postgresql(
    postgres: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seen = tmp_path / "seen.json"
    with postgres.database() as name:
        address = postgres.address
        database = {
            "NAME": name,
            "USER": address.username,
            "PASSWORD": address.password,
            "HOST": address.query.get("host") or address.host,
            "PORT": address.port or "",
        }
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        words = ["-q", "-n", "0", "-p", "no:cacheprovider", "-W", UNCLOSED]
        tests = [f"tests/stores/oscar/{name}.py" for name in ("test_contract", "test_story")]
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *words, *tests],
            cwd=ROOT,
            env=surroundings | {"OSCAR_TEST_POSTGRES": json.dumps(database), "HOSTS_TABLE_TO": str(seen), "CI": ""},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-4000:]
    kept = re.search(r"(\d+) passed", ran.stdout)
    assert kept is not None
    assert int(kept[1]) > 140
    for name, value in hosts_table.seen_elsewhere(seen):
        record_property(name, value)
