"""Amounts: nothing is lost when they are split, nothing is invented when they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon_orders.model import as_text, minor_unit, rounded, split

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=40), CURRENCIES)
def test_parts_of_a_split_are_whole_units_and_add_up(units: int, weights: list[int], currency: str) -> None:
    amount = Decimal(units) * minor_unit(currency)
    parts = split(amount, [Decimal(weight) for weight in weights], currency)
    assert sum(parts) == amount
    assert all(part % minor_unit(currency) == 0 for part in parts)


def test_a_split_is_as_even_as_it_can_be() -> None:
    assert split(Decimal("10.00"), [Decimal(1)] * 3, "EUR") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert split(Decimal(1000), [Decimal(1)] * 3, "JPY") == [Decimal(334), Decimal(333), Decimal(333)]


def test_a_split_follows_its_weights() -> None:
    assert split(Decimal("9.00"), [Decimal(1), Decimal(2)], "EUR") == [Decimal("3.00"), Decimal("6.00")]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("5", "EUR", "5.00"),
        ("5.1", "EUR", "5.10"),
        ("5.125", "EUR", "5.125"),
        ("5980", "JPY", "5980"),
        ("5980.00", "JPY", "5980.00"),
        ("1E+3", "EUR", "1000.00"),
        ("-0.5", "USD", "-0.50"),
    ],
)
def test_amounts_are_written_plainly(amount: str, currency: str, text: str) -> None:
    assert as_text(Decimal(amount), currency) == text


def test_no_amount_is_no_text() -> None:
    assert as_text(None, "EUR") is None


def test_halves_round_away_from_zero_as_on_invoices() -> None:
    assert rounded(Decimal("2.345"), "EUR") == Decimal("2.35")
    assert rounded(Decimal("2.5"), "JPY") == Decimal(3)
