"""What the demo tells: the imported orders with their money, what needs a person, and what to try next."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model import as_text
from .connection_text import clean_lines
from .orders_text import agreement
from .output import clean, show, wrapped
from .report_text import counts, worth_a_line
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..app import App
    from ..model import Connection, OrderDetail, Report

SHOWN = 20
"""Orders in the table; a demo with thousands says how many more there are."""


TAX = {"on_top": "on top", "inside": "inside", "apart": "apart", "none": "-"}


@dataclass(frozen=True, kw_only=True)
class Story:
    """What happened, as far as the App does not know it."""

    folder: Path
    products: int
    connection: Connection
    at_amazon: int
    first: Report
    second: Report
    seconds: float
    in_shop: int


def tell(story: Story, app: App) -> None:
    """Print the story."""
    places = ", ".join(story.connection.marketplaces)
    show()
    _title("What there is")
    show(f"  Amazon (simulated)  {story.at_amazon} orders of one seller in {places}")
    show(f"  Shop                {story.folder / 'shop.db'}: SQLite, {story.products} products")
    show(f"  Connection          {story.connection.name}: that seller's orders go into that shop")
    show()
    _title(f"First sync: {_counts(story.first)}   ({story.seconds:.1f} s)")
    _errors(story.first)
    _imported(app)
    held = _held(app)
    _waiting(app)
    show()
    _title(f"Second sync: {_counts(story.second)}")
    _errors(story.second)
    if story.in_shop == _placed(story.first):
        show(f"  The shop holds {story.in_shop} orders, as after the first: each is placed exactly once.")
    else:
        show(f"  The shop holds {story.in_shop} orders; {_placed(story.first)} were placed first. Please report this.")
    show()
    _next(story, held)


def _title(text: str) -> None:
    show(click.style(text, bold=True))


def _counts(report: Report) -> str:
    flows = [flow for connection in report.connections for flow in worth_a_line(connection.flows)]
    return "; ".join(counts(flow) if flow.flow == "orders" else f"{flow.flow} {counts(flow)}" for flow in flows)


def _placed(report: Report) -> int:
    return sum(flow.placed for connection in report.connections for flow in connection.flows)


def _errors(report: Report) -> None:
    for error in report.errors:
        show(wrapped(clean_lines(error["message"]), "  "))


def _imported(app: App) -> None:
    total = sum(1 for _ in app.orders.list(status="placed"))
    chosen = [app.orders.get(row.amazon_order_id) for row in islice(app.orders.list(status="placed"), SHOWN)]
    print_table(
        [
            Column("Amazon order"),
            Column("Sold as"),
            Column("Amazon", right=True),
            Column("Shop", right=True),
            Column("Currency"),
            Column("Check"),
            Column("How the amounts add up"),
            Column("Tax"),
        ],
        [
            (
                order.amazon_order_id,
                _sold(order),
                as_text(order.amazon_total, order.currency),
                as_text(order.store_total, order.currency),
                order.currency,
                "equal" if agreement(order).startswith("=") else agreement(order),
                order.balance.equation if order.balance else "",
                TAX.get((order.balance.reading if order.balance else None) or "", ""),
            )
            for order in chosen
        ],
    )
    if total > len(chosen):
        show(f"  … and {total - len(chosen)} more")


def _sold(order: OrderDetail) -> str:
    first = order.lines[0] if order.lines else None
    if first is None:
        return ""
    more = f" +{len(order.lines) - 1}" if len(order.lines) > 1 else ""
    return f"{first.quantity} x {first.seller_sku}{more}"


def _held(app: App) -> OrderDetail | None:
    """Tell of the orders that need a person; the one to go on with."""
    found: OrderDetail | None = None
    for row in islice(app.orders.list(status="attention"), 5):
        why = app.orders.explain(row.amazon_order_id)
        show()
        _title(f"Needs you: {clean(row.amazon_order_id)}  {row.reason or ''}")
        last = why.order.trace[-1] if why.order.trace else None
        show(wrapped(clean(f"{why.title} {last['detail'] if last else ''}".strip()), "  "))
        if why.advice:
            show(wrapped(clean_lines(why.advice), "  ", "  What to do: "))
        if found is None or (found.reason != "UNKNOWN_SKU" and row.reason == "UNKNOWN_SKU"):
            found = why.order
    return found


def _waiting(app: App) -> None:
    for row in islice(app.orders.list(status="pending"), 3):
        why = app.orders.explain(row.amazon_order_id)
        show()
        _title(f"Waits for payment: {clean(row.amazon_order_id)}")
        show(wrapped(clean_lines(" ".join(part for part in (why.title, why.advice) if part)), "  "))


def _next(story: Story, held: OrderDetail | None) -> None:
    _title("Try next (the simulated Amazon has stopped; these need it no more)")
    show(f"  cd {shlex.quote(str(story.folder))}")
    if held is None:
        show("  amazon-orders orders list")
        return
    show(f"  amazon-orders orders explain {held.amazon_order_id}")
    if suffix := _suffix(held):
        show(f"  amazon-orders connection set {story.connection.name} 'sku_crop=[{{suffix=\"{suffix}\"}}]'")
    show("  amazon-orders orders retry --held")
    show("  amazon-orders orders list --status attention")


def _suffix(order: OrderDetail) -> str:
    """What the unknown SKU has more than one that the shop sells."""
    from ..sandbox import CATALOGUE

    known = {item.sku for item in CATALOGUE}
    for line in order.lines:
        if line.product is None:
            for cut in range(len(line.seller_sku) - 1, 0, -1):
                if line.seller_sku[:cut] in known:
                    return line.seller_sku[cut:]
    return ""
