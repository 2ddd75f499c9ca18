"""The gate on skipped tests: a run in CI fails on a skip that nobody agreed to, and every run names its skips."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skips import Allowed, read_allowed

SUITE = {
    "one skipped test": "import pytest\n@pytest.mark.skip(reason='no printer')\ndef test_a(): pass\ndef test_b(): 1\n",
    "a skipped module": "import pytest\npytest.skip('no printer', allow_module_level=True)\n",
    "a skip inside a test": "import pytest\ndef test_a(): pytest.skip('no printer')\ndef test_b(): pass\n",
}
ALL_RUN = "def test_a(): pass\n"


def run(folder: Path, suite: str, *, ci: str, allowed: str = "", workers: int = 0) -> tuple[int, str]:
    (folder / "test_suite.py").write_text(suite)
    (folder / "test_other.py").write_text(ALL_RUN)
    (folder / "allowed.txt").write_text(allowed)
    (folder / "conftest.py").write_text(
        "from pathlib import Path\nfrom tests import skips\n"
        "skips.ALLOWED_FILE = Path(__file__).with_name('allowed.txt')\n"
        "def pytest_configure(config): skips.register(config)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--rootdir", str(folder), str(folder)],
        env=environment | {"CI": ci},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("suite", "workers"),
    [
        pytest.param("one skipped test", 0, id="a marked test"),
        pytest.param("a skip inside a test", 0, id="a test that skips itself"),
        pytest.param("a skipped module", 0, id="a whole module"),
        pytest.param("a skipped module", 2, id="a whole module that only the workers see"),
    ],
)
def test_ci_fails_on_a_skip_that_is_not_on_the_list_and_names_it(tmp_path: Path, suite: str, workers: int) -> None:
    code, text = run(tmp_path, SUITE[suite], ci="true", workers=workers)
    assert code == 1
    assert "test_suite.py" in text
    assert "no printer (NOT on" in text
    assert "passed" in text.splitlines()[-1], "pytest's own closing line stays the last"


def test_ci_passes_when_the_list_covers_the_skip(tmp_path: Path) -> None:
    code, text = run(
        tmp_path, SUITE["one skipped test"], ci="true", allowed="test_suite.py* there is no printer here\n"
    )
    assert code == 0
    assert "no printer" in text


def test_a_developer_sees_the_skips_and_is_not_stopped(tmp_path: Path) -> None:
    code, text = run(tmp_path, SUITE["one skipped test"], ci="")
    assert code == 0
    assert "skipped  test_suite.py::test_a: no printer" in text


def test_a_run_without_skips_says_so(tmp_path: Path) -> None:
    code, text = run(tmp_path, ALL_RUN, ci="true")
    assert code == 0
    assert "nothing: every test ran" in text


def test_a_line_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("tests/unit/test_a.py::*\n")
    with pytest.raises(pytest.UsageError, match=r"line 1.*gives no reason"):
        read_allowed(tmp_path / "list.txt")


def test_a_star_matches_anything_and_brackets_match_themselves() -> None:
    assert Allowed("tests/a.py::test[x-*]", "why").covers("tests/a.py::test[x-1 and 2]")
    assert not Allowed("tests/a.py::test[x]", "why").covers("tests/a.py::testx")
