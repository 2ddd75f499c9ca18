"""A shop under test: the adapter that the library sees, the back door of its staff, and what can go wrong with it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NoReturn

import pytest

from amazon_orders.testing import SeenOrder


class Host:
    """What the story needs of one shop. A lever that a shop does not have says so with `cannot`."""

    attribute = ""
    """An attribute other than `sku` by which the shop finds products."""
    store: Any
    """What the adapter's factory returns."""
    shop: Any
    """The kit's `BackDoor`."""

    def add_product(self, sku: str, stock: int | None = 50, *, attribute: str = "", rate: int = 19) -> str:
        """Sell a product; `attribute`: its value of the host's `attribute`, `rate`: VAT in percent. Its reference."""
        raise NotImplementedError

    def shelf(self) -> tuple[str, str]:
        """Sell what the story is about: mugs and bowls, 50 of each."""
        return self.add_product("MUG-WHITE", 50), self.add_product("BOWL-GREY", 50, rate=7)

    def delete(self, product: str) -> None:
        """The product is sold no more."""
        raise NotImplementedError

    def without_record(self, sku: str) -> None:
        """A product that nobody keeps a stock record of."""
        cannot("every product has a stock record")

    def down(self) -> AbstractContextManager[None]:
        """The shop gives no answer at all."""
        cannot("it lives in the library's own process")

    def slow(self) -> AbstractContextManager[None]:
        """The shop answers later than the adapter waits."""
        cannot("it lives in the library's own process")

    def stranger(self) -> AbstractContextManager[Any]:
        """The adapter as somebody opens it whom the shop does not know; its factory may refuse already."""
        cannot("it asks nobody for a password")

    def answer_lost(self) -> AbstractContextManager[None]:
        """The next order is written, and the answer does not arrive."""
        cannot("there is no wire on which an answer is lost")

    def tax(self, order: SeenOrder) -> Any:
        """The tax that the shop has in its order, gross less net; `None`: it keeps none."""
        return None


def cannot(why: str) -> NoReturn:
    """The shop has no such thing, so the story does not apply to it."""
    pytest.skip(why)
