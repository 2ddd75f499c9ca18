"""Fixtures of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.world import World, world


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    """A seller in DE, FR and GB with a shop of the whole catalogue, connected."""
    with world(tmp_path) as made:
        made.connect()
        yield made
