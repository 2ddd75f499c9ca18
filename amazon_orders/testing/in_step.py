"""Two threads that do the same side by side, so that what goes wrong between two calls of one goes wrong every time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

PATIENCE = 0.02
"""Seconds that a thread waits for the others in all. One that stands at a lock which this one holds comes no nearer."""


class InStep:
    """Holds whichever thread has made more calls until the others have made as many.

    Left alone the first thread is through with a fast shop before the operating system wakes the second: a look before
    a write then seems to be safe. It counts calls of Python and of C, as a profiler does.
    """

    def __init__(self, threads: int) -> None:
        self._gate = threading.Barrier(threads)
        self._calls: dict[int, float] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """What this thread does here it does in step with the others, which have to come here, too."""
        me = threading.get_ident()
        self._calls[me] = 0
        left = PATIENCE

        def step(_frame: FrameType, event: str, _argument: Any) -> None:
            nonlocal left
            if event not in ("call", "c_call"):
                return
            self._calls[me] += 1
            while left > 0 and min(self._calls.values()) < self._calls[me]:
                since = time.monotonic()
                time.sleep(0)
                left -= time.monotonic() - since

        self._gate.wait(10)
        before = sys.getprofile()
        sys.setprofile(step)
        try:
            yield
        finally:
            sys.setprofile(before)
            self._calls[me] = float("inf")
