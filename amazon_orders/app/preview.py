"""What changed SKU rules would do to the SKUs and held orders that the ledger knows. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..model import Connection, Match, OrderRow, Place, Reason, SkuChange, SkuPreview
from ..settings import as_mapping, checked
from .merging import look, refusal
from .resolving import Resolver

if TYPE_CHECKING:
    from .app import App

SKU_RULES = ("product_attribute", "sku_crop", "sku_case_sensitive", "unknown_sku", "placeholder_product")
"""The settings that decide which product a seller SKU stands for."""

_PAGE = 100
Coming = dict[str, tuple[str, Decimal]]
"""Amazon order id -> currency and total in the store."""


def preview(app: App, before: Connection, changes: Mapping[str, Any]) -> SkuPreview:
    """`before` with `changes`, and without them, side by side. `ConfigError` where a change is wrong by itself."""
    if strangers := [key for key in changes if key not in SKU_RULES]:
        raise ConfigError(
            "A preview shows what SKU rules would do, and nothing else.",
            problems={key: f"is no SKU rule; they are {', '.join(SKU_RULES)}" for key in strangers},
            record=before.name,
        )
    new = checked(as_mapping(before) | dict(changes))
    aliases = app.ledger.listings.aliases(before.name)
    skus = sorted(app.ledger.listings.seller_skus(before.name) | aliases.keys())
    today = Resolver(app, before, aliases).matches(skus)
    later = Resolver(app, new, aliases).matches(skus)
    differing = [SkuChange(seller_sku=sku, before=today.get(sku), after=later.get(sku)) for sku in skus]
    merged = look(app, before, new)
    held = [
        row
        for row in app.orders.list(status="held", connection=before.name)
        if row.reason in (Reason.UNKNOWN_SKU, Reason.AMBIGUOUS_SKU)
    ]
    already = _coming(app, before, held, today)
    coming = {order: come for order, come in _coming(app, new, held, later).items() if order not in already}
    totals: dict[str, Decimal] = {}
    for currency, total in coming.values():
        totals[currency] = totals.get(currency, Decimal(0)) + total
    key = "sku_crop" if before.sku_crop != new.sku_crop else "sku_case_sensitive"
    return SkuPreview(
        connection=before.name,
        changes={rule: getattr(new, rule) for rule in SKU_RULES if getattr(new, rule) != getattr(before, rule)},
        seller_skus=len(skus),
        new=tuple(each for each in differing if each.before is None and each.after is not None),
        lost=tuple(each for each in differing if each.before is not None and each.after is None),
        changed=tuple(each for each in differing if each.before and each.after and _another(each.before, each.after)),
        collisions=merged.collisions,
        emptied=merged.emptied,
        orders=len(coming),
        totals=totals,
        still_held=len(held) - len(coming) - len(already),
        refused=str(refusal(new, merged, key)) if merged.collisions or merged.emptied else None,
    )


def _another(before: Match, after: Match) -> bool:
    return (before.product, before.units) != (after.product, after.units)


def _coming(app: App, connection: Connection, held: list[OrderRow], matches: Mapping[str, Match]) -> Coming:
    """The held orders that `connection` would place, decided by what a run decides with.

    An order whose record the ledger does not keep is told by its SKUs alone, with Amazon's total.
    """
    if not held:
        return {}
    from ..amazon import INCLUDED, raw_order
    from ..sync.deciding import decide

    work = replace(app.work(connection), connection=connection.without_secret())
    work.remember()
    found: Coming = {}
    for page in _pages(held):
        kept = {}
        for row in page:
            record = app.ledger.orders.snapshot(connection.name, row.amazon_order_id)
            if record is not None:
                kept[row.amazon_order_id] = raw_order(record, INCLUDED)
            elif (told := _by_lines(app, row, matches)) is not None:
                found[row.amazon_order_id] = told
        for item in decide(work, kept.values()):
            if isinstance(item.decision, Place):
                found[item.order_id] = (item.decision.order.currency, item.decision.order.total)
    return found


def _by_lines(app: App, row: OrderRow, matches: Mapping[str, Match]) -> tuple[str, Decimal] | None:
    order = app.ledger.orders.detail(row.amazon_order_id, row.connection)
    if order is None or order.amazon_total is None or (order.balance is not None and not order.balance.balanced):
        return None
    wanted = [line for line in order.lines if line.quantity > 0]
    if not wanted or any(line.seller_sku not in matches for line in wanted):
        return None
    return order.currency, order.amazon_total


def _pages(rows: list[OrderRow]) -> Iterator[list[OrderRow]]:
    source = iter(rows)
    while page := list(islice(source, _PAGE)):
        yield page
