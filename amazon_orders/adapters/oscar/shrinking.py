"""What becomes of an order's stock and amounts when units of it are cancelled or have left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_class, get_model

from ...model import ZERO, rounded
from . import amounts
from .options import Options
from .units import Open, Record

Chosen = Sequence[tuple[Open, int]]


def free(record: Record) -> None:
    """Free all that is still promised to the order. A shop whose pipeline does so by itself has done it already."""
    lines = [
        line
        for line in record.order.lines.select_related("stockrecord__product__product_class")
        if line.stockrecord is not None and line.num_allocated
    ]
    if lines:
        handler = get_class("order.processing", "EventHandler")()
        handler.cancel_stock_allocations(record.order, lines, [line.num_allocated for line in lines])


def consume(options: Options, lines: Chosen) -> None:
    """Take what left from the shelf, unless the shop's own handler of shipping events did."""
    for each, number in lines:
        line, before = each.line, each.line.num_allocated
        line.refresh_from_db(fields=["num_allocated", "allocation_cancelled"])
        rest = line.num_allocated - max(before - number, 0)
        if rest <= 0 or line.stockrecord is None:
            continue
        line.stockrecord.refresh_from_db(fields=["num_in_stock", "num_allocated"])
        if line.stockrecord.is_allocation_consumption_possible(rest):
            line.consume_allocation(rest)
            continue
        # It left although the shelf was counted empty: Oscar refuses that, and it is true all the same.
        line.cancel_allocation(rest)
        records = type(line.stockrecord)._default_manager.using(options.database).filter(pk=line.stockrecord_id)
        records.update(num_in_stock=Greatest(Coalesce(F("num_in_stock"), 0) - rest, 0))


def shrink(options: Options, record: Record, lines: Chosen, new_total: Decimal) -> None:
    """Take units off the order and free their stock.

    A line's amounts go down in proportion. What the proportions miss of `new_total` is a surcharge.
    """
    order = record.order
    for each, number in lines:
        line = each.line
        line.refresh_from_db(fields=["num_allocated", "allocation_cancelled"])
        if line.stockrecord is not None and line.num_allocated and line.quantity:
            line.cancel_allocation(min(number, line.num_allocated))
        _reduce(line, line.quantity - number, order.currency)
    _add_up(options, order, new_total)


def _reduce(line: Any, units: int, currency: str) -> None:
    kept = Decimal(units) / line.quantity
    for field in ("line_price", "line_price_before_discounts"):
        for tax in ("incl_tax", "excl_tax"):
            setattr(line, f"{field}_{tax}", rounded(getattr(line, f"{field}_{tax}") * kept, currency))
    line.quantity = units
    line.save()
    line.prices.all().delete()
    amount = amounts.Amount(gross=line.line_price_incl_tax, net=line.line_price_excl_tax)
    line.prices.bulk_create(
        line.prices.model(
            order_id=line.order_id, line=line, quantity=number, price_incl_tax=each.gross, price_excl_tax=each.net
        )
        for number, each in (amounts.per_unit(amount, units, currency) if units else ())
    )


def _add_up(options: Options, order: Any, new_total: Decimal) -> None:
    incl, excl = order.shipping_incl_tax, order.shipping_excl_tax
    sums = order.lines.aggregate(
        incl=Sum("line_price_incl_tax", default=ZERO), excl=Sum("line_price_excl_tax", default=ZERO)
    )
    surcharges = order.surcharges.aggregate(incl=Sum("incl_tax", default=ZERO), excl=Sum("excl_tax", default=ZERO))
    incl = rounded(incl + sums["incl"] + surcharges["incl"], order.currency)
    excl = rounded(excl + sums["excl"] + surcharges["excl"], order.currency)
    if incl != new_total:
        missing = new_total - incl
        get_model("order", "Surcharge")._default_manager.using(options.database).create(
            order=order, name="adjustment", code="adjustment", incl_tax=missing, excl_tax=missing
        )
        excl += missing
    order.total_incl_tax, order.total_excl_tax = new_total, excl
    order.save(update_fields=["total_incl_tax", "total_excl_tax"])
