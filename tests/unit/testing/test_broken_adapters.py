"""Each promise of the kit is broken by a store of its own, and its check alone notices."""

from __future__ import annotations

import pytest

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


def test_a_shop_that_refuses_a_currency_is_quoted() -> None:
    class SellsInEuros(MemoryStore):
        def _refuse(self, order: StoreOrder, key: str) -> None:
            if order.currency != "EUR":
                raise StoreRejected(f"the shop sells in EUR, not in {order.currency}", record=key)
            super()._refuse(order, key)

    result, detail = outcomes(SellsInEuros)["a_currency_without_decimals_is_kept"]
    assert (result, "the shop sells in EUR, not in JPY" in detail) == ("skipped", True)
