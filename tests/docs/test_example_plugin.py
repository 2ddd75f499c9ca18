"""The example plugin does what its page says: built from the checkout, installed, named in a config, and obeyed."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import ConfigError
from amazon_orders.sandbox import Clock, SimulatedAmazon, literals
from amazon_orders.sandbox.literals import Line
from examples.prime_plugin.amazon_orders_prime.alerts import WebhookAlerts, alerts_to
from examples.prime_plugin.amazon_orders_prime.table import read_table

EXAMPLE = Path(__file__).parents[2] / "examples" / "prime_plugin"
PRIME, PLAIN, HELD = "306-0000000-0000001", "306-0000000-0000002", "306-0000000-0000003"


class Desk:
    """A folder with a shop, a connection to a simulated Amazon, and what pip put into a folder of its own."""

    def __init__(self, folder: Path, packages: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "NO_COLOR": "1",
            "PYTHONPATH": str(packages),
            **environment,
        }

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("amazon-orders")), *words],
            cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def must(self, *words: str, stdin: str = "") -> str:
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it from the checkout: built without a network, into a folder of its own."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-index"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--target", str(folder / "packages"), str(source)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "packages"


@contextmanager
def desk(folder: Path, packages: Path, **environment: str) -> Iterator[Desk]:
    """A Prime order of a SKU that only the table knows, a plain order, and one whose SKU nobody knows."""
    amazon = SimulatedAmazon(clock=Clock.real())
    seller = amazon.add_seller(region="eu", marketplaces=["DE"])
    an_hour_ago = amazon.clock.now() - timedelta(hours=1)
    seller.add(
        literals.order(PRIME, Line(sku="SHELF-07", item="9.99"), created=an_hour_ago, programs=("PRIME",)),
        literals.order(PLAIN, Line(sku="MUG-WHITE", item="9.99"), created=an_hour_ago),
        literals.order(HELD, Line(sku="NOBODY-KNOWS", item="9.99"), created=an_hour_ago),
    )
    there = Desk(folder, packages, SECRET=amazon.client_secret, **environment)
    there.must("init", "--client-id", amazon.client_id, "--client-secret-env", "SECRET")
    config = folder / "amazon-orders.toml"
    config.write_text('plugins = ["prime"]\n' + config.read_text())
    shop = Shop.open(folder / "shop.db")
    shop.add_products([{"sku": "MUG-WHITE", "title": "Mug", "stock": 100}])
    shop.close()
    with amazon.serve() as url:
        there.must(
            "connection", "add", "de", f"seller_id={seller.seller_id}", "region=eu", "marketplaces=DE", "store=shop",
            "active=true", "sync_from=2020-01-01T00:00:00Z", f"endpoint={url}",
            f"token_endpoint={url}/auth/o2/token", "--refresh-token-file", "-", stdin=seller.refresh_token,
        )  # fmt: skip
        yield there


def table(folder: Path, text: str = "seller_sku,product\nSHELF-07,MUG-WHITE\n") -> str:
    file = folder / "skus.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def trace(there: Desk, order_id: str) -> dict[str, tuple[str, str]]:
    """Rule -> (outcome, plugin)."""
    told: dict[str, Any] = json.loads(there.must("orders", "explain", order_id, "--json"))
    return {step["rule"]: (step["outcome"], step["plugin"]) for step in told["trace"]}


@pytest.mark.timeout(120)
def test_the_installed_plugin_refines_rules_and_tells_of_held_orders(tmp_path: Path, packages: Path) -> None:
    alerts = tmp_path / "alerts.txt"
    environment = {"PRIME_SKUS": table(tmp_path), "PRIME_ALERTS": str(alerts), "PRIME_METHOD": "overnight"}
    with desk(tmp_path, packages, **environment) as there:
        there.must("sync")
        with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
            rows = shop.execute(
                "SELECT o.external_id, shipping_method, p.sku FROM orders o JOIN order_lines l ON l.order_id = o.id "
                "JOIN products p ON p.id = l.product_id ORDER BY o.external_id"
            ).fetchall()
        assert rows == [(PRIME, "overnight", "MUG-WHITE"), (PLAIN, "STANDARD", "MUG-WHITE")]
        steps = trace(there, PRIME)
        assert (steps["shipping"], steps["sku"]) == (("overnight", "prime"), ("hook", "prime"))
        assert {plugin for _, plugin in trace(there, PLAIN).values()} == {""}
        assert "(said by prime)" in there.must("orders", "explain", PRIME)
        assert alerts.read_text() == f"de: order {HELD} is held (UNKNOWN_SKU)\n"
        listed = [json.loads(line) for line in there.must("plugins", "--json").splitlines()]
        mine = {row["hook"]: (row["package"], row["version"]) for row in listed if row["plugin"] == "prime"}
        hooks = {"rule_shipping_method", "rule_resolve_sku", "on_order_held", "on_run_finished"}
        assert mine == dict.fromkeys(hooks, ("amazon-orders-prime", "0.1"))


@pytest.mark.timeout(120)
def test_a_table_with_a_mistake_stops_the_run_before_any_order(tmp_path: Path, packages: Path) -> None:
    with desk(tmp_path, packages, PRIME_SKUS=table(tmp_path, "seller_sku,product\nSHELF-07,\n")) as there:
        done = there.run("sync")
        assert done.returncode == 2
        assert "line 2" in done.stderr
        assert "fault" not in done.stderr
        assert json.loads(there.must("health", "--json"))["connections"][0]["held"] == 0


@pytest.mark.parametrize(
    "text",
    ["seller_sku,product\nA,\n", "seller_sku;product\nA;B\n", "seller_sku,product\nA,B\nA,C\n"],
    ids=["no product", "other columns", "two products"],
)
def test_a_table_is_taken_whole_or_not(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="line"):
        read_table(table(tmp_path, text))
    with pytest.raises(ConfigError, match="No such file"):
        read_table(str(tmp_path / "none.csv"))


def test_lines_do_not_leave_the_machine_in_the_open() -> None:
    with pytest.raises(ConfigError, match="https"):
        alerts_to("http://alerts.example/secret")


class Webhook:
    """Takes one request and answers what it is told, byte by byte where it is slow."""

    def __init__(self, answer: bytes, pause: float = 0.0) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/hook?key=1"
        self.request = b""
        self._answer, self._pause = answer, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        peer, _ = self._server.accept()
        with peer:
            while b"}" not in self.request:
                self.request += peer.recv(4096)
            for at in range(len(self._answer)):
                if self._over.wait(self._pause):
                    return
                peer.sendall(self._answer[at : at + 1])

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        self._server.close()


def test_a_webhook_gets_all_lines_of_a_run_in_one_request(caplog: pytest.LogCaptureFixture) -> None:
    there = Webhook(b"HTTP/1.1 204 No Content\r\n\r\n")
    alerts = alerts_to(there.url)
    alerts.add("one")
    alerts.add("two")
    alerts.send()
    alerts.send()  # nothing is left
    there.close()
    assert there.request.startswith(b"POST /hook?key=1 HTTP/1.1\r\n")
    assert json.loads(there.request.split(b"\r\n\r\n")[1]) == {"text": "one\ntwo"}
    assert caplog.records == []


@pytest.mark.parametrize(
    ("answer", "pause", "says"),
    [
        pytest.param(b"HTTP/1.1 500 No\r\n\r\n", 0.0, "500", id="it refuses"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50, 0.05, "no answer in time", id="it drips"),
    ],
)
def test_a_webhook_that_fails_is_logged_and_held_to_one_deadline(
    answer: bytes, pause: float, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = Webhook(answer, pause)
    alerts = alerts_to(there.url)
    assert isinstance(alerts, WebhookAlerts)
    alerts._deadline = 0.4
    alerts.add("one")
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING):
        alerts.send()
    took = time.monotonic() - begun
    there.close()
    assert took < 2
    assert [record.getMessage() for record in caplog.records] == [f"1 alerts were not taken: {says}"]
