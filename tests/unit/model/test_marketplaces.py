"""Amazon's marketplaces as Amazon publishes them: one id, one region and one currency each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from amazon_orders.model import BY_ID, MARKETPLACES, Hold, Place, Reason, minor_unit
from tests.unit.rules.build import decide, line, order

PUBLISHED = {
    "CA": ("A2EUQ1WTGCTBG2", "na", "CAD"),
    "US": ("ATVPDKIKX0DER", "na", "USD"),
    "MX": ("A1AM78C64UM0Y8", "na", "MXN"),
    "BR": ("A2Q3Y263D00KWC", "na", "BRL"),
    "IE": ("A28R8C7NBKEWEA", "eu", "EUR"),
    "ES": ("A1RKKUPIHCS9HS", "eu", "EUR"),
    "GB": ("A1F83G8C2ARO7P", "eu", "GBP"),
    "FR": ("A13V1IB3VIYZZH", "eu", "EUR"),
    "BE": ("AMEN7PMS3EDWL", "eu", "EUR"),
    "NL": ("A1805IZSGTT6HS", "eu", "EUR"),
    "DE": ("A1PA6795UKMFR9", "eu", "EUR"),
    "IT": ("APJ6JRA9NG5V4", "eu", "EUR"),
    "SE": ("A2NODRKZP88ZB9", "eu", "SEK"),
    "ZA": ("AE08WJ6YKNBMC", "eu", "ZAR"),
    "PL": ("A1C3SOZRARQ6R3", "eu", "PLN"),
    "EG": ("ARBP9OOSHTCHU", "eu", "EGP"),
    "TR": ("A33AVAJ2PDY3EV", "eu", "TRY"),
    "SA": ("A17E79C6D8DWNP", "eu", "SAR"),
    "AE": ("A2VIGQ35RCS4UG", "eu", "AED"),
    "IN": ("A21TJRUUN4KGV", "eu", "INR"),
    "SG": ("A19VAU5U5O7RUS", "fe", "SGD"),
    "AU": ("A39IBJ37TRP1C6", "fe", "AUD"),
    "JP": ("A1VC38T7YXB528", "fe", "JPY"),
}
"""Country -> id, region, currency: developer documentation of the Selling Partner API, "Marketplace IDs"."""


def test_all_are_here_with_their_id_region_and_currency() -> None:
    assert {country: (row.id, row.region, row.currency) for country, row in MARKETPLACES.items()} == PUBLISHED
    assert {row.id: row.country for row in BY_ID.values()} == {row[0]: country for country, row in PUBLISHED.items()}


@pytest.mark.parametrize("country", PUBLISHED)
def test_an_order_is_placed_in_the_currency_of_its_marketplace_to_the_smallest_coin(country: str) -> None:
    price = Decimal("1234") if country == "JP" else Decimal("1234.56")
    decision = decide(order(line(item=str(price), total=str(price)), marketplace=country))
    assert isinstance(decision, Place), decision
    assert (decision.order.currency, decision.order.total) == (PUBLISHED[country][2], price)
    assert minor_unit(decision.order.currency) == (Decimal(1) if country == "JP" else Decimal("0.01"))


@pytest.mark.parametrize("country", PUBLISHED)
def test_an_order_in_another_currency_is_held(country: str) -> None:
    foreign = "EUR" if PUBLISHED[country][2] != "EUR" else "GBP"
    decision = decide(replace(order(line(item="10.00", total="10.00"), marketplace=country), currency=foreign))
    assert isinstance(decision, Hold), decision
    assert decision.reason == Reason.CURRENCY
