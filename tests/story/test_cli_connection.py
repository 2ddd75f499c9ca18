"""`amazon-orders connection`: selling accounts, with secrets that go in and never come out."""

from __future__ import annotations

import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from amazon_orders.settings import SETTINGS
from tests.story.command_line import SELLER, TOKEN, CommandLine
from tests.story.terminal import Terminal


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.open_shop()
    return line


KEYS = {item.name for item in SETTINGS} - {"refresh_token"} | {"added_at"}
SUMMARY = {"name", "active", "seller_id", "region", "marketplaces", "store", "level", "fulfillment"}


def test_an_account_is_added_shown_and_listed(shop: CommandLine) -> None:
    result = shop.connect("de")
    assert result.stdout == ""
    assert "amazon-orders connection test de" in result.stderr
    shown = shop.document("connection", "show", "de")
    assert set(shown) == KEYS
    assert shown["seller_id"] == SELLER
    assert shown["marketplaces"] == ["DE", "FR", "GB"]
    assert shown["sync_from"] == "2026-10-01T00:00:00+00:00"
    [listed] = shop.lines("connection", "list")
    assert set(listed) == SUMMARY
    assert listed == {key: shown[key] for key in SUMMARY}


def test_the_token_comes_from_a_file(shop: CommandLine) -> None:
    file = shop.folder / "token.txt"
    file.write_text(f"  {TOKEN}\n", encoding="utf-8")
    shop.must(
        *("connection", "add", "fr", f"seller_id={SELLER}", "region=eu", "marketplaces=FR", "store=shop"),
        *("--refresh-token-file", str(file)),
    )
    file.unlink()
    assert shop.must("connection", "test", "fr").exit_code == 0


def test_on_a_terminal_the_token_is_asked_for_and_not_echoed(shop: CommandLine) -> None:
    words = ["connection", "add", "de", f"seller_id={SELLER}", "region=eu", "marketplaces=DE", "store=shop"]
    with Terminal(words, shop.folder) as terminal:
        terminal.answer("Refresh token", TOKEN)
        assert terminal.end() == 0
        assert TOKEN not in terminal.seen
    assert [item["name"] for item in shop.lines("connection", "list")] == ["de"]


def test_a_secret_is_nowhere_to_be_read(shop: CommandLine) -> None:
    added = shop.connect()
    results = [added] + [
        shop.run("-v", "connection", verb, *rest)
        for verb, *rest in (
            ["show", "de"],
            ["show", "de", "--json"],
            ["list", "--json"],
            ["history", "de"],
            ["test", "de"],
        )
    ]
    assert not [result.stdout + result.stderr for result in results if TOKEN in result.stdout + result.stderr]
    assert TOKEN.encode() not in shop.everything_on_disk(), "the ledger keeps it encrypted"


def test_a_secret_on_the_command_line_is_refused(shop: CommandLine) -> None:
    result = shop.run("connection", "add", "de", f"refresh_token={TOKEN}")
    assert result.exit_code == 2
    assert "--refresh-token-file" in result.stderr
    assert TOKEN not in result.stderr


TOKENLESS = {
    "no token, and nobody to ask": ([], None, "--refresh-token-file"),
    "an empty file": (["--refresh-token-file", "-"], "\n", "must hold the token"),
    "a file with more than a token": (["--refresh-token-file", "-"], "the token is: Atzr|x", "must hold the token"),
}


@pytest.mark.parametrize(("words", "stdin", "says"), TOKENLESS.values(), ids=TOKENLESS)
def test_without_a_token_nothing_is_saved(shop: CommandLine, words: list[str], stdin: str | None, says: str) -> None:
    result = shop.run(
        *("connection", "add", "de", f"seller_id={SELLER}", "region=eu", "marketplaces=DE", "store=shop"),
        *words,
        stdin=stdin,
    )
    assert result.exit_code == 2
    assert says in result.stderr
    assert shop.lines("connection", "list") == []


WRONG = {
    "an unknown marketplace": (["marketplaces=DE,XX"], ["marketplaces", "unknown marketplace", "GB"]),
    "a marketplace of another region": (["marketplaces=DE,US"], ["marketplaces", "US is in na"]),
    "an unknown setting": (["shiping_methods.STANDARD=dhl"], ["shiping_methods", "did you mean shipping_methods"]),
    "an unknown store": (["store=shopp"], ["stores.shopp", "known: shop"]),
    "no key=value": (["active"], ["active", "write key=value"]),
    "a wrong choice": (["fulfillment=both"], ["fulfillment", "merchant, amazon, all"]),
    "an address in the world": (["endpoint=https://amazon.example"], ["endpoint", "on this machine"]),
    "a name that is no slug": (["name=de"], ["called DE! and de"]),
    "a pattern that is none": (["sku_crop=[{pattern='('}]"], ["sku_crop"]),
    "a time without a zone": (["sync_from=2026-11-01T00:00:00"], ["sync_from", "zone"]),
}


@pytest.mark.parametrize(("words", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named_and_nothing_is_saved(shop: CommandLine, words: list[str], says: list[str]) -> None:
    name = "DE!" if "name=de" in words else "de"
    good = {"seller_id": SELLER, "region": "eu", "marketplaces": "DE", "store": "shop"}
    for word in words:
        good.pop(word.partition("=")[0], None)
    result = shop.run(
        "connection",
        "add",
        name,
        *(f"{key}={value}" for key, value in good.items()),
        *words,
        "--refresh-token-file",
        "-",
        stdin=TOKEN,
    )
    assert result.exit_code == 2
    assert [word for word in says if word not in result.stderr] == []
    assert shop.lines("connection", "list") == []


def test_every_wrong_setting_is_named_at_once(shop: CommandLine) -> None:
    result = shop.run("connection", "add", "de", "region=xx", "marketplaces=YY", "fulfillment=both")
    assert result.exit_code == 2
    assert [key for key in ("region:", "marketplaces.0:", "fulfillment:") if key not in result.stderr] == []


def test_settings_change_one_by_one_and_the_history_keeps_each(shop: CommandLine) -> None:
    shop.connect()
    told = shop.must("connection", "set", "de", "default_shipping_method=dhl", "shipping_methods.EXPEDITED=express")
    assert "default_shipping_method: - -> dhl" in told.stderr
    shop.clock.advance(60)
    shop.must("connection", "set", "de", 'sku_crop=[{suffix="-FBA"}]', "default_shipping_method=")
    shown = shop.document("connection", "show", "de")
    assert shown["default_shipping_method"] == ""
    assert shown["shipping_methods"] == {"EXPEDITED": "express"}
    assert shown["sku_crop"] == [{"suffix": "-FBA"}]
    history = shop.lines("connection", "history", "de")
    assert all(set(change) == {"at", "field", "old", "new"} for change in history)
    changes = [(change["field"], change["old"], change["new"]) for change in history]
    assert ("default_shipping_method", "", "dhl") in changes
    assert ("default_shipping_method", "dhl", "") in changes
    assert changes.index(("default_shipping_method", "", "dhl")) < changes.index(("default_shipping_method", "dhl", ""))


def test_a_new_token_replaces_the_old_one_and_shows_as_stars_only(shop: CommandLine) -> None:
    shop.connect()
    told = shop.must("connection", "set", "de", "--refresh-token-file", "-", stdin="Atzr|another")
    assert "refresh_token: replaced" in told.stderr
    assert "Atzr|another" not in told.stderr + shop.must("connection", "history", "de", "--json").stdout
    refused = shop.run("connection", "test", "de")
    assert refused.exit_code == 4, "the simulated Amazon knows the first token alone"


def test_a_wrong_change_leaves_everything_as_it_was(shop: CommandLine) -> None:
    shop.connect()
    before = shop.document("connection", "show", "de")
    result = shop.run("connection", "set", "de", "stock_buffer=-1", "default_shipping_method=dhl")
    assert result.exit_code == 2
    assert "stock_buffer" in result.stderr
    assert shop.document("connection", "show", "de") == before


def test_a_test_says_what_it_looked_at(shop: CommandLine) -> None:
    shop.connect()
    shown = shop.document("connection", "test", "de")
    assert set(shown) == {"name", "ok", "checks"}
    assert shown["ok"] is True
    assert all(set(check) == {"what", "ok", "detail", "fix"} for check in shown["checks"])
    assert {check["what"] for check in shown["checks"]} >= {"store answers", "Amazon accepts the authorisation"}
    assert shop.look("SELECT count(*) FROM orders") == [(0,)]


def test_a_test_that_fails_says_what_to_do(shop: CommandLine) -> None:
    shop.connect()
    shop.seller.revoke()
    result = shop.run("connection", "test", "de")
    assert result.exit_code == 4
    assert "FAILED  Amazon accepts the authorisation" in result.stdout
    assert "To do:" in result.stdout


def test_two_connections_for_the_same_orders_are_refused(shop: CommandLine) -> None:
    shop.connect("de")
    result = shop.run(
        *("connection", "add", "fr", f"seller_id={SELLER}", "region=eu", "marketplaces=FR", "store=shop"),
        *("--refresh-token-file", "-"),
        stdin=TOKEN,
    )
    assert result.exit_code == 2
    assert "de and fr would import the same orders" in result.stderr


def test_removing_asks_first(shop: CommandLine) -> None:
    shop.connect()
    refused = shop.run("connection", "remove", "de")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert len(shop.lines("connection", "list")) == 1
    with Terminal(["connection", "remove", "de"], shop.folder) as terminal:
        terminal.answer("Remove connection de", "n")
        assert terminal.end() == 130
    assert len(shop.lines("connection", "list")) == 1
    shop.must("connection", "remove", "de", "--yes")
    assert shop.lines("connection", "list") == []
    assert TOKEN.encode() not in shop.everything_on_disk()


@pytest.mark.parametrize("verb", ["show", "history", "test", "remove", "set"])
def test_an_unknown_connection_is_told_with_the_known_ones(shop: CommandLine, verb: str) -> None:
    shop.connect("de")
    result = shop.run("connection", verb, "it", *(["active=true"] if verb == "set" else []))
    assert result.exit_code == 2
    assert "'it'" in result.stderr
    assert "de" in result.stderr


def test_people_get_tables(shop: CommandLine) -> None:
    assert "No connection yet" in shop.must("connection", "list").stderr
    shop.connect("de", 'sku_crop=[{suffix="-FBA"}]')
    listed = shop.must("connection", "list").stdout
    assert "Seller" in listed.splitlines()[0]
    assert SELLER in listed
    shown = shop.must("connection", "show", "de").stdout
    mine, rest = shown.split("Left at their defaults")
    assert '[{"suffix": "-FBA"}]' in mine
    assert "sku_crop" not in rest
    assert "untracked" in rest
    assert (
        "never changed" in shop.must("connection", "history", "de").stderr
        or "Setting" in shop.must("connection", "history", "de").stdout
    )


def test_a_test_says_when_the_store_cannot_search_by_the_attribute(shop: CommandLine) -> None:
    shop.connect()
    shown = shop.must("connection", "test", "de").stdout
    assert "ok      store searches products by sku" in shown
    with closing(sqlite3.connect(shop.folder / "amazon-orders.db")) as ledger:  # as an older version saved it
        ledger.execute("""UPDATE ao_connections SET settings = json_set(settings, '$.product_attribute', 'gtin')""")
        ledger.commit()
    result = shop.run("connection", "test", "de")
    assert result.exit_code == 1
    assert "ok      store answers" in result.stdout
    assert "FAILED  store searches products by gtin" in result.stdout
    assert "they have sku, asin, ean" in " ".join(result.stdout.split())
    assert "amazon-orders connection set de product_attribute=" in " ".join(result.stdout.split())


@pytest.mark.parametrize("verb", ["set", "add"])
def test_an_attribute_that_the_store_does_not_have_is_refused_when_it_is_saved(shop: CommandLine, verb: str) -> None:
    if verb == "set":
        shop.connect()
        before = shop.document("connection", "show", "de")
        result = shop.run("connection", "set", "de", "product_attribute=gtin")
        assert shop.document("connection", "show", "de") == before
    else:
        result = shop.run(
            *("connection", "add", "de", f"seller_id={SELLER}", "region=eu", "marketplaces=DE", "store=shop"),
            *("product_attribute=gtin", "--refresh-token-file", "-"),
            stdin=TOKEN,
        )
        assert shop.lines("connection", "list") == []
    assert result.exit_code == 2
    assert "product_attribute: " in result.stderr
    assert "they have sku, asin, ean" in result.stderr


def test_a_store_that_cannot_be_asked_is_no_reason_against_an_attribute(shop: CommandLine) -> None:
    shop.connect()
    shop.config.write_text(shop.config.read_text().replace('adapter = "sqlite"', 'adapter = "not-installed-yet"'))
    shop.must("connection", "set", "de", "product_attribute=gtin")


def test_what_to_do_names_the_command_or_the_setting(shop: CommandLine) -> None:
    shop.connect()
    shop.seller.revoke()
    told = " ".join(shop.run("connection", "test", "de").stdout.split())
    assert "To do: let the seller authorise it again: amazon-orders connection authorise de" in told
    right = shop.config.read_text()
    shop.config.write_text(right.replace(shop.amazon.client_secret, "another"))
    told = " ".join(shop.run("connection", "test", "de").stdout.split())
    assert "To do: correct client_id and client_secret in [lwa]" in told
    shop.config.write_text(right.replace('adapter = "sqlite"', 'adapter = "sqlight"'))
    told = " ".join(shop.run("connection", "test", "de").stdout.split())
    assert f"To do: correct the table [stores.shop] in {shop.config}" in told


def test_a_marketplace_where_the_account_does_not_sell_is_taken_out_by_the_command_that_is_told(
    shop: CommandLine,
) -> None:
    shop.connect("de", "marketplaces=DE,IT,FR")
    result = shop.run("connection", "test", "de")
    assert result.exit_code == 1
    [words] = re.findall(r"amazon-orders (connection set de \S+)", " ".join(result.stdout.split()))
    shop.must(*words.split())
    assert shop.must("connection", "test", "de").exit_code == 0


def test_a_simulated_amazon_that_does_not_run_is_told_with_the_command_that_starts_it(shop: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    shop.connect("de", f"endpoint={url}", f"token_endpoint={url}/auth/o2/token")
    shop.session.adapter = None  # the real network, on this machine
    for words in (["sync"], ["connection", "test", "de"]):
        result = shop.run(*words)
        assert result.exit_code == 75
        told = " ".join((result.stdout + result.stderr).split())
        assert f"The simulated Amazon at {url} is not running" in told
        assert f"amazon-orders sandbox serve --port {port}" in told
        assert "network" not in told
