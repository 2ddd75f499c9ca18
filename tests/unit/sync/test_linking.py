"""What several marketplaces say of one seller SKU, made into one word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amazon_orders.model import MerchantListing
from amazon_orders.sync.listing_report import _merged

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def listing(channel: str, sku: str = "SKU-1") -> MerchantListing:
    return MerchantListing(sku, "B0X", 3, channel, "Active")


@pytest.mark.parametrize(
    ("here", "there", "channel"),
    [
        ("merchant", "merchant", "merchant"),
        ("amazon", "amazon", "amazon"),
        ("merchant", "amazon", ""),
        ("amazon", "merchant", ""),
        ("merchant", "", ""),
    ],
)
def test_where_marketplaces_differ_nobody_ships_it_for_certain(here: str, there: str, channel: str) -> None:
    found = _merged({"DE": [listing(here)], "FR": [listing(there)]}, NOON)
    assert (found["SKU-1"].channel, found["SKU-1"].marketplaces) == (channel, ("DE", "FR"))


def test_a_listing_is_where_a_report_names_it() -> None:
    found = _merged({"DE": [], "FR": [listing("merchant")]}, NOON)
    assert found["SKU-1"].marketplaces == ("FR",)
