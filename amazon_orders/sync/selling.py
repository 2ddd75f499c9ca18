"""An order in the store as the rules of the way back need it: Amazon's facts, the store's names, what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..amazon import INCLUDED, raw_order
from ..ledger import Command, Sale
from ..model import ZERO, Commanded, CommandState, Order, Sold, SoldLine
from .patience import patiently
from .work import Work


def sold(work: Work, sale: Sale, commands: Iterable[Command]) -> Sold:
    """The order with every command that says something.

    Amazon's record is read from the ledger, else from Amazon. `AmazonThrottled` where the quota is used up.
    """
    order = amazon_order(work, sale)
    since, released = None, False
    if order.buyer_requests_cancel:
        since, released = work.ledger.sales.held(work.connection.store, sale.amazon_order_id)
    return Sold(
        order=order,
        country=sale.marketplace,
        lines=tuple(
            SoldLine(
                order_item_id=line.order_item_id,
                product=line.product or "",
                units_per_piece=line.units_per_piece,
                pieces=line.quantity // line.units_per_piece,
            )
            for line in sale.lines
        ),
        commands=tuple(_commanded(command) for command in commands if command.state != CommandState.SKIPPED),
        held_since=since,
        released=released,
    )


def amazon_order(work: Work, sale: Sale) -> Order:
    """Amazon's newest facts about an order in the store."""
    if sale.record is not None:
        return raw_order(sale.record, INCLUDED).order()
    return patiently(work, work.client.get_order, sale.amazon_order_id).order()


def _commanded(command: Command) -> Commanded:
    return Commanded(
        kind=command.kind,
        cause=command.cause,
        state=command.state,
        number=command.number,
        road=command.road,
        units=command.units,
        amounts=_by_item(command),
        components=command.amounts,
        content=command.content,
    )


def _by_item(command: Command) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for item, _, amount in command.amounts:
        sums[item] = sums.get(item, ZERO) + amount
    return tuple(sums.items())
