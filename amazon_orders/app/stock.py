"""`App.stock`: what each listing has, ought to have and why, and publishing it now."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ..model import Report
from ..model.stock_view import StockRow

if TYPE_CHECKING:
    from .app import App


class Stock:
    """Quantities of the connections' listings. A wrong connection name is `NotFound` in every method."""

    def __init__(self, app: App) -> None:
        self._app = app

    def list(self, connection: str) -> builtins.list[StockRow]:
        """Every listing that is known, by seller SKU, as the last run left it. Asks neither the store nor Amazon."""
        known = self._app.connections.get(connection)
        ledger = self._app.ledger
        hooks = self._app.hooks(known.store)
        quantities = ledger.stock.quantities(connection)
        listed = {row.seller_sku: row for row in ledger.listings.list(connection)}
        offers = ledger.stock.offers(connection)
        levels = ledger.stock.levels(known.store, known.product_attribute)
        available = {level.product: level.available for level in levels.values()}
        unheld = ledger.sold.unheld(
            known.store, reserves=hooks.reserves, adjusts=hooks.implemented("store_adjust_stock")
        )
        rows = []
        for sku in sorted({*quantities, *listed, *offers}):
            quantity, listing, offer = quantities.get(sku), listed.get(sku), offers.get(sku)
            product = listing.product if listing else levels[sku].product if sku in levels else None
            rows.append(
                StockRow(
                    connection=connection,
                    seller_sku=sku,
                    product=product,
                    units=listing.units if listing else 1,
                    channel=offer.channel if offer else "",
                    available=available.get(product) if product else None,
                    unheld=unheld.get(product, 0) if product else 0,
                    wanted=quantity.wanted if quantity else None,
                    told=quantity.told if quantity else None,
                    amazon=offer.quantity if offer else None,
                    state=quantity.state if quantity else None,
                    reason=quantity.reason if quantity else None,
                    detail=quantity.detail if quantity else "",
                    told_at=quantity.told_at if quantity else None,
                )
            )
        return rows

    def push(self, connection: str, *, confirm: bool = False, dry_run: bool = False) -> Report:
        """Compare and publish now. `confirm`: although many products ran empty at once."""
        return self._app.sync(connection, only=["stock"], dry_run=dry_run, at_once=True, confirm_drop=confirm)
