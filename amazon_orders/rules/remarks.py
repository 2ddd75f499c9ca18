"""Says how an order's money was read: the trace that lets a reader recompute the total, and the flags."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..model import Balance, Charge, Order, Reason, TraceStep
from .charges import Charged, Terms
from .readings import Solution, Solved
from .texts import shown

_WORDS = {
    "on_top": "tax stands on top of the prices",
    "inside": "tax stands inside the prices",
    "apart": "tax stands outside Amazon's total",
    "none": "no tax amount",
}


def flags_of(
    order: Order, solution: Solution, charged: Sequence[Charged], terms: Terms, collected: Decimal | None
) -> tuple[Reason, ...]:
    """Remarks that a person may want to see. They hold nothing up."""
    flags = []
    if solution.difference:
        flags.append(Reason.ROUNDED if solution.within else Reason.ADJUSTED)
    for one in solution.lines:
        rows = one.rows
        if rows.assumed and (rows.tax or rows.owner == "marketplace" or rows.line.reporting_schemes):
            flags.append(Reason.TAX_OWNER_ASSUMED)
        if one.scaled or rows.scaled_item is not None:
            flags.append(Reason.UNITS_DIFFER)
    if collected is None or ("AMAZON_BUSINESS" in order.programs and _zero_is_unclear(solution, charged)):
        flags.append(Reason.TAX_UNKNOWN)
    if len(solution.lines) != len(order.lines):
        flags.append(Reason.LINE_LEFT_OUT)
    if terms.ignore_tax and any(each.dropped for each in charged):
        flags.append(Reason.TAX_DROPPED)
    return tuple(dict.fromkeys(flags)) if flags else ()


def _zero_is_unclear(solution: Solution, charged: Sequence[Charged]) -> bool:
    """To a business, a tax of zero may be a reverse charge, or mean that Amazon does not calculate."""
    return any(
        one.rows.tax_row and not one.rows.tax and each.item.tax is None
        for one, each in zip(solution.lines, charged, strict=True)
    )


def amounts_step(
    order: Order,
    solution: Solution,
    charged: Sequence[Charged],
    balance: Balance,
    flags: Sequence[Reason],
    kept: str,
    currency: str,
    plugin: str,
    free: bool,
) -> TraceStep:
    """Reading, equation, owner of the tax, and every remark. `kept`: what `collected_words` says."""
    lines = solution.lines
    owner = _owners(lines, charged, kept)
    if len({one.reading for one in lines}) == 1:
        readings = [_WORDS[lines[0].reading]]
    else:
        readings = [f"{one.rows.line.seller_sku}: {_WORDS[one.reading]}" for one in lines]
    said = [f"{balance.equation} {currency}", *readings, owner, *_remarks(order, solution, charged, flags, currency)]
    if free:
        said.append("a replacement: Amazon sends no price, and none is due")
    return TraceStep("amounts", balance.reading or Reason.ADJUSTED, "; ".join(said), plugin)


def collected_words(collected: Decimal | None, as_line: bool, currency: str) -> str:
    """What becomes of the tax that Amazon collects."""
    if collected is None:
        return "Amazon collects tax and does not say how much; it is no part of lines and total"
    where = "a line of its own" if as_line else "no part of lines and total"
    return f"Amazon collects {shown(collected, currency)} of tax, which is {where}"


def _owners(lines: Sequence[Solved], charged: Sequence[Charged], kept: str) -> str:
    """Who owes the tax, in words."""
    owners = {each.item.tax_owner for each in charged}
    said = []
    if "seller" in owners:
        known = any(each.item.tax is not None and each.item.tax_owner == "seller" for each in charged)
        said.append("the seller owes the tax" if known else "the seller owes the tax, the store computes it inside")
    if "marketplace" in owners:
        said.append(kept)
    if "none" in owners:
        known_zero = any(
            one.rows.tax_row and not one.rows.tax and each.item.tax_owner == "none"
            for one, each in zip(lines, charged, strict=True)
        )
        said.append("a tax of zero is known: none is due" if known_zero else "no tax is handed over")
    return ", ".join(said)


def _remarks(
    order: Order, solution: Solution, charged: Sequence[Charged], flags: Sequence[Reason], currency: str
) -> list[str]:
    said = []
    if solution.difference:
        word = "rounding" if solution.within else "an adjustment: nothing in the rows explains it"
        said.append(f"{shown(solution.difference, currency)} is {word}")
    for kind, amount in solution.extras:
        what = f"{kind}, outside the lines" if kind else "a line with no unit left, which is left out"
        said.append(f"{shown(amount, currency)} is {what}")
    if Reason.TAX_OWNER_ASSUMED in flags:
        said.append("who owes the tax is assumed: Amazon did not say")
    if Reason.LINE_LEFT_OUT in flags:
        said.append(f"lines without units, left out: {len(order.lines) - len(solution.lines)}")
    if Reason.TAX_DROPPED in flags:
        lost = sum((each.dropped for each in charged), Decimal(0))
        said.append(f"ignore_amazon_tax: {shown(lost, currency)} of tax on top leaves the total")
    if Reason.TAX_UNKNOWN in flags:
        said.append("how much tax is in it is not known")
    for one in solution.lines:
        if one.scaled or one.rows.scaled_item is not None:
            line = one.rows.line
            said.append(
                f"{line.seller_sku}: {line.units} of {line.quantity_ordered} units are still wanted and paid for"
            )
    return said


def total_step(
    lines: Sequence[Solved],
    charged: Sequence[Charged],
    shipping: Charge,
    fees: Sequence[Charge],
    total: Decimal,
    currency: str,
) -> TraceStep:
    """The store's total as the sum of what the store gets."""
    said = [_said(one.rows.line.seller_sku, each.item, currency) for one, each in zip(lines, charged, strict=True)]
    if shipping.gross:
        said.append(_said("shipping", shipping, currency))
    for fee in fees:
        said.append(_said(fee.title, fee, currency))
    return TraceStep("total", f"{shown(total, currency)} {currency}", " + ".join(said))


def _said(name: str, charge: Charge, currency: str) -> str:
    if charge.tax:
        net = shown(charge.gross - charge.tax, currency)
        return f"{name} {shown(charge.gross, currency)} (net {net}, tax {shown(charge.tax, currency)})"
    return f"{name} {shown(charge.gross, currency)}"
