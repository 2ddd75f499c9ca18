"""`App.orders`: what became of each order, why, and trying again."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import AmazonOrdersError, ConfigError, NotFound
from ..model import ConnectionReport, Explanation, FlowReport, InboxEntry, OrderDetail, OrderRow, Report
from ..rules import advice
from .settling import settle

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
        entries = self._app.ledger.inbox.list(order.connection)
        open_ones = [entry.reason for entry in entries if entry.amazon_order_id == amazon_order_id]
        reasons = [order.reason, *open_ones] if order.reason or not open_ones else open_ones
        said = list(dict.fromkeys(advice(order.status, reason) for reason in reasons))
        return Explanation(
            order=order,
            title=" ".join(title for title, _ in said),
            advice=" ".join(what_to_do for _, what_to_do in said if what_to_do),
        )

    def inbox(self) -> builtins.list[InboxEntry]:
        """What a person should look at beside the held orders, oldest first."""
        return self._app.ledger.inbox.list()

    def retry(self, amazon_order_id: str | None = None, *, held: bool = False) -> Report:
        """Try one order again, or every held one. An order that is in the store already is only compared.

        Where the quota does not do for all of them, the next syncs try the rest.
        """
        if amazon_order_id is not None:
            return self._ask({self.get(amazon_order_id).connection: [amazon_order_id]})
        if not held:
            raise ConfigError("Say which order to try again, or held=True for all that are held.")
        by_connection: dict[str, builtins.list[str]] = {}
        for row in self.list(status="held"):
            by_connection.setdefault(row.connection, []).append(row.amazon_order_id)
        return self._ask(by_connection, may_wait=True)

    def recover(self, amazon_order_id: str, *, connection: str | None = None) -> Report:
        """Read one order from Amazon by its id and decide it anew, whether the ledger knows it or not.

        Without `connection` the one that knows the order is asked, else every active one until one has it. What goes
        wrong with one is in its part of the report.
        """
        known = self._app.ledger.orders.detail(amazon_order_id)
        name = connection or (known.connection if known else None)
        if name is not None:
            names = [self._app.connections.get(name).name]
        else:
            names = [item.name for item in self._app.connections.list() if item.active]
        report = Report()
        for each in names:
            try:
                part = self._ask({each: [amazon_order_id]}, fresh=True)
            except AmazonOrdersError as error:
                # Nothing is known of this one; another may have the order all the same.
                failed = FlowReport(flow="orders", error=error.as_dict())
                part = Report(connections=[ConnectionReport(name=each, flows=[failed])])
            report.connections += part.connections
            if any(flow.seen for done in part.connections for flow in done.flows):
                return report
        if report.errors:
            return report
        raise NotFound(
            f"Amazon does not know order {amazon_order_id} for connection {', '.join(names) or '(none is active)'}. "
            "Check the id, and that the connection is of the right account and region.",
            record=amazon_order_id,
        )

    def ignore(self, amazon_order_id: str, *, reason: str) -> Report:
        """Leave an order alone from now on; its units are given back. `retry` takes it up again.

        Of an order in the store: what Amazon was told of it and waits for a person is settled. `ConfigError` where
        nothing does.
        """
        order = self.get(amazon_order_id)
        if not reason.strip():
            raise ConfigError("Say why the order is to be ignored.", problems={"reason": "is needed"})
        why = " ".join(reason.split())[:200]
        if order.store_ref:
            return Report(connections=[settle(self._app, order, why)])
        return self._ask({order.connection: [amazon_order_id]}, ignore=why)

    def release(self, amazon_order_id: str, *, as_amazon_total: bool = False) -> Report:
        """Let an order go on: one in the store that the buyer asked to cancel is taken off hold.

        With `as_amazon_total` an order that is held because its amounts do not add up is placed at Amazon's total, with
        a line for the difference.
        """
        order = self.get(amazon_order_id)
        if bool(order.store_ref) == as_amazon_total:
            what = "is in the store already" if order.store_ref else "is not in the store, so it is on hold nowhere"
            fix = "leave as_amazon_total out" if order.store_ref else "use as_amazon_total, or retry"
            raise ConfigError(f"Order {amazon_order_id} {what}.", problems={"release": fix}, record=amazon_order_id)
        if as_amazon_total:
            return self._ask({order.connection: [amazon_order_id]}, unbalanced="adjust")
        return self._ask({order.connection: [amazon_order_id]}, release=True)

    def _ask(
        self,
        by_connection: Mapping[str, builtins.list[str]],
        *,
        unbalanced: str = "",
        fresh: bool = False,
        ignore: str = "",
        release: bool = False,
        may_wait: bool = False,
    ) -> Report:
        from ..sync import Asked, run_again

        everyone = self._app.connections.list()
        report = Report()
        for name, ids in by_connection.items():
            connection = self._app.connections.get(name)
            if unbalanced:
                connection = replace(connection, unbalanced=unbalanced)
            work = self._app.work(connection, everyone)
            asked = Asked(ids=tuple(ids), fresh=fresh, ignore=ignore, release=release, may_wait=may_wait)
            report.connections.append(run_again(work, asked, lease_seconds=self._app.config.lease_seconds))
        return report
