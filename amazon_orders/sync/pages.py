"""What a run does, page by page, for whoever listens to the log: counts, calls and seconds, nothing of any order."""

from __future__ import annotations

import logging
import time

from ..model import FlowReport
from .work import Work

log = logging.getLogger("amazon_orders.sync")

_COUNTS = ("unchanged", "placed", "changed", "cancelled", "held", "failed", "pending", "skipped")


class Pages:
    """Tells of one window after another, each page against what was counted before it."""

    def __init__(self, work: Work, report: FlowReport, window: str) -> None:
        self._work = work
        self._report = report
        self._what = f"{work.connection.name} {window}"
        self._number = 0
        self._mark()

    def done(self) -> None:
        """A page is recorded."""
        self._number += 1
        if log.isEnabledFor(logging.INFO):
            seen, *counts, calls = (now - before for now, before in zip(self._now(), self._before, strict=True))
            told = [f"{count} {name}" for name, count in zip(_COUNTS, counts, strict=True) if count]
            log.info(
                "%s, page %d: %d seen%s; calls to Amazon: %d, seconds: %.2f",
                self._what, self._number, seen, "".join(f", {part}" for part in told), calls,
                time.perf_counter() - self._begun,
            )  # fmt: skip
        self._mark()

    def _mark(self) -> None:
        self._before = self._now()
        self._begun = time.perf_counter()

    def _now(self) -> list[int]:
        report = self._report
        ours = report.skipped - report.pending
        counts = [ours if name == "skipped" else getattr(report, name) for name in _COUNTS]
        return [report.seen, *counts, sum(self._work.client.calls.values())]
