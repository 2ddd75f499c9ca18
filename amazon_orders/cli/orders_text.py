"""Orders as text: the list, one order with its amounts, and the way its decision was reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from ..model import as_text
from .command_text import show_commands
from .connection_text import clean_lines
from .output import clean, show, wrapped
from .tables import COLOURS, Column, print_table

if TYPE_CHECKING:
    from ..model import Balance, Explanation, InboxEntry, OrderDetail, OrderRow

READINGS = {
    "on_top": "tax is added on top of the prices",
    "inside": "tax is inside the prices",
    "apart": "Amazon's tax stands apart from the prices",
    "none": "Amazon names no tax",
}


def money(amount: Decimal | None, currency: str) -> str:
    """`34.99 EUR`, or a dash where there is no amount."""
    return "-" if amount is None else f"{as_text(amount, currency)} {currency}".strip()


def moment(value: datetime | None) -> str:
    """A time to the minute, UTC."""
    return "-" if value is None else value.strftime("%Y-%m-%d %H:%M")


def show_orders(rows: Iterable[OrderRow]) -> int:
    """The list; answers how many there are."""
    return print_table(
        [
            Column("Amazon order", least=19),
            Column("Status", least=9),
            Column("Reason", least=10),
            Column("From", least=8),
            Column("Shop order", least=10),
            Column("Amazon total", right=True, least=12),
            Column("Shop total", right=True, least=12),
            Column("Ordered (UTC)", least=16),
            Column("Ship by (UTC)"),
        ],
        (
            (
                row.amazon_order_id,
                row.status,
                row.reason or "",
                f"{row.connection}/{row.marketplace}",
                row.store_ref or "",
                money(row.amazon_total, row.currency),
                money(row.store_total if row.store_ref else None, row.currency),
                moment(row.purchased_at),
                moment(row.ship_by),
            )
            for row in rows
        ),
    )


def show_inbox(entries: Sequence[InboxEntry]) -> None:
    """What a person should look at beside the held orders."""
    for entry in entries:
        text = f"{entry.amazon_order_id}  {entry.reason}: {entry.detail}"
        show(wrapped(clean_lines(text), "      ", "  "))


def show_order(order: OrderDetail) -> None:
    """Head, lines and money of one order."""
    state = click.style(order.status, fg=_colour(order.status), bold=True)
    reason = f" ({clean(order.reason)})" if order.reason else ""
    show(f"Order {clean(order.amazon_order_id)}  {state}{reason}")
    at_amazon = order.amazon_status or "unknown"
    show(clean(f"  connection {order.connection}, Amazon {order.marketplace}, at Amazon {at_amazon}"))
    show(f"  shop order {clean(order.store_ref)}" if order.store_ref else "  not in the shop")
    _lines(order)
    _money(order)
    show_commands(order)


def show_explanation(found: Explanation) -> None:
    """The order, its verdict, every step that led there, and what to do."""
    show_order(found.order)
    if found.order.trace:
        show("\nHow it was decided (UTC)")
        print_table(
            [Column(title) for title in ("When", "Rule", "Outcome", "From what")],
            [(_short(step["at"]), step["rule"], step["outcome"], _detail(step)) for step in found.order.trace],
        )
    show()
    show(wrapped(clean_lines(found.title), "  "))
    if found.advice:
        show(wrapped(clean_lines(found.advice), "  ", "  What to do: "))


def show_balance(balance: Balance) -> str:
    """The equation, and how tax was read."""
    if not balance.balanced:
        return f"{balance.equation}   (does not add up)"
    reading = READINGS.get(balance.reading or "", "")
    return f"{balance.equation}   ({reading})" if reading else balance.equation


def _lines(order: OrderDetail) -> None:
    if not order.lines:
        return
    show("\nLines")
    print_table(
        [
            Column("Seller SKU"),
            Column("Units", right=True),
            Column("Shop product"),
            Column("Found by"),
            Column("Gross", right=True),
            Column("Net", right=True),
            Column("Tax", right=True),
        ],
        [
            (
                line.seller_sku,
                line.quantity,
                line.product or "?",
                line.matched_by or "-",
                _amount(line.gross, order.currency),
                _amount(line.net, order.currency),
                _amount(line.tax, order.currency),
            )
            for line in order.lines
        ],
    )


def _money(order: OrderDetail) -> None:
    if order.amazon_total is None and order.balance is None:
        return
    show("\nMoney")
    show(f"  Amazon total  {money(order.amazon_total, order.currency)}")
    if order.store_total is not None:
        # What it would be, where the shop has no such order yet.
        where = "Shop total  " if order.store_ref else "For the shop"
        show(f"  {where}  {money(order.store_total, order.currency)}   {agreement(order)}")
    if order.marketplace_tax:
        show(f"  Tax that Amazon collects: {money(order.marketplace_tax, order.currency)}, no part of the shop's total")
    if order.balance is not None:
        show(wrapped(clean(show_balance(order.balance)), "                ", "  Equation      "))


def agreement(order: OrderDetail | OrderRow, marketplace_tax: Decimal | None = None) -> str:
    """Whether the shop's total is what it must be: Amazon's, less the tax that Amazon collects and keeps."""
    tax = getattr(order, "marketplace_tax", marketplace_tax)
    if order.amazon_total is None or order.store_total is None:
        return ""
    difference = order.store_total - order.amazon_total
    if difference == 0:
        return "= equal to Amazon's"
    if tax and -difference == tax:
        return "= equal to Amazon's, less the tax that Amazon collects"
    return f"differs by {as_text(difference, order.currency)} {order.currency}"


def _amount(amount: Decimal | None, currency: str) -> str:
    return as_text(amount, currency) or "-"


def _short(at: str) -> str:
    return at.replace("T", " ")[:19]


def _detail(step: dict[str, str]) -> str:
    plugin = step.get("plugin", "")
    return f"{step['detail']} (said by {plugin})" if plugin else step["detail"]


def _colour(status: str) -> str | None:
    colour = COLOURS.get(status)
    return None if colour == "dim" else colour
