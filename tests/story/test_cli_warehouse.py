"""`orders ship` and `orders cancel`: the demo shop's warehouse at the command line, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.story.command_line import CommandLine


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.open_shop()
    line.connect()
    return line


@pytest.fixture
def order(shop: CommandLine) -> str:
    """In the shop: three mugs, none of them sent."""
    order_id = shop.buy(("MUG-WHITE", 3))
    shop.must("sync")
    return order_id


def item(shop: CommandLine, order: str) -> str:
    return str(shop.document("orders", "show", order)["lines"][0]["order_item_id"])


def commands(shop: CommandLine, order: str) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = shop.document("orders", "show", order)["commands"]
    assert all(set(command) == {"kind", "state", "at", "detail"} for command in found)
    return [(command["kind"], command["state"]) for command in found]


def test_a_parcel_is_sent_and_confirmed_by_the_next_sync(shop: CommandLine, order: str) -> None:
    done = shop.document("orders", "ship", order, "--carrier", "GLS", "--tracking", "ZX1")
    assert set(done) == {"amazon_order_id", "shipment"}
    assert done["amazon_order_id"] == order
    assert commands(shop, order) == []
    shop.clock.advance(300)
    shop.must("sync", "--only", "shipments")
    (told,) = shop.seller.confirmations(order)
    assert (told.carrier_code, told.tracking, sum(told.items.values())) == ("GLS", "ZX1", 3)
    assert commands(shop, order) == [("confirm", "accepted")]


def test_a_part_is_sent_by_its_order_item_and_the_rest_cancelled(shop: CommandLine, order: str) -> None:
    mugs = item(shop, order)
    shop.must("orders", "ship", order, "--tracking", "ZX1", "--units", f"{mugs}=2")
    done = shop.document("orders", "cancel", order, "--units", f"{mugs}=1", "--reason", "PricingError")
    assert set(done) == {"amazon_order_id", "cancellations"}
    assert len(done["cancellations"]) == 1
    for _ in range(8):
        shop.clock.advance(600)
        shop.must("sync")
    assert commands(shop, order) == [("confirm", "verified"), ("cancel_units", "verified")]
    (told,) = shop.seller.cancellations(order)
    assert dict(told.items) == {mugs: 1}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(("ship", "{order}", "--units", "{item}=4"), 1, "so many units", id="more than is left"),
        pytest.param(("ship", "{order}", "--units", "{item}"), 2, "ITEM=N", id="units without a number"),
        pytest.param(("ship", "{order}", "--units", "{item}=0"), 2, "ITEM=N", id="no unit"),
        pytest.param(("ship", "{order}", "--units", "{item}=-1"), 2, "ITEM=N", id="less than no unit"),
        pytest.param(("ship", "000-0000000-0000000"), 2, "000-0000000-0000000", id="an order that nobody knows"),
        pytest.param(("cancel", "000-0000000-0000000"), 2, "000-0000000-0000000", id="the same, to cancel"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_writes_nothing(
    shop: CommandLine, order: str, words: tuple[str, ...], code: int, says: str
) -> None:
    filled = [word.format(order=order, item=item(shop, order)) for word in words]
    result = shop.run("orders", *filled)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr
    assert shop.look("SELECT * FROM shipments") == shop.look("SELECT * FROM cancellations") == []


@pytest.mark.parametrize("verb", ["ship", "cancel"])
def test_an_order_that_is_not_in_the_shop_says_where_to_look(shop: CommandLine, verb: str) -> None:
    held = shop.buy("NOBODY-KNOWS")
    shop.must("sync")
    result = shop.run("orders", verb, held, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["record"] == held
    assert f"orders explain {held}" in result.stderr
