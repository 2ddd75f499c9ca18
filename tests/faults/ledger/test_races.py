"""Many processes at once on one ledger: each order is claimed by one, each lease held by one, no token given twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from amazon_orders.errors import Busy
from amazon_orders.ledger import Cursor, Ledger
from tests.faults.ledger.forked import at_once
from tests.unit.ledger.made import KEY

PROCESSES = 8
RATE, BURST = 40.0, 10


def opened(url: str) -> Ledger:
    """On the wall clock, as processes share it."""
    return Ledger.open(url, key=KEY, now=lambda: datetime.now(UTC))


def test_of_eight_processes_that_claim_the_same_orders_one_makes_each_claim(url: str, ledger: Ledger) -> None:
    ids = [f"303-{count:07d}-0000000" for count in range(200)]

    def prepare() -> Callable[[], str]:
        mine = opened(url)

        def claim() -> str:
            new = []
            for start in range(0, 200, 20):
                claims = mine.claims.take("shop", "de", {one: one for one in ids[start : start + 20]}, 1)
                new += [one for one, claim in claims.items() if claim.new]
            return " ".join(new)

        return claim

    new = [one for said in at_once(PROCESSES, prepare) for one in said.split()]
    assert sorted(new) == ids


def test_of_eight_processes_one_at_a_time_holds_a_lease(url: str, ledger: Ledger) -> None:
    def prepare() -> Callable[[], str]:
        mine = opened(url)

        def hold() -> str:
            held, end = 0, time.monotonic() + 1.5
            while time.monotonic() < end:
                try:
                    lease = mine.leases.acquire("de")
                except Busy:
                    continue
                with mine.transaction(lease):
                    cursor = mine.cursors.get("de", "orders")
                    seen = cursor.counters["held"] if cursor else 0
                    mine.cursors.save(Cursor(connection="de", flow="orders", counters={"held": seen + 1}))
                held += 1
                mine.leases.release(lease)
            return str(held)

        return hold

    counts = [int(said) for said in at_once(PROCESSES, prepare)]
    cursor = ledger.cursors.get("de", "orders")
    assert cursor is not None
    assert cursor.counters["held"] == sum(counts) > 4
    assert opened_fence(url) == sum(counts) + 1


def opened_fence(url: str) -> int:
    """The fence that the next holder gets."""
    with opened(url) as ledger:
        return ledger.leases.acquire("de").fence


def test_eight_processes_together_never_get_a_token_more_than_one_bucket_holds(url: str, ledger: Ledger) -> None:
    def prepare() -> Callable[[], str]:
        mine = opened(url)

        def take() -> str:
            end, taken = time.monotonic() + 1.5, []
            while time.monotonic() < end:
                before = time.time()
                wait = mine.buckets.take("scope", "op", RATE, BURST)
                if wait == 0.0:
                    taken.append(f"{before!r}:{time.time()!r}")
                else:
                    time.sleep(min(wait, 0.005))
            return " ".join(taken)

        return take

    spans = [span.split(":") for said in at_once(PROCESSES, prepare) for span in said.split()]
    taken = sorted((float(after), float(before)) for before, after in spans)
    assert len(taken) > RATE
    # Every stretch of time: what was surely taken inside it, against what a bucket gives that was full at its begin.
    begins = sorted(before for _, before in taken)
    for begin in begins:
        inside = [after for after, before in taken if before >= begin]
        for count, after in enumerate(inside, 1):
            assert count <= BURST + RATE * (after - begin), f"{count} tokens in {after - begin:.6f} seconds"
