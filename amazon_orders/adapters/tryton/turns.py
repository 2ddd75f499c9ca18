"""Threads of one process take turns at a key: Tryton on SQLite shares one transaction among its threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Turns:
    """Who works on which keys."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def of(self, keys: Iterable[str]) -> Iterator[None]:
        """All of the keys for this thread alone; it waits while another one has any of them."""
        mine = set(keys)
        with self._changed:
            self._changed.wait_for(lambda: not mine & self._taken)
            self._taken |= mine
        try:
            yield
        finally:
            with self._changed:
                self._taken -= mine
                self._changed.notify_all()
