"""Quotas: exact token buckets that all workers share."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amazon_orders.ledger import Ledger

from .made import NOON, Clock, Open, Trouble, trouble

SEARCH = ("app+seller+eu", "searchOrders", 0.0056, 20)
GET = ("app+seller+eu", "getOrder", 0.5, 30)


def drained(ledger: Ledger, bucket: tuple[str, str, float, int]) -> int:
    """Take until nothing is left; how many tokens there were."""
    taken = 0
    while ledger.buckets.take(*bucket) == 0.0:
        taken += 1
    return taken


class TestBuckets:
    def test_a_bucket_begins_full(self, ledger: Ledger) -> None:
        assert ledger.buckets.left(*SEARCH) == 20
        assert drained(ledger, SEARCH) == 20
        assert ledger.buckets.left(*SEARCH) == 0

    def test_an_empty_bucket_says_to_the_microsecond_when_the_next_token_comes(
        self, ledger: Ledger, clock: Clock
    ) -> None:
        drained(ledger, GET)
        clock.forward(0.75)
        wait = ledger.buckets.take(*GET)
        assert wait == pytest.approx(1.25, abs=1e-6)
        clock.forward(wait - 0.000001)
        assert ledger.buckets.take(*GET) > 0
        clock.forward(0.000001)
        assert ledger.buckets.take(*GET) == 0.0

    def test_a_refused_take_takes_and_writes_nothing(self, ledger: Ledger) -> None:
        drained(ledger, GET)
        before = ledger.commits
        assert {ledger.buckets.take(*GET) for _ in range(5)} == {2.0}
        assert ledger.commits == before

    def test_buckets_of_other_scopes_and_operations_stay_full(self, ledger: Ledger) -> None:
        drained(ledger, GET)
        assert ledger.buckets.left("another seller", "getOrder", 0.5, 30) == 30
        assert ledger.buckets.left(*SEARCH) == 20

    def test_tokens_come_back_one_by_one_up_to_the_burst(self, ledger: Ledger, clock: Clock) -> None:
        drained(ledger, GET)
        clock.forward(10)
        assert ledger.buckets.left(*GET) == pytest.approx(5)
        clock.forward(1000)
        assert ledger.buckets.left(*GET) == 30

    def test_a_restart_changes_nothing(self, open_ledger: Open) -> None:
        first = open_ledger()
        drained(first, GET)
        first.close()
        assert open_ledger().buckets.take(*GET) == 2.0

    def test_a_bucket_that_amazon_calls_empty_is_empty(self, ledger: Ledger, clock: Clock) -> None:
        assert ledger.buckets.drain(*GET) == 2.0
        assert ledger.buckets.left(*GET) == 0
        clock.forward(2)
        assert ledger.buckets.take(*GET) == 0.0
        assert ledger.buckets.take(*GET) == 2.0

    def test_inside_a_transaction_a_token_is_taken_with_it_or_not_at_all(self, ledger: Ledger) -> None:
        before = ledger.commits
        with ledger.transaction():
            ledger.buckets.take(*GET)
            ledger.buckets.take(*GET)
        assert (ledger.commits - before, ledger.buckets.left(*GET)) == (1, 28)
        with pytest.raises(Trouble), ledger.transaction(), trouble():
            ledger.buckets.take(*GET)
        assert ledger.buckets.left(*GET) == 28

    def test_a_clock_that_ran_ahead_does_not_close_the_bucket_for_as_long(self, ledger: Ledger, clock: Clock) -> None:
        clock.forward(86400)
        drained(ledger, GET)
        clock.forward(-86400)
        assert ledger.buckets.take(*GET) == 2.0

    def test_a_reset_fills_the_buckets_of_one_scope(self, ledger: Ledger) -> None:
        drained(ledger, GET)
        ledger.buckets.take("other", "getOrder", 0.5, 30)
        assert ledger.buckets.reset("app+seller+eu") == 1
        assert ledger.buckets.left(*GET) == 30
        assert ledger.buckets.left("other", "getOrder", 0.5, 30) == 29


class TestLearning:
    def test_a_faster_rate_counts_at_once_and_leaves_the_burst(self, ledger: Ledger, clock: Clock) -> None:
        drained(ledger, GET)
        ledger.buckets.learn("app+seller+eu", "getOrder", 5.0)
        assert ledger.buckets.take(*GET) == pytest.approx(0.2)
        clock.forward(3600)
        assert ledger.buckets.left(*GET) == 30

    def test_a_slower_rate_counts_at_once(self, ledger: Ledger) -> None:
        drained(ledger, GET)
        ledger.buckets.learn("app+seller+eu", "getOrder", 0.1)
        assert ledger.buckets.take(*GET) == pytest.approx(10)

    def test_the_tokens_that_are_there_stay_when_the_rate_changes(self, ledger: Ledger) -> None:
        for _ in range(12):
            ledger.buckets.take(*GET)
        for rate in (5.0, 0.01, 0.5):
            ledger.buckets.learn("app+seller+eu", "getOrder", rate)
            assert ledger.buckets.left(*GET) == pytest.approx(18, abs=1e-4)

    def test_a_rate_is_learned_before_the_first_call_too(self, ledger: Ledger) -> None:
        ledger.buckets.learn("app+seller+eu", "getOrder", 0.1)
        assert drained(ledger, GET) == 30
        assert ledger.buckets.take(*GET) == pytest.approx(10)

    def test_what_is_known_is_not_written_again(self, ledger: Ledger) -> None:
        ledger.buckets.learn("app+seller+eu", "getOrder", 0.1)
        before = ledger.commits
        ledger.buckets.learn("app+seller+eu", "getOrder", 0.1)
        assert ledger.commits == before

    def test_a_learned_rate_survives_a_restart(self, open_ledger: Open) -> None:
        first = open_ledger()
        first.buckets.learn("app+seller+eu", "getOrder", 0.1)
        drained(first, GET)
        first.close()
        assert open_ledger().buckets.take(*GET) == pytest.approx(10)

    @pytest.mark.parametrize("nonsense", [0.0, -1.0, float("nan"), float("inf")])
    def test_a_rate_that_is_none_is_not_learned(self, ledger: Ledger, nonsense: float) -> None:
        drained(ledger, GET)
        ledger.buckets.learn("app+seller+eu", "getOrder", nonsense)
        assert ledger.buckets.take(*GET) == 2.0

    def test_a_published_rate_that_changes_with_the_library_counts_where_none_was_learned(self, ledger: Ledger) -> None:
        drained(ledger, GET)
        assert ledger.buckets.take("app+seller+eu", "getOrder", 1.0, 30) == 1.0


class Reference:
    """A token bucket as the textbook has it, in exact fractions."""

    def __init__(self, rate: Fraction, burst: int) -> None:
        self.rate, self.burst, self.tokens = rate, burst, Fraction(burst)

    def forward(self, seconds: Fraction) -> None:
        self.tokens = min(Fraction(self.burst), self.tokens + self.rate * seconds)

    def take(self) -> bool:
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


STEPS = st.lists(
    st.one_of(
        st.just("take"), st.just("drain"), st.integers(0, 5000).map(lambda ms: ("forward", ms)),
        st.sampled_from([1.0, 2.0, 4.0, 8.0, 0.5]).map(lambda rate: ("learn", rate)),
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, burst=st.integers(1, 5))
def test_a_bucket_gives_what_the_textbook_gives(
    ledger: Ledger, clock: Clock, steps: list[str | tuple[str, float]], burst: int
) -> None:
    """Rates that divide a second evenly, so that no rounding stands between the two."""
    clock.moment = NOON
    ledger.buckets.reset("scope")
    reference = Reference(Fraction(1), burst)
    for step in steps:
        match step:
            case "take":
                wait = ledger.buckets.take("scope", "op", 1.0, burst)
                missing = 1 - reference.tokens
                assert (wait == 0.0) == reference.take()
                if wait:
                    assert wait == pytest.approx(float(missing / reference.rate), abs=2e-5)
            case "drain":
                ledger.buckets.drain("scope", "op", 1.0, burst)
                reference.tokens = Fraction(0)
            case ("forward", ms):
                clock.moment += timedelta(milliseconds=int(ms))
                reference.forward(Fraction(int(ms), 1000))
            case ("learn", rate):
                ledger.buckets.learn("scope", "op", float(rate))
                reference.rate = Fraction(float(rate))
        left = ledger.buckets.left("scope", "op", 1.0, burst)
        assert left == pytest.approx(float(reference.tokens), abs=1e-4)
