"""`amazon-orders orders ship|cancel`: be the demo shop's warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from . import completion
from .everywhere import Command
from .output import document, json_option, say
from .session import Session, pass_session

_units = click.option(
    "--units", metavar="ITEM=N", multiple=True, help="So many units of an order item; without it all that is left."
)


@click.command(cls=Command)
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders_to_ship)
@click.option("--carrier", default="DHL", show_default=True, help="As the shop writes it.")
@click.option("--service", default="", help="As the shop writes it.")
@click.option("--tracking", default="", help="The parcel's number.")
@_units
@json_option
@pass_session
def ship(
    session: Session, order_id: str, carrier: str, service: str, tracking: str, units: Sequence[str], as_json: bool
) -> None:
    """Send a parcel from the demo store; the next sync confirms it at Amazon."""
    with session.app() as app:
        shipment = app.shipments.ship(
            order_id, lines=_lines(units), carrier=carrier, service=service, tracking=tracking
        )
    if as_json:
        document({"amazon_order_id": order_id, "shipment": shipment})
    else:
        say(f"The shop sent a parcel of {order_id}. Tell Amazon: amazon-orders sync --only shipments")


@click.command(cls=Command)
@click.argument("order_id", metavar="ORDER", shell_complete=completion.orders_to_ship)
@click.option("--reason", default="", help="The shop's word; `cancellation_reasons` translates it for Amazon.")
@_units
@json_option
@pass_session
def cancel(session: Session, order_id: str, reason: str, units: Sequence[str], as_json: bool) -> None:
    """Cancel an order, or units of it, in the demo store; the next sync cancels it at Amazon."""
    with session.app() as app:
        cancellations = app.shipments.cancel(order_id, lines=_lines(units), reason=reason)
    if as_json:
        document({"amazon_order_id": order_id, "cancellations": cancellations})
    else:
        say(f"The shop cancelled {order_id}. Tell Amazon: amazon-orders sync --only cancellations")


def _lines(units: Sequence[str]) -> Mapping[str, int] | None:
    found: dict[str, int] = {}
    for text in units:
        item, _, count = text.partition("=")
        if not item or not count.isascii() or not count.isdigit() or int(count) < 1:
            raise click.UsageError(f"--units takes ITEM=N with a whole number from 1, not {text[:60]!r}.")
        found[item] = found.get(item, 0) + int(count)
    return found or None
