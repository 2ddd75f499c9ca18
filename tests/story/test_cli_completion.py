"""The Tab key: verbs, names of connections, orders with a problem, settings and their values; else silence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from amazon_orders.cli.root import root
from tests.story.command_line import CommandLine

COMMAND = Path(sys.executable).with_name("amazon-orders")
BASH = """
eval "$(_AMAZON_ORDERS_COMPLETE=bash_source amazon-orders)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { echo "compopt:$2"; }
_amazon_orders_completion amazon-orders
for reply in "${COMPREPLY[@]}"; do echo "$reply"; done
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), **more}


def run(folder: Path, *command: str, **more: str) -> list[str]:
    """What the command prints, in lines; anything on stderr fails the test."""
    done = subprocess.run(
        command, cwd=folder, env=environment(folder, **more), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def tab(folder: Path, *words: str, **more: str) -> list[str]:
    """What bash offers when Tab is pressed after `words`. The marks are bash's own: `=` is a word there."""
    return run(folder, "bash", "--norc", "-c", BASH, "bash", "amazon-orders", *words, **more)


def offered(shop: CommandLine, *words: str) -> list[str]:
    """The same as `tab`, asked of click in this process."""
    shell = ShellComplete(root, {}, "amazon-orders", "_AMAZON_ORDERS_COMPLETE")
    return [item.value for item in shell.get_completions(["--config", str(shop.config), *words[:-1]], words[-1])]


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect("de")
    return line


def test_verbs_are_offered_and_need_no_config(tmp_path: Path) -> None:
    assert tab(tmp_path, "con") == ["connection"]
    assert "explain" in tab(tmp_path, "orders", "")
    assert "--held" in tab(tmp_path, "orders", "retry", "--")


NAMES = {
    "connection show": ["connection", "show", ""],
    "connection set": ["connection", "set", ""],
    "connection test": ["connection", "test", "d"],
    "connection history": ["connection", "history", ""],
    "connection remove": ["connection", "remove", ""],
    "connection authorise": ["connection", "authorise", ""],
    "sync": ["sync", ""],
    "sku test": ["sku", "test", ""],
    "sku preview": ["sku", "preview", ""],
    "sku alias": ["sku", "alias", ""],
    "orders list": ["orders", "list", "--connection", ""],
    "orders recover": ["orders", "recover", "--connection", ""],
    "ledger reset-quota": ["ledger", "reset-quota", ""],
}


def test_connections_are_offered_wherever_one_is_named(shop: CommandLine) -> None:
    for what, words in NAMES.items():
        assert offered(shop, *words) == ["de"], what
    assert offered(shop, "connection", "show", "x") == []
    assert offered(shop, "sync", "de", "") == [], "it is named already"
    assert offered(shop, "connection", "add", "") == [], "a new one has a new name"


def test_a_config_named_on_the_command_line_is_the_one(
    shop: CommandLine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert tab(elsewhere, "--config", str(shop.config), "connection", "show", "") == ["de"]
    assert tab(elsewhere, "connection", "show", "", AMAZON_ORDERS_CONFIG=str(shop.config)) == ["de"]
    assert tab(elsewhere, "connection", "show", "") == []


def test_orders_with_a_problem_are_offered_and_no_others(shop: CommandLine) -> None:
    placed, held = shop.buy("MUG-WHITE"), shop.buy("NOBODY-KNOWS")
    shop.must("sync", "--only", "orders")
    for verb in ("show", "explain", "retry", "recover", "release", "ignore"):
        assert offered(shop, "orders", verb, "") == [held], verb
    assert tab(shop.folder, "orders", "show", held[:8]) == [held]
    assert offered(shop, "orders", "show", "999") == []
    for verb in ("ship", "cancel"):
        assert offered(shop, "orders", verb, "") == [placed], verb
    shop.seller.ship(placed)
    shop.clock.advance(300)
    shop.must("sync", "--only", "orders")
    assert offered(shop, "orders", "ship", "") == []


def test_settings_are_offered_by_name_and_then_by_value(shop: CommandLine) -> None:
    folder, words = shop.folder, ("connection", "set", "de")
    offered = tab(folder, *words, "s")
    assert {"store=", "sku_crop=", "shipping_methods."} <= set(offered)
    assert "compopt:nospace" in offered, "the value is typed right behind"
    everything = tab(folder, *words, "")
    assert "refresh_token=" not in everything
    assert "name=" not in everything
    assert tab(folder, *words, "level", "=") == ["orders_and_stock", "stock_only"]
    assert tab(folder, *words, "level", "=", "st") == ["stock_only"]
    assert tab(folder, *words, "active", "=", "t") == ["true"]
    assert tab(folder, *words, "store", "=") == ["shop"]
    assert tab(folder, *words, "marketplaces", "=", "D") == ["DE"]
    assert tab(folder, *words, "marketplaces", "=", "DE,F") == ["DE,FR"]
    assert tab(folder, "connection", "add", "fr", "reg") == ["compopt:nospace", "region="]
    assert tab(folder, "sku", "preview", "de", "sku_case_sensitive", "=", "f") == ["false"]


def test_zsh_and_fish_keep_the_setting_and_its_value_in_one_word(shop: CommandLine) -> None:
    words = "amazon-orders connection set de level=st"
    zsh = {"_AMAZON_ORDERS_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": "4"}
    assert run(shop.folder, str(COMMAND), **zsh) == ["plain", "level=stock_only", "_"]
    fish = {"_AMAZON_ORDERS_COMPLETE": "fish_complete", "COMP_WORDS": words, "COMP_CWORD": "level=st"}
    assert [line.split(",")[-1].split("\t")[0] for line in run(shop.folder, str(COMMAND), **fish)] == [
        "level=stock_only"
    ]


@pytest.mark.parametrize("text", [None, "not [ toml", '[ledger]\nurl = "env:NO_SUCH"\n', '[ledger]\nkey_file = "no"\n'])
def test_without_a_config_or_a_ledger_it_is_silent_and_makes_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "amazon-orders.toml").write_text(text)
    before = sorted(tmp_path.iterdir())
    for words in (
        ["connection", "show", ""],
        ["orders", "show", ""],
        ["sync", ""],
        ["connection", "set", "de", "store", "="],
    ):
        assert tab(tmp_path, *words) == []
    assert sorted(tmp_path.iterdir()) == before


def test_a_ledger_whose_key_is_gone_still_offers(shop: CommandLine) -> None:
    (shop.folder / "amazon-orders.key").unlink()
    assert tab(shop.folder, "connection", "show", "") == ["de"]


@pytest.mark.parametrize("words", [["orders", "show", ""], ["con"]], ids=["with the ledger", "verbs alone"])
def test_it_answers_while_somebody_waits(shop: CommandLine, words: list[str]) -> None:
    """A generous bound, for a busy machine; what it must not do is reach out to anything that could hang."""
    begun = time.perf_counter()
    tab(shop.folder, *words)
    assert time.perf_counter() - begun < 10


PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_lines_of_the_page_switch_it_on(tmp_path: Path) -> None:
    cells = (
        cell.strip() for cell in re.findall(r"`([^`]*_source amazon-orders[^`]*)`", PAGE.read_text(encoding="utf-8"))
    )
    lines = dict(zip(("bash", "zsh", "fish"), cells, strict=True))
    for shell, line in lines.items():
        [variable] = re.findall(r"_AMAZON_ORDERS_COMPLETE=(\w+)", line)
        assert variable == f"{shell}_source"
        script = run(tmp_path, str(COMMAND), _AMAZON_ORDERS_COMPLETE=variable)
        assert any(f"_AMAZON_ORDERS_COMPLETE={shell}_complete" in part for part in script)
    registered = run(tmp_path, "bash", "--norc", "-c", lines["bash"] + "\ncomplete -p amazon-orders")
    assert registered == ["complete -o nosort -F _amazon_orders_completion amazon-orders"]
