"""What goes wrong with config file, key and ledger: said with what, where, whose fault and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amazon_orders.cli.root import root
from tests.story.command_line import SELLER, TOKEN, CommandLine

GOOD = """
[ledger]
url = "sqlite:///ledger.db"
[lwa]
client_id = "a"
client_secret = "b"
[stores.shop]
adapter = "sqlite"
path = "shop.db"
"""

CONFIGS = {
    "no file": (None, ["amazon-orders.toml", "amazon-orders init", "--config"]),
    "no TOML": ("[ledger\n", ["not valid TOML", "line 1"]),
    "an unknown key": (GOOD.replace("url =", "urll ="), ["ledger.urll", "unknown key"]),
    "an unknown table": (GOOD + "[shops]\n", ["shops", "unknown key"]),
    "a store without an adapter": (
        GOOD.replace('adapter = "sqlite"', ""),
        ["stores.shop.adapter", "say which adapter"],
    ),
    "a wrong type": (GOOD.replace('"sqlite:///ledger.db"', "1"), ["ledger.url"]),
    "a key file that is gone": (
        GOOD.replace("[lwa]", 'key_file = "gone.key"\n[lwa]'),
        ["ledger.key_file", "gone.key", "does not exist", "backup"],
    ),
    "an unset variable": (
        GOOD.replace('"sqlite:///ledger.db"', '"env:NO_SUCH_LEDGER"'),
        ["ledger.url", "NO_SUCH_LEDGER"],
    ),
}


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(root, [*words, "--config", str(folder / "amazon-orders.toml")])


@pytest.mark.parametrize(("text", "says"), CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("words", [["connection", "list"], ["sync"], ["orders", "list"]], ids=" ".join)
def test_a_config_that_is_wrong_ends_with_2(
    tmp_path: Path, text: str | None, says: list[str], words: list[str]
) -> None:
    if text is not None:
        (tmp_path / "amazon-orders.toml").write_text(text, encoding="utf-8")
    result = run(tmp_path, *words, "--json")
    assert result.exit_code == 2
    assert [word for word in says if word not in result.stderr] == []
    error = json.loads(result.stdout)["error"]
    assert set(error) == {"code", "message", "record"}
    assert error["code"] == "config"
    assert [word for word in says if word not in error["message"]] == []


def test_the_file_is_found_by_option_then_by_variable_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {}
    for name in ("option", "variable", "here"):
        line = CommandLine(tmp_path / name)
        line.open_shop()
        line.connect(name)
        places[name] = line.config
    monkeypatch.chdir(tmp_path / "here")

    def found(*words: str) -> str:
        result = CliRunner().invoke(root, [*words, "connection", "list", "--json"])
        return str(json.loads(result.stdout)["name"])

    assert found() == "here"
    monkeypatch.setenv("AMAZON_ORDERS_CONFIG", str(places["variable"]))
    assert found() == "variable"
    assert found("--config", str(places["option"])) == "option"


def test_an_adapter_that_is_not_installed_is_told_with_those_that_are(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    line.config.write_text(line.config.read_text().replace('adapter = "sqlite"', 'adapter = "sqlight"'))
    result = line.run("sync", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["connections"][0]["flows"][0]["error"]
    assert "sqlight" in error["message"]
    assert "sqlite" in error["message"]


def test_a_wrong_key_is_told_and_writes_nothing(tmp_path: Path) -> None:
    from cryptography.fernet import Fernet

    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    order_id = line.buy("MUG-WHITE")
    key = tmp_path / "amazon-orders.key"
    right = key.read_text()
    key.write_text(Fernet.generate_key().decode())
    result = line.run("sync")
    assert result.exit_code == 1
    assert "key" in result.stderr.lower()
    assert line.look("SELECT count(*) FROM orders") == [(0,)]
    key.write_text(right)
    line.must("sync")
    assert line.look("SELECT external_id FROM orders") == [(order_id,)]


def test_a_missing_secret_of_the_application_is_told_with_its_variable(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.must("init")
    line.connect()
    result = line.run("sync")
    assert result.exit_code == 2
    assert "LWA_CLIENT_ID" in result.stderr


def test_a_ledger_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "amazon-orders.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "ledger.db").write_text("my shopping list\n" * 1000, encoding="utf-8")
    result = run(tmp_path, "orders", "list")
    assert result.exit_code == 1
    assert "ledger.db" in result.stderr
    assert "[ledger] url" in result.stderr


def test_a_fault_of_the_program_says_where_and_not_with_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one place where something of ours is replaced: there is no honest way to have a bug."""
    from amazon_orders.app import App

    buyer = "Erika Mustermann, Atzr|secret"

    def broken(*_: object, **__: object) -> None:
        raise ValueError(buyer)

    monkeypatch.setattr(App, "from_file", broken)
    for words in (["sync"], ["sync", "-v"], ["sync", "--json"]):
        result = CliRunner().invoke(root, words)
        assert result.exit_code == 1
        assert "ValueError at " in result.stderr
        assert "please report it" in result.stderr
        assert "Mustermann" not in result.output
        assert "Atzr" not in result.output
    assert "in broken" in CliRunner().invoke(root, ["sync", "-v"]).stderr


def test_without_a_key_the_token_stays_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = CommandLine(tmp_path)
    line.open_shop()
    text = line.config.read_text(encoding="utf-8")
    line.config.write_text("\n".join(row for row in text.splitlines() if "key_file" not in row), encoding="utf-8")
    (tmp_path / "amazon-orders.db").unlink()  # made with a key
    words = ["connection", "add", "de", f"seller_id={SELLER}", "region=eu", "marketplaces=DE", "store=shop"]
    refused = line.run(*words, "--refresh-token-file", "-", stdin=TOKEN)
    assert refused.exit_code == 2
    assert "env:NAME" in refused.stderr
    assert "key_file" in refused.stderr
    line.must(*words, "active=true", "--refresh-token-file", "-", stdin="env:STORY_TOKEN")
    unset = line.run("sync")
    assert unset.exit_code == 2, unset.output
    assert "STORY_TOKEN" in unset.stderr
    monkeypatch.setenv("STORY_TOKEN", TOKEN)
    order_id = line.buy("MUG-WHITE")
    line.must("sync")
    assert line.look("SELECT external_id FROM orders") == [(order_id,)]
    assert TOKEN.encode() not in line.everything_on_disk()
