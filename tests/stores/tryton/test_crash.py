"""Each step may be the last one of its process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.errors import StoreUnavailable
from amazon_orders.model import (
    StockAdjustment,
)
from amazon_orders.testing import orders as make

from .sales import LONG_AGO, left_behind, sale

if TYPE_CHECKING:
    from .server import Wire
    from .shop import TrytonShop


NO_CHANGE = (b".search", b".search_read", b".read", b".login")
WIZARDS = (b".create", b".delete")
"""Of a wizard these begin and end a conversation; records change when it is executed."""


def any_call(call: bytes) -> bool:
    return True


def change(call: bytes) -> bool:
    """A call that changes something in Tryton."""
    method = call.partition(b"<methodName>")[2].partition(b"</methodName>")[0]
    return not method.endswith(NO_CHANGE) and not (method.startswith(b"wizard.") and method.endswith(WIZARDS))


after_each = pytest.mark.parametrize("counted", [change, pytest.param(any_call, marks=pytest.mark.soak)])
"""After a call that only reads, Tryton is as it was before: the long tests look at those, too."""


def cut_off(
    wire: Wire, prepare: Callable[[], Callable[[], Any]], counted: Callable[[bytes], bool], first: int = 1
) -> Iterator[Callable[[], Any]]:
    """Deeds that ended right after a call that counts, from the first one on: it is done, and its answer is lost."""
    for number in range(first, 60):
        deed, calls = prepare(), list[bytes]()
        wire.lost = lambda call, calls=calls, number=number: (  # type: ignore[misc]
            counted(call) and (calls.append(call) or len(calls) == number)
        )
        try:
            deed()
        except StoreUnavailable:
            wire.lost = lambda call: False
            yield deed
        else:
            assert len(calls) == number - 1 > first, "each call was the last one once"
            return
        finally:
            wire.lost = lambda call: False


@pytest.mark.parametrize(
    ("facts", "state", "first"),
    [
        ({}, "new", {}),
        ({"already_shipped": True}, "shipped", {change: 7, any_call: 12}),
        ({"on_hold": "x"}, "on_hold", {change: 3, any_call: 8}),
    ],
)
@after_each
def test_a_crash_between_any_two_steps_ends_in_one_order(
    remote_store: Any,
    remote_shop: TrytonShop,
    remote_product: str,
    wire: Wire,
    facts: dict[str, Any],
    state: str,
    first: dict[Callable[[bytes], bool], int],
    counted: Callable[[bytes], bool],
) -> None:
    """Three lines of 10.00 take a rounding line, so that every step is there. What begins alike is looked at once."""
    keys = []

    def prepare() -> Callable[[], Any]:
        order = make.order(make.new_key(), [make.line(remote_product, "10.00") for _ in range(3)], **facts)
        keys.append(order.amazon_order_id)
        return lambda: remote_store.store_place_order(order, order.amazon_order_id).ref

    remote_store.store_find_orders([])
    for place in cut_off(wire, prepare, counted, first.get(counted, 1)):
        key = keys[-1]
        (ref,) = remote_store.store_find_orders([key]).get(key, []) or [place()]  # what the library does
        (seen,) = (each for each in remote_shop.orders() if each.key == key)
        assert (seen.ref, seen.total, seen.status) == (ref, Decimal("30.00"), state)
        assert remote_store.store_find_orders([key]) == {key: [ref]}
        assert left_behind(remote_shop, key) == (1, 1)
    assert remote_shop.stock(remote_product) == 50 - (0 if state == "on_hold" else 3 * len(keys))


@after_each
def test_a_crash_between_any_two_steps_of_cancelling_ends_in_a_cancelled_order(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire, counted: Callable[[bytes], bool]
) -> None:
    there: list[str] = []
    refs = []

    def prepare() -> Callable[[], Any]:
        if not there:
            page = [make.order(make.new_key(), [make.line(remote_product, quantity=2)]) for _ in range(8)]
            outcomes = remote_store.store_place_orders({order.amazon_order_id: order for order in page})
            there.extend(one.ref for one in outcomes.values())
        refs.append(there.pop())
        return lambda: remote_store.store_cancel_order(refs[-1], "x", f"{refs[-1]}/cancel")

    for cancel in cut_off(wire, prepare, counted):
        assert cancel()
        read = sale(remote_shop, refs[-1], "shipment_state", "invoice_state", "comment")
        assert read == read | {"shipment_state": "none", "invoice_state": "none", "comment": "Cancelled at Amazon: x"}
        assert remote_shop.stock(remote_product) == 50 - 2 * len(there)


@after_each
def test_a_crash_between_any_two_steps_moves_stock_once(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire, counted: Callable[[bytes], bool]
) -> None:
    keys = []

    def prepare() -> Callable[[], Any]:
        keys.append(f"{make.new_key()}/1/reserve/1")
        move = StockAdjustment(
            product=remote_product,
            seller_sku="SKU-1",
            amazon_order_id=keys[-1].partition("/")[0],
            order_item_id="1",
            delta=-2,
            reason="reserve",
        )
        return lambda: remote_store.store_adjust_stock({keys[-1]: move})

    for reserve in cut_off(wire, prepare, counted):
        reserve()
        assert remote_shop.stock(remote_product) == 50 - 2 * len(keys)
        assert len(remote_shop.find("stock.shipment.internal", [("reference", "=", keys[-1])])) == 1


def test_a_sale_that_is_not_placed_yet_is_not_told(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    order = make.order(make.new_key(), [make.line(remote_product)])
    wire.lost = lambda call: b"<methodName>model.sale.sale.create<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_place_order(order, order.amazon_order_id)
    assert left_behind(remote_shop, order.amazon_order_id) == (1, 1)
    assert remote_store.store_find_orders([order.amazon_order_id]) == {}


def test_a_draft_that_tryton_gave_up_is_gone_on_with(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    """A web shop may cancel drafts that nobody has touched for some time; Amazon is not to hear of that."""
    order = make.order(make.new_key(), [make.line(remote_product)])
    wire.lost = lambda call: b"<methodName>model.sale.sale.create<" in call
    with pytest.raises(StoreUnavailable):
        remote_store.store_place_order(order, order.amazon_order_id)
    wire.lost = lambda call: False
    (left,) = remote_shop.find("sale.sale", [("web_id", "=", order.amazon_order_id)])
    remote_shop.call("sale.sale", "cancel", [left["id"]])
    assert list(remote_store.store_list_cancellations(LONG_AGO)) == []
    assert remote_store.store_find_orders([order.amazon_order_id]) == {}
    ref = remote_store.store_place_order(order, order.amazon_order_id).ref
    assert (ref, sale(remote_shop, ref, "state")["state"]) == (str(left["id"]), "processing")
