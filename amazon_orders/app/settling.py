"""A person's word that what Amazon was told about an order is settled, whatever Amazon shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..model import CommandState, ConnectionReport, FlowReport, OrderDetail

if TYPE_CHECKING:
    from .app import App

_WAITING = (CommandState.HELD, CommandState.UNKNOWN, CommandState.REFUSED)


def settle(app: App, order: OrderDetail, reason: str) -> ConnectionReport:
    """End every command of the order that waits for a person; none of them is sent or looked for any more.

    `ConfigError` where nothing waits, `Busy` while a sync of the connection runs.
    """
    ledger, order_id = app.ledger, order.amazon_order_id
    lease = ledger.leases.acquire(order.connection)
    try:
        rows = [row for row in ledger.outbox.of(order.connection, (order_id,))[order_id] if row.state in _WAITING]
        if not rows:
            raise ConfigError(
                f"Order {order_id} is in the store as {order.store_ref}, and nothing that Amazon was told of it waits "
                "for you. If it is not to be shipped, cancel it in the store.",
                record=order_id,
            )
        with ledger.transaction(lease):
            for row in rows:
                ledger.outbox.move(row, CommandState.SKIPPED, detail=f"settled by a person: {reason}")
            ledger.inbox.close(order.connection, order_id)
    finally:
        ledger.leases.release(lease)
    flow = FlowReport(flow="orders", seen=1, skipped=1)
    return ConnectionReport(name=order.connection, flows=[flow])
