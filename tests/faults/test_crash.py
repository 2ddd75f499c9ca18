"""SIGKILL at random moments, thousands of times: every order of Amazon's is in the shop, and none is there twice.

The control shows that the test can fail: a shop that denies every order it was given gets doubles.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.stores.plain import PagedPlainStore, PlainStore, plain_hooks
from tests.story.world import World, world

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

KILLS = int(os.environ.get("CRASH_KILLS", "700"))
"""For each store; three stores make more than two thousand."""
A_ROUND = 12
"""Kills before the run that nobody kills."""


def run_in_child(shop: World) -> int:
    """A worker of its own: opens everything anew, syncs, and is gone. Returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        shop.reopen_in_child()
        shop.sync()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it is, the child never runs its parent's clean-up
        os._exit(1)


def kill_after(pid: int, seconds: float) -> bool:
    """SIGKILL after a while; whether it was still running."""
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def timed_run(shop: World) -> float:
    """A run that nobody kills."""
    begun = time.perf_counter()
    _, status = os.waitpid(run_in_child(shop), 0)
    assert os.waitstatus_to_exitcode(status) == 0, "a run that nobody killed failed"
    return time.perf_counter() - begun


def torment(shop: World, kills: int, placed: Callable[[], Counter[str]], seed: int) -> tuple[int, Counter[str]]:
    """Kill `kills` workers, with new orders and a clean run each round; (kills that hit, what is in the shop)."""
    dice = random.Random(seed)
    shop.connect()
    shop.amazon.page_limit = 5
    shop.app.close()  # a child must not inherit an open database
    expected: set[str] = set()
    longest, hits, total = 0.05, 0, 0
    while total < kills:
        expected.update(shop.seller.place("MUG-WHITE", ("CAP-BLACK", dice.randint(1, 3))) for _ in range(12))
        for _ in range(A_ROUND):
            shop.clock.advance(3600)  # the quota of calls is full again
            hits += kill_after(run_in_child(shop), dice.uniform(0, longest))
            total += 1
        shop.clock.advance(3600)
        longest = max(0.02, min(0.15, 0.8 * longest + 0.2 * timed_run(shop)))
        missing = expected - set(placed())
        assert not missing, f"{len(missing)} orders are lost after {total} kills (seed {seed})"
    assert set(placed()) == expected
    return hits, placed()


def external_ids(path: Path) -> Callable[[], Counter[str]]:
    """How often each order is in a shop's own file."""

    def count() -> Counter[str]:
        with closing(sqlite3.connect(path, timeout=20)) as shop:
            return Counter(row[0] for row in shop.execute("SELECT external_id FROM orders"))

    return count


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def test_killed_at_any_moment_the_demo_shop_has_every_order_once(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        hits, orders = torment(shop, KILLS, external_ids(shop.shop_file), seed=1)
    assert max(orders.values()) == 1
    assert hits > KILLS / 3, "too few workers were alive when they were killed"
    assert is_sound(tmp_path / "ledger.db")
    assert is_sound(tmp_path / "shop.db")


@pytest.mark.parametrize("kind", [PlainStore, PagedPlainStore], ids=["one by one", "page by page"])
def test_killed_at_any_moment_a_store_without_uniqueness_has_every_order_once(
    tmp_path: Path, kind: type[PlainStore]
) -> None:
    store = kind(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        hits, orders = torment(shop, KILLS, external_ids(tmp_path / "plain.db"), seed=2)
    assert max(orders.values()) == 1
    assert hits > KILLS / 3, "too few workers were alive when they were killed"
    assert is_sound(tmp_path / "ledger.db")


def test_the_control_that_cannot_be_looked_into_gets_doubles(tmp_path: Path) -> None:
    store = PlainStore(tmp_path / "plain.db", look_up=False)
    store.add_products(["MUG-WHITE", "CAP-BLACK"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        _, orders = torment(shop, max(120, KILLS // 4), external_ids(tmp_path / "plain.db"), seed=3)
    assert max(orders.values()) > 1


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_killed_ten_thousand_times_the_demo_shop_still_has_every_order_once(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        _, orders = torment(shop, 10_000, external_ids(shop.shop_file), seed=int(time.time()))
    assert max(orders.values()) == 1
    assert is_sound(tmp_path / "ledger.db")
