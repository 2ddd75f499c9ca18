"""The house keeps its own rules: light to import, complete when packaged, and built the way it says."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

import amazon_orders

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "amazon_orders"
MODULES = sorted(PACKAGE.rglob("*.py"))
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", encoding="utf-8")

IMPORT = """
import json, sys, time
before = time.process_time()
{statement}
print(json.dumps({{"cpu": time.process_time() - before, "loaded": sorted(sys.modules)}}))
"""


def import_cost(statement: str) -> tuple[float, set[str]]:
    """CPU seconds and loaded modules of one statement in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT.format(statement=statement)], capture_output=True, text=True, check=True
    )
    measured = json.loads(done.stdout)
    return measured["cpu"], set(measured["loaded"])


def test_importing_the_package_costs_next_to_nothing() -> None:
    # The best of three: the machine may be busy, the code cannot be faster than it is.
    runs = [import_cost("import amazon_orders") for _ in range(3)]
    assert min(cpu for cpu, _ in runs) <= 0.15
    loaded = runs[0][1]
    assert not loaded & {"requests", "sqlalchemy", "pluggy", "alembic", "cryptography", "marshmallow", "click"}


@pytest.mark.parametrize("name", amazon_orders.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(amazon_orders, name) is not None
    assert name in dir(amazon_orders)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        amazon_orders.Nothing  # noqa: B018 - looking it up is the test


def test_the_installed_distribution_is_this_version() -> None:
    assert importlib.metadata.version("amazon-order-sync") == amazon_orders.__version__


ENTRY_POINTS = [
    entry
    for group in ("console_scripts", "amazon_orders.adapters")
    for entry in importlib.metadata.entry_points(group=group)
    if entry.dist is not None and entry.dist.name == "amazon-order-sync"
]


@pytest.mark.parametrize("entry", ENTRY_POINTS, ids=lambda entry: entry.name)
def test_every_entry_point_leads_somewhere(entry: importlib.metadata.EntryPoint) -> None:
    assert callable(entry.load())


def test_the_command_and_the_demo_store_are_announced() -> None:
    assert {entry.name for entry in ENTRY_POINTS} >= {"amazon-orders", "sqlite"}


def test_all_asks_for_every_extra_that_a_user_may_want() -> None:
    extras = dict(CONFIG["options.extras_require"])
    named = extras.pop("all").partition("[")[2].rstrip("]").split(",")
    assert sorted(named) == sorted(set(extras) - {"dev", "bench", "mutants"})


def data_files() -> list[Path]:
    return [
        path.relative_to(PACKAGE)
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and not is_in_a_package(path)
    ]


def is_in_a_package(path: Path) -> bool:
    return path.suffix == ".py" and (path.parent / "__init__.py").exists()


@pytest.mark.parametrize("path", data_files(), ids=str)
def test_every_file_of_the_package_is_shipped(path: Path) -> None:
    patterns = CONFIG["options.package_data"]["amazon_orders"].split()
    # `**/` also stands for no folder at all.
    wanted = [each for pattern in patterns for each in (pattern, pattern.replace("**/", ""))]
    assert any(fnmatch.fnmatch(path.as_posix(), each) for each in wanted)


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports from outside the package, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found - {"amazon_orders"}


PURE = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in {"errors.py", "model", "rules"}]


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rules_and_model_use_the_standard_library_alone(path: Path) -> None:
    assert imports(path) <= sys.stdlib_module_names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_has_a_subject_and_a_size_that_fits_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert path.stem not in {"utils", "util", "helpers", "common", "base"}
    assert len(text.splitlines()) <= 500
    assert ast.get_docstring(ast.parse(text)), "a module says in its first sentence what it is for"
