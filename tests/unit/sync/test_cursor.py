"""Where the next window begins: never later than what every page of this one has shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from amazon_orders.amazon import INCLUDED, OrderPage
from amazon_orders.ledger import Cursor
from amazon_orders.sync.orders import _moved

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
START = NOW - timedelta(days=1)
SOON = NOW + timedelta(hours=1)
"""Amazon's clock, when it is asked last."""


def page(until: datetime, token: str = "") -> OrderPage:
    answer = {"orders": [], "pagination": {"nextToken": token} if token else {}, "lastUpdatedBefore": until.isoformat()}
    made = OrderPage(json.dumps(answer).encode(), INCLUDED)
    made.records(set())
    return made


def test_should_amazon_reckon_its_bound_anew_for_each_page_the_earliest_counts() -> None:
    first, later = NOW - timedelta(minutes=2), NOW + timedelta(minutes=20)
    cursor = _moved(Cursor(connection="de", flow="orders"), page(first, "a"), START, "a", NOW, SOON)
    cursor = _moved(cursor, page(later, "b"), START, "b", NOW, SOON)
    assert cursor.watermark is None, "the window is not read to its end yet"
    assert _moved(cursor, page(later), START, "", NOW, SOON).watermark == first


def test_a_window_that_is_over_says_nothing_about_the_next() -> None:
    first, later = NOW - timedelta(minutes=2), NOW + timedelta(minutes=20)
    done = _moved(Cursor(connection="de", flow="orders"), page(first), START, "", NOW, SOON)
    assert _moved(done, page(later), START, "", NOW, SOON).watermark == later


def test_a_bound_that_is_still_to_come_counts_as_now() -> None:
    done = _moved(Cursor(connection="de", flow="orders"), page(NOW + timedelta(days=365)), START, "", NOW, NOW)
    assert done.watermark == NOW
