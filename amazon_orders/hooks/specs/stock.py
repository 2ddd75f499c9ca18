"""What is asked about the store's stock, and how it is moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ...model import StockAdjustment, StockLevel
from ..markers import hookspec


@hookspec(firstresult=True)
def store_adjust_stock(adjustments: Mapping[str, StockAdjustment]) -> None:
    """Move stock by the given numbers of units, each once for ever under its key.

    Answered by: the store's adapter, optional; only where the key is kept together with the move. Where nobody
    answers, reservations live in the ledger alone and a connection cannot have the level `stock_only`.

    Arguments:
        adjustments: key -> relative move; `delta` counts units of the store's product, negative takes them away. Keys
            are at most 64 ASCII characters, `<Amazon order id>/<order item id>/<verb>/<n>`.

    Returns:
        Nothing, once every move is durable. A move under a known key is left out silently.

    Raises:
        StoreRejected: the store refuses, such as for an unknown product, and none of the moves was made.
        StoreUnavailable: which moves were made is unknown; asked again later under the same keys.

    Example:
        @hookimpl
        def store_adjust_stock(self, adjustments):
            with self.shop.transaction():
                for key, move in adjustments.items():
                    if self.shop.remember(key):
                        self.shop.product(move.product).stock += move.delta

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_list_stock(since: datetime | None, attribute: str) -> Iterable[StockLevel]:
    """List what the store can still promise of its products.

    Answered by: the store's adapter, required. Asked after the orders of a run.

    Arguments:
        since: aware UTC time; only levels that changed then or later. `None`: every product.
        attribute: the attribute that `StockLevel.value` is to hold, as in `store_find_products`.

    Returns:
        `StockLevel`s, consumed one by one; a generator keeps memory small. `available` is a `Decimal` number of units,
        on hand less all that the store has promised, or `None` where the store does not track the product. More than
        was asked for is fine. `None` as the whole answer is a mistake.

    Raises:
        StoreRejected: the store has no such attribute; the message names those it has.
        StoreUnavailable: the store did not answer; no stock is published in this run.

    Example:
        @hookimpl
        def store_list_stock(self, since, attribute):
            for row in self.shop.stock(changed_since=since):
                yield StockLevel(
                    product=str(row.id), value=row.sku, available=Decimal(row.free), updated_at=row.changed_at
                )

    Since: 0.1
    """
    raise NotImplementedError
