"""One line's money as Amazon rows it: price parts, discount, tax, and who owes that tax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from ..model import ZERO, Marketplace, Order, OrderLine, Reading, TaxOwner, TaxTreatment

_BESIDE = ("SHIPPING", "COD_FEE")


@dataclass(slots=True)
class Rows:
    """The rows of one line, summed by what they mean."""

    line: OrderLine
    parts: dict[str, Decimal]
    """Amazon's type -> amount, for every type but `TAX` and `DISCOUNT`; types that Amazon adds are among them."""
    price: Decimal
    """Sum of `parts`."""
    discount: Decimal
    """Sum of `DISCOUNT`, never negative: a discount takes away, whatever its sign."""
    beside: Decimal
    """Discount on shipping and COD fee that may stand beside the `DISCOUNT` subtotal; zero where it is surely in it."""
    tax: Decimal
    tax_row: bool
    """Whether Amazon sent a `TAX` row at all: a row of 0.00 says more than no row."""
    discount_details: dict[str, Decimal]
    tax_details: dict[str, Decimal]
    owner: TaxOwner
    assumed: bool
    """Whether the owner is the marketplace's usual one because Amazon was not asked, or is not clear."""
    given: Reading | None = None
    """The reading that a plugin demands."""
    known_zero: bool | None = None
    """What a plugin says about a tax of zero."""

    @property
    def scaled_item(self) -> Decimal | None:
        """The item price of the units still wanted, where Amazon's item price is still that of all units ordered.

        Whether Amazon lowers the price of a line when units are cancelled is documented nowhere.
        """
        line = self.line
        ordered, units, unit_price = line.quantity_ordered, line.units, line.unit_price
        if 0 < units < ordered and unit_price and self.parts.get("ITEM") == unit_price * ordered:
            return unit_price * units
        return None

    def with_item(self, amount: Decimal) -> Rows:
        """The same rows with another item price."""
        parts = {**self.parts, "ITEM": amount}
        return replace(self, parts=parts, price=self.price - self.parts["ITEM"] + amount)


def rows_of(line: OrderLine, order: Order, marketplace: Marketplace, treatment: TaxTreatment | None) -> Rows:
    """The rows of `line`. A line with a total and no rows has one: its item."""
    parts: dict[str, Decimal] = {}
    price = discount = tax = beside = ZERO
    tax_row = False
    discount_details: dict[str, Decimal] = {}
    tax_details: dict[str, Decimal] = {}
    for row in line.breakdowns:
        kind, amount = row.type, row.subtotal
        if kind == "TAX":
            tax += amount
            tax_row = True
            if row.details:
                _add(tax_details, row.details)
        elif kind == "DISCOUNT":
            discount += abs(amount)
            if row.details:
                _add(discount_details, ((subtype, abs(value)) for subtype, value in row.details))
        else:
            price += amount
            parts[kind] = parts[kind] + amount if kind in parts else amount
    if not line.breakdowns and line.total is not None:
        parts["ITEM"] = price = line.total
    if discount_details:
        beside = _beside(discount, discount_details)
    owner, assumed = _owner(line, order, marketplace)
    if treatment is None:
        return Rows(line, parts, price, discount, beside, tax, tax_row, discount_details, tax_details, owner, assumed)
    return Rows(
        line, parts, price, discount, beside, tax, tax_row, discount_details, tax_details,
        treatment.owner, False, treatment.reading, treatment.known_zero,
    )  # fmt: skip


def _add(details: dict[str, Decimal], more: Iterable[tuple[str, Decimal]]) -> None:
    for subtype, value in more:
        details[subtype] = details.get(subtype, ZERO) + value


def _beside(discount: Decimal, details: dict[str, Decimal]) -> Decimal:
    """Both conventions are described for `DISCOUNT`: its subtotal holds the shipping discount, or it does not."""
    on_extras = sum((details.get(kind, ZERO) for kind in _BESIDE), ZERO)
    whole = sum(details.values(), ZERO)
    return ZERO if whole == discount and on_extras != whole else on_extras


def _owner(line: OrderLine, order: Order, marketplace: Marketplace) -> tuple[TaxOwner, bool]:
    """Who owes the line's tax, and whether that is only assumed."""
    if line.tax_collections:
        return "marketplace", False
    if "TAX" in order.included:
        # A one-stop-shop scheme without a collector names no one: the seller's own scheme and Amazon's look alike.
        return "seller", bool(line.reporting_schemes)
    return ("marketplace" if marketplace.amazon_collects_tax else "seller"), True
