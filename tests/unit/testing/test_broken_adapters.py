"""Each promise of the kit is broken by a store of its own, and its check alone notices."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from amazon_orders.adapters.memory.shop import MemoryShop
from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.errors import StoreRejected
from amazon_orders.model import Product, StoreOrder
from amazon_orders.testing import Desk, check_store, promises

from . import broken_following, broken_otherwise, broken_placing, broken_telling
from .breaking import BROKEN, full_shop

BREAKERS = (broken_placing, broken_following, broken_telling, broken_otherwise)
"""Importing them fills `BROKEN`."""


def outcomes(kind: type[MemoryStore]) -> dict[str, tuple[str, str]]:
    store = kind(full_shop())
    desk = Desk(store, Product(ref="1", value="MUG-BLUE"), store.shop)

    def with_another_shop() -> Desk:
        store.shop = desk.shop = full_shop()
        return desk

    return {outcome.name: (outcome.result, outcome.detail) for outcome in check_store(with_another_shop)}


def test_every_promise_has_a_store_that_breaks_it() -> None:
    assert {promise for promise, _ in BROKEN.values()} == {name for name, _, _ in promises()}


def test_the_whole_store_keeps_every_promise() -> None:
    assert {result for result, _ in outcomes(MemoryStore).values()} == {"kept"}


@pytest.mark.parametrize(("promise", "kind"), BROKEN.values(), ids=BROKEN)
def test_its_own_check_alone_notices(promise: str, kind: type[MemoryStore]) -> None:
    broken = {name: detail for name, (result, detail) in outcomes(kind).items() if result == "broken"}
    assert list(broken) == [promise], broken
    assert len(broken[promise].split()) > 5, "a failure is a sentence"


def test_a_shop_with_one_currency_keeps_its_promises_and_is_quoted() -> None:
    class SellsInEuros(MemoryStore):
        def _refuse(self, order: StoreOrder, key: str) -> None:
            if order.currency != "EUR":
                raise StoreRejected(f"the shop sells in EUR, not in {order.currency}", record=key)
            super()._refuse(order, key)

    told = outcomes(SellsInEuros)
    result, detail = told["a_currency_without_decimals_is_kept"]
    assert (result, "the shop sells in EUR, not in JPY" in detail) == ("skipped", True)
    assert told["an_order_keeps_its_currency"] == ("kept", "")


class SaysLess:
    """A back door whose orders have neither currency nor tax."""

    def __init__(self, shop: MemoryShop) -> None:
        self.shop = shop

    def orders(self) -> list[SimpleNamespace]:
        names = ("ref", "key", "total", "lines", "status", "country")
        return [SimpleNamespace(**{name: getattr(order, name) for name in names}) for order in self.shop.orders()]


def test_a_back_door_that_tells_neither_currency_nor_tax_skips_their_checks_alone() -> None:
    def opened() -> Desk:
        store = MemoryStore(full_shop())
        return Desk(store, Product(ref="1", value="MUG-BLUE"), SaysLess(store.shop))

    told = {outcome.name: outcome for outcome in check_store(opened)}
    assert told["an_order_keeps_its_currency"].detail == "the back door does not tell an order's currency"
    assert told["tax_that_amazon_collects_is_not_made_the_shops_own"].detail == (
        "the back door does not tell the tax in an order"
    )
    assert told["shipping_is_part_of_the_total"].result == "kept"
    assert {outcome.result for outcome in told.values()} == {"kept", "skipped"}
