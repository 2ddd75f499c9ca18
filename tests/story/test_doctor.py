"""`doctor` finds what is wrong, says it of the right thing, and says what to do; when all is well it says that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from amazon_orders.app.expiry import countdown
from amazon_orders.sandbox import Fault
from amazon_orders.sandbox.projection import DIRECT_TO_CONSUMER, TAX_INVOICING
from tests.story.command_line import CommandLine
from tests.story.world import START, World


def findings(shop: World) -> dict[str, Any]:
    return {finding.what: finding for finding in shop.app.doctor().findings}


def result(shop: World, what: str) -> str:
    return str(findings(shop)[what].result)


def order(shop: World, *lines: str) -> str:
    order_id = shop.seller.place(*lines)
    shop.clock.advance(300)
    return order_id


def test_where_all_is_well_nothing_is_red_and_everything_was_looked_at(shop: World) -> None:
    (shop.folder / "ao.key").chmod(0o600)
    order(shop, "MUG-WHITE")
    shop.sync()
    found = findings(shop)
    assert {what: item.result for what, item in found.items()} == {
        "config file": "ok",
        "key": "ok",
        "ledger": "ok",
        "personal data": "ok",
        "client secret": "unknown",
        "store shop": "ok",
        "store answers": "ok",
        "store searches products by sku": "ok",
        "Amazon accepts the authorisation": "ok",
        "the account sells in DE": "ok",
        "the account sells in FR": "ok",
        "the account sells in GB": "ok",
        "authorisation": "ok",
        "role for the address": "ok",
        "role for the buyer's name": "ok",
        "SKUs": "ok",
        "quota": "ok",
        "clock": "ok",
        "Orders API v0": "ok",
    }
    assert shop.app.doctor().ok


def test_v0_is_named_as_not_used(shop: World) -> None:
    assert "not used" in findings(shop)["Orders API v0"].detail


def test_a_key_that_others_may_read(shop: World) -> None:
    (shop.folder / "ao.key").chmod(0o644)
    found = findings(shop)["key"]
    assert found.result == "red"
    assert found.fix == f"chmod 600 {shop.folder / 'ao.key'}"
    (shop.folder / "ao.key").chmod(0o600)
    assert result(shop, "key") == "ok"


def test_a_key_that_is_not_the_ledgers_stops_no_other_check(shop: World) -> None:
    shop.app.close()
    (shop.folder / "ao.key").write_text(Fernet.generate_key().decode())
    found = findings(shop)
    assert found["key"].result == "red"
    assert "keys restart" in found["key"].fix
    assert found["store answers"].result == "ok"
    assert found["Amazon accepts the authorisation"].result == "red"


def test_a_rotation_that_was_stopped(shop: World) -> None:
    shop.app.close()
    path = shop.folder / "ao.key"
    path.chmod(0o600)
    path.write_text(f"{Fernet.generate_key().decode()}\n{path.read_text()}")
    assert (result(shop, "key"), findings(shop)["key"].fix) == ("warning", "amazon-orders keys rotate")


def test_an_authorisation_that_is_gone(shop: World) -> None:
    shop.seller.revoke()
    assert result(shop, "Amazon accepts the authorisation") == "red"


def test_a_marketplace_where_the_account_does_not_sell(shop: World) -> None:
    shop.app.connections.set("de", {"marketplaces": ["DE", "IT"]})
    assert result(shop, "the account sells in IT") == "red"
    assert "marketplaces=" in findings(shop)["the account sells in IT"].fix


@pytest.mark.parametrize(
    ("role", "what"),
    [(DIRECT_TO_CONSUMER, "role for the address"), (TAX_INVOICING, "role for the buyer's name")],
)
def test_data_that_never_arrives_tells_of_a_missing_role(shop: World, role: str, what: str) -> None:
    shop.seller.roles = {"Inventory and Order Tracking", DIRECT_TO_CONSUMER, TAX_INVOICING} - {role}
    if role == TAX_INVOICING:
        shop.seller.roles = {"Inventory and Order Tracking"}
    order(shop, "MUG-WHITE")
    shop.sync()
    found = findings(shop)[what]
    assert found.result == "warning"
    assert "ask Amazon for the role" in found.fix


def test_roles_cannot_be_told_without_an_order(shop: World) -> None:
    assert result(shop, "roles") == "unknown"


def test_skus_without_a_product_are_named(shop: World) -> None:
    order(shop, "NO-SUCH-THING")
    order(shop, "NO-SUCH-THING", "NOR-THIS")
    shop.sync()
    found = findings(shop)["SKUs"]
    assert found.result == "warning"
    assert "2 have no product and hold orders: NO-SUCH-THING, NOR-THIS" in found.detail


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "ok"), (5, "warning"), (-5, "warning"), (20, "red"), (-20, "red")]
)
def test_the_clock_is_compared_with_amazons(shop: World, minutes: int, expected: str) -> None:
    shop.app.now = lambda: shop.clock.now() + timedelta(minutes=minutes)
    assert result(shop, "clock") == expected


def test_without_an_answer_there_is_no_clock_to_compare_with(shop: World) -> None:
    shop.amazon.faults.add(Fault(kind="reset", times=None))
    assert result(shop, "clock") == "unknown"


def test_a_store_that_does_not_answer(shop: World) -> None:
    shop.app.close()
    shop.shop_file.write_bytes(b"no database at all" * 100)
    assert "red" in (result(shop, "store shop"), findings(shop)["store answers"].result)


AGES = {
    "young": (179, "ok", "179 days"),
    "ninety days left": (90, "warning", "less than 91 days"),
    "a month left": (30, "warning", "less than 31 days"),
    "a week left": (7, "red", "less than 8 days"),
    "a day left": (1, "red", "less than 2 days"),
    "over": (0, "red", "ran out"),
}


@pytest.mark.parametrize(("left", "expected", "says"), AGES.values(), ids=AGES)
def test_what_runs_out_is_counted_down(left: int, expected: str, says: str) -> None:
    life = timedelta(days=180)
    found = countdown("client secret", START - life + timedelta(days=left), life, START, fix="make a new one")
    assert found.result == expected
    assert says in found.detail
    assert bool(found.fix) == (expected != "ok")


def test_an_authorisation_is_counted_down_from_the_day_it_was_given(shop: World) -> None:
    shop.clock.advance(86400 * 340)
    assert findings(shop)["authorisation"].result == "warning"
    shop.app.connections.set("de", {"refresh_token": "Atzr|story"})
    assert findings(shop)["authorisation"].result == "ok"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    return made


class TestCommands:
    def test_doctor_has_this_shape_and_ends_with_1_where_something_is_red(self, line: CommandLine) -> None:
        line.config.chmod(0o600)
        found = line.document("doctor")
        assert list(found) == ["ok", "at", "checks"]
        assert {tuple(check) for check in found["checks"]} == {("what", "connection", "result", "detail", "fix")}
        assert {check["result"] for check in found["checks"]} <= {"ok", "warning", "red", "unknown"}
        line.seller.revoke()
        assert line.run("doctor", "--json").exit_code == 1
        assert "RED" in line.run("doctor").stdout

    def test_a_client_secret_in_a_file_that_others_may_read(self, line: CommandLine) -> None:
        line.config.chmod(0o644)
        checks = {check["what"]: check for check in line.document("doctor")["checks"]}
        assert checks["config file"]["result"] == "warning"
        assert line.amazon.client_secret not in str(checks)

    def test_the_secrets_day_is_read_from_the_config(self, line: CommandLine) -> None:
        day = f"{line.clock.now() - timedelta(days=150):%Y-%m-%d}"
        line.config.write_text(line.config.read_text().replace("[lwa]\n", f"[lwa]\nsecret_created_at = {day}\n"))
        checks = {check["what"]: check for check in line.document("doctor")["checks"]}
        assert checks["client secret"]["result"] == "warning"

    def test_plugins_tell_hook_plugin_order_and_package(self, line: CommandLine) -> None:
        rows = line.lines("plugins")
        assert {tuple(row) for row in rows} == {("store", "hook", "plugin", "order", "package", "version")}
        row = next(row for row in rows if row["hook"] == "store_place_order")
        assert (row["store"], row["plugin"], row["order"], row["package"]) == (
            "shop", "sqlite", 1, "amazon-order-sync",
        )  # fmt: skip
        assert row["version"]
        assert line.lines("plugins", "shop") == rows
        assert line.run("plugins", "shpo").exit_code == 2
        assert "store_place_order" in line.must("plugins").stdout

    def test_ledger_status_upgrades_and_makes_nothing(self, line: CommandLine) -> None:
        found = line.document("ledger", "status")
        assert list(found) == ["place", "version", "newest", "bytes", "rows"]
        assert found["version"] == found["newest"]
        assert found["rows"]["connections"] == 1
        assert found["bytes"] > 0
        (line.folder / "amazon-orders.db").unlink()
        assert line.document("ledger", "status")["version"] is None
        assert not (line.folder / "amazon-orders.db").exists()
        assert line.document("ledger", "upgrade") == {"before": None, "after": found["newest"]}
        assert line.document("ledger", "upgrade") == {"before": found["newest"], "after": found["newest"]}

    def test_a_newer_ledger_is_left_alone(self, line: CommandLine) -> None:
        with closing(sqlite3.connect(line.folder / "amazon-orders.db")) as ledger, ledger:
            ledger.execute("UPDATE amazon_orders_version SET version_num = '9999'")
        for verb in ("status", "upgrade"):
            refused = line.run("ledger", verb)
            assert refused.exit_code == 1
            assert "newer version" in refused.stderr

    def test_quotas_are_forgotten_at_a_simulated_amazon_only(self, line: CommandLine) -> None:
        line.must("sync", "--only", "orders")  # publishing waits for its quota, and others fill up meanwhile
        refused = line.run("ledger", "reset-quota", "de")
        assert refused.exit_code == 2
        assert "cannot be forgotten" in refused.stderr
        used = line.document("health")["connections"][0]["quota"]["searchOrders"]
        assert used < 20
        line.must("ledger", "reset-quota")
        assert line.document("health")["connections"][0]["quota"]["searchOrders"] == used
        line.must(
            "connection", "set", "de", "endpoint=http://127.0.0.1:1", "token_endpoint=http://127.0.0.1:1/auth/o2/token"
        )
        line.must("ledger", "reset-quota", "de")
        assert line.document("health")["connections"][0]["quota"]["searchOrders"] == 20
