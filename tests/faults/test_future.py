"""Times of Amazon's that lie in the future: what Amazon shows later counts all the same, and nothing is passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from amazon_orders.app import App
from amazon_orders.model import FlowReport
from amazon_orders.sandbox.messages import Request, Response
from amazon_orders.sandbox.transport import InProcess
from tests.story.world import World, world

AHEAD = [timedelta(days=730), timedelta(hours=1), timedelta(minutes=4)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


def later(shop: World, seconds: float = 240) -> FlowReport:
    shop.clock.advance(seconds)
    return shop.sync().connections[0].flows[0]


def from_the_future(shop: World, ahead: timedelta, *lines: str) -> str:
    """An order whose record says that it was changed `ahead` of now, until `shop.seller.spoil(id, None)`."""
    order_id = shop.seller.place(*lines)
    shop.clock.advance(180)
    moment = (shop.clock.now() + ahead).isoformat()
    shop.seller.spoil(order_id, lambda record: record.update(lastUpdatedTime=moment))
    return order_id


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_an_order_changed_in_the_future_and_cancelled_today_is_cancelled(shop: World, ahead: timedelta) -> None:
    order_id = from_the_future(shop, ahead, "MUG-WHITE")
    later(shop)
    assert shop.status(order_id) == "placed"
    shop.clock.advance(60)
    shop.seller.spoil(order_id, None)
    shop.seller.cancel(order_id)
    assert later(shop).cancelled == 1
    assert shop.status(order_id) == "cancelled"


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_one_that_waits_and_is_tried_again_grows_no_younger_by_that(shop: World, ahead: timedelta) -> None:
    order_id = from_the_future(shop, ahead, "NO-SUCH-THING")
    later(shop)
    assert shop.status(order_id) == "held"
    shop.seller.cancel(order_id)
    shop.clock.advance(30)
    shop.add_product("NO-SUCH-THING")
    shop.app.sync()  # from the ledger's record; Amazon does not show the cancellation yet
    shop.seller.spoil(order_id, None)
    later(shop)
    assert shop.app.orders.get(order_id).amazon_status == "CANCELLED"


def test_of_two_records_from_the_future_the_one_that_is_read_later_counts(shop: World) -> None:
    order_id = from_the_future(shop, timedelta(days=730), "MUG-WHITE")
    later(shop)
    moment = (shop.clock.now() + timedelta(days=400)).isoformat()
    shop.seller.cancel(order_id)
    shop.seller.spoil(order_id, lambda record: record.update(lastUpdatedTime=moment))
    assert later(shop).cancelled == 1
    assert shop.status(order_id) == "cancelled"


class Boasting:
    """Amazon's searches say that they have shown all that there will be for a year."""

    def __init__(self, shop: World) -> None:
        self.shop, self.on = shop, True

    def answer(self, request: Request) -> Response:
        answer = self.shop.amazon.answer(request)
        if not self.on or request.path != "/orders/2026-01-01/orders":
            return answer
        document = json.loads(answer.body)
        document["lastUpdatedBefore"] = (self.shop.clock.now() + timedelta(days=365)).isoformat()
        return replace(answer, body=json.dumps(document).encode())


def test_a_search_that_claims_to_have_shown_the_future_hides_nothing_of_today(shop: World) -> None:
    boasting = Boasting(shop)
    shop.app.close()
    shop.app = App(shop.app.config, now=shop.clock.now, pause=shop.clock.sleep, adapter=InProcess(boasting.answer))
    later(shop)
    boasting.on = False
    missed = shop.seller.place("MUG-WHITE")
    later(shop, 900)
    assert shop.status(missed) == "placed"
