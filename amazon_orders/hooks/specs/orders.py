"""What is asked about orders in the store, and what the store is asked to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...errors import StoreRejected
from ...model import OrderChange, Placed, StoreOrder
from ..markers import hookspec


@hookspec(firstresult=True)
def store_find_orders(keys: Sequence[str], since: datetime) -> Mapping[str, Sequence[str]]:
    """Find every order that the store has under each of the keys.

    Answered by: the store's adapter, required. Asked before an order whose outcome is unknown is placed again, and
    once a run to find doubles.

    Arguments:
        keys: keys as they were handed to `store_place_order`, none twice.
        since: aware UTC time; none of the orders was created before it. A store that can search by time may use it
            to search less.

    Returns:
        Key -> references of all its orders, oldest first. Two references mean a double, and a person is told. A key
        without an order is left out or has an empty sequence. The answer has to be true at this moment: from the
        store itself, not from a search index that lags behind. `None` is a mistake.

    Raises:
        StoreUnavailable: the store did not answer; none of the orders is placed until it does.

    Example:
        @hookimpl
        def store_find_orders(self, keys, since):
            return {key: [str(order.id) for order in self.shop.orders(external_id=key)] for key in keys}

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_place_order(order: StoreOrder, key: str) -> Placed:
    """Create the order in the store, once for ever under its key.

    Answered by: the store's adapter, required. Asked for each order that `store_place_orders` does not take.

    Arguments:
        order: the order; amounts are `Decimal` in `order.currency`, times are aware UTC. It must end at `order.total`
            exactly. Its `releases` are moves as `store_adjust_stock` gets them: make them in the order's own
            transaction, or just before.
        key: at most 64 ASCII characters, the Amazon order id. Keep it with the order, unique if the store can do that.

    Returns:
        `Placed` with the store's reference, once the order is durable. Under a key that the store already has: the
        same `Placed`, and nothing is written. `None` is a mistake.

    Raises:
        StoreRejected: the store refuses the order and nothing was written; the order is held for a person. An order
            that would end at another total is undone and refused.
        StoreUnavailable: whether the order was written is unknown; `store_find_orders` is asked before the next try.

    Example:
        @hookimpl
        def store_place_order(self, order, key):
            created = self.shop.create_order(external_id=key, total=order.total)
            return Placed(ref=str(created.id), number=created.number, total=created.total)

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_place_orders(orders: Mapping[str, StoreOrder]) -> Mapping[str, Placed | StoreRejected]:
    """Create a page of orders in the store, each once for ever under its key.

    Answered by: the store's adapter, optional; a store that can write many orders at once saves a commit for each.
    Where nobody answers, `store_place_order` is asked order by order.

    Arguments:
        orders: key -> order, up to 100, oldest first; both as in `store_place_order`.

    Returns:
        Key -> `Placed`, or key -> `StoreRejected` for an order that is refused and of which nothing was written. A
        key that is left out is unknown: `store_find_orders` is asked about it. A key that was not asked for is a
        mistake, and so is `None`.

    Raises:
        StoreUnavailable: whether any of the orders was written is unknown; all are looked up before the next try.

    Example:
        @hookimpl
        def store_place_orders(self, orders):
            with self.shop.transaction():
                return {key: self.store_place_order(order, key) for key, order in orders.items()}

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_cancel_order(ref: str, reason: str, key: str) -> bool:
    """Cancel the whole order in the store and give back the stock that it holds.

    Answered by: the store's adapter, required. Asked when Amazon cancelled an order that the store has.

    Arguments:
        ref: the store's reference of the order, from `Placed.ref`.
        reason: why, in words for the store's staff.
        key: at most 64 ASCII characters, `<Amazon order id>/cancel`; the same key has the same effect once.

    Returns:
        True: the order is cancelled, now or already. False: too late, something of it has left the house; a person is
        told and the store is not asked again. `None` is a mistake.

    Raises:
        StoreRejected: the store refuses for another reason, such as an unknown reference; nothing was written.
        StoreUnavailable: whether it was cancelled is unknown; asked again later under the same key.

    Example:
        @hookimpl
        def store_cancel_order(self, ref, reason, key):
            order = self.shop.order(ref)
            if order.shipments:
                return False
            order.cancel(note=reason)
            return True

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def store_change_order(ref: str, change: OrderChange, key: str) -> bool:
    """Change one thing about an order that the store has.

    Answered by: the store's adapter, optional. Where nobody answers, every change is as one that was not possible.

    Arguments:
        ref: the store's reference of the order, from `Placed.ref`.
        change: `PutOnHold`, `TakeOffHold`, `ChangeAddress`, `CancelUnits` (with the new total in the order's currency)
            or `ShippedByAmazon`. Later versions may add kinds.
        key: at most 64 ASCII characters, `<Amazon order id>/change/<n>`; the same key has the same effect once.

    Returns:
        True: the change is made, now or already. False: too late, not supported, or a kind that this adapter does not
        know; a person is told. `None` is a mistake.

    Raises:
        StoreRejected: the store refuses for another reason, such as an unknown reference; nothing was written.
        StoreUnavailable: whether the change was made is unknown; asked again later under the same key.

    Example:
        @hookimpl
        def store_change_order(self, ref, change, key):
            match change:
                case PutOnHold(reason=reason):
                    self.shop.order(ref).hold(reason)
                    return True
                case _:
                    return False

    Since: 0.1
    """
    raise NotImplementedError
