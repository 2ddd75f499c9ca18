"""Quantities in a feed: as many as Amazon takes, every SKU as it is."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon_orders.amazon import MOST_LISTINGS, listings_feed

SELLER = "A1SELLER"
HOSTILE = st.text(st.characters(codec=None), max_size=40)


def test_quantities() -> None:
    document = json.loads(listings_feed(SELLER, "en_US", [(1, "SKU-1", 10), (2, "SKU/2 %ü", 0)]))
    assert document["header"] == {"sellerId": SELLER, "version": "2.0", "issueLocale": "en_US"}
    assert document["messages"][0] == {
        "messageId": 1,
        "sku": "SKU-1",
        "operationType": "PATCH",
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 10}],
            }
        ],
    }
    assert (document["messages"][1]["messageId"], document["messages"][1]["sku"]) == (2, "SKU/2 %ü")
    assert "issueLocale" not in json.loads(listings_feed(SELLER, "", [(1, "SKU-1", 10)]))["header"]


@given(st.lists(st.tuples(HOSTILE.filter(bool), st.integers(0, 2**31 - 1)), min_size=1, max_size=5))
def test_every_sku_arrives_as_it_is(rows: list[tuple[str, int]]) -> None:
    document = json.loads(listings_feed(SELLER, "", [(number, *row) for number, row in enumerate(rows, 1)]))
    assert [(message["sku"], message["patches"][0]["value"][0]["quantity"]) for message in document["messages"]] == rows


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(0, "a", 1)],
        [(1, "a", 1), (1, "b", 1)],
        [(1, "", 1)],
        [(1, "a", -1)],
        [(1, "a", 2**31)],
        [(number, "a", 1) for number in range(1, MOST_LISTINGS + 2)],
    ],
    ids=["none", "number 0", "a number twice", "no SKU", "below zero", "too many units", "too many"],
)
def test_quantities_that_amazon_cannot_take_are_not_sent(rows: list[tuple[int, str, int]]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        listings_feed(SELLER, "", rows)


def test_a_feed_of_the_largest_size_is_built_at_once() -> None:
    begun = time.monotonic()
    document = listings_feed(SELLER, "", ((number, f"SKU-{number}", 1) for number in range(1, MOST_LISTINGS + 1)))
    assert time.monotonic() - begun < 5
    assert len(json.loads(document)["messages"]) == 25_000
    assert len(document) < 10 * 1024 * 1024  # beyond it Amazon takes no feed
