"""Sales of the web shop that came from Amazon, as they stand: which are placed, held, gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...errors import StoreRejected
from ...model import Placed
from .house import House
from .wire import Wire

FIELDS = (
    "web_id",
    "reference",
    "state",
    "number",
    "total_amount",
    "tax_amount",
    "shipment_state",
    "shipment_method",
    "comment",
    "shipments",
    "invoices",
    "lines",
    "shipment_address",
)
HELD = "On hold: "
LEFT = "Amazon: has left already"
CANCELLED = "Cancelled at Amazon: "
"""What lines of a sale's comment begin with. Most of its other fields are closed once it is no draft."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """A sale as it was read."""

    id: int
    key: str
    reference: str
    """The key again, once everything about the draft was right; empty while it is being placed."""
    state: str
    number: str
    total: Decimal
    tax: Decimal
    shipment_state: str
    ships: bool
    """Whether Tryton sends it out; not so what Amazon sends."""
    comment: str
    shipments: tuple[int, ...]
    invoices: tuple[int, ...]
    lines: tuple[int, ...]
    address: int | None

    @property
    def checked(self) -> bool:
        """Whether its total was found right."""
        return self.reference == self.key

    @property
    def held(self) -> bool:
        """Whether it must not leave yet."""
        return self.said(HELD) is not None

    @property
    def placed(self) -> bool:
        """Whether nothing of placing it is left to do. The others are told to nobody, and finished under their key."""
        if self.state == "done":
            return True
        if self.state == "cancelled":
            return self.checked  # else it was left as a draft, and Tryton cancels those that nobody goes on with
        if self.state == "processing":
            return self.said(LEFT) is None or not self.ships or self.shipment_state == "sent"
        # Staff may take a held quotation back to draft; what is checked was placed.
        return self.checked and (self.state == "draft" or (self.state == "quotation" and self.held))

    def said(self, beginning: str) -> str | None:
        """The rest of the comment's line that begins so."""
        for line in self.comment.splitlines():
            if line.startswith(beginning.rstrip()):
                return line[len(beginning) :]
        return None

    def without(self, beginning: str) -> str:
        """The comment without such lines."""
        return "\n".join(line for line in self.comment.splitlines() if not line.startswith(beginning.rstrip()))

    def answer(self) -> Placed:
        """What placing answers."""
        return Placed(ref=str(self.id), number=self.number or str(self.id), total=self.total)


class Sales:
    """Reads sales of one web shop."""

    def __init__(self, wire: Wire, house: House) -> None:
        self._wire = wire
        self._house = house

    def under(self, keys: Iterable[str]) -> dict[str, Sale]:
        """Key -> its first sale."""
        first: dict[str, Sale] = {}
        for sale in self.all_under(keys):
            first.setdefault(sale.key, sale)
        return first

    def all_under(self, keys: Iterable[str]) -> list[Sale]:
        """Every sale under any of the keys, oldest first. Tryton allows one under each."""
        wanted = list(keys)
        domain = [("web_shop", "=", self._house.web_shop), ("web_id", "in", wanted)]
        return [_sale(row) for row in self._wire.find("sale.sale", domain, FIELDS)] if wanted else []

    def now(self, ids: Sequence[int]) -> list[Sale]:
        """Sales as they are at this moment."""
        return [_sale(row) for row in self._wire.call("sale.sale", "read", list(ids), list(FIELDS))] if ids else []

    def of(self, ref: str) -> Sale:
        """The sale of a reference; `StoreRejected` where this web shop has none."""
        number = int(ref) if ref.isascii() and ref.isdecimal() and len(ref) < 10 else 0
        domain = [("id", "=", number), ("web_shop", "=", self._house.web_shop)]
        rows = self._wire.find("sale.sale", domain, FIELDS) if number else []
        if not rows or str(number) != ref:
            raise StoreRejected(f"Tryton's web shop has no sale {ref!r}", record=ref)
        return _sale(rows[0])


def stock_warnings(lines: Iterable[int]) -> list[str]:
    """Warnings that too little is there: Amazon has sold it already."""
    return [f"stock_quantity_warning_{line}" for line in lines]


def _sale(row: dict[str, Any]) -> Sale:
    return Sale(
        id=row["id"],
        key=row["web_id"] or "",
        reference=row["reference"] or "",
        state=row["state"],
        number=row["number"] or "",
        total=row["total_amount"],
        tax=row["tax_amount"],
        shipment_state=row["shipment_state"],
        ships=row["shipment_method"] != "manual",
        comment=row["comment"] or "",
        shipments=tuple(row["shipments"]),
        invoices=tuple(row["invoices"]),
        lines=tuple(row["lines"]),
        address=row["shipment_address"],
    )
