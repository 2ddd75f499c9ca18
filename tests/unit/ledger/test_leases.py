"""One worker at a time for a name; who comes late writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from amazon_orders.errors import Busy, LeaseLost
from amazon_orders.ledger import Ledger
from amazon_orders.ledger.processes import Process, is_gone, this_process

from .made import NOON, ORDER, Clock, Open, an_order

HOLD = """
import sys, time
from datetime import UTC, datetime
from amazon_orders.ledger import Ledger
ledger = Ledger.open(sys.argv[1], key=None, now=lambda: datetime.fromisoformat(sys.argv[2]))
print(ledger.leases.acquire("de").fence, flush=True)
time.sleep(600)
"""


class TestLeases:
    def test_a_free_name_is_given_for_sixty_seconds(self, ledger: Ledger) -> None:
        lease = ledger.leases.acquire("de")
        assert (lease.name, lease.fence, lease.until) == ("de", 1, NOON + timedelta(seconds=60))
        assert str(os.getpid()) in lease.holder

    def test_a_taken_name_is_refused_with_who_and_until_when(self, ledger: Ledger, open_ledger: Open) -> None:
        ledger.leases.acquire("de")
        with pytest.raises(Busy, match=rf"process {os.getpid()} on \S+, until 2026-11-23T12:01:00Z") as caught:
            open_ledger().leases.acquire("de")
        assert caught.value.record == "de"
        assert caught.value.retryable

    def test_a_taken_name_is_refused_at_once_while_its_holder_writes(self, ledger: Ledger, open_ledger: Open) -> None:
        lease = ledger.leases.acquire("de")
        other = open_ledger()
        with ledger.transaction(lease):
            ledger.orders.record([an_order()])
            with pytest.raises(Busy):  # waiting for the holder's commit would last for ever here
                other.leases.acquire("de")

    def test_names_do_not_get_into_each_others_way(self, ledger: Ledger) -> None:
        ledger.leases.acquire("de")
        assert ledger.leases.acquire("fr").fence == 1

    def test_the_fence_rises_with_every_holder(self, ledger: Ledger, clock: Clock) -> None:
        fences = []
        for _ in range(3):
            lease = ledger.leases.acquire("de")
            fences.append(lease.fence)
            ledger.leases.release(lease)
        ledger.leases.acquire("de")
        clock.forward(60)
        fences.append(ledger.leases.acquire("de").fence)
        assert fences == [1, 2, 3, 5]

    def test_a_lease_holds_until_its_last_moment_and_lapses_then(self, ledger: Ledger, clock: Clock) -> None:
        lease = ledger.leases.acquire("de")
        clock.forward(59.999)
        with ledger.transaction(lease):
            pass
        with pytest.raises(Busy):
            ledger.leases.acquire("de")
        clock.forward(0.001)
        with pytest.raises(LeaseLost, match="de"), ledger.transaction(lease):
            pytest.fail("a lapsed lease must not open a transaction")

    def test_a_renewed_lease_goes_on_from_now(self, ledger: Ledger, clock: Clock) -> None:
        lease = ledger.leases.acquire("de", seconds=30)
        clock.forward(20)
        renewed = ledger.leases.renew(lease)
        assert (renewed.fence, renewed.until) == (lease.fence, NOON + timedelta(seconds=50))

    def test_the_one_who_was_overtaken_can_neither_write_nor_renew_nor_release(
        self, ledger: Ledger, clock: Clock
    ) -> None:
        late = ledger.leases.acquire("de")
        clock.forward(61)
        now = ledger.leases.acquire("de")
        with pytest.raises(LeaseLost), ledger.transaction(late):
            ledger.orders.record([an_order()])
        with pytest.raises(LeaseLost):
            ledger.leases.renew(late)
        ledger.leases.release(late)
        with ledger.transaction(now):
            pass
        assert ledger.orders.detail(ORDER) is None

    def test_a_lease_that_was_given_back_writes_no_more(self, ledger: Ledger) -> None:
        lease = ledger.leases.acquire("de")
        ledger.leases.release(lease)
        with pytest.raises(LeaseLost), ledger.transaction(lease):
            pass
        with pytest.raises(LeaseLost):
            ledger.leases.renew(lease)

    def test_the_fence_is_checked_in_a_joined_transaction_too(self, ledger: Ledger, clock: Clock) -> None:
        lease = ledger.leases.acquire("de")
        clock.forward(61)

        def write_first_and_look_later() -> None:
            with ledger.transaction():
                ledger.orders.record([an_order()])
                with ledger.transaction(lease):
                    pass

        with pytest.raises(LeaseLost):
            write_first_and_look_later()
        assert ledger.orders.detail(ORDER) is None

    def test_a_killed_holder_on_this_host_is_replaced_at_once(self, ledger: Ledger, url: str) -> None:
        child = subprocess.Popen([sys.executable, "-c", HOLD, url, NOON.isoformat()], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "1\n"
            with pytest.raises(Busy, match=f"process {child.pid}"):
                ledger.leases.acquire("de")
            child.kill()
            while not is_gone(Process(this_process().host, child.pid, "")):
                pass
            assert ledger.leases.acquire("de").fence == 2  # not yet fetched by its parent, and gone all the same
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


class TestProcesses:
    def test_this_process_lives(self) -> None:
        assert not is_gone(this_process())

    def test_a_process_number_that_was_given_away_again_is_another_process(self) -> None:
        me = this_process()
        if not me.started:
            pytest.skip("this system does not say when a process started")
        assert is_gone(Process(me.host, me.pid, str(int(me.started) - 1)))

    def test_of_another_host_nothing_is_known(self) -> None:
        assert not is_gone(Process("elsewhere/0123", 2**22 - 1, ""))

    def test_a_process_number_that_nobody_has_is_gone(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", ""])
        child.wait()
        assert is_gone(Process(this_process().host, child.pid, ""))

    def test_a_forked_child_is_somebody_else(self) -> None:
        me = this_process()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(write, str(this_process().pid).encode())
            os._exit(0)
        os.waitpid(pid, 0)
        assert os.read(read, 20) == str(pid).encode() != str(me.pid).encode()
        os.close(read)
        os.close(write)
