"""What the store is asked about parcels that left and orders that were cancelled there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ...model import Cancellation, Shipment
from ..markers import hookspec


@hookspec(firstresult=True)
def store_list_shipments(since: datetime) -> Iterable[Shipment]:
    """List the packages that left the store, or whose tracking changed.

    Answered by: the store's adapter, required. Asked once a run.

    Arguments:
        since: aware UTC time; packages whose `updated_at` is then or later.

    Returns:
        `Shipment`s, one for each package, in order of `updated_at` where that costs nothing, consumed one by one. The
        same package always has the same `id`. Packages of orders that did not come from Amazon may be among them.
        `lines` names lines by order item id or by product; empty means all that is left. `None` is a mistake.

    Raises:
        StoreUnavailable: the store did not answer; asked again from the same time.

    Example:
        @hookimpl
        def store_list_shipments(self, since):
            for parcel in self.shop.parcels(changed_since=since):
                yield Shipment(
                    id=str(parcel.id),
                    ref=str(parcel.order_id),
                    carrier=parcel.carrier,
                    tracking=parcel.number,
                    shipped_at=parcel.left_at,
                    updated_at=parcel.changed_at,
                )

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_list_cancellations(since: datetime) -> Iterable[Cancellation]:
    """List the orders, or units of orders, that were cancelled in the store.

    Answered by: the store's adapter, optional. Where nobody answers, no cancellation is sent to Amazon.

    Arguments:
        since: aware UTC time; cancellations whose `updated_at` is then or later.

    Returns:
        `Cancellation`s, consumed one by one. The same cancellation always has the same `id`. `reason` is the store's
        own word; the connection's `cancellation_reasons` translate it. Empty `lines` mean the whole order. Orders that
        did not come from Amazon may be among them. `None` is a mistake.

    Raises:
        StoreUnavailable: the store did not answer; asked again from the same time.

    Example:
        @hookimpl
        def store_list_cancellations(self, since):
            for order in self.shop.cancelled_orders(since):
                yield Cancellation(
                    id=f"{order.id}-cancelled", ref=str(order.id), reason=order.reason, updated_at=order.changed_at
                )

    Since: 0.1
    """
    raise NotImplementedError
