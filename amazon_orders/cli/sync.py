"""`amazon-orders sync`: run the flows of connections, once or again and again."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..errors import AmazonOrdersError
from . import completion, outcome
from .everywhere import Command
from .output import document, json_option, say
from .session import Session, pass_session

if TYPE_CHECKING:
    from ..app import App
    from ..model import Report


@click.command(cls=Command, short_help="Fetch orders from Amazon and place them in the shop.")
@click.argument("names", metavar="[NAME]…", nargs=-1, shell_complete=completion.connections)
@click.option("--only", metavar="FLOW,…", help="Only these flows, for example --only orders.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--watch",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help="Go on for ever, with a pause of SECONDS between runs.",
)
@json_option
@pass_session
def sync(
    session: Session, names: Sequence[str], only: str | None, dry_run: bool, watch: int | None, as_json: bool
) -> int:
    """Fetch orders from Amazon and place them in the shop; without NAME for every active connection."""
    flows = [word.strip() for word in only.split(",") if word.strip()] if only is not None else None
    if flows == []:
        raise click.UsageError("--only names no flow.")
    with session.app() as app:
        if watch is not None:
            return _watch(session, app, names, flows, dry_run, watch, as_json)
        report = app.sync(*names, only=flows, dry_run=dry_run, at_once=True)
        session.code = outcome.of_report(report)
        _print(report, as_json)
        if not report.connections:
            return _nothing(app)
    return session.code


def _nothing(app: App) -> int:
    if app.connections.list():
        say("No connection is active. Name one: amazon-orders sync NAME")
        say("Or activate it: amazon-orders connection set NAME active=true")
    else:
        say("There is no connection yet. Add one: amazon-orders connection add --help")
    return outcome.DONE


def _print(report: Report, as_json: bool) -> None:
    from .report_text import needs_a_person, show_report

    if as_json:
        document(report.as_dict())
        return
    show_report(report)
    if hint := needs_a_person(report):
        say(hint)


def _watch(
    session: Session,
    app: App,
    names: Sequence[str],
    flows: Sequence[str] | None,
    dry_run: bool,
    seconds: int,
    as_json: bool,
) -> int:
    """Run until interrupted. A connection out of quota waits until it is due; an outage ends nothing."""
    due: dict[str, datetime] = {}
    with _ended_by_terminate():
        try:
            if not _connections(app, names):
                _nothing(app)  # and wait: one may be added or activated meanwhile
            while True:
                try:
                    chosen = [name for name in _connections(app, names) if due.get(name, app.now()) <= app.now()]
                    if chosen:
                        report = app.sync(*chosen, only=flows, dry_run=dry_run)
                        due = _due(report)
                        if as_json:
                            click.echo(json.dumps(report.as_dict()))
                        else:
                            _print(report, as_json=False)
                except AmazonOrdersError as error:
                    if not error.retryable:
                        raise
                    say(f"{error} The next run tries again.")
                session.sleep(seconds)
        except KeyboardInterrupt:
            say("Stopped. What was begun is safe in the ledger.")
            return outcome.DONE


def _connections(app: App, names: Sequence[str]) -> list[str]:
    """Asked anew for each run: connections come, go, and are switched off meanwhile."""
    return list(names) or [item.name for item in app.connections.list() if item.active]


def _due(report: Report) -> dict[str, datetime]:
    """Connection -> when all of its flows may go on."""
    return {
        connection.name: max(times)
        for connection in report.connections
        if (times := [flow.next_due for flow in connection.flows if flow.next_due is not None])
    }


@contextmanager
def _ended_by_terminate() -> Iterator[None]:
    """While the block runs, SIGTERM ends it as Ctrl-C does: a service manager's stop is no failure."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
