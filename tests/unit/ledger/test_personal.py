"""A buyer's data is kept as long as it is needed and allowed, and then it is gone, from the files too."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from amazon_orders.ledger import Ledger
from amazon_orders.ledger.retention import erase_at

from .made import NOON, ORDER, Clock, Open, an_order, held, number

DAY = timedelta(days=1)
CREATED = NOON - timedelta(hours=2)
UPDATED = NOON - timedelta(hours=1)
PLACED: dict[str, Any] = {}
HELD: dict[str, Any] = {"status": "held", "store_ref": None}
RULES = {
    "a delivered order: 30 days after delivery": (
        {"delivered_at": NOON + 2 * DAY, "deliver_by": NOON + 5 * DAY},
        NOON + 32 * DAY,
    ),
    "a delivered order whose record changed again later: the promised date still counts": (
        {"delivered_at": NOON + 20 * DAY, "deliver_by": NOON + 5 * DAY},
        NOON + 35 * DAY,
    ),
    "not delivered as far as is known: after the latest date promised": (
        {"deliver_by": NOON + 5 * DAY, "shipped_at": NOON + DAY},
        NOON + 35 * DAY,
    ),
    "no date promised: after shipment": ({"shipped_at": NOON + DAY}, NOON + 31 * DAY),
    "cancelled: after the cancellation": (
        {"amazon_status": "CANCELLED", "deliver_by": NOON + 5 * DAY},
        UPDATED + 30 * DAY,
    ),
    "cancelled without any date": ({"status": "cancelled"}, UPDATED + 30 * DAY),
    "no date at all: 60 days after it was created": ({}, CREATED + 60 * DAY),
    "held: 60 days after it was created": (HELD | {"deliver_by": NOON + 90 * DAY}, CREATED + 60 * DAY),
    "held and to be delivered soon: 30 days after that": (HELD | {"deliver_by": NOON + 5 * DAY}, NOON + 35 * DAY),
    "pending": (HELD | {"status": "pending"}, CREATED + 60 * DAY),
    "failed": (HELD | {"status": "failed"}, CREATED + 60 * DAY),
    "never placed: not at all": (HELD | {"status": "skipped"}, None),
}


@pytest.mark.parametrize(("facts", "until"), RULES.values(), ids=RULES)
def test_how_long_it_is_kept(facts: dict[str, Any], until: datetime | None) -> None:
    assert erase_at(an_order(**facts)) == until


def raw(order_id: str, size: int = 1500) -> bytes:
    return f'{{"buyer":"canary of {order_id}","pad":"{"x" * size}"}}'.encode()


def tokens(ledger: Ledger) -> dict[str, bytes]:
    """The encrypted tokens as they stand in the table."""
    with ledger._database.reading() as work:
        rows = work.connection.exec_driver_sql("SELECT amazon_order_id, token FROM ao_orders WHERE token IS NOT NULL")
        return {row[0]: bytes(row[1]) for row in rows}


def on_disk(url: str) -> bytes:
    path = Path(make_url(url).database or "")
    return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))


class TestErasing:
    def test_what_is_due_goes_and_nothing_else(self, ledger: Ledger, clock: Clock) -> None:
        ids = [number(count) for count in range(4)]
        ledger.orders.record([an_order(one, deliver_by=NOON + day * DAY, raw=raw(one)) for day, one in enumerate(ids)])
        assert ledger.personal.erase(NOON + 30 * DAY - timedelta(seconds=1)) == 0
        assert ledger.personal.erase(NOON + 31 * DAY) == 2  # the last moment is inside
        assert set(tokens(ledger)) == set(ids[2:])
        assert ledger.orders.snapshot("de", ids[0]) is None
        assert {row.amazon_order_id for row in ledger.orders.list()} == set(ids)

    def test_it_writes_only_where_something_is_due(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(raw=raw(ORDER))])
        before = ledger.commits
        assert ledger.personal.erase(NOON) == 0
        assert ledger.commits == before

    def test_a_record_that_comes_by_after_its_time_is_not_kept_again(self, ledger: Ledger, clock: Clock) -> None:
        ledger.orders.record([an_order(deliver_by=NOON, raw=raw(ORDER))])
        clock.forward(31 * 86400)
        ledger.personal.erase(clock())
        ledger.orders.record([an_order(deliver_by=NOON, updated_at=clock(), digest=b"another", raw=raw(ORDER))])
        assert tokens(ledger) == {}

    def test_an_order_that_turns_out_to_be_nobodys_keeps_nothing(self, ledger: Ledger) -> None:
        ledger.orders.record([held(raw=raw(ORDER))])
        assert tokens(ledger)
        ledger.orders.record([held(status="skipped", raw=raw(ORDER))])
        assert tokens(ledger) == {}

    def test_what_is_kept_is_counted_by_age(self, ledger: Ledger) -> None:
        for count, days in enumerate((1, 8, 20, 40, 70, 100)):
            ledger.orders.record([an_order(number(count), created_at=NOON - days * DAY, deliver_by=NOON, raw=b"{}")])
        ledger.orders.record([an_order(number(9), raw=None)])
        counts, oldest = ledger.personal.ages(NOON)
        assert counts == {"0-7": 1, "8-14": 1, "15-30": 1, "31-60": 1, "61-90": 1, "over 90": 1}
        assert oldest == NOON - 100 * DAY
        kept = ledger.personal.kept(NOON + 30 * DAY)
        assert (kept.orders, kept.overdue, kept.next_erase) == (6, 6, NOON + 30 * DAY)

    def test_nothing_kept_is_counted_too(self, ledger: Ledger) -> None:
        counts, oldest = ledger.personal.ages(NOON)
        assert (sum(counts.values()), oldest) == (0, None)
        kept = ledger.personal.kept(NOON)
        assert (kept.orders, kept.overdue, kept.next_erase) == (0, 0, None)

    def test_the_question_is_answered_by_its_index(self, ledger: Ledger, url: str) -> None:
        if not url.startswith("sqlite"):
            return
        with ledger._database.reading() as work:
            plan = work.connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT erase_at FROM ao_orders "
                "WHERE token IS NOT NULL AND erase_at <= '2026' LIMIT 1"
            ).all()
        assert "ao_orders_personal" in str(plan)


class TestBytes:
    """SQLite alone: there the files are ours."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/ledger.db"

    def test_no_byte_of_a_token_is_left_in_any_file(self, ledger: Ledger, url: str) -> None:
        ids = [number(count) for count in range(300)]
        pieces: list[bytes] = []
        for turn in range(3):  # replaced twice, in rows of all sizes, so that pages are split and filled anew
            ledger.orders.record(
                [
                    an_order(
                        one,
                        deliver_by=NOON,
                        detail="x" * (17 * index % 400),
                        updated_at=UPDATED + timedelta(minutes=turn),
                        digest=f"{turn}{one}".encode(),
                        raw=raw(one, 40 * (index + turn * 50) % 6000),
                    )
                    for index, one in enumerate(ids)
                ]
            )
            for token in tokens(ledger).values():
                pieces += [token[10:34], token[len(token) // 2 :][:24], token[-24:]]
        before = on_disk(url)
        assert sum(piece in before for piece in pieces) > len(ids), "the search must be able to find them"
        assert ledger.personal.erase(NOON + 30 * DAY) == 300
        after = on_disk(url)
        assert [piece for piece in pieces if piece in after] == []

    def test_where_somebody_reads_old_pages_the_next_run_cleans_up(
        self, ledger: Ledger, open_ledger: Open, url: str
    ) -> None:
        ledger.orders.record([an_order(deliver_by=NOON, raw=raw(ORDER))])
        piece = tokens(ledger)[ORDER][20:60]
        reader = open_ledger()
        with reader._database.reading() as work:
            work.connection.exec_driver_sql("SELECT * FROM ao_orders").all()
            assert ledger.personal.erase(NOON + 30 * DAY) == 1
            assert piece in on_disk(url)
        assert ledger.personal.erase(NOON + 30 * DAY) == 0
        assert piece not in on_disk(url)
