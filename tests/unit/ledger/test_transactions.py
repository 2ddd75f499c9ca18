"""All or nothing, across calls, threads and forks."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

import pytest

from amazon_orders.errors import LedgerError
from amazon_orders.ledger import Ledger

from .made import ORDER, Open, Trouble, an_order, held, number, trouble


class TestTransactions:
    def test_what_is_written_inside_is_one_commit(self, ledger: Ledger) -> None:
        before = ledger.commits
        with ledger.transaction():
            ledger.orders.record([an_order()])
            ledger.facts.saw_tax("de", "DE")
            with ledger.transaction():
                ledger.inbox.open("de", ORDER, "DOUBLE", "")
        assert ledger.commits - before == 1

    def test_a_transaction_that_writes_nothing_is_no_commit(self, ledger: Ledger) -> None:
        before = ledger.commits
        with ledger.transaction():
            ledger.orders.recall("de", [ORDER])
        assert ledger.commits == before

    def test_an_error_takes_everything_back(self, ledger: Ledger) -> None:
        with pytest.raises(Trouble), ledger.transaction(), trouble():
            ledger.orders.record([an_order()])
        assert ledger.orders.detail(ORDER) is None

    def test_an_inner_error_that_is_swallowed_takes_everything_back_and_says_so(self, ledger: Ledger) -> None:
        def fail_and_go_on() -> None:
            with suppress(Trouble), ledger.transaction(), trouble():
                ledger.orders.record([an_order()])

        with pytest.raises(LedgerError, match="kept nothing"), ledger.transaction():
            fail_and_go_on()
        assert list(ledger.orders.list()) == []

    def test_what_is_written_is_seen_inside_and_not_outside_until_the_end(self, open_ledger: Open) -> None:
        one, two = open_ledger(), open_ledger()
        with one.transaction():
            one.orders.record([an_order()])
            assert one.orders.detail(ORDER) is not None
            assert two.orders.detail(ORDER) is None
        assert two.orders.detail(ORDER) is not None

    def test_threads_have_transactions_of_their_own(self, ledger: Ledger) -> None:
        inside, seen = threading.Event(), []
        done = threading.Event()

        def other() -> None:
            inside.wait()
            seen.append(ledger.orders.detail(ORDER))
            done.set()

        thread = threading.Thread(target=other)
        thread.start()
        with ledger.transaction():
            ledger.orders.record([an_order()])
            inside.set()
            done.wait()
        thread.join()
        assert seen == [None]

    def test_a_list_that_is_read_half_keeps_nobody_from_writing(self, ledger: Ledger, open_ledger: Open) -> None:
        ledger.orders.record([held(number(count)) for count in range(500)])
        rows = ledger.orders.list()
        next(rows)
        open_ledger().orders.record([an_order()])
        ledger.orders.record([an_order(number(999))])
        assert sum(1 for _ in rows) >= 499

    def test_a_forked_child_writes_on_a_connection_of_its_own(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(number(1))])
        with ledger.transaction():
            ledger.orders.record([an_order(number(2))])
            pid = os.fork()
            if pid == 0:
                # The parent's transaction is not the child's: it must neither join nor end it.
                os._exit(0 if ledger.orders.detail(number(2)) is None else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        pid = os.fork()
        if pid == 0:
            ledger.orders.record([an_order(number(3))])
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert {row.amazon_order_id for row in ledger.orders.list()} == {number(1), number(2), number(3)}
