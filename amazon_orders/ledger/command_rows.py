"""A command of the outbox as a row of its table, and back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ..model import CommandKind, CommandState, Units
from . import schema
from .commands import Command, Intent
from .text import clean, dumps, loads, moment, written

_COLUMNS = tuple(column.name for column in schema.commands.columns if column.name != "payload")
READ = tuple(schema.commands.c[name] for name in _COLUMNS)
"""What a command is read from: all but what is kept with it."""
NEW = tuple(column.name for column in schema.commands.columns if column.name != "id")
"""What a new row is written to."""


def command_of(row: Any) -> Command:
    """The command of a row that `READ` has read."""
    values = dict(zip(_COLUMNS, row, strict=True))
    values["kind"] = CommandKind(values["kind"])
    values["state"] = CommandState(values["state"])
    values["units"] = tuple(Units(order_item_id=item, quantity=count) for item, count in loads(values["units"]))
    values["amounts"] = tuple((item, kind, Decimal(value)) for item, kind, value in loads(values["amounts"]))
    for name in ("updated_at", "opened_at", "changed_at", "sent_at", "next_due"):
        values[name] = moment(values[name])
    return Command(**values)


def new_row(intent: Intent, version: int, number: int, now: datetime, payload: bytes | None) -> tuple[Any, ...]:
    """The row of a command that was decided just now, in the order of `NEW`."""
    at = written(now)
    values = {
        "connection": intent.connection,
        "kind": str(intent.kind),
        "amazon_order_id": intent.amazon_order_id,
        "cause": intent.cause,
        "version": version,
        "store_ref": intent.store_ref,
        "number": number,
        "state": str(intent.state),
        "reason": intent.reason,
        "detail": clean(intent.detail),
        "road": intent.road,
        "content": intent.content,
        "units": units_text(intent),
        "amounts": amounts_text(intent),
        "updated_at": written(intent.updated_at),
        "opened_at": at,
        "changed_at": at,
        "sent_at": None,
        "next_due": None,
        "attempts": 0,
        "feed": None,
        "message": None,
        "payload": payload,
    }
    return tuple(values[name] for name in NEW)


def units_text(intent: Intent) -> str:
    """Its units as they are kept."""
    return dumps([[each.order_item_id, each.quantity] for each in intent.units])


def amounts_text(intent: Intent) -> str:
    """Its amounts as they are kept."""
    return dumps([[item, kind, str(value)] for item, kind, value in intent.amounts])
