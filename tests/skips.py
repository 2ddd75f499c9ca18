"""Says at the end what was not run, and in CI fails a run that skipped something nobody has agreed to."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ALLOWED_FILE = Path(__file__).with_name("skips_allowed.txt")


@dataclass(frozen=True)
class Allowed:
    """One line of the list: which tests may be skipped, and why that is acceptable."""

    pattern: str
    reason: str

    def covers(self, nodeid: str) -> bool:
        return re.fullmatch(re.escape(self.pattern).replace(r"\*", ".*"), nodeid) is not None


def read_allowed(path: Path) -> list[Allowed]:
    """Lines of ``PATTERN reason``; ``*`` stands for anything, ``#`` begins a comment, a reason is a must."""
    allowed = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, _, reason = line.strip().partition(" ")
        if not reason.strip():
            raise pytest.UsageError(f"{path.name}, line {number}: {pattern!r} gives no reason why it may be skipped")
        allowed.append(Allowed(pattern, reason.strip()))
    return allowed


@dataclass(eq=False)
class SkipGate:
    """The plugin. It counts in every process; workers hand their share to the process that started them."""

    config: pytest.Config
    allowed: list[Allowed]
    strict: bool
    skipped: dict[str, str] = field(default_factory=dict)
    deselected: int = 0

    @property
    def refused(self) -> dict[str, str]:
        """The skips that no line of the list covers, by node id."""
        return {
            nodeid: reason
            for nodeid, reason in self.skipped.items()
            if not any(line.covers(nodeid) for line in self.allowed)
        }

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.skipped[report.nodeid] = reason.removeprefix("Skipped: ")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected += len(items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        # xdist keeps a worker's module-level skips to itself, so they travel with the worker's last message.
        output = getattr(node, "workeroutput", {})
        self.skipped.update(output.get("skipped", {}))
        self.deselected = max(self.deselected, output.get("deselected", 0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output.update(skipped=self.skipped, deselected=self.deselected)
        elif self.strict and self.refused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("not run", sep="-")
        for nodeid, reason in sorted(self.skipped.items()):
            verdict = " (NOT on tests/skips_allowed.txt)" if self.strict and nodeid in self.refused else ""
            terminalreporter.line(f"skipped  {nodeid}: {reason}{verdict}")
        if self.deselected:
            terminalreporter.line(f"left out {self.deselected} tests by markers (make soak runs the long ones)")
        if not self.skipped and not self.deselected:
            terminalreporter.line("nothing: every test ran")
        if self.strict and self.refused:
            terminalreporter.line(
                f"FAILED: {len(self.refused)} skipped that nobody agreed to. Make them run, "
                "or add a line with the reason to tests/skips_allowed.txt",
                red=True,
            )


def register(config: pytest.Config) -> None:
    """Add the gate to a run; it is strict where ``CI`` is set."""
    strict = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    config.pluginmanager.register(SkipGate(config, read_allowed(ALLOWED_FILE), strict), "skip-gate")
