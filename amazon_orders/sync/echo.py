"""What Amazon shows because the store said so: it is not told to the store again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from ..ledger import Command as Row
from ..model import Cancel, CancelUnits, Change, CommandKind, CommandState, Order, Package, ShippedByAmazon
from .source import REFUND
from .work import Work

_AT_AMAZON = (CommandState.SENT, CommandState.ACCEPTED, CommandState.VERIFIED, CommandState.UNKNOWN)


class Ours:
    """The commands of one order that Amazon may have carried out."""

    def __init__(self, work: Work, order_id: str) -> None:
        self._work = work
        self._order_id = order_id

    @cached_property
    def _rows(self) -> list[Row]:
        """Asked for only where Amazon shows something that the store may have done: most changes are none."""
        rows = self._work.ledger.outbox.of(self._work.connection.name, (self._order_id,)).get(self._order_id, [])
        return [row for row in rows if row.state in _AT_AMAZON]

    def without(self, order: Order) -> Order:
        """The order as if nobody but Amazon and the buyer had done anything: without the store's own packages."""
        if not order.packages or not self._rows:
            return order
        return replace(order, packages=tuple(package for package in order.packages if not self._is_ours(package)))

    def caused(self, decision: Cancel | Change, order: Order) -> bool:
        """Whether the store itself did what it would be told; `order` is Amazon's record with every package."""
        if isinstance(decision, Cancel):
            return bool(self._called_off(CommandKind.CANCEL))
        match decision.change:
            case ShippedByAmazon():
                return bool(order.packages) and all(self._is_ours(package) for package in order.packages)
            case CancelUnits(lines=lines):
                return self._covers(lines)
            case _:
                return False

    def _of(self, kind: CommandKind) -> list[Row]:
        return [row for row in self._rows if row.kind == kind]

    def _called_off(self, kind: CommandKind) -> list[Row]:
        """What the store cancelled. A refund that went as a cancellation left the order as it was in the store."""
        return [row for row in self._of(kind) if not row.cause.startswith(REFUND)]

    def _is_ours(self, package: Package) -> bool:
        for row in self._of(CommandKind.CONFIRM):
            if row.road == "call" and package.package_reference_id == str(row.number):
                return True
            units = {each.order_item_id: each.quantity for each in row.units}
            if row.road == "feed" and dict(package.items) == units:
                return True
        return False

    def _covers(self, lines: Mapping[str, int]) -> bool:
        """Whether every unit that went was cancelled by the store."""
        gone: dict[str, int] = {}
        for row in self._called_off(CommandKind.CANCEL_UNITS):
            for each in row.units:
                gone[each.order_item_id] = gone.get(each.order_item_id, 0) + each.quantity
        return all(gone.get(item, 0) >= count for item, count in lines.items())
