"""Decides what Amazon is told where the store gave money back.

Money is given back only for what was shipped; before that, Amazon has not charged it and units are cancelled instead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ..model import (
    ZERO,
    CancelAtAmazon,
    Cancellation,
    CancelUnitsAtAmazon,
    CommandKind,
    Connection,
    FulfilledBy,
    Hold,
    LineQuantity,
    Reason,
    Refund,
    RefundedItem,
    RefundLine,
    SendRefund,
    Skip,
    Sold,
    Status,
    TraceStep,
    Wait,
    minor_unit,
    rounded,
)
from .amazon_reasons import refund_reason
from .cancellation import cancel
from .components import parts_of
from .refund_amounts import Given, Named, Parts, fill, held
from .standing import LIVE, SENT, ItemUnits, standing
from .texts import shown


def refund(
    refund: Refund, sold: Sold, connection: Connection, *, vat_calculated: bool, now: datetime
) -> SendRefund | CancelAtAmazon | CancelUnitsAtAmazon | Skip | Hold | Wait:
    """What Amazon is told of a refund of the store.

    `vat_calculated`: Amazon was seen to calculate VAT for this connection in this marketplace. Refunds that were made
    in Seller Central are not known here; those of `sold.commands` are. One that was sent before comes out the same
    again; one that the store changed after it was sent is held, since Amazon adds refunds up.
    """
    order = sold.order
    if order.status == Status.CANCELLED:
        return _skip("the order is cancelled at Amazon, which charges nothing for it")
    if order.fulfilled_by == FulfilledBy.AMAZON:
        return _skip("Amazon ships this order and gives money back by itself")
    if refund.currency != order.currency:
        detail = f"the refund is in {refund.currency}, the order in {order.currency}; amounts are never converted"
        return held(Reason.CURRENCY, detail)
    named = _named(refund, sold)
    if isinstance(named, Hold):
        return named
    if refund.lines and not named:
        return _skip("all units of its lines are cancelled at Amazon, which charges nothing for them")
    earlier = [each for each in sold.commands if each.state in LIVE and each.cause != refund.id]
    parts = parts_of(order, connection, earlier, vat_calculated=vat_calculated)
    units = standing(sold)
    groups = [items for _, items in named] or [list(units)]
    if not any(_left(units[item]) for items in groups for item in items):
        return _as_cancellation(refund, sold, connection, named, parts, now)
    waits = [items for items in groups if not any(units[item].shipped for item in items)]
    if waits:
        unseen = ", ".join(dict.fromkeys(item for items in waits for item in items))
        return _wait(f"Amazon does not show yet that it was shipped: item {unseen}")
    if parts is None:
        return held(Reason.AMOUNTS_MISSING, "Amazon's record shows no amounts for the order")
    shipped = [(each, [item for item in items if units[item].shipped]) for each, items in named]
    given = Given(order.currency)
    problem = fill(refund, shipped, parts, given)
    if problem is not None:
        return problem
    return _sent(refund, sold, connection, given)


def _named(refund: Refund, sold: Sold) -> list[tuple[RefundLine, list[str]]] | Hold:
    """Each line of the refund and the order items that it may mean. A line that names none means the only one.

    Left out are lines of which Amazon cancelled all units: it never charged them.
    """
    wanted = [line.order_item_id for line in sold.order.lines if line.units > 0]
    known = {line.order_item_id for line in sold.order.lines}
    if not refund.lines and refund.shipping is not None and len(wanted) > 1:
        return held(Reason.UNALLOCATED, f"the refund names no line, and the order has {len(wanted)}")
    found = []
    for each in refund.lines:
        line = each.line
        if line.order_item_id:
            items = [line.order_item_id]
        elif line.product:
            items = [one.order_item_id for one in sold.lines if one.product == line.product]
        elif len(wanted) > 1:
            return held(Reason.UNALLOCATED, f"an amount names no line, and the order has {len(wanted)}")
        else:
            items = wanted
        if not known.intersection(items):
            what = f"order item {line.order_item_id}" if line.order_item_id else f"product {line.product}"
            return held(Reason.UNKNOWN_LINE, f"the store names {what}, and the order has no such line")
        items = [item for item in items if item in wanted]
        if items:
            found.append((each, items))
    return found


def _left(units: ItemUnits) -> bool:
    return bool(units.confirmed or units.shipped)


def _as_cancellation(
    refund: Refund, sold: Sold, connection: Connection, named: Named, parts: Parts | None, now: datetime
) -> CancelAtAmazon | CancelUnitsAtAmazon | Skip | Hold | Wait:
    """Nothing of it has left: the units are called off. A part of their price is no reason to call them off."""
    cut = _price_cut(refund, sold, named, parts or {})
    if cut:
        return _wait(f"{cut}; Amazon gives back part of a price only after shipping")
    lines = tuple(each.line for each, _ in named if each.line.quantity > 0)
    called_off = Cancellation(
        id=refund.id, ref=refund.ref, reason=refund.reason, lines=lines, updated_at=refund.updated_at
    )
    step = TraceStep("refund", "cancel", "nothing of it has left, and Amazon charges only what is shipped")
    decision = cancel(called_off, sold, connection, now=now)
    return replace(decision, trace=(step, *decision.trace))


def _price_cut(refund: Refund, sold: Sold, named: Named, parts: Parts) -> str:
    """What shows that the refund is less than the price of what it names; empty: it is not."""
    currency = refund.currency
    if any(each.line.quantity > 0 for each in refund.lines):
        for each, items in named:
            worth = rounded(min(_worth(each.line, item, sold, parts) for item in items), currency)
            # A store that shares a price out over units may be a minor unit short for each.
            if each.amount.gross + minor_unit(currency) * each.line.quantity < worth:
                amount, price = shown(each.amount.gross, currency), shown(worth, currency)
                return f"{amount} {currency} is less than the price of {each.line.quantity} units, {price}"
        return ""
    amounts = [each.amount.gross for each in refund.lines] + ([refund.shipping.gross] if refund.shipping else [])
    whole = sum((part.net for several in parts.values() for part in several), ZERO)
    asked = sum(amounts, ZERO)
    return f"{shown(asked, currency)} {currency} without units" if amounts and asked < whole else ""


def _worth(line: LineQuantity, item: str, sold: Sold, parts: Parts) -> Decimal:
    """The net price of the line's units, without shipping: the least that a refund of these units can be."""
    net = next((part.net for part in parts.get(item, ()) if part.type == "Principal"), ZERO)
    pieces = next(one.units for one in sold.order.lines if one.order_item_id == item)
    per_piece = next((one.units_per_piece for one in sold.lines if one.order_item_id == item), 1)
    return net * min(line.quantity, pieces * per_piece) / (pieces * per_piece)


def _sent(refund: Refund, sold: Sold, connection: Connection, given: Given) -> SendRefund | Hold:
    before: dict[str, Decimal] = {}
    for command in sold.commands:
        if command.kind == CommandKind.REFUND and command.cause == refund.id and command.state in SENT:
            for item, amount in command.amounts:
                before[item] = before.get(item, ZERO) + amount
    now = {item: sum(components.values(), ZERO) for item, components in given.items.items()}
    if before and before != now:
        said = ", ".join(f"{shown(amount, refund.currency)} for item {item}" for item, amount in before.items())
        return held(Reason.REFUND_TOO_HIGH, f"the record was changed after it was sent, with {said}")
    if not now:
        return held(Reason.UNALLOCATED, "the refund comes to no amount")
    reason, step = refund_reason(refund.reason, connection)
    unknown = TraceStep("refund", "as far as is known", "refunds made in Seller Central are not counted in")
    return SendRefund(
        amazon_order_id=sold.order.amazon_order_id,
        cause=refund.id,
        currency=refund.currency,
        items=tuple(
            RefundedItem(order_item_id=item, reason=reason, components=tuple(components.items()))
            for item, components in given.items.items()
        ),
        trace=(step, *given.trace, unknown),
    )


def _skip(detail: str) -> Skip:
    return Skip(reason=Reason.AT_AMAZON, detail=detail, trace=(TraceStep("refund", Reason.AT_AMAZON, detail),))


def _wait(detail: str) -> Wait:
    step = TraceStep("refund", Reason.AWAITS_SHIPMENT, detail)
    return Wait(reason=Reason.AWAITS_SHIPMENT, detail=detail, trace=(step,))
