"""When somebody has to hear of an order that cannot be shipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amazon_orders.rules import deadline

BY = datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)
DAY = timedelta(days=1)
BIT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        pytest.param(BY - DAY - BIT, None, id="more than a day before nobody is told"),
        pytest.param(BY - DAY, BY - DAY, id="a day before"),
        pytest.param(BY - BIT, BY - DAY, id="until its time there is nothing more to say"),
        pytest.param(BY, BY, id="at its time"),
        pytest.param(BY + 20 * BIT, BY, id="a little later that was said"),
        pytest.param(BY + DAY, BY + DAY, id="a day after it again"),
        pytest.param(BY + 5.5 * DAY, BY + 5 * DAY, id="and daily"),
        pytest.param(BY + 40 * DAY, BY + 40 * DAY, id="until Amazon cancels, however long"),
    ],
)
def test_it_is_told_a_day_before_at_its_time_and_daily(now: datetime, since: datetime | None) -> None:
    found = deadline(BY, "DE", now)
    assert (found.since if found else None) == since


@pytest.mark.parametrize(("country", "days"), [("DE", 7), ("US", 7), ("AE", 3), ("SA", 3)])
def test_amazon_cancels_by_itself_after_some_days(country: str, days: int) -> None:
    before, after = deadline(BY, country, BY + days * DAY - BIT), deadline(BY, country, BY + days * DAY)
    assert before is not None
    assert after is not None
    assert (before.expired, after.expired) == (False, True)


def test_what_was_told_since_the_last_moment_is_no_news() -> None:
    stands = deadline(BY, "DE", BY + BIT)
    assert stands is not None
    assert stands.is_news(None)
    assert stands.is_news(BY - BIT)
    assert not stands.is_news(BY)
    assert not stands.is_news(BY + BIT)
