"""Reads what the shop did to its orders: parcels, cancellations, money given back; page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from oscar.core.loading import get_model

from ...errors import AdapterBug
from ...model import Cancellation, Charge, LineQuantity, Refund, RefundLine, Shipment, split
from .database import from_shop, pages, reading, to_shop
from .models import KeptKey
from .options import Options
from .parcels import Parcel

NOTED_WITHIN = timedelta(seconds=10)
"""A note of a change of status is written right after it; what is written later is something else."""


def shipments(options: Options, since: datetime) -> Iterator[Shipment]:
    """Shipping events by number. One that Amazon told us of has its key as id."""
    for page in pages(_events(options, since, options.shipped_event)):
        with reading(options.database):
            keys = _keys(options, page, ["shipped_by_amazon"])
        for event in page:
            parcel = options.parcel_reader(event)
            if not isinstance(parcel, Parcel):
                raise AdapterBug(f"parcel_reader gave a {type(parcel).__name__}; it has to give a Parcel")
            at = from_shop(event.date_created)
            yield Shipment(
                id=keys.get(event.pk, f"event-{event.pk}"),
                ref=str(event.order_id),
                carrier=parcel.carrier,
                service=parcel.service,
                tracking=parcel.tracking,
                lines=_lines(event),
                shipped_at=at,
                updated_at=at,
            )


def cancellations(options: Options, since: datetime) -> Iterator[Cancellation]:
    """Orders that went to the cancelled status, then units by shipping events of the kind for cancelling.

    The id of one that Amazon told us of is its key.
    """
    changes = get_model("order", "OrderStatusChange")._default_manager.using(options.database)
    for page in pages(changes.filter(new_status=options.status_cancelled, date_created__gte=to_shop(since))):
        with reading(options.database):
            keys = _keys(options, page, ["cancel", "cancel_units"])
            reasons = _reasons(options, page)
        for change in page:
            yield Cancellation(
                id=keys.get(change.pk, f"status-{change.pk}"),
                ref=str(change.order_id),
                reason=reasons.get(change.pk, ""),
                updated_at=from_shop(change.date_created),
            )
    for page in pages(_events(options, since, options.cancelled_event)):
        for event in page:
            yield Cancellation(
                id=f"event-{event.pk}",
                ref=str(event.order_id),
                reason=(event.notes or "").strip(),
                lines=_lines(event),
                updated_at=from_shop(event.date_created),
            )


def refunds(options: Options, since: datetime) -> Iterator[Refund]:
    """Payment events of the kind for refunds, shared out by what their lines cost.

    One that names no line says which lines it means only where it gives everything back; then shipping is in it, too.
    """
    events = get_model("order", "PaymentEvent")._default_manager.using(options.database).select_related("order")
    events = events.filter(event_type__name=options.refund_event, date_created__gte=to_shop(since))
    for page in pages(events.prefetch_related("line_quantities__line", "order__lines")):
        for event in page:
            yield _refund(event)


def _refund(event: Any) -> Refund:
    order, amount = event.order, abs(event.amount)
    named = [(each.line, each.quantity) for each in event.line_quantities.all()]
    lines: tuple[RefundLine, ...] = ()
    shipping = None if named else Charge(kind="shipping", gross=amount)
    if not named and amount == order.total_incl_tax:
        named = [(line, line.quantity) for line in order.lines.all() if line.quantity]
        shipping = Charge(kind="shipping", gross=order.shipping_incl_tax) if order.shipping_incl_tax else None
        amount -= order.shipping_incl_tax
    if named:
        weights = [line.line_price_incl_tax * units / (line.quantity or 1) for line, units in named]
        shares = split(amount, weights, order.currency)
        lines = tuple(
            RefundLine(line=_line(line, units), amount=Charge(gross=share))
            for (line, units), share in zip(named, shares, strict=True)
            if share
        )
    return Refund(
        id=f"payment-{event.pk}",
        ref=str(order.pk),
        currency=order.currency,
        lines=lines,
        shipping=shipping,
        updated_at=from_shop(event.date_created),
    )


def _events(options: Options, since: datetime, kind: str) -> Any:
    events = get_model("order", "ShippingEvent")._default_manager.using(options.database)
    wanted = events.filter(event_type__name=kind, date_created__gte=to_shop(since))
    return wanted.prefetch_related("line_quantities__line")


def _keys(options: Options, page: Iterable[Any], kinds: list[str]) -> dict[int, str]:
    """Row -> key, of rows that Amazon caused."""
    rows = KeptKey.objects.using(options.database).filter(
        kind__in=kinds, order_id__in={row.order_id for row in page}, record_id__isnull=False
    )
    return dict(rows.values_list("record_id", "key"))


def _reasons(options: Options, page: Iterable[Any]) -> dict[int, str]:
    """Status change -> the note that Oscar's pipeline writes with it."""
    notes = get_model("order", "OrderNote")._default_manager.using(options.database)
    written: dict[int, list[Any]] = {}
    for note in notes.filter(order_id__in={change.order_id for change in page}).order_by("pk"):
        written.setdefault(note.order_id, []).append(note)
    reasons = {}
    for change in page:
        for note in written.get(change.order_id, ()):
            if change.date_created <= note.date_created <= change.date_created + NOTED_WITHIN:
                reasons[change.pk] = note.message.strip()
                break
    return reasons


def _lines(event: Any) -> tuple[LineQuantity, ...]:
    return tuple(_line(each.line, each.quantity) for each in event.line_quantities.all())


def _line(line: Any, units: int) -> LineQuantity:
    return LineQuantity(
        order_item_id=line.partner_line_reference,
        product="" if line.stockrecord_id is None else str(line.stockrecord_id),
        quantity=units,
    )
