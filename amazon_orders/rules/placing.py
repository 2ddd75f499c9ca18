"""Puts an order for the store together: products, amounts, shipping method, and what a plugin has to say last."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import ROUND_DOWN, Context, Decimal

from ..model import (
    BY_ID,
    ZERO,
    Amounts,
    Answer,
    Connection,
    FulfilledBy,
    Hold,
    Match,
    Order,
    OrderLine,
    Place,
    Reason,
    Status,
    StoreLine,
    StoreOrder,
    TraceStep,
    as_text,
    minor_unit,
)
from .amounts import read_amounts
from .arrival import moment, payable
from .facts import Facts
from .shipping import shipping_method
from .sku import resolve

_WIDE = Context(prec=60, rounding=ROUND_DOWN)


def place(order: Order, connection: Connection, facts: Facts) -> Place | Hold:
    """The store's order for a payable one, or the first thing that a person has to settle."""
    row = BY_ID.get(order.marketplace_id)
    country = row.country if row else order.marketplace_id
    trace = [payable(order.status, order.fulfilled_by, country)]
    if order.replaces:
        trace.append(TraceStep("intake", "replacement", f"makes up for order {order.replaces}"))
    matches: list[Match] = []
    problem: tuple[Reason, str] | None = None
    for line in order.lines:
        if line.units <= 0:
            continue
        sku = line.seller_sku
        match, reason, steps = resolve(
            sku,
            connection,
            alias=facts.aliases.get(sku),
            hook=facts.hook_skus.get(sku),
            found=facts.found,
            patterns=facts.patterns,
        )
        trace += steps
        if match is not None:
            matches.append(match)
        elif reason is not None:
            problem = _with_problem(problem, reason, steps[-1].detail)
    amounts = read_amounts(order, connection, tax_seen=facts.tax_seen, tax=facts.tax)
    trace += amounts.trace
    if problem is None and isinstance(amounts, Amounts):
        problem = _address_problem(order, facts)
    if problem is not None:
        reason, detail = problem
        trace.append(TraceStep("place", reason, detail))
        return Hold(reason=reason, detail=detail, balance=amounts.balance, matches=tuple(matches), trace=tuple(trace))
    if isinstance(amounts, Hold):
        return Hold(
            reason=amounts.reason, detail=amounts.detail, balance=amounts.balance,
            matches=tuple(matches), trace=tuple(trace),
        )  # fmt: skip
    return _placed(order, connection, facts, country, matches, amounts, trace)


def _with_problem(before: tuple[Reason, str] | None, reason: Reason, detail: str) -> tuple[Reason, str]:
    """The first line's reason, with every line's detail: whoever mends the catalogue wants to see them all."""
    return (reason, detail) if before is None else (before[0], f"{before[1]}; {detail}")


def _address_problem(order: Order, facts: Facts) -> tuple[Reason, str] | None:
    if order.recipient is None and facts.needs_address and order.fulfilled_by == FulfilledBy.MERCHANT:
        return Reason.NO_ADDRESS, "Amazon sent no address, and the store takes no order without one"
    return None


def _placed(
    order: Order,
    connection: Connection,
    facts: Facts,
    country: str,
    matches: list[Match],
    amounts: Amounts,
    trace: list[TraceStep],
) -> Place:
    method, step = shipping_method(order, connection, facts.shipping_method)
    trace.append(step)
    by_amazon = order.fulfilled_by == FulfilledBy.AMAZON
    shipped = order.status == Status.SHIPPED
    affects_stock = not by_amazon
    if by_amazon:
        trace.append(TraceStep("stock", "untouched", "Amazon ships from its own stock"))
    elif shipped:
        affects_stock, step = _shipped_stock(order, connection)
        trace.append(step)
    on_hold = None
    wanted = [line for line in order.lines if line.units > 0]
    if not shipped and order.buyer_requests_cancel:
        on_hold = _asked_to_cancel(order)
        trace.append(TraceStep("place", "on hold", on_hold))
    currency = BY_ID[order.marketplace_id].currency
    unit = minor_unit(currency)
    ioss = [line.ioss for line in wanted if line.ioss]
    store_order = StoreOrder(
        amazon_order_id=order.amazon_order_id,
        connection=connection.name,
        marketplace=country,
        currency=currency,
        placed_at=order.created_at,
        updated_at=order.updated_at,
        fulfilled_by="amazon" if by_amazon else "merchant",
        affects_stock=affects_stock,
        already_shipped=shipped,
        on_hold=on_hold,
        lines=tuple([_line(line, match, amounts, unit) for line, match in zip(wanted, matches, strict=True)]),
        shipping_method=method,
        shipping=amounts.shipping,
        fees=amounts.fees,
        total=amounts.total,
        amazon_total=amounts.amazon_total,
        marketplace_tax=amounts.marketplace_tax,
        recipient=order.recipient,
        buyer=order.buyer,
        ship_by=order.ship_by,
        deliver_by=order.deliver_by,
        programs=order.programs,
        ioss=ioss[0] if ioss else "",
        replaces=order.replaces,
    )
    return Place(
        order=store_order, balance=amounts.balance, matches=tuple(matches), flags=amounts.flags, trace=tuple(trace)
    )


def _line(line: OrderLine, match: Match, amounts: Amounts, unit: Decimal) -> StoreLine:
    charge = amounts.lines[line.order_item_id]
    quantity = line.units * match.units
    # Towards zero, so that the remainder has the sign of the price and stays below a minor unit for each piece.
    unit_price = (charge.gross / quantity).quantize(unit, context=_WIDE)
    return StoreLine(
        order_item_id=line.order_item_id,
        seller_sku=line.seller_sku,
        product=match.product,
        title=line.title or match.title,
        quantity=quantity,
        total=charge,
        unit_price=unit_price,
        remainder=charge.gross - unit_price * quantity,
        discount=amounts.discounts[line.order_item_id],
    )


def _shipped_stock(order: Order, connection: Connection) -> tuple[bool, TraceStep]:
    """Whether the store still counts goods that have left: it does if they left since it was connected."""
    # Where Amazon names no parcel, its last change of the order cannot be earlier than the shipment.
    left_at = order.shipped_at or order.updated_at
    added = moment(connection.added_at)
    when = left_at.isoformat(timespec="seconds")
    if added is not None and left_at < added:
        return False, TraceStep("stock", "untouched", f"shipped {when}, before the connection was added")
    return True, TraceStep("stock", "moves", f"shipped {when} at Amazon, after the connection was added")


def _asked_to_cancel(order: Order) -> str:
    asked = [line.seller_sku for line in order.lines if line.cancel_request is not None]
    what = "this order" if len(asked) == len(order.lines) else ", ".join(asked)
    return f"The buyer asked Amazon to cancel {what}. Do not ship before that is settled."


def revise(place: Place, answer: Answer[StoreOrder]) -> Place | Hold:
    """The draft with a plugin's last word. All may differ but whose order it is, its currency and its total."""
    changed, plugin = answer.value, answer.plugin
    problem = _revision_problem(place.order, changed)
    if problem:
        step = TraceStep("store order", Reason.PLUGIN, problem, plugin)
        return Hold(
            reason=Reason.PLUGIN, detail=f"{plugin}: {problem}", balance=place.balance,
            matches=place.matches, trace=(*place.trace, step),
        )  # fmt: skip
    names = [each.name for each in fields(StoreOrder) if getattr(changed, each.name) != getattr(place.order, each.name)]
    if not names:
        return place
    step = TraceStep("store order", "changed", f"changed {', '.join(names)}; the total stays", plugin)
    return replace(place, order=changed, trace=(*place.trace, step))


def _revision_problem(draft: StoreOrder, changed: StoreOrder) -> str:
    for name in ("amazon_order_id", "connection", "currency"):
        if getattr(draft, name) != getattr(changed, name):
            return f"{name} must stay as it is"
    charges = [*(line.total for line in changed.lines), changed.shipping, *changed.fees]
    numbers: list[object] = [changed.total, *(charge.gross for charge in charges)]
    numbers += [number for line in changed.lines for number in (line.unit_price, line.remainder)]
    numbers += [number for charge in charges for number in (charge.net, charge.tax) if number is not None]
    if not all(isinstance(number, Decimal) and number.is_finite() for number in numbers):
        return "amounts must be finite Decimals"
    if not changed.lines:
        return "an order needs a line"
    if changed.total != draft.total:
        told = as_text(changed.total, draft.currency)
        return f"the total must stay {as_text(draft.total, draft.currency)}, the plugin says {told}"
    total = sum((charge.gross for charge in charges), ZERO)
    if total != draft.total:
        told = as_text(total, draft.currency)
        return f"lines, shipping and fees must add up to {as_text(draft.total, draft.currency)}, they come to {told}"
    for line in changed.lines:
        if line.quantity < 1 or line.unit_price * line.quantity + line.remainder != line.total.gross:
            return f"line {line.order_item_id}: unit_price x quantity + remainder is not its gross"
    for charge in charges:
        if charge.net is not None and charge.tax is not None and charge.net + charge.tax != charge.gross:
            return f"{charge.title or charge.kind}: net + tax is not gross"
    return ""
