"""The same promises where rows are really locked: an Oscar shop on PostgreSQL, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import Server

ROOT = Path(__file__).parents[3]
UNCLOSED = "ignore::pytest.PytestUnraisableExceptionWarning"
"""Django keeps a connection for each thread until the thread is gone, and psycopg warns then."""


@pytest.mark.timeout(240)
def test_every_promise_is_kept_on_postgresql(postgres: Server) -> None:
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
        words = ["-q", "-n", "0", "-p", "no:cacheprovider", "-W", UNCLOSED, "tests/stores/oscar/test_contract.py"]
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=ROOT,
            env=surroundings | {"OSCAR_TEST_POSTGRES": json.dumps(database), "CI": ""},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-4000:]
    kept = re.search(r"(\d+) passed", ran.stdout)
    assert kept is not None
    assert int(kept[1]) > 100
