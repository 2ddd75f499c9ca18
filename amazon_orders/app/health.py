"""`App.health`: how every connection is, told from the ledger alone, so that it may be asked every minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..model import Connection, InboxEntry, Reason
from ..model.checkup import RED, WARNING, CarrierShare, ConnectionHealth, Finding, Health
from ..model.report import iso
from ..rules import DAY, deadline
from .times import ago

if TYPE_CHECKING:
    from ..ledger import AtRisk
    from ..ledger.counts import Waiting
    from .app import App

INTERVAL = timedelta(minutes=5)
"""How often a connection is synced, where nobody says otherwise: Amazon allows no more in the long run."""
_MISSED = 3
_SOON = 0.5
"""Tokens a second: of what comes as often as that, a run waits for the next."""
ROLES = {
    "RECIPIENT": "Direct-to-Consumer Shipping",
    "BUYER": "Tax Invoicing or Tax Remittance",
    "TAX": "Tax Invoicing or Tax Remittance",
}
"""Data set -> the role of the application that shows it."""


def health(app: App, interval: timedelta = INTERVAL) -> Health:
    """Everything at once. Neither Amazon nor a store is asked, and nothing is written."""
    now, ledger = app.now(), app.ledger
    kept = ledger.personal.kept(now)
    inbox = ledger.inbox.list()
    problems = []
    if ledger.key_problem:
        problems.append(Finding(what="key", result=RED, detail=ledger.key_problem, fix="put the right key back"))
    if kept.overdue:
        problems.append(
            Finding(
                what="personal data",
                result=RED,
                detail=f"personal data of {kept.overdue} orders should be erased by now",
                fix="run a sync, or: amazon-orders purge --prove",
            )
        )
    return Health(
        at=now,
        connections=tuple(
            _connection(app, connection, interval, [entry for entry in inbox if entry.connection == connection.name])
            for connection in app.connections.list()
        ),
        personal_data={"kept": kept.orders, "overdue": kept.overdue, "next_erase": iso(kept.next_erase)},
        problems=tuple(problems),
    )


def _connection(app: App, connection: Connection, interval: timedelta, inbox: list[InboxEntry]) -> ConnectionHealth:
    from ..sync.carrier_share import share

    now, ledger, name = app.now(), app.ledger, connection.name
    cursor = ledger.cursors.get(name, "orders")
    last = cursor.last_success if cursor else None
    next_due = ledger.connections.next_due(name)
    waiting = ledger.counts.waiting(name, now)
    doubles = {entry.amazon_order_id: entry.detail for entry in inbox if entry.reason == Reason.DOUBLE}
    refused_at = ledger.authorisations.refused(name)
    quota = quota_left(app, connection)
    risks = ledger.watches.at_risk(name, now + DAY)
    entries = sum(entry.reason not in (Reason.DOUBLE, Reason.AT_RISK) for entry in inbox)
    problems = [*_work(name, waiting, doubles, entries), *_risks(name, risks, now)]
    carriers = share(ledger, name, now)
    problems += [*_data(app, name), *_drop(app, name), *_carriers(name, carriers)]
    if connection.active:
        problems += _running(connection, last, next_due, refused_at, now, interval)
        problems += _quota(name, quota)
    oldest = waiting.late[0] if waiting.late else (None, None)
    return ConnectionHealth(
        name=name,
        active=connection.active,
        authorised=refused_at is None,
        last_success=last,
        age_seconds=None if last is None else (now - last).total_seconds(),
        next_due=next_due,
        pending=waiting.pending,
        held=waiting.held,
        failed=waiting.failed,
        unreadable=len(waiting.unreadable),
        inbox=len(inbox),
        doubles=doubles,
        late=len(waiting.late),
        oldest_late=oldest[0],
        oldest_ship_by=oldest[1],
        quota=quota,
        carriers=carriers,
        problems=tuple(problems),
    )


def quota_left(app: App, connection: Connection) -> dict[str, float]:
    """Calls that are free now, by operation; empty where the application's id cannot be looked up."""
    from ..amazon import PLANS, scope_of

    try:
        scope = scope_of(app.credentials(), connection.seller_id, connection.region)
    except ConfigError:
        return {}
    return {
        operation: app.ledger.buckets.left(scope, operation, plan.rate, plan.burst) for operation, plan in PLANS.items()
    }


def _running(
    connection: Connection,
    last: datetime | None,
    next_due: datetime | None,
    refused_at: datetime | None,
    now: datetime,
    interval: timedelta,
) -> Iterator[Finding]:
    name = connection.name
    if refused_at is not None:
        yield Finding(
            what="authorisation",
            connection=name,
            result=RED,
            detail=f"Amazon took it for gone {ago(now - refused_at)}",
            fix=f"amazon-orders connection authorise {name}",
        )
    since = last or connection.added_at
    assert isinstance(since, datetime)  # noqa: S101 - set when the connection was saved; this tells the type checker
    if now - since > _MISSED * interval:
        waits = next_due is not None and next_due > now
        yield Finding(
            what="last success",
            connection=name,
            result=WARNING if waits else RED,
            detail=f"the last sync that went through ended {ago(now - since)}" if last else "no sync went through yet",
            fix=f"amazon-orders sync {name}" if not waits else "wait: its quota is used up",
        )


def _risks(name: str, risks: list[AtRisk], now: datetime) -> Iterator[Finding]:
    """Orders that cannot leave as they are; those past their time to ship are told beside as late."""
    if not risks:
        return
    first = risks[0]
    expected = sum(
        (stands := deadline(risk.ship_by, risk.marketplace, now)) is not None and stands.expired for risk in risks
    )
    where = f"{first.ref} in the store" if first.ref else "not in the store"
    yield Finding(
        what="at risk",
        connection=name,
        result=WARNING,
        detail=f"orders that cannot be shipped and should be within a day: {len(risks)}; the first is "
        f"{first.amazon_order_id}, {iso(first.ship_by)}, {where}: {first.reason}"
        + (f"; Amazon is expected to cancel {expected} of them" if expected else ""),
        fix=f"amazon-orders orders explain {first.amazon_order_id}",
    )


def _drop(app: App, name: str) -> Iterator[Finding]:
    cursor = app.ledger.cursors.get(name, "stock")
    if cursor is not None and (count := cursor.counters.get("drop")):
        yield Finding(
            what="stock",
            connection=name,
            result=RED,
            detail=f"{count} listings would run empty at once, so that no quantity is sent: {Reason.STOCK_DROP}",
            fix=f"check the store's stock; if it is right: amazon-orders stock push {name} --confirm",
        )


def _carriers(name: str, carriers: CarrierShare) -> Iterator[Finding]:
    if carriers.other:
        yield Finding(
            what="carrier",
            connection=name,
            result=WARNING,
            detail=f"parcels confirmed with the carrier Other in {carriers.days} days: {carriers.other} of "
            f"{carriers.confirmed}, {carriers.share:.1%}; in the US they do not count as tracked",
            fix="give the carrier its code at Amazon in the setting `carriers`, where it has one",
        )


def _data(app: App, name: str) -> Iterator[Finding]:
    refused = refused_data(app, name)
    if refused is not None:
        yield refused


def refused_data(app: App, name: str) -> Finding | None:
    """The data of orders that Amazon refuses a connection; `None`: it shows all that it is asked for."""
    refused = app.ledger.facts.refused_data_sets(name)
    if not refused:
        return None
    roles = sorted({ROLES[data_set] for data_set in refused if data_set in ROLES})
    return Finding(
        what="data sets",
        connection=name,
        result=WARNING,
        detail=f"Amazon refuses {', '.join(sorted(refused))}; orders are read without, and it is asked daily",
        fix=f"ask Amazon for the role {' and '.join(roles)}" if roles else "ask Amazon for the roles that show it",
    )


def _work(name: str, waiting: Waiting, doubles: dict[str, str], inbox: int) -> Iterator[Finding]:
    for order_id, detail in doubles.items():
        yield Finding(
            what="double", connection=name, result=RED, detail=f"{order_id}: {detail}", fix="cancel one in the store"
        )
    if waiting.late:
        order_id, ship_by = waiting.late[0]
        yield Finding(
            what="late",
            connection=name,
            result=RED,
            detail=f"open orders past the time to ship: {len(waiting.late)}; the oldest is {order_id}, {iso(ship_by)}",
            fix=f"ship it, or see: amazon-orders orders explain {order_id}",
        )
    if waiting.unreadable:
        yield Finding(
            what="records without an order id",
            connection=name,
            result=WARNING,
            detail=f"{len(waiting.unreadable)}: {', '.join(waiting.unreadable[:5])}",
            fix="report them to Amazon with the time of the run",
        )
    if waiting.held:
        yield Finding(
            what="held",
            connection=name,
            result=WARNING,
            detail=f"orders that wait for a person: {waiting.held}",
            fix="amazon-orders orders list --status held",
        )
    if waiting.failed:
        detail = f"orders that are tried again by themselves: {waiting.failed}"
        yield Finding(what="failed", connection=name, result=WARNING, detail=detail)
    if inbox:
        yield Finding(
            what="inbox",
            connection=name,
            result=WARNING,
            detail=f"orders in the store that need a look: {inbox}",
            fix="amazon-orders orders list --status attention",
        )


def _quota(name: str, quota: dict[str, float]) -> Iterator[Finding]:
    from ..amazon import PLANS

    for operation, left in quota.items():
        if left < 1 and PLANS[operation].rate < _SOON:
            yield Finding(
                what="quota",
                connection=name,
                result=WARNING,
                detail=f"no call of {operation} is free just now",
                fix="wait; if it happens often, sync less often",
            )
