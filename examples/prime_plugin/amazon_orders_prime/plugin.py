"""The plugin: three answers, each a few lines; what they need comes from the environment.

A plugin is loaded by name and gets no configuration of its own, so it brings its own way to be configured.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from amazon_orders import hookimpl
from amazon_orders.model import Order, OrderLine, Report

from .alerts import Alerts, alerts_to
from .table import read_table


class Prime:
    """Hooks are methods by the hook's name; each names the arguments it needs and leaves out the others."""

    def __init__(self, *, method: str = "prime", skus: Mapping[str, str] | None = None, alerts: Alerts | None = None):
        self.method = method
        self.skus = dict(skus or {})
        self.alerts = alerts

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Prime:
        """`ConfigError` for a table that cannot be read or an address that is none: better now than at an order."""
        table, target = environ.get("PRIME_SKUS"), environ.get("PRIME_ALERTS")
        return cls(
            method=environ.get("PRIME_METHOD") or "prime",
            skus=read_table(table) if table else None,
            alerts=alerts_to(target) if target else None,
        )

    @hookimpl
    def rule_shipping_method(self, order: Order) -> str | None:
        """Prime orders go by their own method; `None` leaves all others to the connection's settings."""
        return self.method if "PRIME" in order.programs else None

    @hookimpl
    def rule_resolve_sku(self, line: OrderLine) -> str | None:
        """What the table says; `None` leaves SKUs that it does not have to the built-in search."""
        return self.skus.get(line.seller_sku)

    @hookimpl
    def on_order_held(self, connection: str, amazon_order_id: str, reason: str) -> None:
        """One line for each order that needs a person. Events hold nothing personal, so the line does not either."""
        if self.alerts:
            self.alerts.add(f"{connection}: order {amazon_order_id} is held ({reason})")

    @hookimpl
    def on_run_finished(self, report: Report) -> None:
        """The run is over: send what was gathered."""
        if self.alerts and report.connections:
            self.alerts.send()


plugin = Prime.from_environment()
