"""`amazon-orders stock …`: what each listing has at Amazon, and publishing it now."""

from __future__ import annotations

import click

from . import completion, outcome
from .everywhere import Group
from .output import document, json_option, lines, say
from .session import Session, pass_session


@click.group(cls=Group)
def stock() -> None:
    """What the store has, and what Amazon is told of it."""


@stock.command()
@click.argument("name", metavar="NAME", shell_complete=completion.connections)
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Every listing of a connection: the store's level, the quantity at Amazon, and why."""
    from .stock_text import show_stock

    with session.app() as app:
        rows = app.stock.list(name)
    if as_json:
        lines(row.as_dict() for row in rows)
        return
    show_stock(rows)
    if not rows:
        say(f"No listing is known yet. Read them: amazon-orders sync {name}")


@stock.command()
@click.argument("name", metavar="NAME", shell_complete=completion.connections)
@click.option("--confirm", is_flag=True, help="Although many products ran empty at once.")
@click.option("--dry-run", is_flag=True, help="Say what would be published, and write nothing.")
@json_option
@pass_session
def push(session: Session, name: str, confirm: bool, dry_run: bool, as_json: bool) -> int:
    """Compare with the store and publish what changed, now."""
    from .report_text import show_report

    with session.app() as app:
        report = app.stock.push(name, confirm=confirm, dry_run=dry_run)
    session.code = outcome.of_report(report)
    if as_json:
        document(report.as_dict())
    else:
        show_report(report)
    return session.code
