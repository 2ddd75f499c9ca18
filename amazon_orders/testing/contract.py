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


class StoreContract(
    FindingProducts,
    PlacingOrders,
    EndingAtTheTotal,
    RepeatingKeys,
    FindingOrders,
    PlacingPages,
    CancellingOrders,
    ChangingOrders,
    ListingStock,
    MovingStock,
    TellingParcels,
    TellingCancellations,
    TellingRefunds,
    Discretion,
):
    """Everything that a store promises, a test each. Inherit it and give the fixtures `adapter`, `product`, `shop`.

    `adapter` is what your factory returns, `product` a `Product` that the shop sells, `shop` a `BackDoor`; without a
    back door the checks that need one are skipped. The fixtures may be made once for all tests: each check looks at
    orders of its own alone.
    """

    attribute = "sku"
    """Which attribute `product.value` is of."""

    @pytest.fixture
    def adapter(self) -> object:
        """What the adapter's factory returns."""
        raise NotImplementedError("give a fixture `adapter` that returns what your adapter's factory returns")

    @pytest.fixture
    def product(self) -> Product:
        """A product that the shop sells."""
        raise NotImplementedError("give a fixture `product` that returns a Product which the shop sells")

    @pytest.fixture
    def shop(self) -> object:
        """The back door."""
        return NoBackDoor()

    @pytest.fixture
    def desk(self, adapter: object, product: Product, shop: object) -> Desk:
        """Where the checks meet the store."""
        return Desk(adapter, product, shop, self.attribute)
