"""Threads in step: both look before either writes, and a lock between them stops neither."""

from __future__ import annotations

import threading
from collections.abc import Callable

from amazon_orders.testing.in_step import InStep


def side_by_side(work: Callable[[], None]) -> None:
    """Two threads do it in step, and come to an end."""
    steps = InStep(2)

    def one() -> None:
        with steps.taken():
            work()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_both_look_before_either_writes_however_short_the_time_between() -> None:
    met = 0
    for _ in range(20):
        book: list[str] = []
        before: list[int] = []

        def look_and_write(book: list[str] = book, before: list[int] = before) -> None:
            before.append(len(book))
            book.append("303-1234567-1234567")

        side_by_side(look_and_write)
        met += before == [0, 0]
    assert met >= 15  # a thread may sleep for longer than the other one waits


def test_a_lock_that_one_of_them_holds_stops_neither() -> None:
    lock = threading.Lock()
    inside: list[bool] = []

    def locked() -> None:
        with lock:
            for _ in range(1000):
                len(inside)
            inside.append(True)

    side_by_side(locked)
    assert inside == [True, True]
