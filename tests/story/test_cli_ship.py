"""Parcels, cancellations and what stands in their way, by the real command line against `sandbox serve`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from tests.story.test_cli_demo import command
from tests.story.test_cli_sandbox import serving

PAID = "302-1234567-0000001"
OTHER = "302-1234567-0000002"
UNPAID = "302-1234567-0000012"
TRACKING = "00340434161094042557"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a shop whose orders came from the served Amazon."""
    folder = tmp_path_factory.mktemp("shop")
    with serving() as (facts, _):
        must(folder, "init", "--client-id", facts["client_id"])
        config = folder / "amazon-orders.toml"
        text = config.read_text(encoding="utf-8").replace("env:LWA_CLIENT_SECRET", facts["client_secret"])
        config.write_text(text, encoding="utf-8")
        (folder / "token").write_text(facts["refresh_token"], encoding="utf-8")
        must(
            folder,
            *("connection", "add", "try", f"seller_id={facts['seller_id']}", f"region={facts['region']}"),
            *(f"marketplaces={facts['marketplaces']}", "store=shop", "active=true", "sync_from=2020-01-01T00:00:00Z"),
            *(f"endpoint={facts['url']}", f"token_endpoint={facts['token_url']}", "--refresh-token-file", "token"),
        )
        warehouse = Shop.open(folder / "shop.db")
        warehouse.add_products({"sku": sku, "stock": 100} for sku in ("MUG-WHITE", "TEE-BLACK-L", "CAP-BLACK"))
        warehouse.close()
        must(folder, "sync", "--only", "orders")
        yield folder


def must(folder: Path, *words: str) -> str:
    done = command(*words, cwd=folder)
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


def shown(folder: Path, order: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(must(folder, "orders", "show", order, "--json"))
    return found


def test_a_parcel_goes_from_the_shop_to_amazon_and_is_seen_there(shop: Path) -> None:
    done = json.loads(must(shop, "orders", "ship", PAID, "--carrier", "DHL", "--tracking", TRACKING, "--json"))
    assert done == {"amazon_order_id": PAID, "shipment": done["shipment"]}
    assert "1 parcel told to Amazon" in must(shop, "sync", "--only", "shipments")
    assert "not seen there yet" in must(shop, "orders", "show", PAID)
    assert "1 parcel seen there" in must(shop, "sync", "--only", "shipments")
    [command_] = shown(shop, PAID)["commands"]
    assert set(command_) == {"kind", "state", "at", "detail"}
    assert (command_["kind"], command_["state"]) == ("confirm", "verified")
    told = must(shop, "orders", "show", PAID)
    assert "package 1  confirmed at Amazon" in told
    assert ", seen there" in told


def test_a_parcel_without_a_number_waits_and_says_what_to_do(shop: Path) -> None:
    [shirts, _cap] = [line["order_item_id"] for line in shown(shop, OTHER)["lines"]]
    must(shop, "orders", "ship", OTHER, "--units", f"{shirts}=1")
    assert "1 parcel waits" in must(shop, "sync", "--only", "shipments")
    for verb in ("show", "explain"):
        told = " ".join(must(shop, "orders", verb, OTHER).split())
        assert "package 1 waits since" in told
        assert "no tracking number" in told
        assert "What to do: Add the number in the store" in told
    listed = must(shop, "orders", "list", "--status", "attention", "--json")
    assert OTHER in [json.loads(row)["amazon_order_id"] for row in listed.splitlines()]


WRONG = {
    "an order that nobody knows": (("ship", "000-0000000-0000000"), 2, "not_found", "does not know order"),
    "an order that is not in the shop": (("ship", UNPAID), 2, "not_found", "is not in the store"),
    "one to cancel that is not in the shop": (("cancel", UNPAID), 2, "not_found", "is not in the store"),
    "a line that the order does not have": (("ship", OTHER, "--units", "1=1"), 1, "store_rejected", "has no line '1'"),
}


@pytest.mark.parametrize(("words", "code", "error", "says"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_said_in_words(
    shop: Path, words: tuple[str, ...], code: int, error: str, says: str
) -> None:
    done = command("orders", *words, "--json", cwd=shop)
    assert done.returncode == code
    assert says in done.stderr
    told = json.loads(done.stdout)["error"]
    assert (told["code"], told["record"]) == (error, words[1])


def test_more_units_than_are_left_are_not_sent(shop: Path) -> None:
    [_shirts, cap] = [line["order_item_id"] for line in shown(shop, OTHER)["lines"]]
    done = command("orders", "ship", OTHER, "--units", f"{cap}=2", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "so many units" in done.stderr


def test_an_order_on_hold_is_not_sent(shop: Path) -> None:
    change = "UPDATE orders SET status = ? WHERE external_id = ?"
    with closing(sqlite3.connect(shop / "shop.db")) as database:
        [(before,)] = database.execute("SELECT status FROM orders WHERE external_id = ?", (OTHER,)).fetchall()
        database.execute(change, ("on_hold", OTHER))
        database.commit()
        done = command("orders", "ship", OTHER, "--tracking", TRACKING, cwd=shop)
        database.execute(change, (before, OTHER))
        database.commit()
    assert done.returncode == 1
    assert "on_hold" in done.stderr


def test_a_store_of_another_adapter_ships_by_itself(shop: Path) -> None:
    config = (shop / "amazon-orders.toml").read_text(encoding="utf-8")
    assert 'adapter = "sqlite"' in config
    (shop / "other.toml").write_text(config.replace('adapter = "sqlite"', 'adapter = "oscar"'), encoding="utf-8")
    done = command("--config", "other.toml", "orders", "ship", PAID, cwd=shop)
    assert done.returncode == 2
    assert "ship and cancel there" in done.stderr
