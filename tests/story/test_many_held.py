"""A thousand orders that wait for products: what each run costs, and that one new product lets its order go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from amazon_orders.hooks import hookimpl
from amazon_orders.model import Product
from tests.stores.plain import PlainStore, plain_hooks

from .world import world


class CountedStore(PlainStore):
    """Remembers how often its catalogue was asked."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.questions: list[int] = []

    @hookimpl
    def store_find_products(self, attribute: str, values: Sequence[str]) -> list[Product]:
        self.questions.append(len(values))
        return super().store_find_products(attribute, values)


def test_a_thousand_held_orders_cost_one_question_to_the_catalogue_a_run(tmp_path: Path) -> None:
    store = CountedStore(tmp_path / "plain.db")
    with world(tmp_path, stores={"shop": plain_hooks(store)}) as shop:
        shop.connect(publish_stock=False)
        orders = [shop.seller.place((f"NOT-YET-{number}", 1)) for number in range(1000)]
        shop.clock.advance(300)
        assert shop.sync().connections[0].flows[0].held == 1000
        for _ in range(2):
            shop.clock.advance(3600)
            store.questions.clear()
            shop.sync()
            assert store.questions == [1000]
        store.add_products(["NOT-YET-421"])
        shop.clock.advance(3600)
        store.questions.clear()
        assert shop.sync().connections[0].flows[0].placed == 1
        assert store.questions == [1000]
        assert shop.status(orders[421]) == "placed"
