"""A running Tryton keeps every promise of a store."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.model import Placed, Product, StoreOrder
from amazon_orders.testing import Desk, StoreContract
from amazon_orders.testing.cancelling import CancellingOrders
from amazon_orders.testing.discretion import Discretion
from amazon_orders.testing.finding import FindingOrders
from amazon_orders.testing.parcels import TellingParcels
from amazon_orders.testing.repeating import RepeatingKeys

from . import IN_PROCESS
from .conftest import OPTIONS
from .database import Database, InProcess
from .server import Server
from .shop import TrytonShop

ASIN = "B0KITTEST1"


class BegunDesk(Desk):
    """The plain order to begin with is placed once, for it takes Tryton a second, and fifty checks want one.

    A check that has changed something before gets an order of its own.
    """

    def __init__(self, *parts: Any, database: Database) -> None:
        super().__init__(*parts)
        self._database = database
        self._untouched = database.version

    def given(self, *lines: Any, **more: Any) -> tuple[StoreOrder, Placed]:
        if lines or more or self._database.version != self._untouched:
            return super().given(*lines, **more)
        self._untouched = 0
        return self._database.with_("the kit's order", super().given)


def of_the_kit(database: Database, shop: TrytonShop) -> Product:
    """The kit's product, in a shop that has nothing else."""
    ref = database.with_("the kit's product", lambda: shop.add_product(f"SKU-{ASIN}", 1000, asin=ASIN))
    return Product(ref=ref, value=ASIN)


def test_a_check_that_changed_something_gets_an_order_of_its_own(
    store: Any, shop: TrytonShop, tryton: InProcess
) -> None:
    left = []
    for units in (1000, 7):
        tryton.reset()
        desk = BegunDesk(store, of_the_kit(tryton, shop), shop, "asin", database=tryton)
        if units != 1000:
            desk.stocked(units)
        desk.given()
        left.append(desk.available())
    assert left == [999, 6]


class TestTryton(StoreContract):
    """The adapter on a Tryton in this process. Codes of its products are unique, so twins share an ASIN."""

    host_name = IN_PROCESS
    attribute = "asin"

    @pytest.fixture
    def database(self, tryton: InProcess) -> Database:
        """Where it is kept."""
        return tryton

    @pytest.fixture
    def shop(self, shop: Any) -> Any:
        """The shop as its staff works with it."""
        return shop

    @pytest.fixture
    def adapter(self, store: Any) -> Any:
        """The adapter."""
        return store

    @pytest.fixture
    def desk(self, adapter: Any, product: Product, shop: Any, database: Database) -> Desk:
        """Where the checks meet the store."""
        return BegunDesk(adapter, product, shop, self.attribute, database=database)

    @pytest.fixture
    def product(self, shop: Any, database: Database) -> Product:
        """A product of the shop."""
        return of_the_kit(database, shop)


class TestTrytonRemote(RepeatingKeys):
    """What depends on the wire. One shop for all, for each check looks at orders of its own."""

    test_many_keys_are_found_in_one_question = FindingOrders.test_many_keys_are_found_in_one_question
    test_an_order_is_cancelled = CancellingOrders.test_an_order_is_cancelled
    test_a_parcel_carries_its_tracking = TellingParcels.test_a_parcel_carries_its_tracking
    test_a_parcel_is_told_at_its_own_time = TellingParcels.test_a_parcel_is_told_at_its_own_time
    test_a_refusal_names_nobody = Discretion.test_a_refusal_names_nobody
    test_what_is_listed_names_nobody = Discretion.test_what_is_listed_names_nobody
    test_the_adapters_repr_names_nobody = Discretion.test_the_adapters_repr_names_nobody

    @pytest.fixture(scope="class")
    @classmethod
    def desk(cls, server: Server, staff: TrytonShop) -> Desk:
        """Where the checks meet the store."""
        from amazon_orders.adapters.tryton import open_store

        server.reset()
        store = open_store({"url": server.url, "user": server.user, "password": server.password} | OPTIONS)
        return Desk(store, Product(ref=staff.add_product(f"SKU-{ASIN}", 1000, asin=ASIN), value=ASIN), staff, "asin")


@pytest.mark.soak
class TestTrytonRemoteWhole(TestTryton):
    """All that `TestTryton` looks at takes minutes over the wire."""

    host_name = ""  # no column of its own: the table is of what an ordinary run sees

    @pytest.fixture
    def database(self, server: Server) -> Database:
        """Where it is kept."""
        return server

    @pytest.fixture
    def shop(self, remote_shop: Any) -> Any:
        """The shop behind the server."""
        return remote_shop

    @pytest.fixture
    def adapter(self, remote_store: Any) -> Any:
        """The adapter over XML-RPC."""
        return remote_store
