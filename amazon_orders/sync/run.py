"""One run of one connection: hold it, go through its flows, remember how it ended, tell whoever listens."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from ..errors import AmazonAuthError, AmazonOrdersError, AmazonThrottled, Busy, LibraryBug
from ..ledger import Lease
from ..model import ConnectionReport, FlowReport, Report
from .again import try_asked
from .cancellations import sync_cancellations
from .lease import Keeper
from .orders import sync_orders
from .reading import remember_refusals
from .refunds import sync_refunds
from .shipments import sync_shipments
from .stock import sync_stock
from .work import Asked, Work

_REVOKED = "invalid_grant"
"""Login with Amazon: the refresh token is expired, or the seller took the authorisation back."""

log = logging.getLogger("amazon_orders")

Flow = Callable[[Work, FlowReport], None]
FLOWS: Mapping[str, Flow] = {
    "orders": sync_orders,
    "cancellations": sync_cancellations,
    "shipments": sync_shipments,
    "refunds": sync_refunds,
    "stock": sync_stock,
}
"""In the order in which they run: whole orders are cancelled before packages are confirmed, parts after, stock last."""
_STOCK_ONLY = ("orders", "stock")
"""The flows of a connection whose store gets no orders."""


def run(work: Work, *, flows: Collection[str], lease_seconds: float, dry_run: bool = False) -> ConnectionReport:
    """Run `flows` of a connection. Errors end up in the report; the run as a whole does not raise them."""
    known = FLOWS if work.connection.level != "stock_only" else _STOCK_ONLY
    chosen = {name: FLOWS[name] for name in known if name in flows}
    return _held(work, chosen, lease_seconds=lease_seconds, dry_run=dry_run)


def run_again(work: Work, asked: Asked, *, lease_seconds: float) -> ConnectionReport:
    """Do what a person asked for about some orders, under the same lease as any run."""
    work.asked = asked

    def again(work: Work, report: FlowReport) -> None:
        work.remember()
        remember_refusals(work)
        try_asked(work, report)

    return _held(work, {"orders": again}, lease_seconds=lease_seconds, dry_run=False)


def _held(work: Work, flows: Mapping[str, Flow], *, lease_seconds: float, dry_run: bool) -> ConnectionReport:
    name = work.connection.name
    result = ConnectionReport(name=name)
    if (gone := _gone(work)) is not None:
        result.flows.append(FlowReport(flow=next(iter(flows), "orders"), error=gone.as_dict()))
        return result
    if dry_run:
        work.plan = []
        _all(work, flows, result)
        return result
    try:
        lease = work.ledger.leases.acquire(name)
    except Busy as error:
        result.flows.append(FlowReport(flow="orders", error=error.as_dict()))
        return result
    work.ledger.authorisations.accept(name)  # whatever was refused before was another one
    work.keeper = Keeper(work.ledger, lease, seconds=lease_seconds, now=work.now)
    work.client.before_write(work.keeper.keep)
    started = work.now()
    try:
        _all(work, flows, result)
    finally:
        _finish(work, result, started_at=started, lease=work.keeper.lease)
    return result


def _gone(work: Work) -> AmazonAuthError | None:
    """The error of a connection whose authorisation Amazon took for gone. Asking again would change nothing."""
    name = work.connection.name
    since = work.ledger.authorisations.refused(name, work.client.authorisation_key)
    if since is None:
        return None
    return AmazonAuthError(
        f"Amazon took the authorisation of connection {name} for gone at {since:%Y-%m-%d %H:%M} UTC, so it was not "
        f"asked again. Authorise it: amazon-orders connection authorise {name}.",
        code=_REVOKED,
        record=name,
    )


def _all(work: Work, flows: Mapping[str, Flow], result: ConnectionReport) -> None:
    """Each flow in turn. One that fails does not stop the others, unless Amazon refuses the credentials."""
    for name, flow in flows.items():
        report = FlowReport(flow=name)
        result.flows.append(report)
        calls_before = dict(work.client.calls)
        begun = time.perf_counter()
        try:
            flow(work, report)
        except AmazonOrdersError as error:
            report.error = error.as_dict()
            if isinstance(error, AmazonThrottled):
                report.throttled += 1
            log.warning("flow %s of connection %s stopped: %s", name, work.connection.name, error)
            if isinstance(error, AmazonAuthError):
                if work.keeper is not None:
                    if error.amazon_code == _REVOKED:
                        work.ledger.authorisations.refuse(
                            work.connection.name, work.client.authorisation_key, work.now()
                        )
                    work.hooks.on_connection_failed(work.connection.name, error)
                return
        except Exception as error:  # noqa: BLE001 - a fault in one connection must not stop the sellers after it
            bug = _bug(error, work.connection.name)
            report.error = bug.as_dict()
            log.error("flow %s of connection %s stopped: %s", name, work.connection.name, bug)
        finally:
            report.seconds = time.perf_counter() - begun
            report.calls = {
                operation: count - calls_before.get(operation, 0)
                for operation, count in work.client.calls.items()
                if count > calls_before.get(operation, 0)
            }


def _bug(error: Exception, connection: str) -> LibraryBug:
    """Where it happened; never the error's text, which may hold what was being worked on."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return LibraryBug(
        f"The library failed with {type(error).__name__} at {Path(last.filename).name}:{last.lineno}. Nothing is lost; "
        "the next run goes on there. Please report this line.",
        record=connection,
    )


def _finish(work: Work, result: ConnectionReport, *, started_at: datetime, lease: Lease) -> None:
    """Remember the run and let the connection go. If another process took it over, neither is ours to do any more."""
    try:
        work.ledger.runs.add(work.connection.name, started_at, work.now(), result.as_dict())
        work.ledger.leases.release(lease)
    except AmazonOrdersError as error:
        log.warning("run of connection %s could not be closed: %s", work.connection.name, error)
        if result.flows and result.flows[-1].error is None:
            result.flows[-1].error = error.as_dict()
    work.hooks.on_run_finished(Report(connections=[result]))
