"""`amazon-orders orders`: what became of each order, why, and trying again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from amazon_orders.app.orders import ATTENTION, STATUSES
from amazon_orders.cli import orders as verbs
from amazon_orders.sandbox import Line
from tests.story.command_line import CommandLine
from tests.story.terminal import Terminal

ROW = {
    *("amazon_order_id", "connection", "marketplace", "status", "amazon_status", "reason", "store_ref", "currency"),
    *("amazon_total", "store_total", "purchased_at", "ship_by"),
}
DETAIL = {
    *("amazon_order_id", "connection", "marketplace", "status", "amazon_status", "reason", "store_ref", "currency"),
    *("amazon_total", "store_total", "marketplace_tax", "balance", "lines", "trace", "commands"),
}
LINE = {"order_item_id", "seller_sku", "product", "matched_by", "quantity", "gross", "net", "tax"}


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    return line


@pytest.fixture
def four(shop: CommandLine) -> dict[str, str]:
    """A placed, a held, a pending and a skipped order."""
    ids = {
        "placed": shop.buy(Line(sku="MUG-WHITE", quantity=2, item="25.00", shipping="4.99")),
        "held": shop.buy("TEE-RED-M-FBA"),
        "pending": shop.buy("LAMP-DESK", pending=True),
        "skipped": shop.buy("CAP-BLACK"),
    }
    shop.seller.cancel(ids["skipped"])
    shop.clock.advance(300)
    shop.must("sync")
    return ids


def test_the_states_are_those_of_the_app() -> None:
    assert (*STATUSES, ATTENTION) == verbs.STATUSES


def test_every_order_is_listed_with_its_state(shop: CommandLine, four: dict[str, str]) -> None:
    rows = shop.lines("orders", "list")
    assert all(set(row) == ROW for row in rows)
    assert {row["status"]: row["amazon_order_id"] for row in rows} == four
    [placed] = shop.lines("orders", "list", "--status", "placed")
    assert (placed["amazon_total"], placed["store_total"], placed["currency"]) == ("29.99", "29.99", "EUR")
    assert placed["store_ref"]
    assert placed["purchased_at"].endswith("Z")


@pytest.mark.parametrize("status", ["placed", "held", "pending", "skipped"])
def test_a_list_holds_what_was_asked_for_alone(shop: CommandLine, four: dict[str, str], status: str) -> None:
    assert [row["amazon_order_id"] for row in shop.lines("orders", "list", "--status", status)] == [four[status]]


def test_attention_is_what_a_person_must_look_at(shop: CommandLine, four: dict[str, str]) -> None:
    assert [row["amazon_order_id"] for row in shop.lines("orders", "list", "--status", "attention")] == [four["held"]]
    told = shop.must("orders", "list", "--status", "attention")
    assert "UNKNOWN_SKU" in told.stdout
    assert "amazon-orders orders explain" in told.stderr


def test_where_nothing_needs_a_person_it_says_so(shop: CommandLine) -> None:
    assert "Nothing needs you" in shop.must("orders", "list", "--status", "attention").stderr
    assert "amazon-orders sync" in shop.must("orders", "list").stderr
    assert "No held orders" in shop.must("orders", "list", "--status", "held").stderr
    assert "No order is held" in shop.must("orders", "retry", "--held").stderr


def test_a_list_can_be_of_one_connection(shop: CommandLine, four: dict[str, str]) -> None:
    assert len(shop.lines("orders", "list", "--connection", "de")) == len(four)
    result = shop.run("orders", "list", "--connection", "it")
    assert result.exit_code == 2
    assert "'it'" in result.stderr


def test_one_order_is_shown_in_full(shop: CommandLine, four: dict[str, str]) -> None:
    shown = shop.document("orders", "show", four["placed"])
    assert set(shown) == DETAIL
    assert set(shown["balance"]) == {"reading", "balanced", "equation"}
    assert [set(line) for line in shown["lines"]] == [LINE]
    assert all(set(step) == {"at", "rule", "outcome", "detail", "plugin"} for step in shown["trace"])
    assert (shown["lines"][0]["seller_sku"], shown["lines"][0]["quantity"], shown["lines"][0]["gross"]) == (
        "MUG-WHITE",
        2,
        "25.00",
    )
    told = shop.must("orders", "show", four["placed"]).stdout
    assert "29.99 EUR   = equal to Amazon's" in told


def test_an_explanation_ends_with_what_to_do(shop: CommandLine, four: dict[str, str]) -> None:
    shown = shop.document("orders", "explain", four["held"])
    assert set(shown) == DETAIL | {"title", "advice"}
    assert shown["title"]
    assert shown["advice"]
    assert "TEE-RED-M-FBA" in " ".join(step["detail"] for step in shown["trace"])
    told = shop.must("orders", "explain", four["held"]).stdout
    assert "TEE-RED-M-FBA" in told
    assert "What to do:" in told
    assert told.index("How it was decided") < told.index("What to do:")


@pytest.mark.parametrize("verb", ["show", "explain", "retry"])
def test_an_unknown_order_id_ends_with_2_and_says_where_to_look(shop: CommandLine, verb: str) -> None:
    result = shop.run("orders", verb, "000-0000000-0000000", "--json")
    assert result.exit_code == 2
    assert "000-0000000-0000000" in result.stderr
    assert "orders list" in result.stderr
    error = json.loads(result.stdout)["error"]
    assert set(error) == {"code", "message", "record"}
    assert (error["code"], error["record"]) == ("not_found", "000-0000000-0000000")


def test_a_held_order_goes_in_after_the_rule_was_mended_without_amazon(shop: CommandLine, four: dict[str, str]) -> None:
    told = shop.must("connection", "set", "de", 'sku_crop=[{suffix="-FBA"}]')
    assert "amazon-orders orders retry --held" in told.stderr
    calls = len(shop.amazon.calls)
    shop.must("orders", "retry", "--held")
    assert len(shop.amazon.calls) == calls, "the ledger kept the order"
    shown = shop.document("orders", "show", four["held"])
    assert (shown["status"], shown["lines"][0]["matched_by"]) == ("placed", "crop")
    assert shop.lines("orders", "list", "--status", "attention") == []
    assert shop.look("SELECT count(*) FROM orders") == [(2,)]


def test_one_order_can_be_tried_again(shop: CommandLine, four: dict[str, str]) -> None:
    still = shop.document("orders", "retry", four["held"])
    assert set(still) == {"connections"}
    assert shop.document("orders", "show", four["held"])["status"] == "held"
    shop.must("connection", "set", "de", 'sku_crop=[{suffix="-FBA"}]')
    told = shop.must("orders", "retry", four["held"])
    assert "1 placed" in told.stdout
    shop.must("orders", "retry", four["held"])
    shop.must("orders", "retry", four["placed"])
    assert shop.look("SELECT count(*) FROM orders") == [(2,)], "an order that is in the shop is left alone"


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        pytest.param({"TERM": "xterm-256color"}, True, id="a terminal with colours"),
        pytest.param({"TERM": "xterm-256color", "NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="a terminal without"),
    ],
)
def test_colours_are_where_they_are_wanted(
    shop: CommandLine, four: dict[str, str], environment: dict[str, str], coloured: bool
) -> None:
    for words in (["orders", "list"], ["orders", "explain", four["held"]], ["orders", "show", "nothing"]):
        with Terminal(words, shop.folder, COLUMNS="140", **environment) as terminal:
            assert terminal.end() == (2 if "nothing" in words else 0)
            assert ("\x1b[" in terminal.seen) is coloured
            assert "nothing" in words or four["held"] in terminal.seen


def test_a_list_that_nobody_reads_to_its_end_is_no_failure(shop: CommandLine, four: dict[str, str]) -> None:
    command = (
        f"{sys.executable} -c 'from amazon_orders.cli import main; main()' --config {shop.config} orders list --json"
    )
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_order_can_be_recovered_ignored_and_taken_up_again(shop: CommandLine, four: dict[str, str]) -> None:
    ignored = shop.run("orders", "ignore", four["held"], "--reason", "a test", "--json")
    assert ignored.exit_code == 0
    assert json.loads(ignored.stdout)["connections"][0]["flows"][0]["skipped"] == 1
    shown = json.loads(shop.run("orders", "show", four["held"], "--json").stdout)
    assert (shown["status"], shown["reason"]) == ("skipped", "IGNORED")
    recovered = shop.run("orders", "recover", four["held"], "--json")
    assert recovered.exit_code == 0
    assert json.loads(recovered.stdout)["connections"][0]["flows"][0]["held"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("release", "placed", "--as-amazon-total"), "in the store already"),
        (("release", "held"), "not in the store"),
        (("ignore", "placed", "--reason", "x"), "cancel it in the store"),
        (("ignore", "held", "--reason", " "), "Say why"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_asked_of_an_order_ends_with_2_in_words(
    shop: CommandLine, four: dict[str, str], words: tuple[str, ...], says: str
) -> None:
    verb, which, *options = words
    result = shop.run("orders", verb, four[which], *options)
    assert result.exit_code == 2
    assert says in result.stderr
