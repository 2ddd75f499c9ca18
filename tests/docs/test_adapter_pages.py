"""Every adapter that ships with the library has a page, and the pages answer the same questions."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
ADAPTERS = sorted(
    entry.name
    for entry in entry_points(group="amazon_orders.adapters")
    if entry.value.startswith("amazon_orders.adapters.")
)
ANSWERED = {"Install", "Configure", "References", "Tax", "Stock", "Limits", "What was verified"}


def test_the_adapters_are_found() -> None:
    assert {"sqlite", "memory", "oscar"} <= set(ADAPTERS)


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_has_a_page_with_the_headings_of_all(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## (.+)$", page, re.MULTILINE)) >= ANSWERED


@pytest.mark.parametrize("name", ADAPTERS)
def test_the_page_is_in_the_index(name: str) -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert f"]({name}.md)" in index
    assert re.search(rf"^{name}$", index, re.MULTILINE)
