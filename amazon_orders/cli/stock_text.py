"""Listings and their stock, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .tables import Column, print_table

if TYPE_CHECKING:
    from ..model.stock_view import StockRow


def show_stock(rows: Sequence[StockRow]) -> None:
    """One line for each listing."""
    if not rows:
        return
    print_table(
        [
            Column("Seller SKU"),
            Column("In store", right=True),
            Column("Promised", right=True),
            Column("At Amazon", right=True),
            Column("State"),
            Column("Because"),
        ],
        [
            (
                row.seller_sku,
                "-" if row.available is None else format(row.available, "f"),
                str(row.unheld),
                _at_amazon(row),
                row.reason or row.state or "",
                row.detail,
            )
            for row in rows
        ],
    )


def _at_amazon(row: StockRow) -> str:
    if row.channel == "amazon":
        return "FBA"
    known = row.told if row.told is not None else row.amazon
    return "-" if known is None else str(known)
