"""`amazon-orders sandbox serve`: a simulated Amazon in a process of its own, and a shop connected to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.story.test_cli_demo import ROOT, command

SERVE = [
    sys.executable,
    "-c",
    "from amazon_orders.cli import main; main()",
    "sandbox",
    "serve",
    "--port",
    "0",
    "--json",
]


@contextmanager
def serving(*words: str) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    process = subprocess.Popen([*SERVE, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        text = ""
        while not text.endswith("}\n"):
            text += process.stdout.readline()
        yield json.loads(text), process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_shop_can_be_connected_with_what_it_prints(tmp_path: Path) -> None:
    with serving() as (facts, _):
        assert set(facts) == {
            *("url", "token_url", "seller_id", "region", "marketplaces", "orders"),
            *("client_id", "client_secret", "refresh_token"),
        }
        assert command("init", "--client-id", facts["client_id"], cwd=tmp_path).returncode == 0
        (tmp_path / "token").write_text(facts["refresh_token"], encoding="utf-8")
        config = tmp_path / "amazon-orders.toml"
        text = config.read_text(encoding="utf-8").replace("env:LWA_CLIENT_SECRET", facts["client_secret"])
        config.write_text(text, encoding="utf-8")
        added = command(
            *("connection", "add", "try", f"seller_id={facts['seller_id']}", f"region={facts['region']}"),
            *(f"marketplaces={facts['marketplaces']}", "store=shop", "active=true", "sync_from=2020-01-01T00:00:00Z"),
            *(f"endpoint={facts['url']}", f"token_endpoint={facts['token_url']}", "--refresh-token-file", "token"),
            cwd=tmp_path,
        )
        assert added.returncode == 0, added.stderr
        tested = command("connection", "test", "try", cwd=tmp_path)
        assert tested.returncode == 0, tested.stdout
        synced = command("sync", "--json", cwd=tmp_path)
        assert synced.returncode == 0, synced.stderr
        flow, *_ = json.loads(synced.stdout)["connections"][0]["flows"]
        assert flow["seen"] == facts["orders"]


def test_the_same_seed_draws_the_same_orders_and_their_number_is_told() -> None:
    with serving("--orders", "25", "--seed", "7") as (one, _), serving("--orders", "25", "--seed", "7") as (two, _):
        assert one["orders"] == two["orders"] == 25
        assert one["refresh_token"] == two["refresh_token"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_is_no_failure(how: signal.Signals) -> None:
    with serving("--orders", "1") as (_, process):
        os.kill(process.pid, how)
        assert process.wait(10) == 0


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("sandbox", "serve", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 2
    assert f"Port {port} cannot be used" in done.stderr
    assert "--port" in done.stderr
