"""What is asked about the store's catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model import Product
from ..markers import hookspec


@hookspec(firstresult=True)
def store_find_products(attribute: str, values: Sequence[str]) -> Iterable[Product]:
    """Find the products whose attribute has one of the values.

    Answered by: the store's adapter, required. Asked once for a page of up to 100 orders.

    Arguments:
        attribute: the attribute to compare, as the connection's `product_attribute` names it, such as `sku`.
        values: the values to look for, none twice, usually fewer than 200.

    Returns:
        One `Product` for each match, with the value as the store spells it, in any order. A value that no product
        has is left out. More than was asked for is fine (a store that ignores case). Two products with different
        references for one value mean that the value is ambiguous; the order is then held. Nothing found is an empty
        answer; `None` is a mistake.

    Raises:
        StoreRejected: the store has no such attribute; the message names those it has.
        StoreUnavailable: the store did not answer; nothing of the page is placed and the page is read again later.

    Example:
        @hookimpl
        def store_find_products(self, attribute, values):
            for value in values:
                for product in self.shop.search(attribute, value):
                    yield Product(ref=str(product.id), value=product.sku, title=product.name)

    Since: 0.1
    """
    raise NotImplementedError
