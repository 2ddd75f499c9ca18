"""The `on_*` hooks as typed methods: every listener is told, and none can stop anything."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any

from ..errors import AmazonOrdersError
from ..model import Report
from .blame import Blame
from .registry import Registry

logger = logging.getLogger(__name__)


class Events(Registry):
    """What is told. Every method returns when all listeners were told, and never raises."""

    def on_order_placed(self, connection: str, amazon_order_id: str, ref: str) -> None:
        """See the specification."""
        self._tell("on_order_placed", connection=connection, amazon_order_id=amazon_order_id, ref=ref)

    def on_order_changed(self, connection: str, amazon_order_id: str, ref: str, kind: str) -> None:
        """See the specification."""
        self._tell("on_order_changed", connection=connection, amazon_order_id=amazon_order_id, ref=ref, kind=kind)

    def on_order_cancelled(self, connection: str, amazon_order_id: str, ref: str, reason: str) -> None:
        """See the specification."""
        self._tell("on_order_cancelled", connection=connection, amazon_order_id=amazon_order_id, ref=ref, reason=reason)

    def on_order_held(self, connection: str, amazon_order_id: str, reason: str) -> None:
        """See the specification."""
        self._tell("on_order_held", connection=connection, amazon_order_id=amazon_order_id, reason=reason)

    def on_shipment_confirmed(self, connection: str, amazon_order_id: str, ref: str, package_reference_id: str) -> None:
        """See the specification."""
        self._tell(
            "on_shipment_confirmed",
            connection=connection,
            amazon_order_id=amazon_order_id,
            ref=ref,
            package_reference_id=package_reference_id,
        )

    def on_refund_sent(self, connection: str, amazon_order_id: str, ref: str, amount: Decimal, currency: str) -> None:
        """See the specification."""
        self._tell(
            "on_refund_sent",
            connection=connection,
            amazon_order_id=amazon_order_id,
            ref=ref,
            amount=amount,
            currency=currency,
        )

    def on_stock_published(self, connection: str, quantities: Mapping[str, int]) -> None:
        """See the specification."""
        self._tell("on_stock_published", connection=connection, quantities=quantities)

    def on_order_at_risk(
        self, connection: str, amazon_order_id: str, ref: str, ship_by: datetime | None, reason: str
    ) -> None:
        """See the specification."""
        self._tell(
            "on_order_at_risk",
            connection=connection,
            amazon_order_id=amazon_order_id,
            ref=ref,
            ship_by=ship_by,
            reason=reason,
        )

    def on_connection_failed(self, connection: str, error: AmazonOrdersError) -> None:
        """See the specification."""
        self._tell("on_connection_failed", connection=connection, error=error)

    def on_run_finished(self, report: Report) -> None:
        """See the specification."""
        self._tell("on_run_finished", report=report)

    def _tell(self, hook: str, **arguments: Any) -> None:
        for blame, caller in self._callers[hook]:
            with _Logged(blame):
                caller(**arguments)


class _Logged:
    """Logs what a listener raises and lets the run go on: what it was told about is done already."""

    __slots__ = ("blame",)

    def __init__(self, blame: Blame) -> None:
        self.blame = blame

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        logger.warning(
            "%s.%s raised %s %s; its author has to mend it, the run goes on",
            self.blame.plugin,
            self.blame.hook,
            type(error).__name__,
            self.blame.where(error),
        )
        return True
