"""What the demo tells: the imported orders with their money, what needs a person, what Amazon has in the end."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..model import as_text
from .connection_text import clean_lines
from .demo_day import CANCELLED, ONE_PARCEL, REFUNDED, TWO_PARCELS, WHY_CANCELLED, Day, offers
from .orders_text import agreement, money
from .output import clean, show, wrapped
from .report_text import counts, worth_a_line
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..app import App
    from ..model import Connection, OrderDetail, Report
    from ..sandbox import Seller

SHOWN = 20
"""Orders in the table; a demo with thousands says how many more there are."""


BACK = ("cancellations", "shipments", "refunds", "stock")
"""Flows from the shop to Amazon."""
TAX = {"on_top": "on top", "inside": "inside", "apart": "apart", "none": "-"}


@dataclass(frozen=True, kw_only=True)
class Story:
    """Who takes part."""

    folder: Path
    products: int
    connection: Connection
    seller: Seller


def tell_the_way_in(story: Story, app: App, report: Report, seconds: float) -> None:
    """Who is there, and what became of each order."""
    places = ", ".join(story.connection.marketplaces)
    show()
    _title("What there is")
    show(f"  Amazon (simulated)  {len(story.seller.order_ids())} orders of one seller in {places}")
    show(f"  Shop                {story.folder / 'shop.db'}: SQLite, {story.products} products")
    show(f"  Connection          {story.connection.name}: orders go into the shop; what the shop does goes to Amazon")
    show()
    _title(f"First sync: {_counts(report, 'orders')}   ({seconds:.1f} s)")
    _errors(report)
    _imported(app)
    _held(app)
    _waiting(app)
    show()


def tell_the_way_back(story: Story, app: App, day: Day, reports: Sequence[Report], in_shop: int) -> None:
    """What the shop did, how it got to Amazon, and what is there now."""
    _title("Then the shop works")
    _worked(app, day)
    show()
    first, *later = reports
    _title("And sync tells Amazon, and looks whether it is there")
    for name, report in zip(("second", "third", "fourth"), later, strict=True):
        show(wrapped(_counts(report, *BACK), " " * 12, f"  {name:<8}  "))
        _errors(report)
    show()
    _title("What Amazon has now")
    _at_amazon(story.seller, day)
    placed = _placed(first)
    if in_shop == placed and not any(_placed(report) for report in later):
        show(f"  The shop holds {in_shop} orders, as after the first sync: each is placed exactly once.")
    else:
        show(f"  The shop holds {in_shop} orders; {placed} were placed first. Please report this.")
    show()
    _next(story, app)


def _title(text: str) -> None:
    show(click.style(text, bold=True))


def _counts(report: Report, *flows: str) -> str:
    """What a run did in these flows; of what was looked at and left as it is, nothing."""
    found = [
        replace(flow, unchanged=0)
        for connection in report.connections
        for flow in connection.flows
        if flow.flow in flows
    ]
    return ", ".join(counts(flow) for flow in worth_a_line(found))


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


def _held(app: App) -> None:
    """Tell of the orders that need a person."""
    for row in islice(app.orders.list(status="attention"), 5):
        why = app.orders.explain(row.amazon_order_id)
        show()
        _title(f"Needs you: {clean(row.amazon_order_id)}  {row.reason or ''}")
        last = why.order.trace[-1] if why.order.trace else None
        show(wrapped(clean(f"{why.title} {last['detail'] if last else ''}".strip()), "  "))
        if why.advice:
            show(wrapped(clean_lines(why.advice), "  ", "  What to do: "))


def _worked(app: App, day: Day) -> None:
    order, amount = REFUNDED
    whole = app.orders.get(order)
    rows = [
        ("ships", ONE_PARCEL, "one parcel"),
        ("ships", TWO_PARCELS, "two parcels"),
        ("cancels", CANCELLED, f"the buyer {WHY_CANCELLED}"),
        ("refunds", order, f"{money(amount, whole.currency)} of {money(whole.store_total, whole.currency)}"),
        *(("counts", sku, f"{after} units, not {before}") for sku, before, after in day.counted),
    ]
    for what, which, how in rows:
        show(f"  {what:<8}  {which:<19}  {how}")


def _at_amazon(seller: Seller, day: Day) -> None:
    """Asked of the simulated Amazon itself, not of the library."""
    print_table(
        [Column("What"), Column("Where"), Column("As Amazon has it")],
        [*_packages(seller), *_cancelled(seller), *_refunded(seller), *_quantities(seller, day)],
    )


def _packages(seller: Seller) -> Iterator[tuple[str, str, str]]:
    for order_id in (ONE_PARCEL, TWO_PARCELS):
        order = seller.order(order_id)
        skus = {item["orderItemId"]: item["product"]["sellerSku"] for item in order["orderItems"]}
        for package in order.get("packages", ()):
            inside = ", ".join(f"{part['quantity']} x {skus[part['orderItemId']]}" for part in package["packageItems"])
            told = f"{package['carrier']} {package['trackingNumber']}: {inside}"
            yield f"package {package['packageReferenceId']}", order_id, told


def _cancelled(seller: Seller) -> Iterator[tuple[str, str, str]]:
    for made in seller.cancellations(CANCELLED):
        yield "cancelled", made.order_id, made.reason


def _refunded(seller: Seller) -> Iterator[tuple[str, str, str]]:
    for refund in seller.refunds(REFUNDED[0]):
        yield "refund", refund.order_id, f"{money(refund.paid, refund.currency)} goes back to the buyer"


def _quantities(seller: Seller, day: Day) -> Iterator[tuple[str, str, str]]:
    for sku, after in offers(seller).items():
        if after != day.offered[sku]:
            yield "quantity", sku, f"{after} for sale, {day.offered[sku]} before"


def _waiting(app: App) -> None:
    for row in islice(app.orders.list(status="pending"), 3):
        why = app.orders.explain(row.amazon_order_id)
        show()
        _title(f"Waits for payment: {clean(row.amazon_order_id)}")
        show(wrapped(clean_lines(" ".join(part for part in (why.title, why.advice) if part)), "  "))


def _next(story: Story, app: App) -> None:
    _title("Try next (the simulated Amazon has stopped; these need it no more)")
    show(f"  cd {shlex.quote(str(story.folder))}")
    held = next((row for row in app.orders.list(status="held") if row.reason == "UNKNOWN_SKU"), None)
    if held is None:
        show("  amazon-orders orders list")
    else:
        show(f"  amazon-orders orders explain {held.amazon_order_id}")
        if suffix := _suffix(app.orders.get(held.amazon_order_id)):
            show(f"  amazon-orders connection set {story.connection.name} 'sku_crop=[{{suffix=\"{suffix}\"}}]'")
        show("  amazon-orders orders retry --held")
    show()
    _title("Then your own shop")
    show("  amazon-orders plugins                # which shops there are adapters for")
    show("  amazon-orders new-adapter my-shop    # a package for another one, with the questions to fill")


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
