"""`amazon-orders new-adapter`: the wheel writes a package, its tests say what to write next, and filled it sells."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from amazon_orders.cli.root import root
from amazon_orders.errors import ConfigError
from amazon_orders.hooks import Hooks
from amazon_orders.hooks.registry import FACTS
from amazon_orders.hooks.specs import REQUIRED, SPECS
from amazon_orders.model import Charge, StoreLine, StoreOrder
from tests.docs.pages import ROOT, find_blocks

pytestmark = pytest.mark.timeout(120)

NAME, MODULE = "corner-shop", "amazon_orders_corner_shop"
FILES = [
    "README.md",
    *(f"{MODULE}/{name}" for name in ("__init__.py", "adapter.py", "py.typed")),
    "pyproject.toml",
    "tests/test_adapter.py",
]
COMMAND = "from amazon_orders.cli import main; main()"
PAGE = {
    block.notes["file"]: block.code
    for block in find_blocks((ROOT / "docs" / "adapters.md").read_text(encoding="utf-8"), "docs/adapters.md")
    if "file" in block.notes
}


def python(*words: str, folder: Path, site: tuple[Path, ...]) -> subprocess.CompletedProcess[str]:
    """Python as somebody has it who installed what is in `site`, and nothing of this checkout's."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(str(path) for path in site),
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def must(*words: str, folder: Path, site: tuple[Path, ...] = ()) -> str:
    done = python(*words, folder=folder, site=site)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def installed(source: Path, target: Path) -> Path:
    """The package as pip builds and installs it, without an index, into a folder of its own."""
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-index", "--no-deps"]
    must(*pip, "--no-build-isolation", "--target", str(target), str(source), folder=target.parent)
    return target


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as its wheel brings it."""
    folder = tmp_path_factory.mktemp("library")
    source = folder / "source"
    shutil.copytree(ROOT / "amazon_orders", source / "amazon_orders", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    return installed(source, folder / "site")


@pytest.fixture(scope="module")
def fresh(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that nobody has filled yet."""
    folder = tmp_path_factory.mktemp("fresh")
    must("-c", COMMAND, "new-adapter", NAME, folder=folder, site=(library,))
    return folder / NAME


@pytest.fixture(scope="module")
def fresh_site(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as pip installs it."""
    folder = tmp_path_factory.mktemp("fresh-site")
    return installed(shutil.copytree(fresh, folder / "source"), folder / "site")


@pytest.fixture(scope="module")
def filled(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with the shop, the adapter and the tests of the page about adapters."""
    folder = shutil.copytree(fresh, tmp_path_factory.mktemp("filled") / NAME)
    (folder / MODULE / "dict_shop.py").write_text(PAGE["dict_shop.py"], encoding="utf-8")
    adapter = PAGE["my_adapter.py"].replace("from dict_shop import", "from .dict_shop import")
    (folder / MODULE / "adapter.py").write_text(adapter, encoding="utf-8")
    (folder / MODULE / "back_door.py").write_text(PAGE["back_door.py"], encoding="utf-8")
    tests = PAGE["test_my_adapter.py"].replace("from my_adapter import", f"from {MODULE}.adapter import")
    tests = tests.replace("from back_door import", f"from {MODULE}.back_door import")
    (folder / "tests" / "test_adapter.py").write_text(tests, encoding="utf-8")
    return folder


def new_adapter(*words: str) -> Result:
    result = CliRunner().invoke(root, ["new-adapter", *words])
    assert "This is a fault of amazon-orders" not in result.stderr, result.stderr
    return result


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What is written


def test_it_names_its_files_and_says_what_comes_next(here: Path) -> None:
    result = new_adapter(NAME)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [f"{NAME}/{name}" for name in FILES]
    assert result.stderr.startswith(f"Next: cd {NAME} && pip install -e '.[test]' && python -m pytest\n")
    assert sorted(everything(here / NAME)) == sorted(FILES)


def test_the_wheel_writes_what_the_checkout_writes(fresh: Path, here: Path) -> None:
    assert new_adapter(NAME).exit_code == 0
    assert everything(fresh) == everything(here / NAME)


def test_json_says_how_everything_is_called(here: Path) -> None:
    result = new_adapter(NAME, "--dir", "deep/down", "--json")
    assert json.loads(result.stdout) == {
        "name": NAME,
        "package": "amazon-orders-corner-shop",
        "module": MODULE,
        "folder": "deep/down",
        "files": FILES,
    }
    assert sorted(everything(here / "deep" / "down")) == sorted(FILES)


def test_a_shop_may_begin_with_a_digit(here: Path) -> None:
    assert new_adapter("3d-cart").exit_code == 0
    assert (here / "3d-cart" / "amazon_orders_3d_cart" / "adapter.py").is_file()


def test_a_new_repository_is_an_empty_folder(here: Path) -> None:
    (here / ".git").mkdir()
    result = new_adapter(NAME, "--dir", ".")
    assert result.exit_code == 0
    assert result.stderr.startswith("Next: pip install")


def loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("fresh_adapter", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def module(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Of a copy: Python leaves what it compiled beside what it loads."""
    folder = shutil.copytree(fresh, tmp_path_factory.mktemp("loaded") / NAME)
    return loaded(folder / MODULE / "adapter.py")


def words(text: str | None) -> str:
    return " ".join((text or "").split())


@pytest.mark.parametrize("question", sorted(REQUIRED))
def test_each_required_question_is_there_with_what_its_specification_says(module: ModuleType, question: str) -> None:
    method = getattr(module.Adapter, question)
    wanted = inspect.signature(SPECS[question])
    assert str(inspect.signature(method)) == str(wanted).replace("(", "(self, ", 1)
    text = words(SPECS[question].__doc__).partition(" Example:")[0]
    assert words(method.__doc__) == text.replace("Answered by: the store's adapter, required. ", "")


def test_the_library_takes_a_fresh_adapter_and_its_facts_are_on_the_careful_side(module: ModuleType) -> None:
    adapter = module.open_store({"url": "http://shop"})
    hooks = Hooks("shop")
    hooks.register(adapter, NAME)
    hooks.check()
    assert {hook for hook, _, _ in hooks.answering()} == REQUIRED
    assert {fact: vars(type(adapter))[fact] for fact in FACTS} == FACTS


def test_each_optional_question_is_named_in_a_comment(fresh: Path) -> None:
    text = (fresh / MODULE / "adapter.py").read_text(encoding="utf-8")
    named = re.findall(r"^    # - (\w+): ", text, re.MULTILINE)
    assert named == [name for name in SPECS if name.startswith("store_") and name not in REQUIRED]


@pytest.mark.parametrize("config", [{}, {"url": ""}, {"url": 5}, {"url": "http://shop", "ulr": "x"}], ids=str)
def test_the_factory_refuses_options_that_are_wrong(module: ModuleType, config: Mapping[str, Any]) -> None:
    with pytest.raises(ConfigError) as refused:
        module.open_store(config)
    assert set(refused.value.problems) == {"ulr" if "ulr" in config else "url"}


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("adapter", ["oscar", "sqlite", "memory"])
def test_its_page_has_the_headings_of_an_adapters_page_in_their_order(fresh: Path, adapter: str) -> None:
    mine = headings((fresh / "README.md").read_text(encoding="utf-8"))
    page = headings((ROOT / "docs" / f"{adapter}.md").read_text(encoding="utf-8"))
    shared = [heading for heading in page if heading in mine]
    assert shared == [heading for heading in mine if heading in page]
    assert set(shared) >= {"Install", "Configure", "References", "Tax", "Stock", "Limits", "What was verified"}


@pytest.mark.parametrize("type_", [StoreOrder, StoreLine, Charge], ids=lambda type_: type_.__name__)
def test_the_page_about_adapters_has_every_field_that_an_order_holds(type_: type) -> None:
    text = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
    section = text.partition("## What an order holds\n")[2].partition("### ")[0]
    assert [field.name for field in fields(type_) if f"`{field.name}`" not in section] == []


def test_a_fresh_package_passes_the_linter_the_formatter_and_strict_types(fresh: Path, tmp_path: Path) -> None:
    must("-m", "ruff", "check", "--no-cache", ".", folder=fresh)
    must("-m", "ruff", "format", "--no-cache", "--check", ".", folder=fresh)
    must("-m", "mypy", "--strict", "--cache-dir", str(tmp_path), ".", folder=fresh, site=(ROOT,))


# What its tests say


def says_next(package: Path, library: Path) -> str:
    """The question that the tests of the package name, which is all that they say."""
    words = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly")
    done = python(*words, folder=package, site=(package, library))
    assert done.returncode == 1, done.stdout
    assert not re.search(r"Traceback|^ +raise ", done.stdout, re.MULTILINE), "a sentence, and no code"
    named = set(re.findall(r"adapter\.(store_\w+): is not written yet; its docstring", done.stdout))
    assert len(named) == 1, done.stdout
    return str(named.pop())


HALF_WRITTEN = """
from finished import DictAdapter, DictShop

SHOP = DictShop()
SHOP.products = {{"1": {{"sku": "MUG-BLUE", "stock": 1000}}}}


class Half(DictAdapter):
    url = ""


for question in {unwritten}:
    setattr(Half, question, vars(Adapter)[question])


def open_store(config):
    return Half(SHOP)
"""


@pytest.mark.parametrize(
    ("unwritten", "following"),
    [
        pytest.param(REQUIRED, "store_find_products", id="nothing is written"),
        pytest.param(REQUIRED - {"store_find_products"}, "store_place_order", id="products are found"),
        pytest.param({"store_list_shipments"}, "store_list_shipments", id="one is left"),
    ],
)
def test_its_tests_name_the_question_to_write_next(
    fresh: Path, library: Path, tmp_path: Path, unwritten: frozenset[str], following: str
) -> None:
    package = shutil.copytree(fresh, tmp_path / NAME)
    (package / "dict_shop.py").write_text(PAGE["dict_shop.py"], encoding="utf-8")
    (package / "finished.py").write_text(PAGE["my_adapter.py"], encoding="utf-8")
    with (package / MODULE / "adapter.py").open("a", encoding="utf-8") as file:
        file.write(HALF_WRITTEN.format(unwritten=sorted(unwritten)))
    assert says_next(package, library) == following


def test_check_adapter_says_the_same(fresh_site: Path, library: Path, tmp_path: Path) -> None:
    check = ("-c", COMMAND, "check-adapter", NAME, "--product", "MUG-BLUE")
    done = python(*check, "--config", "url=http://shop", folder=tmp_path, site=(fresh_site, library))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: adapter.store_find_products: is not written yet; its docstring")
    done = python(*check, folder=tmp_path, site=(fresh_site, library))
    assert (done.returncode, "url: has to be the shop's address" in done.stderr) == (2, True)


# Filled, it sells

SYNC = """
import json
from datetime import timedelta
from pathlib import Path
from amazon_orders import App
from amazon_orders.sandbox import Clock, SimulatedAmazon, literals
from amazon_orders.sandbox.literals import Line

clock = Clock()
amazon = SimulatedAmazon(clock=clock)
seller = amazon.add_seller(region="eu", marketplaces=["DE"])
an_hour_ago = clock.now() - timedelta(hours=1)
seller.add(
    literals.order("306-0000000-0000001", Line(sku="MUG-BLUE", quantity=2, item="19.98"), created=an_hour_ago),
    literals.order("306-0000000-0000002", Line(sku="TEAPOT", item="24.50", shipping="4.99"), created=an_hour_ago),
)
Path("amazon-orders.key").write_text("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
Path("amazon-orders.toml").write_text(f'''
[ledger]
url = "sqlite:///ledger.db"
key_file = "amazon-orders.key"
[lwa]
client_id = "{amazon.client_id}"
client_secret = "{amazon.client_secret}"
[stores.shop]
adapter = "corner-shop"
url = "http://shop"
''')
with App.from_file("amazon-orders.toml", now=clock.now, pause=clock.sleep, adapter=amazon.transport()) as app:
    app.connections.add({
        "name": "de", "seller_id": seller.seller_id, "region": "eu", "marketplaces": ["DE"], "store": "shop",
        "active": True, "sync_from": "2020-01-01T00:00:00Z", "refresh_token": seller.refresh_token,
    })
    reports = [app.sync("de", only=["orders"]).as_dict()["connections"][0]["flows"][0] for _ in range(2)]
    known = [order.status for order in app.orders.list()]
    shop = getattr(app.hooks("shop").adapter, "shop", None)  # a fresh adapter has none
print(json.dumps({"reports": reports, "known": known, "shop": shop and vars(shop)}, default=str))
"""


def synced(*site: Path, folder: Path) -> dict[str, Any]:
    """What came of two syncs of two orders."""
    told: dict[str, Any] = json.loads(must("-c", SYNC, folder=folder, site=site))
    return told


def test_filled_with_the_shop_of_the_page_it_keeps_every_promise(filled: Path, library: Path) -> None:
    told = must("-m", "pytest", "-p", "no:cacheprovider", folder=filled, site=(filled, library))
    passed = re.search(r"(\d+) passed, \d+ skipped in", told)
    assert passed is not None, told
    assert int(passed[1]) > 60


def test_named_in_a_config_it_gets_the_orders_each_once(filled: Path, library: Path, tmp_path: Path) -> None:
    site = installed(shutil.copytree(filled, tmp_path / "source"), tmp_path / "site")
    told = synced(site, library, folder=tmp_path)
    first, second = told["reports"]
    assert (first["placed"], first["held"], first["error"]) == (2, 0, None)
    assert (second["placed"], second["held"], second["error"]) == (0, 0, None)
    orders = told["shop"]["orders"].values()
    assert {order["external_id"]: (order["total"], order["status"]) for order in orders} == {
        "306-0000000-0000001": ("19.98", "new"),
        "306-0000000-0000002": ("29.49", "new"),
    }
    assert len(orders) == 2
    assert {product["sku"]: product["stock"] for product in told["shop"]["products"].values()} == {
        "MUG-BLUE": 998,
        "TEAPOT": 999,
    }


def test_a_fresh_one_places_nothing_and_holds_nothing(fresh_site: Path, library: Path, tmp_path: Path) -> None:
    told = synced(fresh_site, library, folder=tmp_path)
    first, second = told["reports"]
    assert first["error"]["message"].startswith("corner-shop.store_find_products: ")
    assert "is not written yet" in first["error"]["message"]
    assert [(report["placed"], report["held"]) for report in (first, second)] == [(0, 0), (0, 0)]
    assert "placed" not in told["known"]


# What is refused

REFUSED = {
    "an adapter of the library": ("oscar", "There is an adapter 'oscar' already, in amazon-order-sync"),
    "the demo store": ("sqlite", "There is an adapter 'sqlite' already"),
    "capitals and blanks": ("My Shop", "How about 'my-shop'?"),
    "an underscore": ("my_shop", "How about 'my-shop'?"),
    "a path": ("../shop", "How about 'shop'?"),
    "a hyphen at the end": ("shop-", "How about 'shop'?"),
    "no letters at all": ("...", "cannot name an adapter"),
    "the prefix": ("amazon-orders-shop", "Say 'shop'"),
    "a name that is too long for a file": ("x" * 300, "cannot be used"),
}


@pytest.mark.parametrize(("name", "says"), REFUSED.values(), ids=REFUSED)
def test_a_name_that_will_not_do_is_refused_with_a_better_one(here: Path, name: str, says: str) -> None:
    result = new_adapter(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert list(here.iterdir()) == []


def test_a_name_that_another_package_has_is_refused_and_its_own_is_not(
    fresh_site: Path, library: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(fresh_site, tmp_path / "site")
    must("-c", COMMAND, "new-adapter", NAME, folder=tmp_path, site=(site, library))
    (metadata,) = site.glob("*.dist-info/METADATA")
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(text.replace("Name: amazon-orders-corner-shop", "Name: rival"), encoding="utf-8")
    done = python("-c", COMMAND, "new-adapter", NAME, "--dir", "x", folder=tmp_path, site=(site, library))
    assert done.returncode == 2
    assert f"There is an adapter {NAME!r} already, in rival" in done.stderr


def test_a_folder_with_files_is_left_as_it_is(here: Path) -> None:
    assert new_adapter(NAME).exit_code == 0
    (here / NAME / "README.md").write_text("mine", encoding="utf-8")
    before = everything(here)
    result = new_adapter(NAME, "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["record"]) == ("config", NAME)
    assert "name a new folder with --dir, or empty this one" in error["message"]
    assert everything(here) == before


def test_a_file_in_the_way_is_left_as_it_is(here: Path) -> None:
    (here / NAME).write_text("mine", encoding="utf-8")
    result = new_adapter(NAME)
    assert (result.exit_code, "cannot be used" in result.stderr) == (2, True)
    assert everything(here) == {NAME: b"mine"}


def test_what_was_written_is_taken_away_if_the_rest_cannot_be(library: Path, tmp_path: Path) -> None:
    """The page fits, the adapter is larger than this process may write."""
    small_disk = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)); {COMMAND}"
    done = python("-c", small_disk, "new-adapter", NAME, "--dir", "a/b", folder=tmp_path, site=(library,))
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_tab_key_knows_it() -> None:
    shell = ShellComplete(root, {}, "amazon-orders", "_AMAZON_ORDERS_COMPLETE")
    assert [item.value for item in shell.get_completions([], "new")] == ["new-adapter"]
    assert [item.value for item in shell.get_completions(["new-adapter", NAME], "--d")] == ["--dir"]
    assert [item.type for item in shell.get_completions(["new-adapter", NAME, "--dir"], "")] == ["dir"]
