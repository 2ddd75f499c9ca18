"""One app in several threads, each with a connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.story.world import world

NAMES = {"one": ["DE"], "two": ["FR"], "three": ["GB"], "four": ["IT"]}


def test_four_threads_of_one_app_open_ledger_store_and_transport_once(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        shop.connect()
        shop.restart()
        together = threading.Barrier(4)

        def opened(_: int) -> tuple[int, int, int]:
            together.wait()
            return id(shop.app.ledger), id(shop.app.hooks("shop")), id(shop.app.transport)

        for _ in range(20):
            shop.restart()
            with ThreadPoolExecutor(4) as pool:
                assert len(set(pool.map(opened, range(4)))) == 1


def test_four_connections_synced_by_four_threads_of_one_app_place_every_order_once(tmp_path: Path) -> None:
    with world(tmp_path) as shop:
        for name, marketplaces in list(NAMES.items())[:3]:
            shop.connect(name, marketplaces=marketplaces)
        ids = shop.seller.generate(60, imbalance=False)
        shop.restart()
        with ThreadPoolExecutor(4) as pool:
            reports = list(pool.map(shop.app.sync, ["one", "two", "three"]))
        assert [report.connections[0].flows[0].error for report in reports] == [None] * 3
        assert set(shop.shop_orders()) == set(ids)
