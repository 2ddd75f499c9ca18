"""`App.shipments`: acting as the demo shop's warehouse, so that the way back can be tried without a shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import ConfigError, NotFound, StoreRejected

if TYPE_CHECKING:
    from ..adapters.sqlite.shop import Shop
    from .app import App


class Shipments:
    """Ships and cancels in the demo store. Other shops do that themselves; the next sync tells Amazon."""

    def __init__(self, app: App) -> None:
        self._app = app

    def ship(
        self,
        amazon_order_id: str,
        *,
        lines: Mapping[str, int] | None = None,
        carrier: str = "",
        service: str = "",
        tracking: str = "",
    ) -> str:
        """Send a package with order item id -> units, or with all that is left; the shop's id of it.

        `ConfigError`: the store is not the demo store. `NotFound`: it does not have the order. `StoreRejected`: so many
        units are not left, or the order is on hold or cancelled.
        """
        with self._shop(amazon_order_id) as (shop, ref):
            return shop.ship(ref, lines, carrier, service, tracking)

    def cancel(self, amazon_order_id: str, *, lines: Mapping[str, int] | None = None, reason: str = "") -> list[str]:
        """Cancel the order in the shop, or order item id -> units of it; the shop's ids. Errors as in `ship`."""
        with self._shop(amazon_order_id) as (shop, ref):
            return shop.cancel(ref, lines, reason)

    @contextmanager
    def _shop(self, amazon_order_id: str) -> Iterator[tuple[Shop, str]]:
        from ..adapters.sqlite.shop import Shop

        order = self._app.orders.get(amazon_order_id)
        connection = self._app.connections.get(order.connection)
        if connection.store in self._app.given_stores or self._app.config.store(connection.store).adapter != "sqlite":
            raise ConfigError(
                f"Store {connection.store} is a shop of its own: ship and cancel there. The next sync tells Amazon.",
                record=amazon_order_id,
            )
        if not order.store_ref:
            raise NotFound(
                f"Order {amazon_order_id} is not in the store; `orders explain {amazon_order_id}` says why.",
                record=amazon_order_id,
            )
        shop = Shop.open(str(self._app.config.store(connection.store).resolved()["path"]))
        try:
            yield shop, order.store_ref
        except StoreRejected as error:
            raise StoreRejected(f"The shop refuses: {error.message}.", record=amazon_order_id) from None
        finally:
            shop.close()
