"""`App.orders`: what became of each order, why, and trying again."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import ConfigError, NotFound
from ..model import Explanation, InboxEntry, OrderDetail, OrderRow, Report
from ..rules import advice

if TYPE_CHECKING:
    from .app import App

STATUSES = ("pending", "placed", "held", "failed", "skipped", "cancelled")
ATTENTION = "attention"


class Orders:
    """The orders that the ledger knows."""

    def __init__(self, app: App) -> None:
        self._app = app

    def list(self, *, status: str | None = None, connection: str | None = None) -> Iterator[OrderRow]:
        """Orders, newest first. `status` is one of `STATUSES`, or `attention`: held ones and those in the inbox."""
        if status is not None and status not in (*STATUSES, ATTENTION):
            raise ConfigError(
                "There is no such status.", problems={"status": f"one of {', '.join((*STATUSES, ATTENTION))}"}
            )
        if connection is not None:
            self._app.connections.get(connection)
        return self._app.ledger.orders.list(status=status, connection=connection)

    def get(self, amazon_order_id: str) -> OrderDetail:
        """One order with its amounts, lines and trace. `NotFound` where the ledger does not know it."""
        found = self._app.ledger.orders.detail(amazon_order_id)
        if found is None:
            raise NotFound(
                f"The ledger does not know order {amazon_order_id}. Amazon shows an order a few minutes after it was "
                "placed; `orders list` shows what was seen.",
                record=amazon_order_id,
            )
        return found

    def explain(self, amazon_order_id: str) -> Explanation:
        """Why the order is as it is, and what to do about it."""
        order = self.get(amazon_order_id)
        title, what_to_do = advice(order.status, order.reason)
        return Explanation(order=order, title=title, advice=what_to_do)

    def inbox(self) -> builtins.list[InboxEntry]:
        """What a person should look at beside the held orders, oldest first."""
        return self._app.ledger.inbox.list()

    def retry(self, amazon_order_id: str | None = None, *, held: bool = False) -> Report:
        """Try one order again, or every held one. An order that is in the store already is left alone."""
        from ..sync import run_again

        by_connection: dict[str, list[str]] = {}
        if amazon_order_id is not None:
            order = self.get(amazon_order_id)
            by_connection[order.connection] = [amazon_order_id]
        elif held:
            for row in self.list(status="held"):
                by_connection.setdefault(row.connection, []).append(row.amazon_order_id)
        else:
            raise ConfigError("Say which order to try again, or held=True for all that are held.")
        everyone = self._app.connections.list()
        report = Report()
        for name, ids in by_connection.items():
            work = self._app.work(self._app.connections.get(name), everyone)
            report.connections.append(run_again(work, ids, lease_seconds=self._app.config.lease_seconds))
        return report
