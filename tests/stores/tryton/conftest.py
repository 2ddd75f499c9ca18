"""One Tryton for a process, brought back to its first state before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .database import InProcess, left_alone

pytest.importorskip("trytond", reason="trytond is not installed: pip install -e '.[dev]'")

COLD_SECONDS = 400
"""The first test of a machine waits for the template."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The usual time limit is for tests that find the template made."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(COLD_SECONDS))


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """The database in this process: `name`, `user` and `reset()`."""
    with left_alone():
        yield InProcess(tmp_path_factory.mktemp("tryton"))


@pytest.fixture
def shop(tryton: InProcess) -> Any:
    """The shop with no products and no orders."""
    tryton.reset()
    from .shop import TrytonShop

    return TrytonShop(tryton.config)
