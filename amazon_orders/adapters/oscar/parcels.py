"""How a parcel's carrier and tracking number are kept in an Oscar shop, which has no fields for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SEPARATOR = "|"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What a shop knows about a parcel."""

    carrier: str = ""
    service: str = ""
    tracking: str = field(default="", repr=False)


def from_notes(event: Any) -> Parcel:
    """From the notes of a shipping event: `DHL|00340434161094000001` or `DHL|Paket|0034…`, or a bare tracking number.

    `event` is a `ShippingEvent`. A shop with fields of its own names another function as `parcel_reader`.
    """
    parts = [part.strip() for part in (event.notes or "").splitlines()[0].split(SEPARATOR)] if event.notes else []
    match parts:
        case [carrier, service, tracking, *_]:
            return Parcel(carrier=carrier, service=service, tracking=tracking)
        case [carrier, tracking]:
            return Parcel(carrier=carrier, tracking=tracking)
        case [tracking]:
            return Parcel(tracking=tracking)
        case _:
            return Parcel()


def as_notes(carrier: str, tracking: str) -> str:
    """What `from_notes` reads again."""
    return f"{carrier.replace(SEPARATOR, ' ')}{SEPARATOR}{tracking}"
