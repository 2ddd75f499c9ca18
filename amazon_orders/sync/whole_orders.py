"""Before an order is cancelled as a whole: nothing of it may have left, as the store says and as Amazon shows now."""

from __future__ import annotations

from ..ledger import Command as Row
from ..model import CommandKind, CommandState, FlowReport, Status
from .freshness import are_fresh
from .proving import Asking
from .selling import amazon_order
from .steps import in_peace
from .work import Work


def _without_parcels(work: Work, rows: list[Row]) -> list[Row]:
    """Those of orders of which the store has sent no parcel, whether Amazon was told of it, took it or refused it."""
    others = work.ledger.outbox.of(work.connection.name, {row.amazon_order_id for row in rows})
    left = {
        order_id
        for order_id, commands in others.items()
        if any(each.kind == CommandKind.CONFIRM and each.state != CommandState.SKIPPED for each in commands)
    }
    return [row for row in rows if row.amazon_order_id not in left]


def still_whole(work: Work, rows: list[Row], report: FlowReport) -> list[Row]:
    """Those of which nothing has left: no parcel of the store's, and none in Amazon's record, which must be fresh.

    The others stay as they are: with the next record of their orders they are decided again.
    """
    fresh = are_fresh(work)
    sales = work.ledger.sales.by_id(work.connection.name, {row.amazon_order_id for row in rows}) if fresh else {}
    asking = Asking(work, report)
    found: list[Row] = []
    rows = _without_parcels(work, rows)

    def look() -> None:
        for row in rows:
            sale = sales.get(row.amazon_order_id)
            kept = sale is not None and sale.record is not None
            order = amazon_order(work, sale) if sale is not None and kept else asking.order(row.amazon_order_id)
            if order is not None and order.status == Status.UNSHIPPED and not order.packages:
                found.append(row)

    in_peace(work, report, look)
    return found
