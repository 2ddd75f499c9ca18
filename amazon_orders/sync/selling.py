"""An order in the store as the rules of the way back need it: Amazon's facts, the store's names, what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..amazon import INCLUDED, raw_order
from ..ledger import Command, Sale
from ..model import ZERO, Commanded, Order, Sold, SoldLine
from .work import Work


def sold(work: Work, sale: Sale, commands: Iterable[Command], *, cause: str = "") -> Sold:
    """The order with its commands, but for those of `cause`, which is what is to be decided.

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
        commands=tuple(_commanded(command) for command in newest(commands) if command.cause != cause),
        held_since=since,
        released=released,
    )


def amazon_order(work: Work, sale: Sale) -> Order:
    """Amazon's newest facts about an order in the store."""
    if sale.record is not None:
        return raw_order(sale.record, INCLUDED).order()
    return work.client.get_order(sale.amazon_order_id).order()


def newest(commands: Iterable[Command]) -> list[Command]:
    """Of each cause the newest version that counts: what was replaced before it was sent says nothing."""
    last: dict[tuple[str, str], Command] = {}
    for command in commands:
        last[(command.kind, command.cause)] = command
    return list(last.values())


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
