"""The table of hosts in README.md: what was seen on which shop. In CI a run that saw something else fails.

Tests of a class with a `host_name` take part. Those of the story are a row each, those of the kit are counted in one.
`HOSTS_TABLE=write` writes the table anew, which takes a run of all of them.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- hosts: written by make hosts -->", "<!-- hosts end -->"
PROPERTY = "seen at a host"
KIT = "promises of the kit kept"
YES, NONE = "yes", "-"


@dataclass(frozen=True)
class Seen:
    """One test at one host: `reason` says why the shop has no such thing; empty: it was seen."""

    host: str
    row: str
    reason: str = ""
    kit: bool = False


@dataclass(eq=False)
class HostsTable:
    """The plugin. What is seen travels with the tests' reports, from workers too."""

    config: pytest.Config
    page: Path
    write: bool
    strict: bool
    seen: list[Seen] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        of = item.cls if isinstance(item, pytest.Function) else None
        host = getattr(of, "host_name", "")
        if host and (report.when == "call" or report.skipped) and not report.failed:
            reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
            row = item.name.removeprefix("test_").replace("_", " ")
            report.user_properties.append((PROPERTY, [host, row, reason, not hasattr(of, "days")]))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            # What another process saw is a property of each part of the test that started it.
            if name == PROPERTY and isinstance(value, list) and Seen(*value) not in self.seen:
                self.seen.append(Seen(*value))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self.config, "workerinput") or not self.seen or session.exitstatus != pytest.ExitCode.OK:
            return
        if kept := os.environ.get("HOSTS_TABLE_TO"):
            Path(kept).write_text(json.dumps([[one.host, one.row, one.reason, one.kit] for one in self.seen]))
            return
        text = self.page.read_text(encoding="utf-8")
        before, told, after = cut(text)
        if self.write:
            self.page.write_text(before + render(self.seen) + after, encoding="utf-8")
            return
        if not self.strict:
            return
        said, found = cells(told), cells(render(self.seen))
        self.faults = [
            f"{row}, {host}: seen {found.get((host, row))}, README.md says {said.get((host, row))}"
            for host, row in sorted(said.keys() | found.keys())
            if said.get((host, row)) != found.get((host, row))
        ]
        if self.faults:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for fault in self.faults:
            terminalreporter.line(f"hosts: {fault}", red=True)
        if self.faults:
            terminalreporter.line(
                "FAILED: the table of hosts in README.md is not what was seen: run make hosts", red=True
            )


def cut(text: str) -> tuple[str, str, str]:
    """The page up to the table, the table, the page after it."""
    before, begin, rest = text.partition(BEGIN)
    told, end, after = rest.partition(END)
    if not begin or not end:
        raise pytest.UsageError(f"README.md has no place for the table of hosts: {BEGIN} and {END}")
    return before + begin + "\n", told, end + after


def render(seen: list[Seen]) -> str:
    """The table and, below it, what a shop does not have and why."""
    hosts = list(dict.fromkeys(one.host for one in sorted(seen, key=lambda one: one.host)))
    story = {(one.host, one.row): one.reason for one in seen if not one.kit}
    rows = list(dict.fromkeys(one.row for one in seen if not one.kit))
    kept = Counter(one.host for one in seen if one.kit and not one.reason)
    asked = Counter(one.host for one in seen if one.kit)
    lines = ["", "| | " + " | ".join(hosts) + " |", "|---|" + "---|" * len(hosts)]
    lines.append(
        f"| {KIT} | " + " | ".join(f"{kept[host]} of {asked[host]}" if asked[host] else NONE for host in hosts) + " |"
    )
    for row in sorted(rows):
        marks = [NONE if story.get((host, row), "not run") else YES for host in hosts]
        lines.append(f"| {row} | " + " | ".join(marks) + " |")
    lines.append("")
    for host in hosts:
        reasons = sorted({one.reason for one in seen if one.host == host and one.reason})
        if reasons:
            lines.append(f"- {host}, where the table has `{NONE}`: " + "; ".join(reasons) + ".")
    return "\n".join([*lines, "", ""])


def cells(table: str) -> dict[tuple[str, str], str]:
    """Host and row -> what the table says."""
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table.splitlines()
        if re.match(r"\s*\|", line) and not line.startswith("|---")
    ]
    if not lines:
        return {}
    hosts = lines[0][1:]
    return {(host, row): mark for row, *marks in lines[1:] for host, mark in zip(hosts, marks, strict=True)}


def register(config: pytest.Config) -> None:
    """Add the table to a run."""
    strict = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    write = os.environ.get("HOSTS_TABLE", "") == "write"
    config.pluginmanager.register(HostsTable(config, PAGE, write, strict), "hosts-table")


def seen_elsewhere(path: Path) -> list[tuple[str, object]]:
    """What a run in another process saw, as properties for the report of the test that started it."""
    return [(PROPERTY, one) for one in json.loads(path.read_text())]
