"""Several processes on one connection: one works, the others go away at once; who was frozen writes nothing more."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from amazon_orders.cli import outcome
from amazon_orders.errors import LeaseLost
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Placed, StoreOrder
from tests.faults.ledger.forked import ended, forked
from tests.faults.test_crash import external_ids, is_sound, torment
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.test_cli_demo import command
from tests.story.world import World, world
from tests.unit.ledger.made import Clock, Open, an_order, number

OTHERS = 7
AT_ONCE = 0.1
KILLS = int(os.environ.get("CRASH_KILLS", "48"))


def nothing() -> None:
    """What happens around the placing of an order, where no test says otherwise."""


class Watched(PlainStore):
    """`before` and `after` are called around the placing of each order; keys may be unique."""

    before: Callable[[], None] = staticmethod(nothing)
    after: Callable[[], None] = staticmethod(nothing)

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str) -> Placed:
        self.before()
        try:
            placed = PlainStore.store_place_order(self, order=order, key=key)
        except sqlite3.IntegrityError:
            placed = Placed(ref=self.store_find_orders(keys=[key])[key][0], total=order.total)
        self.after()
        return placed

    def keep_keys_unique(self) -> None:
        """A second order under a key is refused from now on, and the first one is the answer."""
        self.unique_reference = True
        with self.connected() as connection:
            connection.execute("CREATE UNIQUE INDEX one_order_a_key ON orders (external_id)")


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    made = Watched(tmp_path / "plain.db")
    made.add_products(["MUG-WHITE"])
    return made


@pytest.fixture
def shop(tmp_path: Path, url: str, store: Watched) -> Iterator[World]:
    """A shop whose ledger is on each database in turn, with six orders bought; no database is open, so one may fork."""
    with world(tmp_path, stores={"shop": plain_hooks(store)}, ledger=url) as made:
        made.connect()
        made.sync()  # the access token is in the ledger: each child has a copy of this Amazon, which knows it
        buy(made)
        made.app.close()
        yield made


def buy(shop: World) -> None:
    """Six orders, old enough for Amazon to show them."""
    for _ in range(6):
        shop.seller.place("MUG-WHITE")
    shop.clock.advance(500)


def sync_code(shop: World) -> int:
    """What `amazon-orders sync de` exits with."""
    return outcome.of_report(shop.app.sync("de", only=["orders"]))


def until(path: Path) -> None:
    """Wait for a file; for no longer than the test may last, or a child would stay behind."""
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.001)


def test_of_eight_processes_one_works_and_the_others_exit_with_7_within_a_tenth_of_a_second(
    shop: World, store: Watched, tmp_path: Path
) -> None:
    slowest = []
    # The best of five: the machine may be busy, the code cannot be faster than it is.
    for turn in range(5):
        folder = tmp_path / str(turn)
        folder.mkdir()
        works, told = folder / "works", folder / "told"

        def at_work(works: Path = works, told: Path = told) -> None:
            works.touch()
            until(told)

        def worker(at_work: Callable[[], None] = at_work) -> int:
            shop.reopen_in_child()
            store.before = at_work
            return sync_code(shop)

        def other(works: Path = works, folder: Path = folder) -> int:
            shop.reopen_in_child()
            shop.app.connections.list()  # everything is open
            until(works)
            begun = time.perf_counter()
            code = sync_code(shop)
            (folder / f"{os.getpid()}.json").write_text(json.dumps(time.perf_counter() - begun))
            return code

        first = forked(worker)
        others = [forked(other) for _ in range(OTHERS)]
        try:
            assert [ended(pid) for pid in others] == [outcome.BUSY] * OTHERS == [7] * OTHERS
        finally:
            told.touch()
        assert ended(first) == 0
        slowest.append(max(json.loads(path.read_text()) for path in folder.glob("*.json")))
        placed = external_ids(tmp_path / "plain.db")()
        assert set(placed.values()) == {1}
        assert len(placed) == 6 * (turn + 1)
        if slowest[-1] <= AT_ONCE:
            return
        buy(shop)
    pytest.fail(f"the slowest of {OTHERS} took {min(slowest):.3f} seconds in the best of five turns")


def test_eight_processes_that_begin_together_place_every_order_once(shop: World, tmp_path: Path) -> None:
    def worker() -> int:
        shop.reopen_in_child()
        return sync_code(shop)

    codes = [ended(pid) for pid in [forked(worker) for _ in range(OTHERS + 1)]]
    assert set(codes) <= {0, 7}
    assert 0 in codes
    assert sorted(external_ids(tmp_path / "plain.db")().values()) == [1] * 6


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_is_frozen_is_replaced_and_writes_nothing_more_once_it_goes_on(
    shop: World, store: Watched, tmp_path: Path, moment: str
) -> None:
    """Frozen while the store answers. Before the order is there, only the store's unique key can keep a double out."""
    if moment == "before":
        store.keep_keys_unique()

    def freeze() -> None:
        if external_ids(tmp_path / "plain.db")().total() == 3:
            os.kill(os.getpid(), signal.SIGSTOP)
            shop.clock.advance(120)  # the time that went by meanwhile

    def worker() -> int:
        shop.reopen_in_child()
        setattr(store, moment, freeze)
        return sync_code(shop)

    frozen = forked(worker)
    try:
        assert os.WIFSTOPPED(os.waitpid(frozen, os.WUNTRACED)[1])
        shop.reopen_in_child()
        assert sync_code(shop) == 7, "its lease has not lapsed yet"
        shop.clock.advance(120)
        assert sync_code(shop) == 0
        assert sorted(external_ids(tmp_path / "plain.db")().values()) == [1] * 6
        os.kill(frozen, signal.SIGCONT)
        assert ended(frozen) == 7
    except BaseException:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(frozen, signal.SIGKILL)
            os.waitpid(frozen, 0)
        raise
    assert sorted(external_ids(tmp_path / "plain.db")().values()) == [1] * 6
    assert {shop.status(key) for key in external_ids(tmp_path / "plain.db")()} == {"placed"}


def test_a_frozen_holder_of_a_lease_is_fenced_off_whatever_its_clock_says(
    open_ledger: Open, clock: Clock, tmp_path: Path
) -> None:
    """The frozen one's clock stands still: it believes that it holds the lease, and the ledger knows better."""
    open_ledger().close()

    def holder() -> int:
        ledger = open_ledger()
        lease = ledger.leases.acquire("de")
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            with ledger.transaction(lease):
                ledger.orders.record([an_order(number(1))])
        except LeaseLost:
            return 7
        return 0

    pid = forked(holder)
    assert os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
    ledger = open_ledger()
    clock.forward(61)
    lease = ledger.leases.acquire("de")
    os.kill(pid, signal.SIGCONT)
    assert ended(pid) == 7
    with ledger.transaction(lease):
        ledger.orders.record([an_order(number(2))])
    assert [row.amazon_order_id for row in ledger.orders.list()] == [number(2)]


def test_the_command_exits_with_7_where_another_process_has_the_connection(shop: World, tmp_path: Path) -> None:
    shop.reopen_in_child()
    shop.app.ledger.leases.acquire("de", seconds=10 * 365 * 86400)  # the command lives by the wall clock
    settings = {
        "ledger": {"url": shop.ledger_url, "key_file": "ao.key"},
        "lwa": {"client_id": "id", "client_secret": "secret"},
        "stores.shop": {"adapter": "sqlite", "path": "shop.db"},
    }
    text = "".join(
        f"[{section}]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
        for section, values in settings.items()
    )
    (tmp_path / "amazon-orders.toml").write_text(text)
    done = command("sync", "de", cwd=tmp_path)
    assert done.returncode == 7, done.stderr
    assert f"de is being worked on by process {os.getpid()}" in done.stdout + done.stderr
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.crash
@pytest.mark.timeout(300)
def test_killed_at_any_moment_a_shop_has_every_order_once_whatever_keeps_the_ledger(tmp_path: Path, url: str) -> None:
    with world(tmp_path, ledger=url) as shop:
        hits, orders = torment(shop, KILLS, external_ids(shop.shop_file), seed=5)
    assert max(orders.values()) == 1
    assert hits > KILLS / 4, "too few workers were alive when they were killed"
    assert is_sound(shop.shop_file)
