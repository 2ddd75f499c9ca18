"""`amazon-orders orders …`: what became of each order, why, and trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import completion, outcome
from .everywhere import Group
from .output import document, json_option, lines, say
from .session import Session, pass_session
from .ship import cancel, ship

if TYPE_CHECKING:
    from ..model import Report

# Spelled out here so that `--help` needs no part of the library; a test holds it equal to the App's.
STATUSES = ("pending", "placed", "held", "failed", "skipped", "cancelled", "attention")


@click.group(cls=Group)
def orders() -> None:
    """What became of each order, and why."""


@orders.command("list")
@click.option(
    "--status",
    type=click.Choice(STATUSES),
    help="Only orders in this state; `attention`: everything that a person should look at.",
)
@click.option(
    "--connection", metavar="NAME", shell_complete=completion.connections, help="Only orders of this connection."
)
@json_option
@pass_session
def list_(session: Session, status: str | None, connection: str | None, as_json: bool) -> None:
    """Orders, newest first."""
    from .orders_text import show_inbox, show_orders

    with session.app() as app:
        rows = app.orders.list(status=status, connection=connection)
        if as_json:
            lines(row.as_dict() for row in rows)
            return
        count = show_orders(rows)
        inbox = app.orders.inbox() if status == "attention" else []
    show_inbox([entry for entry in inbox if connection in (None, entry.connection)])
    if status == "attention":
        say(
            "Why and what to do: amazon-orders orders explain ORDER"
            if count or inbox
            else "Nothing needs you: no order is held, and the inbox is empty."
        )
    elif not count:
        say(f"No {status} orders." if status else "No order was seen yet. Fetch some: amazon-orders sync")


@orders.command()
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders)
@json_option
@pass_session
def show(session: Session, order_id: str, as_json: bool) -> None:
    """One order: amounts, lines, and how each was decided."""
    from .orders_text import show_order

    with session.app() as app:
        found = app.orders.get(order_id)
    if as_json:
        document(found.as_dict())
    else:
        show_order(found)


@orders.command()
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders)
@json_option
@pass_session
def explain(session: Session, order_id: str, as_json: bool) -> None:
    """Why an order is as it is, step by step, and what to do about it."""
    from .orders_text import show_explanation

    with session.app() as app:
        found = app.orders.explain(order_id)
    if as_json:
        document(found.as_dict())
    else:
        show_explanation(found)


@orders.command()
@click.argument("order_id", metavar="[ORDER]", required=False, shell_complete=completion.orders)
@click.option("--held", is_flag=True, help="Every order that is held.")
@json_option
@pass_session
def retry(session: Session, order_id: str | None, held: bool, as_json: bool) -> int:
    """Try an order again, or with --held all that are held: after a product, alias or rule was changed."""
    from .report_text import show_report

    if (order_id is None) == (not held):
        raise click.UsageError("Name one ORDER, or use --held for all that are held.")
    with session.app() as app:
        report = app.orders.retry(order_id, held=held)
    session.code = outcome.of_report(report)
    if as_json:
        document(report.as_dict())
    elif report.connections:
        show_report(report)
        if order_id is not None:
            say(f"See: amazon-orders orders explain {order_id}")
    else:
        say("No order is held.")
    return session.code


@orders.command()
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders)
@click.option(
    "--connection", metavar="NAME", shell_complete=completion.connections, help="Ask with this connection alone."
)
@json_option
@pass_session
def recover(session: Session, order_id: str, connection: str | None, as_json: bool) -> int:
    """Read one order from Amazon by its id, and decide it anew."""
    with session.app() as app:
        return _done(session, app.orders.recover(order_id, connection=connection), order_id, as_json)


@orders.command()
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders)
@click.option("--as-amazon-total", is_flag=True, help="Place an order that does not add up, with a line for the rest.")
@json_option
@pass_session
def release(session: Session, order_id: str, as_amazon_total: bool, as_json: bool) -> int:
    """Let an order go on although the buyer asked to cancel it, or although it does not add up."""
    with session.app() as app:
        return _done(session, app.orders.release(order_id, as_amazon_total=as_amazon_total), order_id, as_json)


@orders.command()
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders)
@click.option("--reason", required=True, help="Why; kept with the order.")
@json_option
@pass_session
def ignore(session: Session, order_id: str, reason: str, as_json: bool) -> int:
    """Leave an order alone from now on, or settle what Amazon was told of one in the shop."""
    with session.app() as app:
        return _done(session, app.orders.ignore(order_id, reason=reason), order_id, as_json)


def _done(session: Session, report: Report, order_id: str, as_json: bool) -> int:
    from .report_text import show_report

    session.code = outcome.of_report(report)
    if as_json:
        document(report.as_dict())
    else:
        show_report(report)
        say(f"See: amazon-orders orders explain {order_id}")
    return session.code


orders.add_command(ship)
orders.add_command(cancel)
