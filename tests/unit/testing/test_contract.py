"""`StoreContract` in an author's own test run: what passes, what is skipped, and how a failure reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from amazon_orders.testing import StoreContract
from amazon_orders.testing.running import SUBJECTS

ADAPTER = """
import pytest
from amazon_orders import hookimpl
from amazon_orders.adapters.memory import MemoryStore, open_store
from amazon_orders.model import Product
from amazon_orders.testing import StoreContract

@pytest.fixture
def product():
    return Product(ref="1", value="MUG-BLUE")
"""
WITHOUT_BACK_DOOR = """
class TestStore(StoreContract):
    @pytest.fixture
    def adapter(self):
        return open_store({})
"""
BROKEN = """
class Careless(MemoryStore):
    @hookimpl
    def store_list_stock(self, since, attribute):
        return [level for level in super().store_list_stock(since, attribute) if level.available != 0]

@pytest.fixture
def adapter():
    return Careless(open_store({}).shop)

@pytest.fixture
def shop(adapter):
    return adapter.shop

class TestStore(StoreContract):
    pass
"""
LACKING = """
@pytest.fixture
def adapter():
    return object()

class TestStore(StoreContract):
    pass
"""


def test_an_author_meets_every_subject_in_the_order_of_the_questions() -> None:
    assert tuple(reversed(StoreContract.__bases__)) == SUBJECTS


def run(folder: Path, text: str, *words: str) -> str:
    (folder / "test_store.py").write_text(ADAPTER + text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider", "-p", "no:randomly", *words]
    done = subprocess.run(
        [*command, "test_store.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout


def test_without_a_back_door_much_is_checked_and_the_rest_is_skipped_aloud(tmp_path: Path) -> None:
    told = run(tmp_path, WITHOUT_BACK_DOOR)
    assert "68 passed, 48 skipped" in told
    assert "the back door has no ship()" in told


def test_a_failure_says_which_promise_broke_and_what_the_adapter_did(tmp_path: Path) -> None:
    told = run(tmp_path, BROKEN)
    assert "1 failed, 115 passed" in told
    assert "Broken: store_list_stock leaves out a product with no stock: Amazon would go on selling it" in told


def test_an_adapter_that_cannot_be_used_is_told_what_it_lacks(tmp_path: Path) -> None:
    told = run(tmp_path, LACKING, "-x")
    assert "nobody answers this required question" in told
