"""What is told to anyone who listens: after the commit, at most once, free of personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from ...errors import AmazonOrdersError
from ...model import Report
from ..markers import hookspec


@hookspec
def on_order_placed(connection: str, amazon_order_id: str, ref: str) -> None:
    """An order is in the store, and the ledger knows it.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_order_placed(self, connection, amazon_order_id, ref):
            self.counter.add(1, connection)

    Since: 0.1
    """


@hookspec
def on_order_changed(connection: str, amazon_order_id: str, ref: str, kind: str) -> None:
    """An order in the store was changed because Amazon's record changed.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order.
        kind: what was changed: `put_on_hold`, `take_off_hold`, `change_address`, `cancel_units` or
            `shipped_by_amazon`. Later versions may add kinds.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_order_changed(self, connection, amazon_order_id, ref, kind):
            self.log.info("%s: %s", ref, kind)

    Since: 0.1
    """


@hookspec
def on_order_cancelled(connection: str, amazon_order_id: str, ref: str, reason: str) -> None:
    """An order in the store was cancelled because Amazon cancelled it.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order.
        reason: why, as Amazon says.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_order_cancelled(self, connection, amazon_order_id, ref, reason):
            self.warehouse.take_back(ref)

    Since: 0.1
    """


@hookspec
def on_order_held(connection: str, amazon_order_id: str, reason: str) -> None:
    """An order is not placed because a person has to act first.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        reason: a word of `model.Reason`, such as `UNKNOWN_SKU`.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_order_held(self, connection, amazon_order_id, reason):
            self.mail.send(f"{amazon_order_id} needs you: {reason}")

    Since: 0.1
    """


@hookspec
def on_shipment_confirmed(connection: str, amazon_order_id: str, ref: str, package_reference_id: str) -> None:
    """Amazon knows of a package that left the store.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order.
        package_reference_id: the package's number at Amazon, counted per order.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_shipment_confirmed(self, connection, amazon_order_id, ref, package_reference_id):
            self.shop.note(ref, f"confirmed at Amazon as package {package_reference_id}")

    Since: 0.1
    """


@hookspec
def on_refund_sent(connection: str, amazon_order_id: str, ref: str, amount: Decimal, currency: str) -> None:
    """Amazon was told to give money back.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order.
        amount: gross, positive, in `currency`.
        currency: ISO 4217 code.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_refund_sent(self, connection, amazon_order_id, ref, amount, currency):
            self.books.enter(ref, amount, currency)

    Since: 0.1
    """


@hookspec
def on_stock_published(connection: str, quantities: Mapping[str, int]) -> None:
    """Quantities were sent to Amazon.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        quantities: seller SKU -> units that were sent to Amazon.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_stock_published(self, connection, quantities):
            self.gauge.set(sum(quantities.values()))

    Since: 0.1
    """


@hookspec
def on_order_at_risk(connection: str, amazon_order_id: str, ref: str, ship_by: datetime | None, reason: str) -> None:
    """An open order cannot leave as it is and its time to ship runs out, or the store refused a change.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        amazon_order_id: Amazon's id of the order.
        ref: the store's reference of the order, empty while the store does not have it.
        ship_by: aware UTC time by which it has to be confirmed as shipped, `None` where Amazon did not say. It is told
            a day before that, at it, and daily after it until Amazon cancels, each time once; at once where the store
            refuses a change.
        reason: a word of `model.Reason`: why it cannot leave; `CANCELLED_EXPECTED` from seven days after `ship_by`
            (three in AE and SA), when Amazon cancels by itself.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_order_at_risk(self, connection, amazon_order_id, ref, ship_by, reason):
            self.pager.call(f"{amazon_order_id}: {reason}")

    Since: 0.1
    """


@hookspec
def on_connection_failed(connection: str, error: AmazonOrdersError) -> None:
    """A connection's run stopped early.

    Answered by: any plugin, any number of them.

    Arguments:
        connection: the connection's name.
        error: what stopped the run; `error.retryable` tells whether it mends itself.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_connection_failed(self, connection, error):
            self.mail.send(f"{connection}: {error}")

    Since: 0.1
    """


@hookspec
def on_run_finished(report: Report) -> None:
    """A run is over, well or not.

    Answered by: any plugin, any number of them.

    Arguments:
        report: what the run did, for each connection and flow.

    Returns:
        Nothing; what a listener returns is ignored.

    Raises:
        Exception: any is logged with the plugin's name and stops nothing.

    Example:
        @hookimpl
        def on_run_finished(self, report):
            self.metrics.push(report.as_dict())

    Since: 0.1
    """
