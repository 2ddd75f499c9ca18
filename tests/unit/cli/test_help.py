"""Help: every verb has it, and it costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from amazon_orders.cli.root import root

HEAVY = {"requests", "urllib3", "sqlalchemy", "alembic", "marshmallow", "pluggy", "tenacity", "cryptography", "rich"}


def verbs(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from verbs(command, *path, name)


VERBS = list(verbs(root))


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb_says_what_it_is_for_and_takes_the_options_of_the_whole(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(root, [*words, "--help"])
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "--config PATH" in result.stdout
    assert "-v, --verbose" in result.stdout
    assert len(result.stdout.splitlines()[2].strip()) > 10, "one line that says what it is for"


def test_the_verbs_are_these() -> None:
    assert {" ".join(words) for words in VERBS} == {
        "init",
        "demo",
        "connection",
        *(f"connection {verb}" for verb in ("add", "authorise", "set", "show", "list", "history", "test", "remove")),
        "sync",
        "orders",
        *(f"orders {verb}" for verb in ("list", "show", "explain", "retry", "recover", "release", "ignore")),
        *(f"orders {verb}" for verb in ("ship", "cancel")),
        "stock",
        *(f"stock {verb}" for verb in ("show", "push")),
        "sku",
        *(f"sku {verb}" for verb in ("test", "preview", "alias")),
        "health",
        "doctor",
        "plugins",
        "check-adapter",
        "new-adapter",
        "ledger",
        *(f"ledger {verb}" for verb in ("status", "upgrade", "reset-quota")),
        "purge",
        "keys",
        *(f"keys {verb}" for verb in ("rotate", "drop", "restart")),
        "sandbox",
        "sandbox serve",
    }


def test_help_loads_no_part_that_does_the_work() -> None:
    code = f"""
import sys
from amazon_orders.cli.root import root
try:
    root.main(["--help"], prog_name="amazon-orders")
except SystemExit:
    pass
print(sorted({HEAVY!r} & {{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr.strip() == "[]"
    assert "Usage: amazon-orders" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["sinc"], "No such command 'sinc'", id="an unknown verb"),
        pytest.param(["sync", "--dryrun"], "No such option", id="an unknown option"),
        pytest.param(["sync", "--only", ","], "--only names no flow", id="an empty list of flows"),
        pytest.param(["sync", "--watch", "0"], "--watch", id="a pause of nothing"),
        pytest.param(["orders", "list", "--status", "sold"], "'sold' is not one of 'pending'", id="an unknown status"),
        pytest.param(["orders", "show"], "Missing argument 'ORDER'", id="no order id"),
        pytest.param(["orders", "retry"], "Name one ORDER, or use --held", id="retry of nothing"),
        pytest.param(["orders", "retry", "1", "--held"], "Name one ORDER, or use --held", id="retry of both"),
        pytest.param(["connection", "set", "de"], "Nothing to change", id="no setting"),
        pytest.param(["init", "a", "--config", "b"], "Give DIR or --config", id="two places"),
        pytest.param(["sandbox", "serve", "--port", "70000"], "--port", id="no such port"),
        pytest.param(["connection", "add", "de", "--refresh-token-file", "/nowhere"], "/nowhere", id="no token file"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what(words: list[str], says: str) -> None:
    result = CliRunner().invoke(root, words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
