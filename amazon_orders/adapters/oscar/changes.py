"""What Amazon changes about orders that the shop has: each once for ever under its key, through the shop's pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidShippingEvent
from oscar.core.loading import get_class, get_model

from ...model import CancelUnits, ChangeAddress, OrderChange, PutOnHold, ShippedByAmazon, TakeOffHold
from . import addresses, shrinking, units
from .database import writing
from .models import KeptKey
from .options import Options
from .parcels import as_notes


class Changes:
    """Changes orders of the shop."""

    def __init__(self, options: Options, countries: addresses.Countries) -> None:
        self.options = options
        self.countries = countries
        self._kinds: dict[type, Callable[[units.Record, Any, str], bool]] = {
            PutOnHold: self._put_on_hold,
            TakeOffHold: self._take_off_hold,
            ChangeAddress: self._address,
            CancelUnits: self._cancel_units,
            ShippedByAmazon: self._shipped,
        }

    def cancel(self, ref: str, reason: str, key: str) -> bool:
        """Cancel the order and free its stock; `False` once something of it has left, or the pipeline has no way."""
        with writing(self.options.database):
            record = units.read(self.options, ref)
            if record.status == self.options.status_cancelled or self._done(key):
                return True
            if record.touched(self.options) or not self._move(record, self.options.status_cancelled, reason):
                return False
            shrinking.free(record)
            return self._keep(key, record, "cancel", _last_change(record))

    def change(self, ref: str, wanted: OrderChange, key: str) -> bool:
        """Make the change; `False` where it is too late or the shop knows no such change."""
        with writing(self.options.database):
            record = units.read(self.options, ref)
            if self._done(key):
                return True
            make = self._kinds.get(type(wanted))  # a later version may add kinds
            return make is not None and make(record, wanted, key)

    def _put_on_hold(self, record: units.Record, wanted: PutOnHold, key: str) -> bool:
        if record.status != self.options.status_on_hold and not self._move(
            record, self.options.status_on_hold, f"On hold: {wanted.reason}"
        ):
            return False
        return self._keep(key, record, "put_on_hold")

    def _take_off_hold(self, record: units.Record, _: TakeOffHold, key: str) -> bool:
        if record.status == self.options.status_cancelled:
            return False
        if record.status == self.options.status_on_hold and not self._move(record, self.options.status_new, ""):
            return False
        return self._keep(key, record, "take_off_hold")

    def _address(self, record: units.Record, wanted: ChangeAddress, key: str) -> bool:
        if record.touched(self.options) or record.status == self.options.status_cancelled:
            return False
        country = self.countries.find(wanted.recipient.country)
        address = record.order.shipping_address or get_model("order", "ShippingAddress")()
        addresses.write(address, wanted.recipient, country)
        address.save(using=self.options.database)
        if record.order.shipping_address_id != address.pk:
            record.order.shipping_address = address
            record.order.save(update_fields=["shipping_address"])
        return self._keep(key, record, "address")

    def _cancel_units(self, record: units.Record, wanted: CancelUnits, key: str) -> bool:
        if record.status in (self.options.status_shipped, self.options.status_cancelled) or not wanted.lines:
            return False
        lines = units.chosen(record, wanted.lines)
        if lines is None:
            return False
        off = {str(each.line.pk): number for each, number in lines}
        row = None
        if sum(off.values()) == sum(each.left for each in record.lines):  # nothing would be left to ship
            shipped = record.touched(self.options)
            status = self.options.status_shipped if shipped else self.options.status_cancelled
            if self._move(record, status, wanted.reason):
                row = _last_change(record)
            elif not shipped:
                return False
        shrinking.shrink(self.options, record, lines, wanted.new_total)
        return self._keep(key, record, "cancel_units", row, off=off)

    def _shipped(self, record: units.Record, wanted: ShippedByAmazon, key: str) -> bool:
        if record.status == self.options.status_cancelled:
            return False
        lines = units.chosen(record, wanted.lines)
        if lines is None:
            return False
        if not lines:  # everything has left already
            return self._keep(key, record, "shipped_by_amazon")
        kind, _ = get_model("order", "ShippingEventType")._default_manager.get_or_create(
            name=self.options.shipped_event
        )
        try:
            event = _handler().handle_shipping_event(
                record.order,
                kind,
                [each.line for each, _ in lines],
                [number for _, number in lines],
                reference=as_notes(wanted.carrier, wanted.tracking),
            )
        except InvalidShippingEvent:
            return False
        shrinking.consume(self.options, lines)
        if sum(each.left for each in record.lines) == sum(number for _, number in lines):
            self._move(record, self.options.status_shipped, "")  # a pipeline without it keeps its own status
        return self._keep(key, record, "shipped_by_amazon", event.pk if event else None)

    def _move(self, record: units.Record, status: str, note: str) -> bool:
        """Move the order on by the shop's pipeline; `False` where that leads nowhere."""
        if not status or status not in record.order.available_statuses():
            return False
        try:
            _handler().handle_order_status_change(record.order, status, note_msg=note or None)
        except InvalidOrderStatus:
            return False
        return True

    def _done(self, key: str) -> bool:
        return bool(KeptKey.objects.using(self.options.database).filter(key=key).exists())

    def _keep(
        self, key: str, record: units.Record, kind: str, row: int | None = None, off: dict[str, int] | None = None
    ) -> bool:
        """Keep the key in the change's own transaction."""
        KeptKey.objects.using(self.options.database).create(
            key=key, kind=kind, order_id=record.order.pk, record_id=row, units=off or {}
        )
        return True


def _last_change(record: units.Record) -> int | None:
    """The status change just made."""
    change = record.order.status_changes.order_by("-pk").first()
    return None if change is None else int(change.pk)


def _handler() -> Any:
    """The shop's own pipeline."""
    return get_class("order.processing", "EventHandler")()
