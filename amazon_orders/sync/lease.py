"""Holding a connection while it is synced: renewal in time, and a look at the clock before each write elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..ledger import Lease, Ledger


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
        """Call before a write to store or Amazon: renews once a third is gone, so two thirds are left to write in.

        `LeaseLost` where another process took over: then this one writes no more.
        """
        if self.left() < self._seconds * 2 / 3:
            self.lease = self._ledger.leases.renew(self.lease)
