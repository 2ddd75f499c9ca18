"""How many units an order holds before the store has it, and what becomes of them."""

from __future__ import annotations

from ..model import Connection, Decision, FulfilledBy, Hold, Match, Order, Reason, Reserve, Skip, Status
from .arrival import moment

Units = dict[str, tuple[str, str, int]]
"""Order item id -> product, seller SKU, units of the store's product."""


def concerns_stock(order: Order, decision: Decision | None, connection: Connection) -> bool:
    """Whether an order that does not go into the store moves its stock, so that its products have to be known."""
    if order.fulfilled_by != FulfilledBy.MERCHANT:
        return False
    if isinstance(decision, Reserve):
        return connection.reserve_pending
    return isinstance(decision, Skip) and decision.reason == Reason.STOCK_ONLY


def held_units(order: Order, decision: Decision | None, connection: Connection, matches: tuple[Match, ...]) -> Units:
    """What the order should hold now. Empty: nothing, and what it held is given back.

    An order that waits for payment or for a person holds its units; with `level = stock_only` they stay taken, since no
    order of the store takes them; a cancelled one holds none. Amazon's own stock is never the store's.
    """
    if order.fulfilled_by != FulfilledBy.MERCHANT:
        return {}
    if isinstance(decision, Reserve | Hold):
        return _units(order, matches) if connection.reserve_pending else {}
    if isinstance(decision, Skip) and decision.reason == Reason.STOCK_ONLY and order.status != Status.CANCELLED:
        return _units(order, matches)
    return {}


def counted_already(order: Order, connection: Connection) -> bool:
    """Whether the goods had left when the connection was added: the shelf was counted without them."""
    added = moment(connection.added_at)
    return order.status == Status.SHIPPED and added is not None and (order.shipped_at or order.updated_at) < added


def _units(order: Order, matches: tuple[Match, ...]) -> Units:
    by_sku = {match.seller_sku: match for match in matches}
    found: Units = {}
    for line in order.lines:
        match = by_sku.get(line.seller_sku)
        if match is not None and line.units > 0:
            found[line.order_item_id] = (match.product, line.seller_sku, line.units * match.units)
    return found
