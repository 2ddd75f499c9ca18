"""What holds for every test: no ambient settings, repeatable examples, and nothing skipped in silence."""

from __future__ import annotations

import os

import hypothesis
import pytest

from tests import hosts_table, skips
from tests.postgres import postgres

__all__ = ["postgres"]

# The library reads these; a developer's own must not leak into a test. Tests that need one set it.
for _name in [name for name in os.environ if name.startswith(("AMAZON_ORDERS_", "LWA_"))]:
    del os.environ[_name]

# A slow example on a busy machine is no bug; the test's own time limit still holds.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure(config: pytest.Config) -> None:
    skips.register(config)
    hosts_table.register(config)
