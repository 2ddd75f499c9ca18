"""Reads an order's money: what the store's order must end at, line by line, and the equation that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from ..model import (
    BY_ID,
    ZERO,
    Amounts,
    Answer,
    Balance,
    Charge,
    Connection,
    Hold,
    Marketplace,
    Order,
    OrderLine,
    Reading,
    Reason,
    TaxTreatment,
    TraceStep,
)
from .charges import KINDS, NO_SHIPPING, Charged, Terms, charge, merged
from .readings import Solution, Solved, by_rate, equation, solve
from .remarks import amounts_step, collected_words, flags_of, total_step
from .rows import Rows, rows_of
from .texts import shown

_AGGREGATED = ("TAX", "DISCOUNT")


def read_amounts(
    order: Order,
    connection: Connection,
    *,
    tax_seen: bool = False,
    tax: Answer[Mapping[str, TaxTreatment]] | None = None,
) -> Amounts | Hold:
    """The order's charges, read so that they solve Amazon's totals; or why a person has to look.

    `tax_seen`: Amazon was seen to calculate tax for this connection in this marketplace, so a tax of zero is a fact.
    """
    marketplace = BY_ID.get(order.marketplace_id)
    if marketplace is None:
        return _hold(Reason.NOT_YET_SUPPORTED, f"marketplace {order.marketplace_id!r} is not in the library's list")
    wanted = [line for line in order.lines if line.units > 0]
    if not wanted:
        return _hold(Reason.NO_LINES, "no line has a unit that is still wanted")
    if len({line.order_item_id for line in wanted}) != len(wanted):
        return _hold(Reason.UNREADABLE, "two lines have the same order item id")
    if order.currency and order.currency != marketplace.currency:
        expected = f"{marketplace.country} sells in {marketplace.currency}, this order is in {order.currency}"
        return _hold(Reason.CURRENCY, f"{expected}; amounts are never converted")
    wanted, grand_total, free = _totals(order, wanted)
    silent = [line.seller_sku for line in wanted if line.total is None and not line.breakdowns]
    if silent:
        return _hold(Reason.AMOUNTS_MISSING, f"Amazon sent no amount for {', '.join(silent)}, and none is not zero")

    treatments = tax.value if tax is not None else {}
    rows = [rows_of(line, order, marketplace, treatments.get(line.order_item_id)) for line in wanted]
    exclusive = not marketplace.prices_include_tax
    extras = _extras(order, rows)
    beside = [kind for kind, _ in extras if kind]
    if grand_total is None and beside:
        return _hold(
            Reason.AMOUNTS_MISSING,
            f"Amazon sent no total of the order, and only that tells whether {', '.join(beside)} is part of it",
        )
    solution = solve(rows, grand_total, extras, marketplace.currency, exclusive)
    if solution is None:
        return _hold(
            Reason.AMOUNTS_MISSING, "Amazon sent no total for some lines, and no reading of the rows gives one"
        )
    return _settle(order, connection, marketplace, solution, tax_seen, tax.plugin if tax is not None else "", free)


def _totals(order: Order, wanted: list[OrderLine]) -> tuple[list[OrderLine], Decimal | None, bool]:
    """Lines and grand total as they count. A replacement has no price: there, none is zero."""
    replaces = any(kind == "REPLACEMENT_ORIGINAL_ID" for _, kind in order.associations)
    if replaces and order.grand_total is None and all(line.total is None and not line.breakdowns for line in wanted):
        return [replace(line, total=ZERO) for line in wanted], ZERO, True
    return wanted, order.grand_total, False


def _extras(order: Order, rows: Sequence[Rows]) -> list[tuple[str, Decimal]]:
    """What Amazon's total may hold beside the lines: final tips, types that no line has, lines with no unit left."""
    extras = []
    for row in order.breakdowns:
        counts = row.subtotal and row.type not in _AGGREGATED and row.status != "PENDING"
        if counts and not any(row.type in each.parts for each in rows):
            extras.append((row.type, row.subtotal))
    for line in order.lines:
        if line.units <= 0 and line.total:
            extras.append(("", line.total))
    return extras


def _settle(
    order: Order,
    connection: Connection,
    marketplace: Marketplace,
    solution: Solution,
    tax_seen: bool,
    plugin: str,
    free: bool,
) -> Amounts | Hold:
    """What a solved order means for the store, or why it must not be placed as it is solved."""
    currency = marketplace.currency
    lines = solution.lines
    told = _inside_or_apart(order, marketplace, lines)
    within = solution.within
    balance = Balance(
        reading=_reading(lines) if within and not told else None,
        balanced=within and not told,
        equation=equation(solution, currency),
    )
    if told:
        return _hold(Reason.TAX_READING, told, balance)
    if not within and connection.unbalanced != "adjust":
        return _hold(Reason.UNBALANCED, _unexplained(order, solution, currency), balance)
    for one in lines:
        tax_seen = tax_seen or one.rows.tax > 0
    terms = _terms(marketplace, connection.prices_include_tax, connection.ignore_amazon_tax, tax_seen)
    charged = [charge(one, terms) for one in lines]
    collected = _collected(charged)
    shipping, fees = _beside_lines(solution, charged)
    as_line = bool(collected) and connection.marketplace_tax == "line"
    if collected and as_line:
        fees.append(_plain("marketplace_tax", "Tax collected by Amazon", collected))
    items = {}
    discounts = {}
    total = shipping.gross
    for one, each in zip(lines, charged, strict=True):
        item_id = one.rows.line.order_item_id
        items[item_id] = each.item
        discounts[item_id] = each.discount
        total += each.item.gross
    for fee in fees:
        total += fee.gross
    flags = flags_of(order, solution, charged, terms, collected)
    kept = collected_words(collected, as_line, currency)
    read = amounts_step(order, solution, charged, balance, flags, kept, currency, plugin, free)
    return Amounts(
        lines=items,
        discounts=discounts,
        shipping=shipping,
        fees=tuple(fees),
        total=total,
        amazon_total=solution.total,
        marketplace_tax=collected,
        balance=balance,
        flags=flags,
        trace=(read, total_step(lines, charged, shipping, fees, total, currency)),
    )


@lru_cache(maxsize=512)
def _terms(marketplace: Marketplace, include: str, ignore_tax: bool, tax_seen: bool) -> Terms:
    gross_prices = marketplace.prices_include_tax if include == "auto" else include == "yes"
    return Terms(marketplace.currency, not marketplace.prices_include_tax, gross_prices, ignore_tax, tax_seen)


def _inside_or_apart(order: Order, marketplace: Marketplace, lines: Sequence[Solved]) -> str:
    """Settle by the rate what the sum cannot: tax that Amazon collects, inside the price or outside. Else, why not."""
    for one in lines:
        if one.reading == "inside" and one.rows.owner == "marketplace" and one.rows.given is None:
            country = (order.recipient.country if order.recipient else "") or marketplace.country
            told = by_rate(one, country, marketplace.currency)
            if told is None:
                tax = shown(one.rows.tax, marketplace.currency)
                return (
                    f"Amazon collects {tax} of tax on {one.rows.line.seller_sku}, which is at no rate of {country}, "
                    "neither inside the price nor outside"
                )
            one.reading = told
    return ""


def _reading(lines: Sequence[Solved]) -> Reading:
    """The reading of the whole order; where lines differ, that of the line with the most tax."""
    if len(lines) == 1:
        return lines[0].reading
    return max(lines, key=lambda one: (one.reading != "none", abs(one.rows.tax))).reading


def _collected(charged: Sequence[Charged]) -> Decimal | None:
    total = ZERO
    for each in charged:
        if each.collected is None:
            return None
        total += each.collected
    return total


def _beside_lines(solution: Solution, charged: Sequence[Charged]) -> tuple[Charge, list[Charge]]:
    """Shipping, and everything else that is no line."""
    by_kind: dict[str, list[Charge]] = {}
    for each in charged:
        for other in each.others:
            by_kind.setdefault(other.kind, []).append(other)
    fees: list[Charge] = []
    shipping = NO_SHIPPING
    for kind, same in by_kind.items():
        charges = merged(same)
        if kind == "shipping" and charges:
            shipping, *charges = charges
        fees += charges
    for kind, amount in solution.extras:
        if kind:
            name, title = KINDS.get(kind, ("other", kind))
            fees.append(_plain(name, title, amount))
    if solution.difference:
        kind, title = ("rounding", "Rounding") if solution.within else ("adjustment", "Adjustment to Amazon's total")
        fees.append(_plain(kind, title, solution.difference))
    return shipping, fees


def _plain(kind: str, title: str, amount: Decimal) -> Charge:
    """An amount without tax."""
    return Charge(kind=kind, title=title, gross=amount, net=amount, tax=ZERO, tax_owner="none")


def _unexplained(order: Order, solution: Solution, currency: str) -> str:
    total, difference = shown(solution.total, currency), shown(solution.difference, currency)
    types = dict.fromkeys(kind for one in solution.lines for kind in one.rows.parts)
    waiting = [row.type for row in order.breakdowns if row.status == "PENDING" and row.subtotal == solution.difference]
    hint = f"; it is what {waiting[0]} shows, which is not final yet" if waiting else ""
    return (
        f"Amazon's total is {total} and its rows ({', '.join(types)}) leave {difference} {currency} unexplained{hint}"
    )


def _hold(reason: Reason, detail: str, balance: Balance | None = None) -> Hold:
    said = f"{detail}; {balance.equation}" if balance else detail
    return Hold(reason=reason, detail=detail, balance=balance, trace=(TraceStep("amounts", reason, said),))
