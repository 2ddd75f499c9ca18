"""`amazon-orders check-adapter`: what an author gets to see, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.cli.root import root
from amazon_orders.testing import promises

MEMORY = "amazon_orders.adapters.memory:open_store"

GOOD = """
from amazon_orders.adapters.memory.store import MemoryStore, PRODUCTS
from amazon_orders.adapters.memory.shop import MemoryShop

class Store(MemoryStore):
    pass

def open_store(config):
    return Store(MemoryShop(config.get("products", PRODUCTS).items()))
"""
BACK_DOOR = """
def shop(adapter):
    return adapter.shop
"""
FORGETFUL = """
from amazon_orders import hookimpl
class Forgetful(Store):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return ref not in self.shop.book or super().store_cancel_order(ref, reason, key)

def careless(config):
    return Forgetful(MemoryShop(PRODUCTS.items()))
"""


@pytest.fixture(autouse=True)
def path_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a check puts on it goes with its test."""
    monkeypatch.setattr(sys, "path", [*sys.path])


def check(*words: str) -> Result:
    result = CliRunner().invoke(root, ["check-adapter", *words])
    assert "This is a fault of amazon-orders" not in result.stderr, result.stderr
    return result


def module(folder: Path, *parts: str) -> str:
    path = folder / "shop_adapter.py"
    path.write_text("".join(parts), encoding="utf-8")
    return str(path)


def test_an_adapter_that_keeps_every_promise_ends_with_0() -> None:
    result = check(MEMORY)
    assert result.exit_code == 0
    assert "  kept     a cancelled order keeps its key" in result.stdout.splitlines()
    assert result.stderr == f"{len(list(promises()))} promises: {len(list(promises()))} kept.\n"


def test_without_a_back_door_its_checks_are_skipped_and_say_so(tmp_path: Path) -> None:
    result = check(module(tmp_path, GOOD), "--json")
    assert result.exit_code == 0
    told = {one["promise"]: one for one in json.loads(result.stdout)["promises"]}
    assert told["a_parcel_keeps_its_id"] == {
        "promise": "a_parcel_keeps_its_id",
        "subject": "store_list_shipments",
        "result": "skipped",
        "detail": "the back door has no ship()",
    }
    assert told["a_known_key_takes_no_stock"]["result"] == "kept"


def test_a_back_door_beside_the_factory_is_used(tmp_path: Path) -> None:
    result = check(module(tmp_path, GOOD, BACK_DOOR), "--json")
    assert json.loads(result.stdout)["kept"] == len(list(promises()))


def test_a_broken_promise_is_told_in_a_sentence_and_ends_with_1(tmp_path: Path) -> None:
    path = module(tmp_path, GOOD, BACK_DOOR, FORGETFUL)
    result = check(f"{path}:careless")
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())  # however wide the terminal is
    promise, why = "an unknown order is not cancelled", "answered for a reference that the shop does not have"
    assert f"BROKEN {promise} store_cancel_order {why}" in told
    assert "115 kept, 1 broken" in result.stderr


def test_settings_reach_the_factory_as_json_or_text(tmp_path: Path) -> None:
    with_products = check(module(tmp_path, GOOD), "--config", 'products={"CUP": 50}', "--product", "CUP", "--json")
    assert with_products.exit_code == 0
    missing = check(module(tmp_path, GOOD), "--config", 'products={"CUP": 50}', "--product", "MUG-BLUE")
    assert (missing.exit_code, "'MUG-BLUE'" in missing.stderr) == (2, True)


def test_an_installed_adapter_is_checked_by_its_name(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path / "shop.db")
    shop.add_products([{"sku": "MUG-BLUE", "stock": 500}])
    shop.close()
    result = check("sqlite", "--config", f"path={tmp_path / 'shop.db'}", "--json")
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (0, 0)


RELATIVE = """
from amazon_orders.adapters.memory.shop import MemoryShop
from amazon_orders.adapters.memory.store import MemoryStore
from .goods import PRODUCTS

def open_store(config):
    return MemoryStore(MemoryShop(PRODUCTS.items()))
"""


def package(folder: Path, *names: str, marked: bool = True) -> Path:
    """A module deep in packages that imports from beside itself. Its file."""
    for name in names:
        folder = folder / name
        folder.mkdir()
        if marked:
            (folder / "__init__.py").touch()
    (folder / "goods.py").write_text('PRODUCTS = {"CUP": 900}', encoding="utf-8")
    (folder / "adapter.py").write_text(RELATIVE, encoding="utf-8")
    return folder / "adapter.py"


@pytest.mark.parametrize("names", [("cups",), ("cups_of_europe", "shop")], ids=" in ".join)
def test_a_file_in_a_package_may_import_from_beside_itself(tmp_path: Path, names: tuple[str, ...]) -> None:
    result = check(str(package(tmp_path, *names)), "--product", "CUP", "--json")
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (0, 0)


def test_a_package_itself_may_hold_the_adapter(tmp_path: Path) -> None:
    path = package(tmp_path, "cups_at_home")
    result = check(str(path.rename(path.with_name("__init__.py"))), "--product", "CUP", "--json")
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (0, 0)


def test_a_relative_import_without_a_package_is_told_what_to_give(tmp_path: Path) -> None:
    result = check(str(package(tmp_path, "loose", marked=False)))
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    assert "its folder has no __init__.py" in told
    assert "put one there, or name package.module:factory from the folder that holds the package" in told


def test_a_package_whose_name_is_taken_is_told(tmp_path: Path) -> None:
    result = check(str(package(tmp_path, "json")))
    told = " ".join(result.stderr.split())
    assert (result.exit_code, "lies in the package json, and Python has another one of that name" in told) == (2, True)


def test_a_name_that_a_module_lacks_is_told_with_the_module(tmp_path: Path) -> None:
    result = check(module(tmp_path, "from decimal import Fraction\n"))
    assert (result.exit_code, "decimal has not all that it imports" in " ".join(result.stderr.split())) == (2, True)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("nothing", "There is no adapter 'nothing'", id="no such name"),
        pytest.param("nothing.py", "There is no Python file nothing.py", id="no such file"),
        pytest.param("nothing.at.all:open_store", "cannot be imported: nothing is missing", id="no such module"),
        pytest.param("amazon_orders.model:open_store", "has no factory 'open_store'", id="no factory"),
        pytest.param("amazon_orders.model:Product", "raised TypeError", id="another callable"),
        pytest.param("builtins:dict", "nobody answers this required question", id="no adapter"),
    ],
)
def test_what_cannot_be_opened_is_told(path: str, says: str) -> None:
    result = check(path)
    assert result.exit_code in (1, 2)
    assert says in result.stderr


def test_an_adapter_that_lacks_a_question_ends_with_2() -> None:
    assert check("builtins:dict").exit_code == 2
