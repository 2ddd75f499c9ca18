"""Nothing personal of the way back shows: not in logs, errors, traces, JSON, nor in any text of the ledger."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.sandbox import Fault
from tests.story.way_back import Depot, depot

TRACKING = "CANARY0034043416109"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


def everything(shop: Depot, said: list[str], caplog: pytest.LogCaptureFixture, order: str) -> str:
    found = [*said, caplog.text, repr(shop.app.orders.get(order)), repr(shop.app.orders.explain(order))]
    found += [repr(entry) for entry in shop.app.orders.inbox()]
    with sqlite3.connect(shop.world.folder / "ledger.db") as ledger:
        found += list(ledger.iterdump())
    return "\n".join(found)


@pytest.mark.parametrize(
    "trouble",
    [
        {},
        {"tracking": TRACKING + "x" * 300},
        {"carrier": "No Such & Carrier"},
        {"tracking": f"{TRACKING}\n{TRACKING}"},
    ],
    ids=["as it should be", "far too long", "carrier unknown", "in two lines"],
)
@pytest.mark.parametrize("fault", ["", "403", "500", "lost_answer", "cut_json", "reset"])
def test_a_tracking_number_stays_in_the_store_and_at_amazon(
    shop: Depot, trouble: dict[str, Any], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = shop.placed()
    shop.ship(order, **{"tracking": TRACKING} | trouble)
    if fault:
        shop.amazon.faults.add(Fault(kind=fault, operation="confirmShipment"))
    said = [repr(shop.run(420).as_dict()) for _ in range(3)]
    assert TRACKING not in everything(shop, said, caplog, order)
    assert "X-Amz-Signature" not in everything(shop, said, caplog, order)


@pytest.mark.parametrize("fault", ["500", "lost_answer", "cut_json", "reset", "fatal_feed", "403"])
@pytest.mark.parametrize(
    "operation", ["createFeedDocument", "upload", "createFeed", "getFeed", "getFeedDocument", "download"]
)
def test_nor_does_an_address_of_a_document(
    shop: Depot, fault: str, operation: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = shop.placed()
    shop.cancel(order, reason="NoInventory")
    shop.amazon.faults.add(Fault(kind=fault, operation=operation))
    said = [repr(shop.run(420).as_dict()) for _ in range(4)]
    found = everything(shop, said, caplog, order)
    for secret in ("Signature", "amazonaws", "Atza|", "Atzr|", shop.world.key):
        assert secret not in found, secret
