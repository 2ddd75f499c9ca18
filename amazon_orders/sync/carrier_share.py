"""How many parcels were confirmed with the carrier `Other`, day by day: `health` tells the share."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..ledger import Command as Row
from ..ledger import Cursor, Ledger
from ..model import Command, CommandKind, CommandState, Confirm
from ..model.checkup import CarrierShare
from ..rules.carriers import OTHER
from .work import Work

FLOW = "shipments.carriers"
DAYS = 30
_MAY_HAVE = (CommandState.SENT, CommandState.ACCEPTED, CommandState.VERIFIED, CommandState.UNKNOWN)


def count(work: Work, row: Row, command: Command | None) -> None:
    """Amazon has taken a parcel, or shows it: count it, in the open transaction. An edit of one counts no second time.

    `command`: what Amazon was told; `None` where nothing is kept of it, then its carrier is not known any more.
    """
    if not isinstance(command, Confirm) or _is_edit(work, row):
        return
    name, now = work.connection.name, work.now()
    cursor = work.ledger.cursors.get(name, FLOW) or Cursor(connection=name, flow=FLOW)
    days = {day: counts for day, counts in cursor.counters.items() if day > _day(now - timedelta(days=DAYS))}
    confirmed, other = days.get(_day(now), (0, 0))
    days[_day(now)] = [confirmed + 1, other + (command.carrier.code == OTHER)]
    work.ledger.cursors.save(Cursor(connection=name, flow=FLOW, counters=days))


def share(ledger: Ledger, connection: str, now: datetime) -> CarrierShare:
    """What was counted of a connection."""
    cursor = ledger.cursors.get(connection, FLOW)
    days = cursor.counters.items() if cursor is not None else ()
    counted = [counts for day, counts in days if day > _day(now - timedelta(days=DAYS))]
    return CarrierShare(days=DAYS, confirmed=sum(each[0] for each in counted), other=sum(each[1] for each in counted))


def _is_edit(work: Work, row: Row) -> bool:
    if row.version == 1:
        return False
    others = work.ledger.outbox.of(row.connection, (row.amazon_order_id,)).get(row.amazon_order_id, [])
    return any(
        each.kind == CommandKind.CONFIRM and each.cause == row.cause and each.version < row.version
        and each.state in _MAY_HAVE
        for each in others
    )  # fmt: skip


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
