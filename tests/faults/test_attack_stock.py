"""Stock under attack: odd levels, odd SKUs, and listings that are not what they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.adapters.sqlite.store import SqliteStore, open_store
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.model import FlowReport, StockLevel
from tests.story.world import World, world

MUG, CAP = "MUG-WHITE", "CAP-BLACK"


class Shelves(SqliteStore):
    """The demo store, and levels that a test puts between its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(open_store({"path": str(path)}).database)
        self.odd: list[Any] = []

    @hookimpl
    def store_list_stock(self, attribute: str) -> Iterator[StockLevel]:
        levels = list(super().store_list_stock(attribute))
        yield from self.odd[:1]
        yield from levels
        yield from self.odd[1:]


@contextmanager
def shelves(folder: Path, **settings: Any) -> Iterator[tuple[World, Shelves]]:
    with world(folder) as shop:
        store = Shelves(shop.shop_file)
        hooks = Hooks("shop")
        hooks.register(store, "shelves")
        hooks.check()
        shop.app.close()
        shop._stores = {"shop": hooks}
        shop.restart()
        shop.connect(**settings)
        yield shop, store


def publish(shop: World, seconds: float = 300) -> FlowReport:
    shop.clock.advance(seconds)
    return shop.sync().connections[0].flows[-1]


def level(shop: World, **how: Any) -> StockLevel:
    values: dict[str, Any] = {"product": "1", "value": "ODD", "available": Decimal(1), "updated_at": shop.clock.now()}
    return StockLevel(**values | how)


@pytest.mark.parametrize(
    "odd",
    [
        {"available": Decimal("NaN")},
        {"available": Decimal("sNaN")},
        {"available": Decimal("Infinity")},
        {"available": Decimal("1E+999999")},
        {"available": 1.5},
        {"value": None},
        {"value": "A\ud800"},
        {"value": "A\0"},
        {"product": "1\ud800"},
        {"updated_at": datetime(2026, 11, 20)},  # noqa: DTZ001 - that is what is wrong with it
    ],
    ids=repr,
)
def test_an_odd_level_keeps_no_other_one_from_falling(tmp_path: Path, odd: dict[str, Any]) -> None:
    with shelves(tmp_path) as (shop, store):
        for _ in range(3):
            assert publish(shop).error is None
        store.odd = [level(shop, **odd)]
        shop.set_stock(MUG, 3)
        done = publish(shop)
        assert shop.seller.quantity(MUG) == 3
        assert done.error is not None
        assert done.error["code"] == "adapter_bug"
        shop.clock.advance(86_400)
        publish(shop)
        assert shop.seller.quantity(CAP), "what is missing from a list that nobody can read is not gone"


SKUS = [
    " A1", "A1 ", "  ", "A,1", ",", "a1", "A1", "SKU-WITH-MORE-THAN-FORTY-CHARACTERS-IN-ITS-NAME", "Ä Ö/1?x=1&y#z",
    ".", "..", "A\n1", "A\t1", "+1", "%2F", "日本", "😀", "A" * 300, '"quoted"', "back\\slash", "-", "0", "None",
]  # fmt: skip


@pytest.mark.parametrize("sku", SKUS, ids=repr)
def test_a_product_with_an_odd_sku_keeps_no_other_one_back(tmp_path: Path, sku: str) -> None:
    with shelves(tmp_path) as (shop, _):
        shop.add_product(sku, 7)
        for _ in range(3):
            done = publish(shop)
            assert done.error is None, done.error
        shop.set_stock(MUG, 3)
        assert publish(shop).error is None
        assert shop.seller.quantity(MUG) == 3


@pytest.mark.parametrize("sku", [sku for sku in SKUS if sku != "  "], ids=repr)
def test_a_listing_with_an_odd_sku_keeps_no_other_one_back(tmp_path: Path, sku: str) -> None:
    with shelves(tmp_path) as (shop, _):
        shop.add_product(sku, 7)
        shop.seller.list_item(sku, 9)
        for _ in range(3):
            done = publish(shop)
            assert done.error is None, done.error
        shop.set_stock(MUG, 3)
        assert publish(shop).error is None
        assert shop.seller.quantity(MUG) == 3
        assert shop.seller.quantity(sku) == (9 if sku in (".", "..") else 7)


def test_twins_in_case_do_not_get_each_others_quantity(tmp_path: Path) -> None:
    with shelves(tmp_path) as (shop, _):
        shop.add_product("twin", 3)
        shop.add_product("TWIN", 8)
        shop.seller.list_item("twin", 1)
        shop.seller.list_item("TWIN", 1)
        for _ in range(4):
            publish(shop)
        assert (shop.seller.quantity("twin"), shop.seller.quantity("TWIN")) == (3, 8)
