"""Tells a changed command from the same one, by a hash of what Amazon would be told."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from ..model import CancelAtAmazon, CancelUnitsAtAmazon, Command, Confirm, SendRefund, Units


def fingerprint(command: Command) -> str:
    """32 hexadecimal digits: equal for commands of one cause if and only if Amazon would be told the same.

    Not in it: trace and flags, which Amazon never sees; the road, which is no content; and the ship date, because it is
    moved to `now` where the store's clock is ahead, and a date alone is not worth an edit.
    """
    text = json.dumps(_content(command), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _content(command: Command) -> list[Any]:
    match command:
        case Confirm():
            carrier = [command.carrier.code, command.carrier.name]
            return ["confirm", command.amazon_order_id, carrier, command.method, command.tracking, _of(command.units)]
        case CancelAtAmazon():
            return ["cancel", command.amazon_order_id, command.reason, sorted(command.order_item_ids)]
        case CancelUnitsAtAmazon():
            return ["cancel units", command.amazon_order_id, command.reason, _of(command.units)]
        case SendRefund():
            items = [
                [item.order_item_id, item.reason, sorted([kind, _plain(amount)] for kind, amount in item.components)]
                for item in command.items
            ]
            return ["refund", command.amazon_order_id, command.currency, sorted(items)]


def _of(units: tuple[Units, ...]) -> list[list[Any]]:
    return sorted([each.order_item_id, each.quantity] for each in units)


def _plain(amount: Decimal) -> str:
    """`120` for `120.00` too."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
