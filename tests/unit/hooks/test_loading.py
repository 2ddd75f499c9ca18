"""Adapters and plugins are loaded by name, only those that are named, and every failure says what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders import Hooks
from amazon_orders.errors import AdapterBug, ConfigError, StoreUnavailable

MODULE = """
from amazon_orders.errors import ConfigError, StoreUnavailable
from amazon_orders.hooks import hookimpl
from tests.unit.hooks.stores import Complete

class Adapter(Complete):
    def __init__(self, config):
        self.config = config

def down(config): raise StoreUnavailable("no answer")
def wrong(config): raise ConfigError("bad", problems={"url": "is missing"})
def broken(config): raise KeyError("secret")
not_callable = 3

class Listener:
    @hookimpl
    def on_run_finished(self, report): pass
listener = Listener()
"""
ENTRIES = """
[amazon_orders.adapters]
mine = shop_of_mine:Adapter
down = shop_of_mine:down
wrong = shop_of_mine:wrong
broken = shop_of_mine:broken
flat = shop_of_mine:not_callable
lacking = shop_that_lacks:open
bursting = shop_that_bursts:open
garbled = garbled:open
absent = absent:open
[amazon_orders.plugins]
loud = shop_of_mine:listener
never = shop_that_bursts:listener
unset = shop_of_mine_unset:listener
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution as pip leaves it: a folder of metadata beside the modules."""
    (tmp_path / "shop_of_mine.py").write_text(MODULE)
    (tmp_path / "shop_that_lacks.py").write_text("import a_client_that_is_not_installed")
    (tmp_path / "shop_that_bursts.py").write_text("1 / 0")
    (tmp_path / "shop_of_mine_unset.py").write_text(
        "from amazon_orders.errors import ConfigError\nraise ConfigError('LISTENER_URL is not set')"
    )
    (tmp_path / "garbled.py").write_text("x = 1\ndef open(:\n")
    for name, entries in {
        "shop-of-mine": ENTRIES,
        "other": "[amazon_orders.adapters]\ntwice = shop_of_mine:Adapter\n",
        "another": "[amazon_orders.adapters]\ntwice = shop_of_mine:down\n",
    }.items():
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entries)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for module in ("shop_of_mine", "shop_that_lacks", "shop_that_bursts"):
        sys.modules.pop(module, None)


def test_the_factory_gets_the_stores_table() -> None:
    hooks = Hooks("shop")
    hooks.load("mine", {"url": "https://shop.example"}, plugins=["loud"])
    hooks.check()
    assert vars(hooks.adapter)["config"] == {"url": "https://shop.example"}
    assert hooks.implemented("on_run_finished")


@pytest.mark.parametrize("path", ["shop_of_mine:Adapter", "shop_of_mine.Adapter"])
def test_an_adapter_of_no_package_is_named_by_its_path(path: str) -> None:
    hooks = Hooks("shop")
    hooks.load(path, {"url": "https://shop.example"}, plugins=["loud"])
    hooks.check()
    assert vars(hooks.adapter)["config"] == {"url": "https://shop.example"}


def test_only_what_is_named_is_imported() -> None:
    Hooks().load("mine", {})
    assert "shop_that_bursts" not in sys.modules


def test_the_demo_store_ships_with_the_library(tmp_path: Path) -> None:
    hooks = Hooks("shop")
    hooks.load("sqlite", {"path": str(tmp_path / "shop.db")})
    hooks.check()
    hooks.close()


FAILURES: dict[str, tuple[str, type[Exception], str]] = {
    "an unknown name lists the known ones": ("mien", ConfigError, r"no adapter 'mien'\. Installed: .*mine.*sqlite"),
    "a plugin is no adapter": ("loud", ConfigError, "no adapter 'loud'"),
    "one name in two packages": ("twice", ConfigError, "in several packages: another, other"),
    "a package that it needs is missing": (
        "lacking",
        ConfigError,
        r"a_client_that_is_not_installed is missing.*Install.*shop-of-mine",
    ),
    "a module that cannot be parsed": ("garbled", AdapterBug, r"SyntaxError while it was imported, at garbled\.py:2;"),
    "a module that its own package lacks": ("absent", ConfigError, r"shop-of-mine has no module absent.*entry point"),
    "an import that fails": (
        "bursting",
        AdapterBug,
        r"ZeroDivisionError while it was imported, at shop_that_bursts\.py:1;",
    ),
    "a path to no module": ("nowhere.to:open", ConfigError, "Python finds no module nowhere.*PYTHONPATH"),
    "a path to no factory": ("shop_of_mine:opne", ConfigError, "shop_of_mine has no opne. Name its factory"),
    "a path to a module that bursts": ("shop_that_bursts.open", AdapterBug, "ZeroDivisionError while"),
    "a path to a module that needs another": ("shop_that_lacks:open", ConfigError, "that_is_not_installed is missing"),
    "no factory": ("flat", AdapterBug, "is no factory"),
    "a factory that fails": ("broken", AdapterBug, r"its factory raised KeyError at shop_of_mine\.py:\d+;"),
    "a setting that is wrong": ("wrong", ConfigError, "url: is missing"),
    "a store that does not answer": ("down", StoreUnavailable, "no answer"),
}


@pytest.mark.parametrize(("name", "error", "message"), FAILURES.values(), ids=FAILURES)
def test_a_failure_to_load_says_what_to_do(name: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        Hooks().load(name, {})
    assert "secret" not in str(caught.value)


def test_an_unknown_plugin_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no plugin 'lout'\. Installed: .*loud"):
        Hooks().load("mine", {}, plugins=["lout"])


def test_a_plugin_is_named_by_its_entry_point_alone() -> None:
    with pytest.raises(ConfigError, match="no plugin 'shop_of_mine:Adapter'"):
        Hooks().load("mine", {}, plugins=["shop_of_mine:Adapter"])


def test_a_plugin_may_say_what_is_wrong_with_its_own_settings() -> None:
    with pytest.raises(ConfigError, match="LISTENER_URL is not set"):
        Hooks().load("mine", {}, plugins=["unset"])
