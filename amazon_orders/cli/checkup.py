"""`amazon-orders health`, `doctor` and `plugins`: how everything is, and who answers what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from . import outcome
from .connection_text import clean_lines
from .everywhere import Command
from .output import clean, document, json_option, lines, say, show, wrapped
from .session import Session, pass_session
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..model.checkup import Finding

_WORDS = {
    "ok": ("ok     ", "green"),
    "warning": ("warning", "yellow"),
    "red": ("RED    ", "red"),
    "unknown": ("unknown", "cyan"),
}


@click.command(cls=Command, short_help="How every connection is, told from the ledger alone.")
@click.option(
    "--interval", type=click.IntRange(min=1), metavar="SECONDS", default=300, show_default=True,
    help="How often a sync is meant to run; red when three are missing.",
)  # fmt: skip
@json_option
@pass_session
def health(session: Session, interval: int, as_json: bool) -> int:
    """How every connection is. Neither Amazon nor a shop is asked. Exit code 1 where something is red."""
    with session.app() as app:
        found = app.health(interval=timedelta(seconds=interval))
    if as_json:
        document(found.as_dict())
        return outcome.DONE if found.ok else outcome.FAILED
    print_table(
        [Column("Name"), Column("Active"), Column("Last success"), Column("Pending", right=True),
         Column("Held", right=True), Column("Failed", right=True), Column("Late", right=True),
         Column("Inbox", right=True)],
        [
            (one.name, "yes" if one.active else "no",
             f"{one.last_success:%Y-%m-%d %H:%M}" if one.last_success else "never",
             one.pending, one.held, one.failed, one.late, one.inbox)
            for one in found.connections
        ],
    )  # fmt: skip
    problems = [*found.problems, *(problem for one in found.connections for problem in one.problems)]
    if problems:
        show()
    _print(problems)
    say("Nothing is red." if found.ok else "Something is red.")
    return outcome.DONE if found.ok else outcome.FAILED


@click.command(cls=Command, short_help="Look at everything that has to be right, and say what to do.")
@json_option
@pass_session
def doctor(session: Session, as_json: bool) -> int:
    """Look at everything that has to be right: files, keys, clock, authorisations, roles, shops, quotas.

    Asks Amazon and the shops. Exit code 1 where something is red.
    """
    with session.app() as app:
        found = app.doctor()
    if as_json:
        document(found.as_dict())
    else:
        _print(found.findings)
    return outcome.DONE if found.ok else outcome.FAILED


@click.command(cls=Command, short_help="Which plugin answers which hook, in which order.")
@click.argument("store", required=False)
@json_option
@pass_session
def plugins(session: Session, store: str | None, as_json: bool) -> None:
    """Which plugin answers which hook, in which order, and from which package it comes."""
    with session.app() as app:
        rows = app.plugins(store)
    if as_json:
        lines(row.as_dict() for row in rows)
        return
    print_table(
        [Column(title) for title in ("Store", "Hook", "Order", "Plugin", "Package", "Version")],
        [(row.store, row.hook, row.order, row.plugin, row.package or "-", row.version or "-") for row in rows],
    )


def _print(findings: Iterable[Finding]) -> None:
    for finding in findings:
        word, colour = _WORDS[finding.result]
        about = f"{finding.connection}: {finding.what}" if finding.connection else finding.what
        show(f"{click.style(word, fg=colour, bold=finding.result == 'red')}  {clean(about)}")
        if finding.detail:
            show(wrapped(clean_lines(finding.detail), "         "))
        if finding.fix:
            show(wrapped(f"To do: {clean(finding.fix)}", "         "))
