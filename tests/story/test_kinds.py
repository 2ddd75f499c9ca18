"""Orders of every kind come into the shop: pre-orders, replacements, companies, programs, old ones, Amazon's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.hooks import hookimpl
from amazon_orders.model import StoreOrder

from .way_back import depot
from .world import World, world


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def run(shop: World, seconds: float = 300) -> None:
    shop.clock.advance(seconds)
    assert shop.sync().errors == []


def stock(shop: World, sku: str = "MUG-WHITE") -> int:
    ((units,),) = shop.look("SELECT stock FROM products WHERE sku = ?", sku)
    return int(units)


def test_a_preorder_holds_its_units_until_it_is_out_and_paid(shop: World) -> None:
    shop.connect()
    order = shop.seller.preorder(("MUG-WHITE", 3))
    run(shop)
    assert (shop.status(order), shop.shop_orders(), stock(shop)) == ("pending", {}, 997)
    shop.seller.release(order)
    run(shop)
    assert (shop.status(order), shop.shop_orders(), stock(shop)) == ("pending", {}, 997)
    shop.seller.pay(order)
    run(shop)
    assert (shop.status(order), list(shop.shop_orders()), stock(shop)) == ("placed", [order], 997)


class Listener:
    """Hears what the shop is handed, and changes nothing."""

    def __init__(self) -> None:
        self.heard: dict[str, StoreOrder] = {}

    @hookimpl
    def rule_store_order(self, draft: StoreOrder) -> None:
        self.heard[draft.amazon_order_id] = draft


def test_a_replacement_costs_nothing_takes_stock_and_names_the_first_order(tmp_path: Path) -> None:
    listener = Listener()
    with depot(tmp_path, listener) as shop:
        first = shop.placed(("MUG-WHITE", 2))
        again = shop.seller.replace(first)
        shop.run()
        assert shop.world.shop_orders()[again] == ("EUR", "0.00")
        assert stock(shop.world) == 996
        assert (listener.heard[first].replaces, listener.heard[again].replaces) == (None, first)
        explained = shop.app.orders.explain(again).order.trace
        assert [step["detail"] for step in explained if first in step["detail"]] == [f"makes up for order {first}"]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"business": True}, id="a company's"),
        pytest.param({"programs": ("PRIME",)}, id="Prime"),
        pytest.param({"programs": ("IN_STORE_PICK_UP",)}, id="pick-up"),
        pytest.param({"programs": ("AMAZON_EASY_SHIP",)}, id="Easy Ship"),
    ],
)
def test_a_program_is_no_reason_to_leave_an_order_out(shop: World, options: dict[str, object]) -> None:
    shop.connect()
    order = shop.seller.place(("MUG-WHITE", 2), **options)  # type: ignore[arg-type]
    run(shop)
    assert (shop.status(order), stock(shop)) == ("placed", 998)


def test_an_order_that_left_before_the_connection_was_there_comes_in_as_shipped_and_takes_no_stock(shop: World) -> None:
    before = shop.seller.place(("MUG-WHITE", 2))
    shop.clock.advance(3600)
    shop.seller.ship(before)
    shop.clock.advance(3600)
    shop.connect()
    after = shop.seller.place(("CAP-BLACK", 2))
    shop.clock.advance(3600)
    shop.seller.ship(after)
    run(shop)
    states = dict(shop.look("SELECT external_id, status FROM orders"))
    assert states == {before: "shipped", after: "shipped"}
    assert (stock(shop), stock(shop, "CAP-BLACK")) == (1000, 998)
    assert shop.seller.confirmations(before) == []


@pytest.mark.parametrize(("fulfillment", "taken"), [("merchant", False), ("amazon", True), ("all", True)])
def test_what_amazon_ships_is_taken_where_wanted_once_it_has_left_and_takes_no_stock(
    shop: World, fulfillment: str, taken: bool
) -> None:
    shop.connect(fulfillment=fulfillment)
    order = shop.seller.place(("MUG-WHITE", 2), fulfilled_by="AMAZON")
    run(shop)
    assert shop.shop_orders() == {}
    shop.seller.ship(order)
    run(shop)
    assert (list(shop.shop_orders()), stock(shop)) == ([order] if taken else [], 1000)
