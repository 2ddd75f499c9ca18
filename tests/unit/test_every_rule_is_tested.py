"""No rule loses its last test in silence: every row has a test that says it proves it, and pytest collects it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.rules.rows import ROW

ROOT = Path(__file__).parents[2]
LISTER = """
import pytest

class Rows:
    def pytest_collection_modifyitems(self, items):
        self.found = sorted({row for item in items for mark in item.iter_markers("rule") for row in mark.args})

rows = Rows()
code = pytest.main(["--collect-only", "-qq", "-m", "rule", "tests/unit/rules", "tests/story"], [rows])
print("\\n" + repr((int(code), rows.found)))
"""


@pytest.fixture(scope="module")
def proven() -> list[str]:
    """Rows that a collected test is marked with, as a run of its own sees them."""
    ran = subprocess.run(
        [sys.executable, "-c", LISTER], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )
    code, found = ast.literal_eval(ran.stdout.splitlines()[-1])
    assert code == 0, ran.stdout + ran.stderr
    return list(found)


def test_every_row_is_proven(proven: list[str]) -> None:
    assert [row for row in ROW if row not in proven] == []


def test_every_mark_names_a_row(proven: list[str]) -> None:
    assert [row for row in proven if row not in ROW] == []


def test_every_row_says_facts_and_decision() -> None:
    assert [row for row, text in ROW.items() if text.count(" -> ") != 1] == []
    assert len(set(ROW.values())) == len(ROW)
