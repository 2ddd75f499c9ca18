"""The buyer changes the address while it is not known whether the shop has the order: the shop is told the new one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import ChangeAddress, StoreOrder
from tests.stores.plain import PlainStore, plain_hooks
from tests.story.world import World, world


class Killed(BaseException):
    """The process is gone."""


class Addressed(PlainStore):
    """Keeps addresses, and dies after it has written when told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.dies = False
        self.answer: bool | None = True
        self.streets: dict[str, str] = {}
        self.keys: list[str] = []

    @hookimpl
    def store_place_order(self, order: StoreOrder, key: str):
        placed = PlainStore.store_place_order(self, order=order, key=key)
        assert order.recipient is not None
        self.streets[placed.ref] = order.recipient.line1
        if self.dies:
            raise Killed
        return placed

    @hookimpl
    def store_change_order(self, ref, change, key):
        assert isinstance(change, ChangeAddress)
        self.keys.append(key)
        if self.answer is None:
            raise StoreUnavailable("no answer")
        if self.answer:
            self.streets[ref] = change.recipient.line1
        return self.answer


@pytest.fixture
def interrupted(tmp_path: Path) -> Iterator[tuple[World, Addressed, str]]:
    """The shop has an order, and the process died before it heard so; since then the address is another."""
    store = Addressed(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect()
        order_id = shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        store.dies = True
        with pytest.raises(Killed):
            shop.sync()
        store.dies = False
        shop.restart()
        with shop.seller.change(order_id) as order:
            order["recipient"]["deliveryAddress"]["addressLine1"] = "New Street 9"
        shop.clock.advance(300)
        yield shop, store, order_id


def test_the_shop_ends_with_the_new_address_and_was_told_once(interrupted) -> None:
    shop, store, order_id = interrupted
    shop.sync()
    assert list(store.streets.values()) == ["New Street 9"]
    shop.clock.advance(300)
    shop.sync()
    assert store.keys == [f"{order_id}/change/1"]
    order = shop.app.orders.get(order_id)
    assert order.status == "placed"
    (entry,) = shop.app.orders.inbox()
    assert "units" in entry.detail
    assert "told anew" in entry.detail
    assert "New Street" not in str(order.as_dict())


@pytest.mark.parametrize("answer", [False, None], ids=["too late", "no answer"])
def test_where_the_shop_does_not_take_it_a_person_compares_the_address_too(interrupted, answer) -> None:
    shop, store, order_id = interrupted
    store.answer = answer
    shop.sync()
    assert shop.status(order_id) == "placed"
    (entry,) = shop.app.orders.inbox()
    assert "units, address" in entry.detail


def test_a_later_change_is_told_under_another_key(interrupted) -> None:
    shop, store, order_id = interrupted
    shop.sync()
    with shop.seller.change(order_id) as order:
        order["recipient"]["deliveryAddress"]["addressLine1"] = "Newest Street 1"
    shop.clock.advance(300)
    shop.sync()
    assert list(store.streets.values()) == ["Newest Street 1"]
    assert store.keys == [f"{order_id}/change/1", f"{order_id}/change/2"]


def test_an_order_that_was_found_and_did_not_change_is_told_nothing(tmp_path: Path) -> None:
    store = Addressed(tmp_path / "plain.db")
    store.add_products(["MUG-WHITE"])
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect()
        shop.seller.place("MUG-WHITE")
        shop.clock.advance(300)
        store.dies = True
        with pytest.raises(Killed):
            shop.sync()
        store.dies = False
        shop.restart()
        shop.sync()
        assert store.keys == []
        assert shop.app.orders.inbox() == []


def test_an_order_that_is_not_placed_by_now_is_told_it_too(interrupted) -> None:
    shop, store, order_id = interrupted
    with store.connected() as connection:
        connection.execute("DELETE FROM products")
    shop.sync()
    assert shop.status(order_id) == "placed"
    assert list(store.streets.values()) == ["New Street 9"]
