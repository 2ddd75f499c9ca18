"""XML-RPC: deadlines, lost answers, passwords, sessions, and how many calls there are."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.adapters.tryton import open_store
from amazon_orders.errors import StoreUnavailable
from amazon_orders.testing import orders as make

from .sales import Open, placed
from .template import PASSWORD

if TYPE_CHECKING:
    from .server import Server, Wire
    from .shop import TrytonShop


def test_a_call_ends_at_its_deadline(remote_opened: Open, remote_product: str, wire: Wire) -> None:
    store = remote_opened(timeout=0.5)
    wire.held = lambda call: 3.0
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"did not answer product\.product\.search_read in time; raise timeout"):
        store.store_find_products("sku", ["SKU-1"])
    assert time.monotonic() - began < 1.5
    wire.held = lambda call: 0.0
    assert store.store_find_products("sku", ["SKU-1"])


def test_an_answer_that_trickles_in_ends_at_the_deadline_too() -> None:
    """Each byte comes well within any limit for one read."""
    ended = threading.Event()

    def trickle(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n")
            while not ended.wait(0.05):
                try:
                    client.sendall(b" ")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/shop/rpc/"
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="in time"):
            open_store({"url": url, "user": "admin", "password": PASSWORD, "timeout": 0.6})
        took = time.monotonic() - began
        ended.set()
        thread.join(5)
    assert 0.5 < took < 2


def test_a_call_whose_answer_is_lost_is_not_sent_again(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    """As the standard library's own transport would."""
    calls = []
    wire.lost = lambda call: b"party.party.create" in call and not calls.append(call)  # type: ignore[func-returns-value]
    with pytest.raises(StoreUnavailable, match=r"did not answer party\.party\.create"):
        placed(remote_store, make.line(remote_product))
    assert len(calls) == 1


def test_a_wrong_password_is_named_and_not_told(remote_opened: Open) -> None:
    with pytest.raises(StoreUnavailable, match="correct user and password") as refused:
        remote_opened(password="canary-that-is-wrong")
    assert "canary" not in f"{refused.value!r} {refused.value} {refused.value.__cause__!r}"


def test_nobody_sees_the_password(remote_store: Any, remote_opened: Open) -> None:
    wire = remote_store._wire
    remote_store.store_find_orders(["1"])
    config = wire._mine.config
    assert PASSWORD not in f"{remote_store!r} {wire!r} {wire._options!r} {config!r} {config.url}"


def test_a_session_that_is_over_is_begun_anew(remote_store: Any, remote_product: str) -> None:
    assert remote_store.store_find_products("sku", ["SKU-1"])
    remote_store._wire._mine.config.server.common.db.logout()
    assert remote_store.store_find_products("sku", ["SKU-1"])


def test_a_store_that_was_closed_opens_again(remote_store: Any, remote_product: str, server: Server) -> None:
    def sessions() -> int:
        with closing(sqlite3.connect(f"file:{server.file}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM ir_session").fetchone()[0])

    before = sessions()
    remote_store.close()
    assert sessions() == before - 1
    assert remote_store.store_find_products("sku", ["SKU-1"])


def test_a_tryton_that_is_down_is_no_refusal(wire: Wire, remote_store: Any) -> None:
    wire.deaf = True
    with pytest.raises(StoreUnavailable, match="look whether it runs"):
        remote_store.store_find_orders(["1"])


def test_an_order_takes_twelve_calls_and_so_does_a_page(
    remote_store: Any, remote_shop: TrytonShop, remote_product: str, wire: Wire
) -> None:
    placed(remote_store, make.line(remote_product))  # what is looked up once is known from now on
    calls: list[bytes] = []
    wire.lost = lambda call: bool(calls.append(call))  # type: ignore[func-returns-value]
    for size in (1, 5):
        calls.clear()
        page = [make.order(make.new_key(), [make.line(remote_product)]) for _ in range(size)]
        assert len(remote_store.store_place_orders({order.amazon_order_id: order for order in page})) == size
        assert len(calls) == 12
