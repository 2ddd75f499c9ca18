"""How long a run waits for Amazon's quotas: a moment, not for ever, and never for what Amazon itself refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from amazon_orders.errors import AmazonThrottled
from amazon_orders.sync import Work
from amazon_orders.sync.patience import IN_ALL, LONGEST, patiently
from tests.story.world import World, world


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.connect()
        yield made


def work_of(shop: World) -> Work:
    return shop.app.work(shop.app.connections.get("de"))


class Bucket:
    """Answers after so many refusals."""

    def __init__(self, refusals: int, seconds: float, status: int | None = None) -> None:
        self.left, self.seconds, self.status = refusals, seconds, status

    def take(self) -> str:
        if not self.left:
            return "taken"
        self.left -= 1
        raise AmazonThrottled("used up", retry_after=self.seconds, status=self.status, record="de")


def test_a_token_that_is_there_in_a_moment_is_waited_for(shop: World) -> None:
    before = shop.clock.now()
    assert patiently(work_of(shop), Bucket(3, 0.5).take) == "taken"
    assert (shop.clock.now() - before).total_seconds() == 1.5


@pytest.mark.parametrize(
    "bucket",
    [
        pytest.param(Bucket(1, LONGEST + 0.1), id="a token that takes longer"),
        pytest.param(Bucket(1, 0.5, status=429), id="Amazon's own refusal"),
    ],
)
def test_anything_longer_is_left_to_the_next_run(shop: World, bucket: Bucket) -> None:
    before = shop.clock.now()
    with pytest.raises(AmazonThrottled):
        patiently(work_of(shop), bucket.take)
    assert shop.clock.now() == before


def test_a_run_does_not_wait_for_ever_in_moments(shop: World) -> None:
    work, before = work_of(shop), shop.clock.now()
    with pytest.raises(AmazonThrottled):
        patiently(work, Bucket(10_000, 1.0).take)
    assert (shop.clock.now() - before).total_seconds() == IN_ALL
    with pytest.raises(AmazonThrottled):
        patiently(work, Bucket(1, 1.0).take)


def test_a_clock_that_stands_still_is_not_waited_for(shop: World) -> None:
    work = work_of(shop)
    work.pause = lambda _seconds: None
    with pytest.raises(AmazonThrottled):
        patiently(work, Bucket(1, 0.5).take)
