"""What Amazon will have done by a certain time: confirmations that show, feeds and reports that get ready."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count


class Agenda:
    """Actions by time, in milliseconds. Each runs once, in order of time, and is told the time it was due."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Callable[[int], object]]] = []
        self._numbers = count()
        self._settling = False

    def __len__(self) -> int:
        return len(self._due)

    def at(self, ms: int, action: Callable[[int], object]) -> None:
        """Run `action(ms)` once that time has come."""
        heapq.heappush(self._due, (ms, next(self._numbers), action))

    def settle(self, now_ms: int) -> None:
        """Run what is due. An action that settles again finds that this is being done."""
        if self._settling:
            return
        self._settling = True
        try:
            while self._due and self._due[0][0] <= now_ms:
                ms, _, action = heapq.heappop(self._due)
                action(ms)
        finally:
            self._settling = False
