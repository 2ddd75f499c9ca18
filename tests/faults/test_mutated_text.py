"""Text that means something to a terminal, a shell, a spreadsheet, a database or a pattern."""

from __future__ import annotations

import csv
import json
import time
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from tests.faults.mutants import order_id_of
from tests.faults.mutations import Json, Mutation, base, paths, value_at
from tests.story.command_line import CommandLine

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\u202eabc\u2066\r\nsecond line\x9b31m\0\x7f<script>alert(1)</script>\U0001f600\u200d\ud800"
)
"""Escape sequences, a bell, reversed text, line breaks, C1 codes, NUL, markup, an emoji and half a one."""


def unsafe(printed: str) -> set[str]:
    """Signs that must not reach a terminal."""
    return {sign for sign in printed if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cf", "Cs")}


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    return made


def hostile_orders(line: CommandLine, whole: Json) -> dict[str, str]:
    """One order for each text in an order, with that text replaced; id -> which."""
    texts = [path for path in paths(whole) if isinstance(value_at(whole, path), str) and path[-1] != "orderId"]
    found = {}
    for number, path in enumerate(texts):
        order_id = order_id_of(number)
        host = line.seller.place("MUG-WHITE", order_id=order_id)
        mutation = Mutation(path, "longer text")
        broken = mutation.of({**whole, "orderId": order_id}, HOSTILE)
        line.seller.spoil(host, json.dumps(broken).encode())
        found[order_id] = mutation.place
    return found


def test_no_sign_of_amazons_text_commands_the_terminal(line: CommandLine) -> None:
    whole = base("two lines with everything in them").order
    now = line.clock.now().replace(microsecond=0)
    whole |= {"createdTime": (now - timedelta(days=1)).isoformat(), "lastUpdatedTime": now.isoformat()}
    orders = hostile_orders(line, whole)
    line.clock.advance(300)
    shown = {"sync": line.run("sync", "--only", "orders")}
    known = {row["amazon_order_id"] for row in line.lines("orders", "list")}
    assert orders.keys() <= known
    for words in (("orders", "list"), ("orders", "list", "--status", "attention"), ("health",)):
        shown[" ".join(words)] = line.run(*words)
    for order_id, place in orders.items():
        shown[place] = line.must("orders", "explain", order_id)
    wrong = {name: unsafe(result.stdout + result.stderr) for name, result in shown.items()}
    assert {name: signs for name, signs in wrong.items() if signs} == {}
    # What was shown was Amazon's text all the same, where there is something to show.
    assert "owned" in shown["orderItems[].product.sellerSku"].stdout
    assert "owned" in shown["fulfillment.fulfillmentStatus"].stdout
    assert "owned" in shown["salesChannel.marketplaceId"].stdout


SKUS = (
    "A/B",
    "../../etc/passwd",
    "100%",
    "A%2FB",
    "A_C",
    "A B",
    "A  B",
    'say "hi"',
    "it's",
    "'quoted'",
    "`id`",
    "$(id)",
    "a'); DROP TABLE orders;--",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "--help",
    "@SUM(A1)",
    "A,B;C",
    "A\\B",
    "[x]{y}",
    "suffix = 'x'",
    "Größe-Ü",
    "Gro\u0308ße",
    "商品-赤",
    "\u0645\u0646\u062a\u062c",
    "mug-\U0001f600",
    "None",
    "0",
    "1e5",
    "x" * 200,
)
"""Each is a SKU like any other."""


def stock(line: CommandLine, *skus: str) -> None:
    shop = Shop.open(line.folder / "shop.db")
    shop.add_products([{"sku": sku, "title": f"Product {number}", "stock": 5} for number, sku in enumerate(skus)])
    shop.close()


def test_any_sku_finds_its_own_product(line: CommandLine) -> None:
    stock(line, *SKUS)
    orders = {line.seller.place((sku, 2)): sku for sku in SKUS}
    line.clock.advance(300)
    line.must("sync", "--only", "orders")
    rows = line.look(
        "SELECT o.external_id, l.sku, p.sku, p.stock FROM orders o JOIN order_lines l ON l.order_id = o.id "
        "JOIN products p ON p.id = l.product_id"
    )
    assert {row[0]: row[1:] for row in rows} == {order_id: (sku, sku, 3) for order_id, sku in orders.items()}
    for order_id, sku in orders.items():
        (shown,) = line.document("orders", "show", order_id)["lines"]
        assert shown["seller_sku"] == sku
        assert sku in line.must("orders", "explain", order_id).stdout


@pytest.mark.parametrize(
    ("mine", "other"), [("A%C", "ABC"), ("A_C", "ABC"), ("ABC", "A%C"), ("A*C", "ABC"), ("É", "E")]
)
def test_no_sign_of_a_sku_stands_for_others(line: CommandLine, mine: str, other: str) -> None:
    stock(line, other)
    order_id = line.buy(mine)
    line.run("sync", "--only", "orders")
    assert line.document("orders", "show", order_id)["reason"] == "UNKNOWN_SKU"


def test_any_sku_can_be_tested(line: CommandLine) -> None:
    stock(line, *SKUS)
    found = json.loads(line.must("sku", "test", "--json", "de", "--", *SKUS).stdout)["skus"]
    assert [(each["seller_sku"], each["value"], each["matched_by"]) for each in found] == [
        (sku, sku, "exact") for sku in SKUS
    ]
    printed = line.must("sku", "test", "de", "--", *SKUS).stdout
    assert printed.count("found: product") == len(SKUS)
    assert unsafe(printed) == set()


def test_any_sku_can_be_paired_and_goes_through_a_file_and_back(line: CommandLine) -> None:
    stock(line, *SKUS)
    for number, sku in enumerate(SKUS):
        line.must("sku", "alias", "de", "--", f"{sku[:190]}#{number}", sku)
    pairs = line.lines("sku", "alias", "de")
    assert {each["seller_sku"]: each["product"] for each in pairs} == {
        f"{sku[:190]}#{number}": sku for number, sku in enumerate(SKUS)
    }
    file = line.folder / "aliases.csv"
    line.must("sku", "alias", "de", "--to", str(file))
    with file.open(newline="", encoding="utf-8") as cells:
        written_cells = [cell for row in csv.reader(cells) for cell in row]
    assert [cell for cell in written_cells if cell.startswith(("=", "+", "-", "@"))] == []
    for each in pairs:
        line.must("sku", "alias", "de", f"--remove={each['seller_sku']}")
    assert line.lines("sku", "alias", "de") == []
    line.must("sku", "alias", "de", "--from", str(file))
    assert line.lines("sku", "alias", "de") == pairs
    assert unsafe(line.must("sku", "alias", "de").stdout) == set()
    orders = [line.seller.place(each["seller_sku"]) for each in pairs]
    line.clock.advance(300)
    line.must("sync", "--only", "orders")
    products = {sku for (sku,) in line.look("SELECT p.sku FROM order_lines l JOIN products p ON p.id = l.product_id")}
    assert products == set(SKUS)
    assert len(line.look("SELECT id FROM orders")) == len(orders)


def test_a_sku_with_spaces_around_it_is_not_another_one(line: CommandLine) -> None:
    stock(line, " A1", "A1 ")
    orders = {line.seller.place(sku): sku for sku in (" A1", "A1 ")}
    line.clock.advance(300)
    line.must("sync", "--only", "orders")
    rows = line.look("SELECT o.external_id, l.sku FROM orders o JOIN order_lines l ON l.order_id = o.id")
    assert dict(rows) == orders
    line.must("sku", "alias", "de", " B1", "A1 ")
    before = line.lines("sku", "alias", "de")
    file = line.folder / "aliases.csv"
    line.must("sku", "alias", "de", "--to", str(file))
    line.must("sku", "alias", "de", "--remove= B1")
    line.must("sku", "alias", "de", "--from", str(file))
    assert line.lines("sku", "alias", "de") == before


def test_a_preview_shows_any_sku(line: CommandLine) -> None:
    stock(line, *SKUS)
    held = {line.seller.place(f"{sku}-FBA"): sku for sku in SKUS}
    line.clock.advance(300)
    line.run("sync", "--only", "orders")
    crop = 'sku_crop=[{suffix="-FBA"}]'
    found = line.document("sku", "preview", "de", crop)
    told = json.dumps(found, ensure_ascii=False)
    assert [sku for sku in SKUS if json.dumps(f"{sku}-FBA", ensure_ascii=False) not in told] == []
    assert unsafe(line.must("sku", "preview", "de", crop).stdout) == set()
    line.must("connection", "set", "de", crop)
    line.run("sync", "--only", "orders")
    assert {line.document("orders", "show", order_id)["status"] for order_id in held} == {"placed"}


@pytest.mark.parametrize("sku", ["A\nB", "A\rB", "A\tB", "A\0B", "A\x1b[2JB", "\u202eABC", "x" * 201, "", "   "])
def test_a_sku_that_no_file_could_hold_is_refused_in_words(line: CommandLine, sku: str) -> None:
    for pair in ((sku, "MUG-WHITE"), ("OLD", sku)):
        result = line.run("sku", "alias", "de", "--", *pair)
        if result.exit_code == 0:  # text that only runs the other way
            assert unsafe(result.stdout + result.stderr) == set()
            continue
        assert result.exit_code == 2
        assert any(word in result.stderr for word in ("control character", "empty", "more than 200", "no product"))
        assert unsafe(result.stderr) == set()
    shown = line.run("sku", "test", "de", "--", sku)
    assert unsafe(shown.stdout + shown.stderr) == set()


WRONG_PATTERNS = (
    "(",
    "[z-a]",
    "(a)\\1",
    "(?=a)",
    "(?<!a)b",
    "*",
    "(?P<x",
    "\\",
    "(((a{900}){900}){900})",
    "\x1b[2J(",
)


@pytest.mark.parametrize("pattern", WRONG_PATTERNS)
def test_a_pattern_that_cannot_be_made_is_refused_in_words(line: CommandLine, pattern: str) -> None:
    setting = f"sku_crop={json.dumps([{'pattern': pattern, 'replacement': ''}])}"
    for words in (("connection", "set", "de", setting), ("sku", "preview", "de", setting)):
        result = line.run(*words)
        assert result.exit_code == 2, result.stdout
        assert "sku_crop" in result.stderr
        assert unsafe(result.stdout + result.stderr) == set()
    assert line.document("connection", "show", "de")["sku_crop"] == []


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){300}a{300}"])
def test_a_pattern_made_to_take_for_ever_takes_no_time(line: CommandLine, pattern: str) -> None:
    line.must("connection", "set", "de", f"sku_crop={json.dumps([{'pattern': pattern, 'replacement': ''}])}")
    slow, good = line.seller.place("a" * 999 + "!"), line.seller.place("MUG-WHITE")
    line.clock.advance(300)
    begun = time.process_time()
    line.run("sync", "--only", "orders")
    assert time.process_time() - begun < 5
    assert line.document("orders", "show", slow)["status"] == "held"
    assert line.document("orders", "show", good)["status"] == "placed"
