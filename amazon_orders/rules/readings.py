"""Finds the one reading under which Amazon's rows add up to Amazon's totals, and writes it down as an equation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from ..model import ZERO, Reading, minor_unit
from .rows import Rows
from .texts import shown
from .vat_rates import is_a_rate

_HALF = Decimal("0.5")


@dataclass(slots=True)
class Solved:
    """One line under one reading."""

    rows: Rows
    reading: Reading
    discount: Decimal
    value: Decimal
    """What the rows come to, in terms of Amazon's total."""
    scaled: bool = False
    """Whether the item price was lowered to the units still wanted to make the sum come out."""


@dataclass(slots=True)
class Solution:
    """An order under its readings. `sum(values) + sum(extras) + difference == total`, exactly."""

    lines: list[Solved]
    total: Decimal
    extras: list[tuple[str, Decimal]] = field(default_factory=list)
    """What stands outside the lines and inside Amazon's total: `(kind, amount)`."""
    difference: Decimal = ZERO
    within: bool = True
    """Whether the difference is no more than one minor unit for each amount."""


def solve(
    lines: Sequence[Rows],
    grand_total: Decimal | None,
    extras: Sequence[tuple[str, Decimal]],
    currency: str,
    exclusive: bool,
) -> Solution | None:
    """The reading of every line; `None` where a total is missing that only Amazon can tell.

    A line's own total is the truth of the line; the grand total is that of the order. Exact first, over all readings;
    only where none is exact does the closest one count, and what is left over becomes a visible amount.
    """
    solved = [None if rows.line.total is None else _exact(rows, rows.line.total, exclusive) for rows in lines]
    exact = [one for one in solved if one is not None]
    if grand_total is None:
        totals = [rows.line.total for rows in lines if rows.line.total is not None]
        if len(totals) < len(lines):
            return None
        grand_total = sum(totals, ZERO)
    if len(exact) == len(solved):
        lines_total = sum([one.value for one in exact], ZERO)
        for chosen in _subsets(extras):
            if lines_total + _sum(chosen) == grand_total:
                return Solution(exact, grand_total, chosen)
    alike = _alike(lines, grand_total, extras, exclusive)
    if alike is not None:
        return alike
    if any(rows.line.total is None for rows in lines):
        return None
    closest = [one or _closest(rows, exclusive) for one, rows in zip(solved, lines, strict=True)]
    return _with_difference(closest, grand_total, extras, currency)


def _exact(rows: Rows, total: Decimal, exclusive: bool) -> Solved | None:
    net = rows.price - rows.discount
    if net == total and not rows.tax:
        return Solved(rows, "none", rows.discount, total)
    for reading, discount, value in _choices(rows, exclusive):
        if value == total:
            return Solved(rows, reading, discount, value)
    lower = rows.scaled_item
    if lower is not None:
        fewer = rows.with_item(lower)
        for reading, discount, value in _choices(fewer, exclusive):
            if value == total:
                return Solved(fewer, reading, discount, value, scaled=True)
    return None


def _choices(rows: Rows, exclusive: bool) -> list[tuple[Reading, Decimal, Decimal]]:
    """Every reading that is allowed for a line: `(reading, discount, value)`, the likelier ones first.

    The second half has the discount that stands beside the subtotal taken off too; where none does, it is the first.
    """
    found: list[tuple[Reading, Decimal, Decimal]] = []
    for discount in (rows.discount, rows.discount + rows.beside):
        net = rows.price - discount
        found += [
            (reading, discount, net + rows.tax if reading == "on_top" else net)
            for reading in (_allowed(rows, exclusive) if rows.tax else ("none",))
        ]
    return found


def _allowed(rows: Rows, exclusive: bool) -> tuple[Reading, ...]:
    if rows.given is not None:
        return (rows.given,)
    if not exclusive:
        return ("inside", "on_top")
    # Where prices have no tax in them, tax outside the total is tax that somebody else than the seller collects.
    return ("on_top", "apart") if rows.owner == "marketplace" else ("on_top",)


def _alike(
    lines: Sequence[Rows], total: Decimal, extras: Sequence[tuple[str, Decimal]], exclusive: bool
) -> Solution | None:
    """The same reading for every line, judged by the grand total alone: where line totals are missing or mean less."""
    for lower, beside, on_top in product((False, True), repeat=3):
        solved = [_pick(rows, lower, beside, on_top, exclusive) for rows in lines]
        lines_total = sum((one.value for one in solved), ZERO)
        for chosen in _subsets(extras):
            if lines_total + _sum(chosen) == total:
                return Solution(solved, total, chosen)
    return None


def _pick(rows: Rows, lower: bool, beside: bool, on_top: bool, exclusive: bool) -> Solved:
    item = rows.scaled_item if lower else None
    if item is not None:
        rows = rows.with_item(item)
    choices = _choices(rows, exclusive)
    if beside:
        choices = choices[len(choices) // 2 :]
    wanted = [choice for choice in choices if (choice[0] == "on_top") is on_top] or choices
    reading, discount, value = wanted[0]
    return Solved(rows, reading, discount, value, scaled=item is not None)


def _closest(rows: Rows, exclusive: bool) -> Solved:
    total = rows.line.total or ZERO
    reading, discount, value = min(_choices(rows, exclusive), key=lambda choice: abs(choice[2] - total))
    return Solved(rows, reading, discount, value)


def _with_difference(
    lines: list[Solved], total: Decimal, extras: Sequence[tuple[str, Decimal]], currency: str
) -> Solution:
    lines_total = sum((one.value for one in lines), ZERO)
    chosen = min(_subsets(extras), key=lambda some: abs(total - lines_total - _sum(some)))
    difference = total - lines_total - _sum(chosen)
    amounts = sum(len(terms(one)) for one in lines) + len(chosen)
    within = abs(difference) <= minor_unit(currency) * amounts
    return Solution(lines, total, chosen, difference, within)


def _subsets(extras: Sequence[tuple[str, Decimal]]) -> list[list[tuple[str, Decimal]]]:
    """None of the extras, all of them, each alone. No larger mixes: those would prove anything."""
    return [[], list(extras), *([extra] for extra in extras)]


def _sum(extras: Sequence[tuple[str, Decimal]]) -> Decimal:
    return sum((amount for _, amount in extras), ZERO)


def by_rate(one: Solved, country: str, currency: str) -> Reading | None:
    """`inside` or `apart` for tax that Amazon collects where prices include tax: both have the same sum.

    The rate tells: the tax must be one of the destination's rates of what is left for the seller. `None`: neither is.
    """
    rows = one.rows
    base = rows.price - one.discount
    tolerance = minor_unit(currency) * _HALF * (max(rows.line.units, 1) + len(rows.parts))
    item_tax = rows.tax_details.get("ITEM")
    item = rows.parts.get("ITEM", ZERO) - rows.discount_details.get("ITEM", ZERO)
    pairs = [(rows.tax, base)] if item_tax is None else [(rows.tax, base), (item_tax, item)]
    if any(is_a_rate(tax, amount - tax, country, tolerance) for tax, amount in pairs):
        return "inside"
    if any(is_a_rate(tax, amount, country, tolerance) for tax, amount in pairs):
        return "apart"
    return None


def terms(one: Solved) -> list[Decimal]:
    """The amounts of one line that are not zero, with the sign they have in the sum."""
    found = [amount for amount in one.rows.parts.values() if amount]
    if one.discount:
        found.append(-one.discount)
    if one.reading == "on_top" and one.rows.tax:
        found.append(one.rows.tax)
    return found


def equation(solution: Solution, currency: str) -> str:
    """`20.00 - 2.00 + 4.00 = 22.00`: what stands left of `=` comes to what stands right of it, exactly."""
    found = [term for one in solution.lines for term in terms(one)]
    found += [amount for _, amount in solution.extras]
    if solution.difference:
        found.append(solution.difference)
    right = shown(solution.total, currency)
    if not found:
        return f"{shown(ZERO, currency)} = {right}"
    text = shown(found[0], currency)
    for term in found[1:]:
        text = f"{text} - {shown(-term, currency)}" if term < 0 else f"{text} + {shown(term, currency)}"
    return f"{text} = {right}"
