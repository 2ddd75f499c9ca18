"""The story of every host, with a real Tryton: in this process, and behind XML-RPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.stores.story import Days, HostStory

from . import IN_PROCESS, REMOTE
from .database import InProcess
from .host import PATIENCE, InProcessHost, RemoteHost
from .server import Server, Wire
from .shop import TrytonShop


class TrytonStory(HostStory):
    """What is told otherwise of Tryton."""

    def test_a_sku_of_two_products_holds_the_order(self, days: Days) -> None:
        """Tryton keeps codes unique; of an ASIN there may be two."""
        product = days.host.add_product("internal-7", 50, attribute="CAP-BLACK")
        days.shop.twin(product)
        days.set(product_attribute="asin")
        order = days.seller.place(("CAP-BLACK", 1))
        days.run()
        assert (days.world.status(order), days.keys()) == ("held", [])


class TestInProcess(TrytonStory):
    host_name = IN_PROCESS

    @pytest.fixture
    def host(self, opened: Callable[..., Any], shop: TrytonShop, tryton: InProcess) -> InProcessHost:
        return InProcessHost(opened, shop, tryton)


class TestRemote(TrytonStory):
    host_name = REMOTE

    @pytest.fixture
    def host(
        self,
        remote_opened: Callable[..., Any],
        remote_shop: TrytonShop,
        server: Server,
        wire: Wire,
        request: pytest.FixtureRequest,
    ) -> RemoteHost:
        impatient = {"timeout": PATIENCE} if "slow" in request.node.name else {}
        return RemoteHost(remote_opened, remote_shop, server, wire, **impatient)
