"""Shares a store's refund out over the parts of an order, never more than is left of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..model import ZERO, Charge, Hold, Reason, Refund, RefundLine, TraceStep, rounded
from .components import Part
from .texts import shown

Parts = dict[str, list[Part]]
"""Order item id -> its parts."""

Named = Sequence[tuple[RefundLine, Sequence[str]]]
"""Each line of a refund and the order items that it may mean."""


@dataclass(slots=True)
class Given:
    """The components of a refund while they are put together."""

    currency: str
    items: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    trace: list[TraceStep] = field(default_factory=list)

    def take(self, parts: Iterable[tuple[str, Part]], amount: Decimal, what: str) -> Decimal:
        """Fill `parts` in order with `amount`; returns what did not fit."""
        rest = amount
        for item, part in parts:
            left = part.left(self.currency)
            if rest <= 0 or left <= 0:
                continue
            # What rounding made of earlier refunds must not leave a last minor unit behind.
            now = rest if rest <= left + part.slack(self.currency) else left
            told = part.take(now, self.currency)
            mine = self.items.setdefault(item, {})
            for kind, value in told:
                mine[kind] = mine.get(kind, ZERO) + value
            said = " + ".join(f"{kind} {shown(value, self.currency)}" for kind, value in told)
            why = f"{shown(now, self.currency)} of {shown(left, self.currency)} left; {_terms(part, self.currency)}"
            self.trace.append(
                TraceStep(
                    "refund", said or "nothing", f"{what}: {why}" if item in what else f"{what} of item {item}: {why}"
                )
            )
            rest -= now
        return rest


def _terms(part: Part, currency: str) -> str:
    price, net = shown(part.price, currency), shown(part.net, currency)
    if part.tax:
        tax = shown(part.tax, currency)
        return f"the charge is {net} and {tax} of tax" + ("" if part.inside else ", which the store's order leaves out")
    if part.net != part.price:
        return f"Amazon calculates VAT: the charge of {price} is {net} without it"
    return f"the charge is {price}, told as it is"


def fill(refund: Refund, named: Named, parts: Parts, given: Given) -> Hold | None:
    """Put the components of a refund into `given`; or why that cannot be done.

    A line's amount fills the item's price, then its shipping, then the rest. Shipping fills the shipping of the named
    items, then that of the others; where no line is named it fills the rest of the only item too.
    """
    for each, items in named:
        mine = [(item, part) for item in items for part in parts[item]]
        problem = _share(each.amount, mine, f"item {', '.join(items)}", given)
        if problem is not None:
            return problem
    if refund.shipping is None:
        return None
    first = dict.fromkeys(item for _, items in named for item in items)
    every = [
        (item, part) for item in (*first, *(other for other in parts if other not in first)) for part in parts[item]
    ]
    reachable = [each for each in every if each[1].type == "Shipping"]
    if not refund.lines:
        reachable += [each for each in every if each[1].type != "Shipping"]
    return _share(refund.shipping, reachable, "shipping", given)


def _share(amount: Charge, parts: Sequence[tuple[str, Part]], what: str, given: Given) -> Hold | None:
    currency = given.currency
    if not amount.gross.is_finite() or amount.gross < 0:
        return held(Reason.UNALLOCATED, f"the amount for {what} is {amount.gross}; only money given back can be sent")
    if not amount.gross:
        return None
    for item, part in parts:
        if part.unknown:
            if amount.net is None:
                detail = f"Amazon calculates VAT and shows none for item {item}, and the store names no net amount"
                return held(Reason.AMOUNTS_MISSING, detail)
            part.tell(amount.net, amount.gross, currency)
    rest = given.take(parts, rounded(amount.gross, currency), what)
    if not rest:
        return None
    asked, too_much = shown(amount.gross, currency), shown(rest, currency)
    detail = f"{asked} {currency} for {what} is {too_much} more than is left of the charge"
    return held(Reason.REFUND_TOO_HIGH, detail)


def held(reason: Reason, detail: str) -> Hold:
    """The refund, stopped for a person."""
    return Hold(reason=reason, detail=detail, trace=(TraceStep("refund", reason, detail),))
