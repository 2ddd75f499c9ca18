"""When somebody hears of an order that cannot be shipped: its time and now -> what was due last, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amazon_orders.rules import DAY, Deadline, deadline
from tests.unit.rules.rows import named

SHIP_BY = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)

# now, country -> the moment that is due, and whether Amazon has cancelled by now; both against the time to ship by
MOMENTS: dict[str, tuple[timedelta, str, tuple[timedelta, bool] | None]] = {
    "more than a day before": (-DAY - SECOND, "DE", None),
    "a day before": (-DAY, "DE", (-DAY, False)),
    "an hour before": (-HOUR, "DE", (-DAY, False)),
    "at its time": (timedelta(), "DE", (timedelta(), False)),
    "hours late": (5 * HOUR, "DE", (timedelta(), False)),
    "a day late": (DAY, "DE", (DAY, False)),
    "six days late": (6 * DAY + HOUR, "DE", (6 * DAY, False)),
    "a second before Amazon cancels": (7 * DAY - SECOND, "DE", (6 * DAY, False)),
    "when Amazon cancels": (7 * DAY, "DE", (7 * DAY, True)),
    "later still": (9 * DAY + HOUR, "DE", (9 * DAY, True)),
    "a second before Amazon cancels in the Emirates": (3 * DAY - SECOND, "AE", (2 * DAY, False)),
    "when Amazon cancels in the Emirates": (3 * DAY, "AE", (3 * DAY, True)),
    "when Amazon cancels in Saudi Arabia": (3 * DAY, "SA", (3 * DAY, True)),
}
ROWS = {"an hour before": "70", "when Amazon cancels": "70"}


@pytest.mark.parametrize(("late", "country", "due"), named(MOMENTS, ROWS))
def test_what_is_due(late: timedelta, country: str, due: tuple[timedelta, bool] | None) -> None:
    wanted = None if due is None else Deadline(since=SHIP_BY + due[0], expired=due[1])
    assert deadline(SHIP_BY, country, SHIP_BY + late) == wanted


@pytest.mark.parametrize(
    ("told", "news"),
    [
        pytest.param(None, True, id="never told"),
        pytest.param(-SECOND, True, id="told of the moment before"),
        pytest.param(timedelta(), False, id="told at this very moment"),
        pytest.param(HOUR, False, id="told of this moment"),
    ],
)
def test_each_moment_is_news_once(told: timedelta | None, news: bool) -> None:
    stands = Deadline(since=SHIP_BY, expired=False)
    assert stands.is_news(None if told is None else SHIP_BY + told) == news
