"""`amazon-orders sync`: what a script and a person learn from a run."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.cli import log
from amazon_orders.sandbox import Fault
from tests.story.command_line import CommandLine

FLOW = {
    *("flow", "seen", "unchanged", "placed", "changed", "cancelled", "held", "failed", "skipped", "sent"),
    *("calls", "throttled", "seconds", "error", "next_due", "waiting", "next_try"),
}


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    return line


def orders_flow(document: Any) -> Any:
    [connection] = document["connections"]
    flow, *_ = connection["flows"]
    return flow


def test_orders_arrive_and_the_report_counts_them(shop: CommandLine) -> None:
    shop.buy("MUG-WHITE")
    shop.buy("NO-SUCH-SKU")
    shop.buy("LAMP-DESK", pending=True)
    document = shop.document("sync")
    assert set(document) == {"connections"}
    assert set(document["connections"][0]) == {"name", "flows"}
    flow = orders_flow(document)
    assert set(flow) == FLOW
    assert (flow["seen"], flow["placed"], flow["held"], flow["skipped"]) == (3, 1, 1, 1)
    assert flow["error"] is None
    assert sum(flow["calls"].values()) >= 1
    again = orders_flow(shop.document("sync"))
    assert (again["placed"], again["held"]) == (0, 0)
    assert shop.look("SELECT count(*) FROM orders") == [(1,)]


def test_a_person_reads_one_line_and_what_needs_them(shop: CommandLine) -> None:
    shop.buy("MUG-WHITE")
    shop.buy("NO-SUCH-SKU")
    result = shop.must("sync", "de")
    assert "de  orders: 1 placed, 1 held" in result.stdout
    assert "amazon-orders orders list --status attention" in result.stderr


def test_what_waits_for_payment_is_told_apart_from_what_is_not_for_this_shop(shop: CommandLine) -> None:
    shop.buy("LAMP-DESK", pending=True)
    shop.buy("LAMP-DESK", pending=True)
    shop.seller.cancel(shop.buy("CAP-BLACK"))
    shop.clock.advance(300)
    assert "2 not paid yet, 1 not for this shop" in shop.must("sync", "--dry-run").stdout
    assert "2 not paid yet, 1 not for this shop" in shop.must("sync").stdout


def test_flows_in_which_nothing_happened_take_no_line(shop: CommandLine) -> None:
    shop.must("connection", "set", "de", "publish_stock=false")
    told = shop.must("sync").stdout
    assert told.startswith("de  orders: nothing new")
    assert len(told.splitlines()) == 1
    assert len(shop.document("sync")["connections"][0]["flows"]) > 1


def test_a_dry_run_says_what_the_run_then_does_and_writes_nothing(shop: CommandLine) -> None:
    good, bad = shop.buy("MUG-WHITE"), shop.buy("NO-SUCH-SKU")
    document = shop.document("sync", "--dry-run", "--only", "orders")
    assert set(document) == {"connections", "dry_run", "plan"}
    assert all(
        set(item) == {"connection", "amazon_order_id", "action", "reason", "total", "currency", "detail"}
        for item in document["plan"]
    )
    assert {item["amazon_order_id"]: (item["action"], item["reason"]) for item in document["plan"]} == {
        good: ("place", None),
        bad: ("hold", "UNKNOWN_SKU"),
    }
    assert shop.look("SELECT count(*) FROM orders") == [(0,)]
    assert shop.lines("orders", "list") == []
    told = shop.must("sync", "--dry-run", "--only", "orders")
    assert good in told.stdout
    assert "nothing was written" in told.stderr
    shop.must("sync")
    assert {row["amazon_order_id"]: row["status"] for row in shop.lines("orders", "list")} == {
        good: "placed",
        bad: "held",
    }


def test_without_a_name_only_active_connections_run(shop: CommandLine) -> None:
    shop.must("connection", "set", "de", "active=false")
    shop.buy("MUG-WHITE")
    quiet = shop.must("sync")
    assert "No connection is active" in quiet.stderr
    assert shop.look("SELECT count(*) FROM orders") == [(0,)]
    assert orders_flow(shop.document("sync", "de"))["placed"] == 1


def test_before_there_is_a_connection_it_says_how_to_make_one(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.open_shop()
    result = line.must("sync")
    assert "connection add" in result.stderr


def test_only_takes_flows_that_exist(shop: CommandLine) -> None:
    [connection] = shop.document("sync", "--only", "orders")["connections"]
    assert [flow["flow"] for flow in connection["flows"]] == ["orders"]
    result = shop.run("sync", "--only", "orders,parcels")
    assert result.exit_code == 2
    assert "parcels" in result.stderr
    assert "known: " in result.stderr


def test_an_unknown_name_runs_nothing(shop: CommandLine) -> None:
    shop.buy("MUG-WHITE")
    result = shop.run("sync", "de", "it")
    assert result.exit_code == 2
    assert "'it'" in result.stderr
    assert shop.look("SELECT count(*) FROM orders") == [(0,)]


def test_credentials_that_amazon_refuses_end_with_4(shop: CommandLine) -> None:
    shop.seller.revoke()
    result = shop.run("sync", "--json")
    assert result.exit_code == 4
    error = orders_flow(json.loads(result.stdout))["error"]
    assert set(error) == {"code", "message", "record"}
    assert error["code"] == "amazon_auth"
    told = shop.run("sync")
    assert told.exit_code == 4
    assert "authori" in told.stderr
    assert "[amazon_auth]" in told.stderr


OUTAGES = {
    "a page of HTML with status 503": ("html_503", "503"),
    "a page of HTML with status 200": ("html_200", "success"),
    "an empty document with status 200": ("empty_200", "success"),
    "half a document": ("cut_json", "success"),
    "an internal failure": ("500", "500"),
    "a connection that breaks": ("reset", "connection"),
}


@pytest.mark.parametrize(("kind", "says"), OUTAGES.values(), ids=OUTAGES)
def test_an_outage_before_anything_was_done_ends_with_75(shop: CommandLine, kind: str, says: str) -> None:
    order_id = shop.buy("MUG-WHITE")
    shop.amazon.faults.add(Fault(kind=kind, operation="searchOrders", times=None))
    result = shop.run("sync", "--json")
    assert result.exit_code == 75
    error = orders_flow(json.loads(result.stdout))["error"]
    assert error["code"] == "amazon_unavailable"
    told = error["message"]
    assert [
        word for word in (says, "searchOrders", "Amazon's", "try again later") if word.lower() not in told.lower()
    ] == []
    assert "<html" not in error["message"].lower()
    shop.amazon.faults.clear()
    shop.clock.advance(3600)
    shop.must("sync")
    assert shop.look("SELECT external_id FROM orders") == [(order_id,)], "the cursor did not pass the outage"


def test_an_outage_is_told_to_a_person_with_its_word(shop: CommandLine) -> None:
    shop.amazon.faults.add(Fault(kind="html_503", operation="searchOrders", times=None))
    told = shop.run("sync")
    assert told.exit_code == 75
    assert "Error:" in told.stderr
    assert "503" in told.stderr
    assert "[amazon_unavailable]" in told.stderr


def test_another_sync_of_the_connection_ends_with_7_and_says_until_when(shop: CommandLine) -> None:
    from amazon_orders.app import App

    with App.from_file(shop.config, now=shop.clock.now) as other:
        lease = other.ledger.leases.acquire("de")
        result = shop.run("sync", "--json")
        assert result.exit_code == 7
        assert orders_flow(json.loads(result.stdout))["error"]["code"] == "busy"
        told = shop.run("sync")
        assert told.exit_code == 7
        assert f"{lease.until:%H:%M:%S}" in told.stderr
        other.ledger.leases.release(lease)
    shop.must("sync")


def test_a_quota_that_is_used_up_ends_with_75_and_says_when_to_go_on(tmp_path: Path) -> None:
    line = CommandLine(tmp_path, speed=1.0)
    line.open_shop()
    line.connect()
    line.buy("MUG-WHITE")
    codes = [line.run("sync", "--only", "orders", "--json") for _ in range(40)]
    throttled = [result for result in codes if result.exit_code]
    assert throttled, "40 runs in the same second are more than Amazon's burst"
    assert {result.exit_code for result in throttled} == {75}
    flow = orders_flow(json.loads(throttled[0].stdout))
    assert flow["next_due"] is not None
    told = line.run("sync", "--only", "orders")
    assert told.exit_code == 75
    assert "quota" in told.stderr


def test_watching_goes_on_through_an_outage_and_ends_in_peace(shop: CommandLine) -> None:
    shop.buy("MUG-WHITE")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        if seconds < 300:  # a moment within a run, until a token of a quota is there
            shop.clock.advance(seconds)
            return
        pauses.append(seconds)
        shop.clock.advance(1800)
        if len(pauses) == 1:
            shop.amazon.faults.add(Fault(kind="html_503", operation="searchOrders", times=None))
        elif len(pauses) == 2:
            shop.amazon.faults.clear()
            shop.buy("TEAPOT-GLASS")
        elif len(pauses) == 3:
            raise KeyboardInterrupt

    shop.session.sleep = pause
    result = shop.run("sync", "--watch", "300", "--json")
    assert result.exit_code == 0
    assert pauses == [300, 300, 300]
    flows = [orders_flow(json.loads(line)) for line in result.stdout.splitlines()]
    assert [flow["placed"] for flow in flows] == [1, 0, 1]
    assert [bool(flow["error"]) for flow in flows] == [False, True, False]
    assert "Stopped" in result.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_service_manager_may_stop_a_watch_at_any_time(shop: CommandLine, how: signal.Signals) -> None:
    shop.must("connection", "set", "de", "active=false")  # nothing in this process may reach for the real Amazon
    words = ["--config", str(shop.config), "sync", "--watch", "600"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from amazon_orders.cli import main; main()", *words],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        assert "No connection is active" in process.stderr.readline()
        process.send_signal(how)
        assert process.wait(10) == 0
        assert "Stopped" in process.stderr.read()


def test_the_log_is_silent_until_asked(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.buy("NO-SUCH-SKU")
    quiet = shop.must("sync", "--json")
    assert quiet.stderr.count("\n") <= 1
    for loud in (shop.must("sync", "-v"), shop.must("-v", "sync"), shop.must("sync", "de", "--verbose")):
        assert loud.stdout.startswith("de  orders:")
    monkeypatch.setenv(log.VARIABLE, "debug")
    assert shop.must("sync").exit_code == 0


PAGE = re.compile(
    r"INFO amazon_orders.sync: de (?P<window>[a-z.0-9_]+), page (?P<number>\d+): (?P<seen>\d+) seen(?P<counts>.*); "
    r"calls to Amazon: (?P<calls>\d+), seconds: \d+\.\d\d$",
    re.MULTILINE,
)


def test_a_loud_run_tells_of_every_page(shop: CommandLine) -> None:
    ids = [shop.buy("MUG-WHITE"), shop.buy("NO-SUCH-SKU"), shop.buy("MUG-WHITE", pending=True), shop.buy("CAP-BLACK")]
    shop.amazon.page_limit = 3
    told = shop.must("sync", "--only", "orders", "-v").stderr
    pages = [match.groupdict() for match in PAGE.finditer(told) if match["window"] == "orders"]
    assert [(page["number"], page["seen"], page["counts"]) for page in pages] == [
        ("1", "3", ", 1 placed, 1 held, 1 pending"),
        ("2", "1", ", 1 placed"),
    ]
    assert all(int(page["calls"]) >= 1 for page in pages)
    assert [order_id for order_id in ids if order_id in "".join(match[0] for match in PAGE.finditer(told))] == []
    assert not PAGE.search(shop.must("sync", "--only", "orders").stderr)


def test_personal_data_and_secrets_are_in_no_output(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    from amazon_orders.sandbox import demo_orders
    from tests.story.command_line import TOKEN

    monkeypatch.setenv(log.VARIABLE, "DEBUG")
    orders = demo_orders(shop.clock.now())
    shop.seller.add(*orders)
    secrets = {TOKEN, shop.amazon.client_secret}
    for order in orders:
        address = order.get("recipient", {}).get("deliveryAddress", {})
        secrets |= {address[key] for key in ("name", "addressLine1", "phone") if address.get(key)}
        secrets |= {order["buyer"][key] for key in ("buyerName", "buyerEmail") if order.get("buyer", {}).get(key)}
    assert len(secrets) > 5
    outputs = [shop.must("sync").output, shop.must("sync", "--dry-run", "--json").output]
    for order in orders:
        outputs += [shop.must("orders", "explain", order["orderId"], *rest).output for rest in ([], ["--json"])]
    assert [secret for secret in secrets for output in outputs if secret in output] == []


def test_a_ledger_of_a_newer_version_is_left_alone(shop: CommandLine) -> None:
    ledger = shop.folder / "amazon-orders.db"
    with closing(sqlite3.connect(ledger)) as database:
        database.execute("UPDATE amazon_orders_version SET version_num = 'from-the-future'")
        database.commit()
    for words in (["sync"], ["orders", "list"], ["connection", "list"]):
        result = shop.run(*words)
        assert result.exit_code == 1
        assert "newer version" in result.stderr
        assert str(ledger) in result.stderr
