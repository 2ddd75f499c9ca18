"""Holding a connection while it is synced: renewal in time, and a look at the clock before each write to a store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..errors import LeaseLost
from ..ledger import Lease, Ledger

# A write to a store is not begun when the lease ends within this share of its length: the write could outlive it.
_MARGIN = 0.25


class Keeper:
    """The lease of one run. It renews itself when a third is gone, each time somebody asks."""

    def __init__(self, ledger: Ledger, lease: Lease, *, seconds: float, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._now = now
        self.lease = lease

    def left(self) -> float:
        """Seconds until the lease ends."""
        return (self.lease.until - self._now()).total_seconds()

    def keep(self) -> None:
        """Renew if a third of the time is gone. `LeaseLost` if another process took over."""
        if self.left() < self._seconds * 2 / 3:
            self.lease = self._ledger.leases.renew(self.lease)

    def guard(self) -> None:
        """Call before a write to the store: enough time must be left, or another process might write too."""
        self.keep()
        if self.left() < self._seconds * _MARGIN:
            raise LeaseLost(
                f"The lease of {self.lease.name} ends too soon to write to the store. Nothing was written; "
                "the next run goes on here.",
                record=self.lease.name,
            )
