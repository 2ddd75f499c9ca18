"""Open orders whose time to ship runs out while they cannot leave: somebody is told, each time once."""

from __future__ import annotations

from ..ledger import AtRisk
from ..model import Reason
from ..rules import DAY, Deadline, deadline
from .work import Event, Work


def expired(work: Work) -> list[str]:
    """Orders that Amazon must have cancelled by now, where nobody was told of that yet: they are read again first."""
    return [risk.amazon_order_id for risk, stands in _risks(work) if stands.expired and stands.is_news(risk.told_at)]


def tell_risks(work: Work) -> None:
    """Tell listeners and the inbox of what is at risk now. Before they are told the ledger knows that they were."""
    if work.keeper is None:
        return
    name, now, inbox = work.connection.name, work.now(), work.ledger.inbox
    risks = _risks(work)
    news = [(risk, stands) for risk, stands in risks if stands.is_news(risk.told_at)]
    there = {entry.amazon_order_id for entry in inbox.list(name) if entry.reason == Reason.AT_RISK}
    gone = there - {risk.amazon_order_id for risk, _ in risks}
    if not news and not gone:
        return
    with work.ledger.transaction(work.keeper.lease):
        for order_id in gone:
            inbox.close(name, order_id, Reason.AT_RISK)
        for risk, stands in news:
            inbox.open(name, risk.amazon_order_id, Reason.AT_RISK, _detail(risk, stands))
        work.ledger.watches.was_told(name, [risk.amazon_order_id for risk, _ in news], now)
    if work.hooks.implemented("on_order_at_risk"):
        for risk, stands in news:
            hook, arguments = _event(name, risk, stands)
            getattr(work.hooks, hook)(*arguments)


def _risks(work: Work) -> list[tuple[AtRisk, Deadline]]:
    now = work.now()
    found = []
    for risk in work.ledger.watches.at_risk(work.connection.name, now + DAY):
        stands = deadline(risk.ship_by, risk.marketplace, now)
        if stands is not None:
            found.append((risk, stands))
    return found


def _event(connection: str, risk: AtRisk, stands: Deadline) -> Event:
    reason = Reason.CANCELLED_EXPECTED if stands.expired else risk.reason
    return "on_order_at_risk", (connection, risk.amazon_order_id, risk.ref, risk.ship_by, reason)


def _detail(risk: AtRisk, stands: Deadline) -> str:
    where = f"It is {risk.ref} in the store" if risk.ref else "It is not in the store"
    until = f"It has to be shipped by {risk.ship_by:%Y-%m-%d %H:%M} UTC. {where}: {risk.reason}."
    return f"{until} Amazon is expected to cancel it, and pays no parcel after that." if stands.expired else until
