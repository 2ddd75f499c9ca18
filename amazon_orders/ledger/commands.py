"""A command to Amazon as the ledger keeps it, and as the rules' decision comes to it. Nothing here knows a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ..model import CommandKind, CommandState, Road, Units


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What is to become of one thing that the store did: a command, or why there is none yet."""

    connection: str
    kind: CommandKind
    amazon_order_id: str
    cause: str
    """The store's id of the shipment, cancellation or refund."""
    store_ref: str
    state: CommandState
    """`intended`, `held` or `skipped`."""
    reason: str | None = None
    detail: str = ""
    """One sentence for a person, free of personal data."""
    content: str = ""
    """Hash of all that Amazon is told; empty where there is no command yet."""
    road: Road = "call"
    after: int = 0
    """A package that was never sent gets a number above this one."""
    units: tuple[Units, ...] = ()
    amounts: tuple[tuple[str, str, Decimal], ...] = ()
    """`(order item id, Component.Type, amount)`, for a refund."""
    updated_at: datetime
    """Of the store's record."""
    payload: bytes | None = field(default=None, repr=False)
    """The store's record and the command; kept encrypted until the command ends, and not at all without a key."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Tells the cause from every other."""
        return (self.connection, str(self.kind), self.amazon_order_id, self.cause)


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One row of the outbox."""

    id: int
    connection: str
    kind: CommandKind
    amazon_order_id: str
    cause: str
    version: int
    store_ref: str
    number: int
    """Of the package at Amazon (`packageReferenceId`), for `confirm`."""
    state: CommandState
    reason: str | None
    detail: str
    road: Road
    content: str
    units: tuple[Units, ...]
    amounts: tuple[tuple[str, str, Decimal], ...]
    updated_at: datetime
    opened_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    next_due: datetime | None
    attempts: int
    feed: int | None
    message: int | None

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """Tells it from every other."""
        return (self.connection, str(self.kind), self.amazon_order_id, self.cause, self.version)
