"""The shop's own taxes: which are due on a product, and what a gross amount is without them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from ...errors import StoreRejected
from ...model import ZERO
from .house import House, smallest_price
from .wire import Wire

KEPT_SECONDS = 60.0
"""How long an answer is trusted. A tax that changes meanwhile shows in the order's total, and the answers go."""
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taxed:
    """How Tryton sells a product to a country."""

    unit: int | None
    """That which it is kept on the shelf in. It may be sold in another by default, such as a dozen."""
    taxes: tuple[int, ...] = ()
    rate: Decimal = ZERO
    """Of all its taxes together, as a fraction."""
    fixed: Decimal = ZERO
    """Amounts for each unit beside."""


class Taxes:
    """Asks Tryton as its own client does, so that rules for customers and countries count."""

    def __init__(self, wire: Wire, house: House) -> None:
        self._wire = wire
        self._house = house
        self._kept: dict[tuple[int | None, int | None, int], tuple[float, Taxed]] = {}

    def of(self, product: int | None, sale: Mapping[str, Any], country: int | None) -> Taxed:
        """Of a product, or of a line that has none; `sale` is the sale's values so far."""
        place = product, country, sale["currency"]
        kept = self._kept.get(place)
        if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
            kept = self._kept[place] = time.monotonic(), self._ask(product, sale)
        return kept[1]

    def forget(self) -> None:
        """Ask anew from now on."""
        self._kept.clear()

    def unit_price(self, gross: Decimal, units: int, taxed: Taxed | None) -> Decimal:
        """What a unit costs without tax, so that all of them cost `gross` with it, as near as prices go."""
        each = _WIDE.divide(gross, Decimal(units))
        if taxed is not None:
            each = _WIDE.divide(each - taxed.fixed, 1 + taxed.rate)
        return each.quantize(smallest_price(self._house), context=_WIDE)

    def _ask(self, product: int | None, sale: Mapping[str, Any]) -> Taxed:
        parent = {key: sale[key] for key in ("company", "party", "currency", "warehouse", "shipment_address")}
        rows = self._wire.call("product.product", "read", [product], ["default_uom"]) if product else []
        unit = rows[0]["default_uom"] if rows else None
        values: dict[str, Any] = {
            "type": "line",
            "product": product,
            "quantity": 1.0,
            "unit": unit,
            "taxes": [],
            "sale": parent,
        }
        answer = self._wire.call("sale.line", "on_change_product", values)
        added = answer.get("taxes") or {}
        ids = added if isinstance(added, (list, tuple)) else [row["id"] for _, row in added.get("add", ())]
        rate, fixed = self._sum(tuple(ids))
        return Taxed(unit=unit, taxes=tuple(ids), rate=rate, fixed=fixed)

    def _sum(self, ids: tuple[int, ...]) -> tuple[Decimal, Decimal]:
        rate = fixed = ZERO
        rows = self._wire.call("account.tax", "read", list(ids), ["type", "rate", "amount", "childs"]) if ids else []
        for row in rows:
            if row["type"] == "percentage":
                rate += row["rate"]
            elif row["type"] == "fixed":
                fixed += row["amount"]
            elif row["type"] != "none":
                raise StoreRejected(
                    f"a tax of Tryton's of the kind {row['type']!r} cannot be taken out of Amazon's price"
                )
            if row["childs"]:
                more = self._sum(tuple(row["childs"]))
                rate, fixed = rate + more[0], fixed + more[1]
        return rate, fixed
