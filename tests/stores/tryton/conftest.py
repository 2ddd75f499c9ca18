"""One Tryton for a process, and one behind a server, each brought back to its first state before each test."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.hooks import Hooks
from tests.story.world import World
from tests.story.world import world as make_world

from .database import InProcess, as_tryton_wants, left_alone
from .server import Server, Wire, wire_to
from .shop import TrytonShop
from .template import RESERVED, SHIPPING, begin

if importlib.util.find_spec("trytond") is None:  # not imported: most processes never want it
    pytest.skip("trytond is not installed: pip install -e '.[dev]'", allow_module_level=True)

COLD_SECONDS = 400
"""The first test of a machine waits for the template."""
OPTIONS = {"carrier": "DHL", "shipping_product": SHIPPING, "reservation_location": RESERVED}
"""Of a store, beside the way to Tryton."""


def _is_here(item: pytest.Item) -> bool:
    return Path(__file__).parent in item.path.parents


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They come last, when the template is made: the usual time limit is for tests that find it."""
    items.sort(key=_is_here)
    for item in items:
        if _is_here(item):
            item.add_marker(pytest.mark.timeout(COLD_SECONDS))


def pytest_collection_finish(session: pytest.Session) -> None:
    """The template is made while the other tests run."""
    if any(_is_here(item) for item in session.items) and not session.config.option.collectonly:
        begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Whatever of Tryton a test or a fixture brings with it. A worker of pytest-xdist asks this of all tests."""
    with as_tryton_wants() if _is_here(item) else nullcontext():
        return (yield)


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """The database in this process: `name`, `user` and `reset()`."""
    with left_alone(), closing(InProcess(tmp_path_factory.mktemp("tryton"))) as made:
        yield made


@pytest.fixture
def shop(tryton: InProcess) -> TrytonShop:
    """The shop with no products and no orders."""
    tryton.reset()
    return TrytonShop(tryton.config)


@pytest.fixture
def opened(shop: TrytonShop, tryton: InProcess) -> Callable[..., Any]:
    """Makes the adapter in this process, with more options."""
    from amazon_orders.adapters.tryton import open_store

    return lambda **more: open_store({"database": tryton.name, "user": tryton.user} | OPTIONS | more)


@pytest.fixture
def store(opened: Callable[..., Any]) -> Any:
    """The adapter, as its factory makes it."""
    return opened()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real `trytond`: `url`, `user`, `password` and `reset()`."""
    with closing(Server(tmp_path_factory.mktemp("trytond"))) as made:
        yield made


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A way to the server that can be made to fail."""
    with wire_to(server) as made:
        yield made


@pytest.fixture(scope="session")
def staff(server: Server) -> TrytonShop:
    """Logged in once."""
    return TrytonShop.remote(server.url, server.user, server.password)


@pytest.fixture
def remote_shop(server: Server, staff: TrytonShop, request: pytest.FixtureRequest) -> Iterator[TrytonShop]:
    """The shop behind the server, with no products and no orders."""
    server.reset()
    yield staff
    request.node.add_report_section("teardown", "trytond", server.said())


@pytest.fixture
def remote_opened(remote_shop: TrytonShop, server: Server, wire: Wire) -> Callable[..., Any]:
    """Makes the adapter over the wire, with more options."""
    from amazon_orders.adapters.tryton import open_store

    way = {"url": wire.url, "user": server.user, "password": server.password}
    return lambda **more: open_store(way | OPTIONS | more)


@pytest.fixture
def remote_store(remote_opened: Callable[..., Any]) -> Any:
    """The adapter over XML-RPC."""
    return remote_opened()


@pytest.fixture
def world(store: Any, tmp_path: Path) -> Iterator[World]:
    """A seller at the simulated Amazon whose orders go into the Tryton shop."""
    hooks = Hooks("shop")
    hooks.register(store, "tryton")
    with make_world(tmp_path, stores={"shop": hooks}) as made:
        yield made


@pytest.fixture
def product(shop: TrytonShop, tryton: InProcess) -> str:
    """A product with 50 on the shelf."""
    return tryton.with_("a product", lambda: shop.add_product("SKU-1", 50, asin="B00TEST001"))


@pytest.fixture
def remote_product(remote_shop: TrytonShop, server: Server) -> str:
    """The same behind the server."""
    return server.with_("a product", lambda: remote_shop.add_product("SKU-1", 50))
