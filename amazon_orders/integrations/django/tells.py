"""The plugin `django`: passes what is told on as signals, after the commit of a transaction that is open.

A receiver that fails is logged by Django and stops nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from ...errors import AmazonOrdersError
from ...hooks import hookimpl
from ...model import Report
from . import signals


@hookimpl
def on_order_placed(connection: str, amazon_order_id: str, ref: str) -> None:
    """As `signals.order_placed`."""
    _send(signals.order_placed, connection=connection, amazon_order_id=amazon_order_id, ref=ref)


@hookimpl
def on_order_changed(connection: str, amazon_order_id: str, ref: str, kind: str) -> None:
    """As `signals.order_changed`."""
    _send(signals.order_changed, connection=connection, amazon_order_id=amazon_order_id, ref=ref, kind=kind)


@hookimpl
def on_order_cancelled(connection: str, amazon_order_id: str, ref: str, reason: str) -> None:
    """As `signals.order_cancelled`."""
    _send(signals.order_cancelled, connection=connection, amazon_order_id=amazon_order_id, ref=ref, reason=reason)


@hookimpl
def on_order_held(connection: str, amazon_order_id: str, reason: str) -> None:
    """As `signals.order_held`."""
    _send(signals.order_held, connection=connection, amazon_order_id=amazon_order_id, reason=reason)


@hookimpl
def on_shipment_confirmed(connection: str, amazon_order_id: str, ref: str, package_reference_id: str) -> None:
    """As `signals.shipment_confirmed`."""
    _send(
        signals.shipment_confirmed,
        connection=connection,
        amazon_order_id=amazon_order_id,
        ref=ref,
        package_reference_id=package_reference_id,
    )


@hookimpl
def on_refund_sent(connection: str, amazon_order_id: str, ref: str, amount: Decimal, currency: str) -> None:
    """As `signals.refund_sent`."""
    _send(
        signals.refund_sent,
        connection=connection,
        amazon_order_id=amazon_order_id,
        ref=ref,
        amount=amount,
        currency=currency,
    )


@hookimpl
def on_stock_published(connection: str, quantities: Mapping[str, int]) -> None:
    """As `signals.stock_published`."""
    _send(signals.stock_published, connection=connection, quantities=quantities)


@hookimpl
def on_order_at_risk(connection: str, amazon_order_id: str, ref: str, ship_by: datetime | None, reason: str) -> None:
    """As `signals.order_at_risk`."""
    _send(
        signals.order_at_risk,
        connection=connection,
        amazon_order_id=amazon_order_id,
        ref=ref,
        ship_by=ship_by,
        reason=reason,
    )


@hookimpl
def on_connection_failed(connection: str, error: AmazonOrdersError) -> None:
    """As `signals.connection_failed`."""
    _send(signals.connection_failed, connection=connection, error=error)


@hookimpl
def on_run_finished(report: Report) -> None:
    """As `signals.run_finished`."""
    _send(signals.run_finished, report=report)


def _send(signal: Signal, **arguments: Any) -> None:
    def send() -> None:  # Django asks a robust function for its name, which a `partial` does not have
        signal.send_robust("amazon_orders", **arguments)

    transaction.on_commit(send, robust=True)
