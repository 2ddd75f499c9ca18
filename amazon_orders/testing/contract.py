"""`StoreContract`: what an adapter's tests inherit. The one module of the kit that needs pytest."""

from __future__ import annotations

import pytest

from ..model import Product
from .back_door import NoBackDoor
from .cancelling import CancellingOrders
from .changing import ChangingOrders
from .desk import Desk
from .discretion import Discretion
from .finding import FindingOrders
from .pages import PlacingPages
from .parcels import TellingParcels
from .placing import PlacingOrders
from .products import FindingProducts
from .repeating import RepeatingKeys
from .staff import TellingCancellations, TellingRefunds
from .stock import ListingStock, MovingStock
from .totals import EndingAtTheTotal


# Test runners begin with the last base: an author meets the subjects in the order in which he writes the questions.
class StoreContract(
    Discretion,
    TellingRefunds,
    TellingCancellations,
    TellingParcels,
    MovingStock,
    ListingStock,
    ChangingOrders,
    CancellingOrders,
    PlacingPages,
    FindingOrders,
    RepeatingKeys,
    EndingAtTheTotal,
    PlacingOrders,
    FindingProducts,
):
    """Everything that a store promises, a test each. Inherit it and give the fixtures `adapter`, `product`, `shop`.

    `adapter` is what your factory returns, `product` a `Product` that the shop sells, `shop` a `BackDoor`; without a
    back door the checks that need one are skipped. The fixtures may lie in the class, the module or `conftest.py`, and
    may be made once for all tests: each check looks at orders of its own alone.
    """

    attribute = "sku"
    """Which attribute `product.value` is of."""

    @pytest.fixture
    def desk(self, adapter: object, product: Product, request: pytest.FixtureRequest) -> Desk:
        """Where the checks meet the store."""
        try:
            shop = request.getfixturevalue("shop")
        except pytest.FixtureLookupError as error:
            if error.argname != "shop":
                raise
            shop = NoBackDoor()
        return Desk(adapter, product, shop, self.attribute)
