"""`amazon-orders demo`: one command from nothing to imported orders, and what it prints can be checked."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.sandbox import CATALOGUE, demo_orders

ROOT = Path(__file__).parents[2]


@dataclass
class Demo:
    """A demo that has ended."""

    home: Path
    printed: str
    seconds: float

    @property
    def folder(self) -> Path:
        return self.home / "amazon-orders-demo"

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=cwd or self.folder)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("orders", "list", "--json").stdout.splitlines()]

    def look(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "shop.db")) as shop:
            return shop.execute(query).fetchall()


def command(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a reader would run it: no terminal, an empty home."""
    return subprocess.run(
        [sys.executable, "-c", "from amazon_orders.cli import main; main()", *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("home")
    begun = time.perf_counter()
    done = command("demo", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return Demo(home, done.stdout, time.perf_counter() - begun)


def test_it_takes_less_than_fifteen_seconds_and_one_folder(demo: Demo) -> None:
    assert demo.seconds < 15
    assert [path.name for path in demo.home.iterdir()] == ["amazon-orders-demo"]


def test_it_tells_of_each_order_what_became_of_it(demo: Demo) -> None:
    rows = demo.rows()
    assert len(rows) == len(demo_orders(datetime.now(UTC)))
    states = {row["amazon_order_id"]: row["status"] for row in rows}
    assert sorted(states.values()).count("held") == 1
    assert sorted(states.values()).count("pending") == 1
    for row in rows:
        assert row["amazon_order_id"] in demo.printed
        if row["status"] in ("placed", "cancelled"):
            line, *_ = [line for line in demo.printed.splitlines() if row["amazon_order_id"] in line]
            shown = line.split()
            place = shown.index(row["currency"])
            assert shown[place - 2 : place + 2] == [row["amazon_total"], row["store_total"], row["currency"], "equal"]


def test_its_numbers_are_those_of_the_shop(demo: Demo) -> None:
    in_shop = {row[0]: (row[1], row[2]) for row in demo.look("SELECT external_id, currency, total FROM orders")}
    placed = {
        row["amazon_order_id"]: (row["currency"], row["store_total"])
        for row in demo.rows()
        if row["status"] == "placed"
    }
    assert in_shop == placed
    assert f"The shop holds {len(in_shop)} orders" in demo.printed
    assert f"First sync: {len(in_shop)} placed" in demo.printed
    runs = re.findall(r"^  (?:second|third|fourth)  +(.*)", demo.printed, re.MULTILINE)
    assert len(runs) == 3
    assert "placed" not in " ".join(runs)


def test_what_the_shop_did_is_at_amazon(demo: Demo) -> None:
    """Amazon's side is printed by the simulation; the shop's file says what it should be."""
    shown = demo.printed[demo.printed.index("What Amazon has now") : demo.printed.index("Try next")]
    rows = [line.split() for line in shown.splitlines()]
    parcels = demo.look(
        "SELECT orders.external_id, carrier, tracking FROM shipments JOIN orders ON orders.id = order_id ORDER BY 1"
    )
    assert len(parcels) == 3
    assert len({order for order, *_ in parcels}) == 2, "one of them in two parcels"
    at_amazon = [(row[2], row[3], row[4].rstrip(":")) for row in rows if row[:1] == ["package"]]
    assert sorted(at_amazon) == sorted(parcels)
    [(order,)] = demo.look(
        "SELECT DISTINCT external_id FROM cancellations JOIN orders ON orders.id = order_id "
        "WHERE orders.status = 'cancelled'"
    )
    assert ["cancelled", order, "BuyerCanceled"] in rows
    [(order, amount, currency)] = demo.look(
        "SELECT external_id, amount, currency FROM refunds JOIN orders ON orders.id = order_id"
    )
    assert ["refund", order, amount, currency] in [row[:4] for row in rows]
    stock = dict(demo.look("SELECT sku, stock FROM products"))
    published = {row[1]: int(row[2]) for row in rows if row[:1] == ["quantity"]}
    assert {"KETTLE-STEEL", "TEAPOT-GLASS"} < set(published)
    assert published == {sku: stock[sku] for sku in published}
    runs = " ".join(demo.printed.split())
    sent = [int(count) for count in re.findall(r"(\d+) quantit(?:y|ies) sent", runs)]
    assert sum(sent) == len(published), "what did not change is not sent"


def test_every_command_is_proved_in_the_ledger(demo: Demo) -> None:
    states = sorted(
        (command["kind"], command["state"])
        for row in demo.rows()
        for command in demo.json("orders", "show", row["amazon_order_id"])["commands"]
    )
    assert states == [("cancel", "verified"), *[("confirm", "verified")] * 3, ("refund", "accepted")]


def test_it_fits_a_screen_and_a_half(demo: Demo) -> None:
    assert len(demo.printed.splitlines()) <= 75
    assert max(len(line) for line in demo.printed.splitlines()) <= 120


def test_each_order_can_be_recomputed_from_its_explanation_alone(demo: Demo) -> None:
    """Product, shipping method and total, from the JSON of `orders explain` and the shop's own catalogue."""
    titles = {row[0]: row[1] for row in demo.look("SELECT CAST(id AS TEXT), sku FROM products")}
    checked = 0
    for row in demo.rows():
        if row["status"] != "placed":
            continue
        told = demo.json("orders", "explain", row["amazon_order_id"])
        [(order_id, total, shipping, method)] = demo.look(
            f"SELECT id, total, shipping, shipping_method FROM orders WHERE external_id = '{row['amazon_order_id']}'"
        )
        in_shop = demo.look(
            "SELECT CAST(product_id AS TEXT), quantity, total FROM order_lines "
            f"WHERE order_id = {order_id} AND kind = 'item' ORDER BY id"
        )
        # Product: the line names it, how it was found, and where that leads in the catalogue.
        assert [(line["product"], line["quantity"], line["gross"]) for line in told["lines"]] == in_shop
        for line in told["lines"]:
            assert line["matched_by"] == "exact"
            assert titles[line["product"]] == line["seller_sku"]
        # Method: the step of the shipping rule says which.
        [step] = [step for step in told["trace"] if step["rule"] == "shipping"]
        assert method == step["outcome"]
        # Total: the equation holds, ends at Amazon's total, and the shop's is that one.
        left, _, right = told["balance"]["equation"].partition("=")
        assert told["balance"]["balanced"] is True
        assert evaluated(left) == Decimal(right.strip()) == Decimal(told["amazon_total"])
        assert Decimal(told["store_total"]) == Decimal(told["amazon_total"]) - Decimal(told["marketplace_tax"] or 0)
        assert told["store_total"] == total
        fees = demo.look(f"SELECT total FROM order_lines WHERE order_id = {order_id} AND kind <> 'item'")
        rest = sum((Decimal(amount) for (amount,) in fees), Decimal(shipping))
        assert sum((Decimal(line["gross"]) for line in told["lines"]), rest) == Decimal(total)
        checked += 1
    assert checked >= 10


def evaluated(sum_: str) -> Decimal:
    """The left side of an equation: amounts with signs between them."""
    assert re.fullmatch(r"[-+ ().0-9]+", sum_), sum_
    parts = re.findall(r"([-+]?)\s*\(?(\d+(?:\.\d+)?)\)?", sum_)
    return sum((Decimal(sign + amount) for sign, amount in parts), Decimal(0))


def test_the_held_order_says_why_and_what_to_do(demo: Demo) -> None:
    [held] = [row for row in demo.rows() if row["status"] == "held"]
    assert held["reason"] == "UNKNOWN_SKU"
    part = demo.printed[demo.printed.index("Needs you:") : demo.printed.index("Waits for payment:")]
    assert held["amazon_order_id"] in part
    assert "TEE-RED-M-FBA" in part
    assert "What to do:" in part


def test_a_secret_or_a_buyer_is_not_printed(demo: Demo) -> None:
    for order in demo_orders(datetime.now(UTC)):
        buyer = order.get("buyer", {})
        for key in ("buyerName", "buyerEmail"):
            assert not buyer.get(key) or buyer[key] not in demo.printed
    assert "Atz" not in demo.printed
    assert "sandbox-secret" not in demo.printed


def test_the_commands_that_it_names_work_although_the_simulated_amazon_is_gone(tmp_path: Path, demo: Demo) -> None:
    again = command("demo", cwd=tmp_path)
    told = again.stdout[again.stdout.index("Try next") :].splitlines()
    wanted = [line.strip() for line in told if line.startswith("  ")]
    assert wanted[0] == "cd amazon-orders-demo"
    assert len(wanted) == 6
    folder = tmp_path / "amazon-orders-demo"
    port = int(re.search(r"http://127\.0\.0\.1:(\d+)", again.stderr)[1])  # type: ignore[index] # it is there or this fails
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "nobody answers there any more"
    outputs = []
    for line in wanted[1:]:
        program, *words = shlex.split(line, comments=True)
        assert program == "amazon-orders"
        done = command(*words, cwd=folder)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        outputs.append(done.stdout + done.stderr)
    assert "1 placed" in outputs[2]
    assert "sqlite" in outputs[3]
    assert (folder / "my-shop" / "pyproject.toml").is_file()
    assert "Nothing needs you" in command("orders", "list", "--status", "attention", cwd=folder).stderr
    rows = [json.loads(row) for row in command("orders", "list", "--json", cwd=folder).stdout.splitlines()]
    assert [row["status"] for row in rows].count("placed") == len(rows) - 1


def test_a_second_demo_leaves_the_first_alone(tmp_path: Path) -> None:
    (tmp_path / "amazon-orders-demo").mkdir()
    (tmp_path / "amazon-orders-demo" / "mine.txt").write_text("precious", encoding="utf-8")
    done = command("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "amazon-orders-demo").iterdir()] == ["mine.txt"]
    assert (tmp_path / "amazon-orders-demo-2" / "shop.db").exists()
    assert "cd amazon-orders-demo-2" in done.stdout


def test_a_named_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    done = command("demo", "--dir", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "Nothing was touched" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_more_orders_on_request(tmp_path: Path) -> None:
    done = command("demo", "--orders", "300", "--dir", "big", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "312 orders of one seller" in done.stdout
    with closing(sqlite3.connect(tmp_path / "big" / "shop.db")) as shop:
        [(count,)] = shop.execute("SELECT count(*) FROM orders").fetchall()
    assert f"First sync: {count} placed" in done.stdout
    assert count > 290


def test_the_shop_sells_what_the_seller_sells(demo: Demo) -> None:
    assert {row[0] for row in demo.look("SELECT sku FROM products")} == {item.sku for item in CATALOGUE}


def test_every_column_of_the_demo_has_a_title(demo: Demo) -> None:
    lines = demo.printed.splitlines()
    [at] = [number for number, line in enumerate(lines) if line.strip().startswith("Amazon order ")]
    titles, ruler = lines[at], lines[at + 1]
    begins = [match.start() for match in re.finditer("-+", ruler)]
    ends = [*begins[1:], len(titles)]
    assert all(titles[begin:end].strip() for begin, end in zip(begins, ends, strict=True))


def test_what_the_readme_shows_of_it_is_what_it_prints(demo: Demo) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```text\n(First sync.*?)```", readme, re.DOTALL)
    printed = {without_seconds(line) for line in demo.printed.splitlines()}
    lines = [line for line in shown.splitlines() if line.strip() not in ("", "…")]
    assert len(lines) > 25
    assert [line for line in lines if without_seconds(line) not in printed] == []


def without_seconds(line: str) -> str:
    return re.sub(r"[0-9.]+ s\)", "s)", line)
