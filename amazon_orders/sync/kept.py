"""What is kept with a command until it ends: the store's record and what Amazon is told, as JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..model import (
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    Carrier,
    Charge,
    Command,
    Confirm,
    LineQuantity,
    Refund,
    RefundedItem,
    RefundLine,
    SendRefund,
    Shipment,
    Units,
)

Fact = Shipment | Cancellation | Refund
"""What the store did."""

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        CancelAtAmazon, Cancellation, CancelUnitsAtAmazon, Carrier, Charge, Confirm, LineQuantity, Refund,
        RefundedItem, RefundLine, SendRefund, Shipment, Units,
    )
}  # fmt: skip
_LEFT_OUT = ("trace", "flags")
"""Those are written with the command's steps."""


def keep(fact: Fact, command: Command | None) -> bytes:
    """Both as one document."""
    return json.dumps([_plain(fact), _plain(command)], separators=(",", ":")).encode()


def kept(payload: bytes) -> tuple[Fact, Command | None]:
    """What `keep` got."""
    fact, command = json.loads(payload)
    return _whole(fact), _whole(command)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {
            "is": type(value).__name__,
            **{each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _LEFT_OUT},
        }
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_whole(each) for each in value)
    if not isinstance(value, dict):
        return value
    if "at" in value and len(value) == 1:
        return datetime.fromisoformat(value["at"])
    if "n" in value and len(value) == 1:
        return Decimal(value["n"])
    kind = _KINDS[value["is"]]
    return kind(**{name: _whole(each) for name, each in value.items() if name != "is"})
