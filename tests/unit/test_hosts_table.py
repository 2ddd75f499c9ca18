"""The table of hosts says what a run saw: written by one, it passes the next; a shop that fails there fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

class Story:
    days = None
    def test_an_order_is_placed_once(self): pass
    def test_a_shop_is_down(self):
        if self.host_name == "B": pytest.skip("it is never down")

class TestA(Story):
    host_name = "A"

class TestB(Story):
    host_name = "B"

class TestKit:
    host_name = "B"
    def test_one(self): pass
    def test_two(self): pytest.skip("no carrier")

def test_of_no_host(): pass

def test_in_another_process(record_property):
    record_property("seen at a host", ["C", "an order is placed once", "", False])
    record_property("seen at a host", ["C", "one", "", True])
"""
TABLE = """
| | A | B | C |
|---|---|---|---|
| promises of the kit kept | - | 1 of 2 | 1 of 1 |
| a shop is down | yes | - | - |
| an order is placed once | yes | yes | yes |

- B, where the table has `-`: it is never down; no carrier.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "conftest.py").write_text(
        "from pathlib import Path\nfrom tests import hosts_table\n"
        "hosts_table.PAGE = Path(__file__).with_name('page.md')\n"
        "def pytest_configure(config): hosts_table.register(config)\n"
    )
    (tmp_path / "page.md").write_text("before\n<!-- hosts: written by make hosts -->\n<!-- hosts end -->\nafter\n")
    return tmp_path


def run(folder: Path, *options: str, ci: str = "", write: str = "") -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "HOSTS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), *options, str(folder)],
        env=environment | {"CI": ci, "HOSTS_TABLE": write},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_writes_what_it_saw_and_the_next_one_agrees(folder: Path, workers: str) -> None:
    assert run(folder, "-n", workers, write="write")[0] == 0
    page = (folder / "page.md").read_text()
    assert page == f"before\n<!-- hosts: written by make hosts -->\n{TABLE}\n<!-- hosts end -->\nafter\n"
    assert run(folder, "-n", workers, ci="true")[0] == 0


@pytest.mark.parametrize(
    ("said", "instead", "told"),
    [
        ("| yes | - | - |", "| yes | yes | - |", "a shop is down, B: seen -, README.md says yes"),
        ("| 1 of 2 |", "| 2 of 2 |", "promises of the kit kept, B: seen 1 of 2, README.md says 2 of 2"),
        (
            "| an order is placed once | yes | yes | yes |\n",
            "",
            "placed once, A: seen yes, README.md says None",
        ),
    ],
)
def test_in_ci_a_table_that_says_more_or_less_fails(folder: Path, said: str, instead: str, told: str) -> None:
    page = folder / "page.md"
    page.write_text(page.read_text().replace("-->\n<!--", f"-->\n{TABLE.replace(said, instead)}\n<!--"))
    code, text = run(folder, "-n", "0", ci="true")
    assert (code, told in text) == (1, True), text
    assert run(folder, "-n", "0")[0] == 0, "a developer may try a part"


def test_in_ci_a_host_that_was_not_run_fails(folder: Path) -> None:
    assert run(folder, "-n", "0", write="write")[0] == 0
    code, text = run(folder, "-n", "0", "-k", "TestA", ci="true")
    assert (code, "a shop is down, B: seen None, README.md says -" in text) == (1, True), text


def test_what_failed_is_not_written(folder: Path) -> None:
    before = (folder / "page.md").read_text()
    with (folder / "test_suite.py").open("a") as suite:
        suite.write("\ndef test_that_fails(): assert False\n")
    assert run(folder, "-n", "0", write="write")[0] == 1
    assert (folder / "page.md").read_text() == before
