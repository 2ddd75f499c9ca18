"""The key is changed without losing anything, however often that is stopped; a lost key is told and costs no order."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken

from tests.story.command_line import TOKEN, CommandLine

KEY_FILE = "amazon-orders.key"
LEDGER = "amazon-orders.db"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect()
    return made


def keys(line: CommandLine) -> list[str]:
    return (line.folder / KEY_FILE).read_text().split()


def sealed(folder: Path) -> list[bytes]:
    """Every token in the ledger's file, past the library."""
    with closing(sqlite3.connect(folder / LEDGER)) as ledger:
        found = ledger.execute(
            "SELECT token FROM ao_orders WHERE token IS NOT NULL UNION ALL SELECT secret FROM ao_connections "
            "WHERE secret IS NOT NULL UNION ALL SELECT token FROM ao_tokens "
            "UNION ALL SELECT value FROM ao_meta WHERE name = 'key_check'"
        ).fetchall()
    return [row[0].encode() if isinstance(row[0], str) else row[0] for row in found]


def opened_by(key: str, tokens: list[bytes]) -> int:
    def opens(token: bytes) -> bool:
        try:
            Fernet(key).decrypt(token)
        except InvalidToken:
            return False
        return True

    return sum(opens(token) for token in tokens)


def test_everything_is_sealed_with_the_new_key_and_the_old_one_can_go(line: CommandLine) -> None:
    order_id = line.buy("MUG-WHITE")
    line.must("sync")
    (old,) = keys(line)
    done = line.document("keys", "rotate")
    assert done == {
        "keys": 2, "secrets": 1, "access_tokens": 1, "orders": 1, "commands": 0, "unreadable": 0, "resumed": False,
    }  # fmt: skip
    new, behind = keys(line)
    assert behind == old
    assert opened_by(new, sealed(line.folder)) == len(sealed(line.folder)) == 4
    assert line.document("keys", "drop")["keys"] == 1
    assert keys(line) == [new]
    assert stat.S_IMODE((line.folder / KEY_FILE).stat().st_mode) == 0o600
    assert line.must("sync").exit_code == 0
    assert line.document("orders", "show", order_id)["status"] == "placed"
    assert TOKEN.encode() not in line.everything_on_disk()


def test_what_another_process_wrote_with_the_old_key_is_taken_along_when_it_is_dropped(line: CommandLine) -> None:
    from amazon_orders.app import App

    with App.from_file(line.config, now=line.clock.now, adapter=line.amazon.transport()) as still_running:
        still_running.ledger.can_keep_personal_data  # noqa: B018 - it has read the old key now
        line.must("keys", "rotate")
        still_running.ledger.tokens.put("by an old process", "Atza|old", line.clock.now())
    new, old = keys(line)
    assert opened_by(old, sealed(line.folder)) == 1
    assert line.document("keys", "drop")["access_tokens"] == 1
    assert opened_by(new, sealed(line.folder)) == len(sealed(line.folder))


def test_a_second_rotation_puts_one_more_key_in_front(line: CommandLine) -> None:
    line.must("keys", "rotate")
    line.must("keys", "rotate")
    assert len(set(keys(line))) == 3
    line.must("keys", "drop")
    assert len(keys(line)) == 1
    line.must("connection", "test", "de")


@pytest.mark.crash
@pytest.mark.timeout(180)
def test_a_rotation_that_is_killed_again_and_again_is_brought_to_its_end(line: CommandLine) -> None:
    line.seller.generate(600, imbalance=False)
    line.clock.advance(300)
    line.must("sync")
    (old,) = keys(line)
    source = random.Random(7)
    command = [
        sys.executable,
        "-c",
        "from amazon_orders.cli import main; main()",
        "--config",
        str(line.config),
        "keys",
        "rotate",
    ]
    halves = set()
    for _ in range(12):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path.cwd())
        deadline = time.monotonic() + 20
        while len(keys(line)) == 1 and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(source.uniform(0, 0.05))
        child.kill()
        child.wait()
        new = keys(line)[0]
        halves.add(opened_by(new, sealed(line.folder)))
        if opened_by(new, sealed(line.folder)) == len(sealed(line.folder)):
            break
        listed = line.lines("orders", "list")
        assert len(listed) == 600
    assert len([count for count in halves if count < len(sealed(line.folder))]) >= 1, "no kill came in time"
    line.must("keys", "rotate")
    line.must("keys", "drop")
    (new,) = keys(line)
    assert new != old
    assert opened_by(new, sealed(line.folder)) == len(sealed(line.folder)) > 600
    assert opened_by(old, sealed(line.folder)) == 0


def test_a_rotation_that_was_stopped_is_resumed_and_makes_no_third_key(line: CommandLine) -> None:
    path = line.folder / KEY_FILE
    # As after a kill right behind the first step.
    path.write_text(f"{Fernet.generate_key().decode()}\n{path.read_text()}")
    done = line.document("keys", "rotate")
    assert (done["resumed"], done["keys"], done["secrets"]) == (True, 2, 1)


def test_only_one_rotation_runs_at_a_time(line: CommandLine) -> None:
    from amazon_orders.app import App

    with App.from_file(line.config, now=line.clock.now) as app:
        app.ledger.leases.acquire("keys")
        assert line.run("keys", "rotate").exit_code == 7
    assert len(keys(line)) == 1


class TestKeysFromTheEnvironment:
    def test_the_new_key_is_put_in_front_by_hand(self, line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        (old,) = keys(line)
        monkeypatch.setenv("AMAZON_ORDERS_KEY", old)
        refused = line.run("keys", "rotate")
        assert refused.exit_code == 2
        assert "AMAZON_ORDERS_KEY: put a new key in front" in refused.stderr
        new = Fernet.generate_key().decode()
        monkeypatch.setenv("AMAZON_ORDERS_KEY", f"{new},{old}")
        assert line.document("keys", "rotate")["secrets"] == 1
        monkeypatch.setenv("AMAZON_ORDERS_KEY", new)
        line.must("connection", "test", "de")

    def test_without_any_key_there_is_nothing_to_rotate(self, line: CommandLine) -> None:
        text = line.config.read_text().replace("key_file", "# key_file")
        line.config.write_text(text)
        (line.folder / LEDGER).unlink()
        result = line.run("keys", "rotate")
        assert result.exit_code == 2
        assert "ledger.key_file: is not set" in result.stderr


class TestALostKey:
    @pytest.fixture(params=["the file is gone", "another key"])
    def lost(self, request: pytest.FixtureRequest, line: CommandLine) -> CommandLine:
        line.buy("MUG-WHITE")
        line.must("sync")
        if request.param == "the file is gone":
            (line.folder / KEY_FILE).unlink()
        else:
            (line.folder / KEY_FILE).write_text(Fernet.generate_key().decode())
        return line

    def test_orders_are_still_listed_and_the_message_says_what_to_do(self, lost: CommandLine) -> None:
        result = lost.must("orders", "list", "--json")
        assert json.loads(result.stdout)["status"] == "placed"
        assert "key" in result.stderr
        assert "keys restart" in result.stderr

    def test_no_run_begins_and_nothing_is_lost(self, lost: CommandLine) -> None:
        before = sealed(lost.folder)
        order_id = lost.buy("CAP-BLACK")
        result = lost.run("sync", "--json")
        assert result.exit_code == 1
        error = json.loads(result.stdout)["connections"][0]["flows"][0]["error"]
        assert error["code"] == "ledger"
        assert order_id not in str(lost.look("SELECT external_id FROM orders"))
        assert sealed(lost.folder) == before

    def test_personal_data_goes_in_time_all_the_same(self, lost: CommandLine) -> None:
        assert lost.document("purge", "--as-of", "2027-12-31")["erased"] == 1

    def test_with_a_new_beginning_the_next_sync_works(self, lost: CommandLine) -> None:
        assert lost.run("keys", "restart").exit_code == 2
        done = lost.document("keys", "restart", "--yes")
        assert (done["secrets"], done["orders"], done["keys"]) == (1, 1, 1)
        assert lost.run("sync").exit_code == 4
        lost.must("connection", "set", "de", "--refresh-token-file", "-", stdin=TOKEN)
        order_id = lost.buy("CAP-BLACK")
        lost.must("sync")
        assert lost.document("orders", "show", order_id)["status"] == "placed"
        assert len(lost.look("SELECT id FROM orders")) == 2, "nothing is placed twice"

    def test_a_key_that_is_not_lost_is_not_given_up(self, line: CommandLine) -> None:
        result = line.run("keys", "restart", "--yes")
        assert result.exit_code == 2
        assert "keys rotate" in result.stderr
        line.must("connection", "test", "de")


def test_the_file_is_replaced_as_a_whole_or_not_at_all(line: CommandLine) -> None:
    before = keys(line)
    (line.folder / f".{KEY_FILE}.{os.getpid()}").mkdir()  # stands where the new file would be written
    result = line.run("keys", "rotate")
    assert result.exit_code != 0
    assert keys(line) == before
    assert opened_by(before[0], sealed(line.folder)) == len(sealed(line.folder))
