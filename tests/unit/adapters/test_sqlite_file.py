"""The demo shop's file: durable, safe among processes and threads, and careful about what it opens."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from amazon_orders import Hooks
from amazon_orders.adapters.sqlite import SqliteStore, database, open_store
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import ConfigError, StoreUnavailable
from amazon_orders.model import Placed
from tests.stores.orders import line, order
from tests.unit.adapters.conftest import Look
from tests.unit.adapters.test_sqlite_placing import everything, nothing

ROOT = Path(__file__).parents[3]
KEYS = [f"303-0000000-{n:07d}" for n in range(20)]


def page(units: int = 1) -> dict[str, Any]:
    return {key: order(key, [line("1", quantity=units)]) for key in KEYS}


def child(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that has opened the shop `store` and knows `page()`, `Shop` and `sqlite3`."""
    prelude = (
        "import os, signal, sqlite3, sys\n"
        "from amazon_orders.adapters.sqlite import open_store\n"
        "from tests.unit.adapters.test_sqlite_file import KEYS, page\n"
        "store = open_store({'path': sys.argv[1]})\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", prelude + script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_durability_rests_on_is_set(store: SqliteStore, path: Path) -> None:
    assert store.pragmas() == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_page_is_one_transaction(hooks: Hooks, store: SqliteStore) -> None:
    statements: list[str] = []
    with store.database.reading() as connection:
        connection.set_trace_callback(statements.append)
    hooks.store_place_orders(page())
    assert [each for each in statements if each.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]


def test_a_product_question_is_one_statement(hooks: Hooks, store: SqliteStore) -> None:
    statements: list[str] = []
    with store.database.reading() as connection:
        connection.set_trace_callback(statements.append)
    hooks.store_find_products("sku", [f"SKU-{n}" for n in range(1200)])
    assert len(statements) == 1


@pytest.mark.parametrize("moment", ["INSERT INTO orders", "INSERT INTO stock_moves", "UPDATE products", "COMMIT"])
def test_a_process_killed_in_a_page_leaves_nothing_of_it(
    store: SqliteStore, look: Look, path: Path, moment: str
) -> None:
    script = (
        "def kill(statement):\n"
        "    if statement.startswith(sys.argv[2]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "with store.database.reading() as connection: connection.set_trace_callback(kill)\n"
        "store.store_place_orders(page())\n"
    )
    with child(script, path, moment) as killed:
        assert killed.wait(30) == -signal.SIGKILL
    assert everything(look) == nothing(look)
    assert len(store.store_place_orders(page())) == len(KEYS)  # nor does it block who comes after


def test_what_was_answered_is_there_after_a_kill(store: SqliteStore, look: Look, path: Path) -> None:
    script = "print(store.store_place_orders(page())[KEYS[0]].ref, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    with child(script, path) as killed:
        answered, _ = killed.communicate(timeout=30)
    assert look("SELECT external_id FROM orders WHERE id = ?", int(answered)) == [(KEYS[0],)]
    assert look("SELECT count(*) FROM orders") == [(len(KEYS),)]


def test_processes_with_the_same_orders_make_each_once(store: SqliteStore, look: Look, path: Path) -> None:
    script = (
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for key, order in sorted(page().items(), reverse=sys.argv[2] == '1'):\n"
        "    print(key, store.store_place_order(order, key).ref, flush=True)\n"
    )
    processes = [child(script, path, n) for n in range(3)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    answers = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        output, _ = process.communicate(timeout=60)
        answers.append(dict(each.split() for each in output.splitlines()))
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == len(KEYS)
    assert look("SELECT count(*), count(DISTINCT external_id) FROM orders") == [(len(KEYS), len(KEYS))]
    assert look("SELECT stock FROM products WHERE id = 1") == [(10 - len(KEYS),)]


def test_threads_share_a_store(store: SqliteStore, look: Look) -> None:
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(dict(store.store_place_orders(page())))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == answers[0] for answer in answers)
    assert len(answers) == 8
    assert look("SELECT count(*) FROM orders") == [(len(KEYS),)]


def test_a_forked_process_opens_the_file_anew(store: SqliteStore, look: Look, path: Path) -> None:
    script = (
        "def place(n): return store.store_place_order(page()[KEYS[n]], KEYS[n]).ref\n"
        "place(0)\n"
        "with store.database.reading() as parents: child = os.fork()\n"
        "if not child:\n"
        "    with store.database.reading() as own: os._exit(int(place(1)) if own is not parents else 9)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), place(2))\n"
    )
    with child(script, path) as parent:
        assert parent.communicate(timeout=30)[0] == "2 3\n"
    assert look("SELECT id, external_id FROM orders") == [(n + 1, KEYS[n]) for n in range(3)]


def test_a_file_locked_for_long_is_an_unknown_outcome(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match=r"shop\.db could not be used \(SQLITE_BUSY\).*tries again"):
            store.store_place_orders(page())
    assert len(store.store_place_orders(page())) == len(KEYS)


def test_a_writer_waits_for_another(store: SqliteStore, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    timer.start()
    assert isinstance(store.store_place_order(page()[KEYS[0]], KEYS[0]), Placed)
    timer.join()
    other.close()


def test_a_closed_store_opens_again(store: SqliteStore) -> None:
    store.close()
    store.close()
    assert store.store_find_products("sku", ["MUG-RED"])


def test_an_existing_shop_is_opened_as_it_is(path: Path, store: SqliteStore) -> None:
    store.store_place_orders(page())
    store.close()
    again = open_store({"path": str(path)})
    assert len(again.store_find_orders(KEYS)) == len(KEYS)
    again.close()


def test_two_processes_make_one_new_shop(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    processes = [child("print(store.pragmas()['journal_mode'])", path) for _ in range(4)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert outputs == ["wal\n"] * 4
    shop = Shop.open(path)
    assert shop.add_products([{"sku": "A"}]) == ["1"]
    shop.close()


SETTINGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no path": ({}, {"path": "has to name the shop's file, such as shop.db"}),
    "an empty path": ({"path": ""}, {"path": "has to name the shop's file, such as shop.db"}),
    "a path that is no text": ({"path": 3}, {"path": "has to name the shop's file, such as shop.db"}),
    "a key misspelt": (
        {"path": "x.db", "pth": "y.db"},
        {"pth": "is no setting of the sqlite store; it has path"},
    ),
}


@pytest.mark.parametrize(("config", "problems"), SETTINGS.values(), ids=SETTINGS)
def test_settings_that_are_wrong(config: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(config)
    assert caught.value.problems == problems


def test_files_that_are_no_shop(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be taken for one by who only looks at its size\n" * 20)
    foreign = tmp_path / "foreign.db"
    newer = tmp_path / "newer.db"
    for file, statement in {foreign: "CREATE TABLE songs (id)", newer: "PRAGMA user_version = 99"}.items():
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(statement)
    refused = {
        text: "is no SQLite database",
        foreign: "is a database of something else",
        newer: r"was written by a newer version \(99\); this one reads 1",
        tmp_path / "nowhere" / "shop.db": "the folder .*nowhere does not exist",
    }
    for file, message in refused.items():
        before = contents(tmp_path)
        with pytest.raises(ConfigError, match=message) as caught:
            open_store({"path": str(file)})
        assert list(caught.value.problems) == ["path"]
        assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
