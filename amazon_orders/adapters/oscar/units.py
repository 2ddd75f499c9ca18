"""An order as the shop has it, with what of each line has left, was cancelled, and is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from oscar.core.loading import get_model

from ...errors import StoreRejected
from .options import Options


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """A line and its units."""

    line: Any
    shipped: int
    left: int
    """Neither left the house nor cancelled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An order, locked until the transaction ends."""

    order: Any
    lines: tuple[Open, ...]
    status: str

    @property
    def key(self) -> str:
        """What messages name it by."""
        return str(self.order.number)

    def touched(self, options: Options) -> bool:
        """Whether something of it has left the house."""
        shipped = bool(options.status_shipped) and self.status == options.status_shipped
        return shipped or any(each.shipped for each in self.lines)


def read(options: Options, ref: str) -> Record:
    """The order of a reference; `StoreRejected` where there is none."""
    orders = get_model("order", "Order")._default_manager.using(options.database)
    order = orders.select_for_update().filter(pk=int(ref)).first() if ref.isascii() and ref.isdecimal() else None
    if order is None or str(order.pk) != ref:
        raise StoreRejected(f"the shop has no order {ref!r}", record=ref)
    gone = _gone(options, order)
    all_shipped = bool(options.status_shipped) and order.status == options.status_shipped
    lines = []
    for line in order.lines.select_related("stockrecord__product__product_class").order_by("pk"):
        cancelled = gone.get((line.pk, options.cancelled_event), 0)
        shipped = line.quantity - cancelled if all_shipped else gone.get((line.pk, options.shipped_event), 0)
        lines.append(Open(line=line, shipped=shipped, left=max(line.quantity - shipped - cancelled, 0)))
    return Record(order=order, lines=tuple(lines), status=order.status)


def _gone(options: Options, order: Any) -> dict[tuple[int, str], int]:
    """(line, name of the event type) -> units."""
    events = get_model("order", "ShippingEventQuantity")._default_manager.using(options.database)
    rows = (
        events.filter(event__order=order, event__event_type__name__in=[options.shipped_event, options.cancelled_event])
        .values_list("line_id", "event__event_type__name")
        .annotate(units=Sum("quantity"))
    )
    return {(line, name): units for line, name, units in rows}


def chosen(record: Record, wanted: Mapping[str, int]) -> list[tuple[Open, int]] | None:
    """Lines and units for order item id -> units; empty means all that is left. `None`: so many are not left.

    Units of an item that has several lines are taken from the first lines first.
    """
    if not wanted:
        return [(each, each.left) for each in record.lines if each.left]
    found: list[tuple[Open, int]] = []
    for item, units in wanted.items():
        lines = [each for each in record.lines if each.line.partner_line_reference == item]
        if not lines:
            raise StoreRejected(f"order {record.key} of the shop has no line {item!r}", record=record.key)
        if units < 1:
            raise StoreRejected(f"{units} units of line {item!r} were named; at least one is needed", record=record.key)
        for each in lines:
            if taken := min(units, each.left):
                found.append((each, taken))
                units -= taken
        if units:
            return None
    return found
