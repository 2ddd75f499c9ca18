"""The config file: what is wrong is named with its path, and nothing is looked up before it is needed."""

from __future__ import annotations

import errno
import os
import tomllib
import traceback
from pathlib import Path

import pytest

from amazon_orders.errors import ConfigError
from amazon_orders.settings import Config, in_words
from amazon_orders.settings.examples import FILE_EXAMPLES


def problems(data: dict) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_mapping(data)
    return caught.value.problems


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"ledgr": {}}, "ledgr"),
        ({"ledger": {"urll": "x"}}, "ledger.urll"),
        ({"ledger": {"lease_seconds": 0}}, "ledger.lease_seconds"),
        ({"ledger": "x"}, "ledger"),
        ({"lwa": {"client": "x"}}, "lwa.client"),
        ({"stores": {"shop": {"path": "x"}}}, "stores.shop.adapter"),
        ({"stores": {"shop": {"adapter": ""}}}, "stores.shop.adapter"),
        ({"plugins": "one"}, "plugins"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_key_is_an_error_that_names_its_path(data: dict, path: str) -> None:
    assert path in problems(data)


def test_every_wrong_key_is_listed_at_once() -> None:
    assert set(problems({"a": 1, "b": 2, "ledger": {"c": 3}})) == {"a", "b", "ledger.c"}


def test_paths_are_relative_to_the_file_not_to_where_the_command_runs(tmp_path: Path, monkeypatch) -> None:
    home = tmp_path / "shop"
    home.mkdir()
    (home / "amazon-orders.toml").write_text(
        '[ledger]\nurl = "sqlite:///l.db"\nkey_file = "k"\n'
        '[stores.shop]\nadapter = "sqlite"\npath = "s.db"\nnote = "x"\n'
    )
    monkeypatch.chdir(tmp_path)
    config = Config.from_file(home / "amazon-orders.toml")
    assert config.ledger_url == f"sqlite:///{home}/l.db"
    assert config.key_file == str(home / "k")
    assert config.store("shop").resolved() == {"path": str(home / "s.db"), "note": "x"}


def test_the_file_is_named_by_argument_then_environment_then_folder(tmp_path: Path, monkeypatch) -> None:
    for name in ("given", "variable"):
        (tmp_path / f"{name}.toml").write_text(f'plugins = ["{name}"]\n')
    (tmp_path / "amazon-orders.toml").write_text('plugins = ["folder"]\n')
    monkeypatch.chdir(tmp_path)
    assert list(Config.from_file().plugins) == ["folder"]
    monkeypatch.setenv("AMAZON_ORDERS_CONFIG", str(tmp_path / "variable.toml"))
    assert list(Config.from_file().plugins) == ["variable"]
    assert list(Config.from_file(tmp_path / "given.toml").plugins) == ["given"]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="amazon-orders init"):
        Config.from_file(tmp_path / "none.toml")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[ledger\n")
    with pytest.raises(ConfigError, match=r"c\.toml is not valid TOML"):
        Config.from_file(tmp_path / "c.toml")


def test_environment_values_are_looked_up_only_when_used(monkeypatch) -> None:
    config = Config.from_mapping({"stores": {"shop": {"adapter": "x", "password": "env:SHOP_PASSWORD"}}})
    with pytest.raises(ConfigError) as caught:
        config.store("shop").resolved()
    assert caught.value.problems == {
        "stores.shop.password": "set the environment variable SHOP_PASSWORD, or write the value here"
    }
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret")
    assert config.store("shop").resolved() == {"password": "s3cret"}


def test_an_unknown_store_names_the_known_ones() -> None:
    config = Config.from_mapping({"stores": {"shop": {"adapter": "x"}}})
    with pytest.raises(ConfigError, match=r"known: shop"):
        config.store("shpo")


def test_a_key_file_that_is_named_and_missing_stops_instead_of_dropping_data(tmp_path: Path) -> None:
    config = Config.from_mapping({"ledger": {"key_file": "gone.key"}}, folder=tmp_path)
    with pytest.raises(ConfigError, match=r"gone\.key does not exist; put it back"):
        config.key()


def test_the_key_comes_from_the_environment_before_the_file(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "k").write_text("from-file\n")
    config = Config.from_mapping({"ledger": {"key_file": "k"}}, folder=tmp_path)
    assert config.key() == "from-file"
    monkeypatch.setenv("AMAZON_ORDERS_KEY", "from-environment")
    assert config.key() == "from-environment"


def test_no_key_file_means_no_key() -> None:
    assert Config.from_mapping({}).key() is None


def test_secrets_do_not_show_in_repr() -> None:
    config = Config.from_mapping(
        {"lwa": {"client_secret": "CANARY-1"}, "stores": {"shop": {"adapter": "x", "password": "CANARY-2"}}}
    )
    assert "CANARY" not in repr(config)


BROKEN = {
    "a quote is missing at the end": (
        '[ledger]\nurl = "sqlite:///CANARY.db\n',
        'line 2: url = "…',
        "A quote is missing",
    ),
    "both quotes are missing": (
        "[ledger]\nurl = sqlite:///CANARY.db  # it's here\n",
        "line 2: url = …",
        'quotes: url = "…"',
    ),
    "a bracket is missing": ('[ledger\nurl = "CANARY"\n', "line 1: [ledger", "written [name]"),
    "no value": ("[lwa]\nclient_id =\n", "line 2: client_id =", "value is missing"),
    "a path of Windows": ('[stores.shop]\npath = "C:\\shop\\CANARY.db"\n', "line 2: path =", "write / or put"),
    "a list is never closed": ('plugins = ["CANARY",\n', "", "never closed"),
    "a line that is nothing": ("[lwa]\nclient_secret CANARY\n", "line 2: … …", ""),
}


@pytest.mark.parametrize(("text", "line", "hint"), BROKEN.values(), ids=BROKEN)
def test_a_slip_in_the_file_is_shown_with_its_line_and_without_its_value(
    tmp_path: Path, text: str, line: str, hint: str
) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        Config.from_file(tmp_path / "c.toml")
    told = str(caught.value)
    assert line in told
    assert hint in told
    assert "CANARY" not in "".join(traceback.format_exception(caught.value))


UNKNOWN = {
    "a table with a slip": ({"lva": {}}, "lva", "did you mean lwa?"),
    "a key with a slip": ({"ledger": {"urll": "x"}}, "ledger.urll", "did you mean url?"),
    "a key of another table": ({"client_id": "x"}, "client_id", "under [lwa]"),
    "plugins below a table": ({"lwa": {"plugins": ["x"]}}, "lwa.plugins", "at the top of the file"),
    "something else": ({"shops": {}}, "shops", "unknown key; known here: ledger, lwa, stores, plugins"),
}


@pytest.mark.parametrize(("data", "path", "says"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_key_is_told_what_was_probably_meant(data: dict, path: str, says: str) -> None:
    assert says in problems(data)[path]


WRONG_KINDS = {
    "ledger": ({"ledger": "x"}, "must be a table, for example [ledger]"),
    "ledger.url": ({"ledger": {"url": 1}}, 'must be text, for example url = "sqlite:///'),
    "ledger.lease_seconds": ({"ledger": {"lease_seconds": "soon"}}, "must be a number, for example lease_seconds = 60"),
    "plugins": ({"plugins": "prime"}, 'must be a list, for example plugins = ["prime"]'),
    "stores": ({"stores": "shop"}, "for example [stores.shop]"),
    "stores.adapter.value": ({"stores": {"adapter": "sqlite"}}, "for example [stores.shop]"),
    "lwa.secret_created_at": ({"lwa": {"secret_created_at": "soon"}}, "write 2026-11-01"),
}


@pytest.mark.parametrize(("path", "case"), WRONG_KINDS.items(), ids=WRONG_KINDS)
def test_a_value_of_the_wrong_kind_is_told_what_to_write(path: str, case: tuple[dict, str]) -> None:
    data, says = case
    assert says in problems(data)[path]


def test_every_key_of_the_file_has_an_example_that_is_one() -> None:
    for path, example in FILE_EXAMPLES.items():
        line = example.split(", ")[0]
        table, dot, _ = path.partition(".")
        loaded = tomllib.loads(f"[{table}]\n{line}" if dot else line)
        Config.from_mapping(loaded if path != "stores" else {})
        assert path.rpartition(".")[2] in line


def test_what_a_file_cannot_be_used_for_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: it is a folder, not a file"):
        Config.from_file(tmp_path)
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        Config.from_file(tmp_path / "c.toml")
    with pytest.raises(ConfigError, match="a part of its path is a file"):
        Config.from_file(tmp_path / "c.toml" / "d.toml")
    key = Config.from_mapping({"ledger": {"key_file": "."}}, folder=tmp_path)
    with pytest.raises(ConfigError, match="it is a folder, not a file"):
        key.key()
    for number in (errno.EACCES, errno.ENOSPC, errno.EROFS, 99999):
        assert "Errno" not in in_words(OSError(number, os.strerror(number)))
