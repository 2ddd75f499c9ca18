"""Open orders that are read again and told of: which, since when, and in which order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from amazon_orders.ledger import Ledger

from .made import NOON, ORDER, an_order, held, number

DAY = timedelta(days=1)


class TestReadingAgain:
    def test_the_longest_unread_come_first_and_no_more_than_asked_for(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(number(3), at=NOON), an_order(number(1), at=NOON + timedelta(minutes=2))])
        ledger.orders.record([an_order(number(2), at=NOON + timedelta(minutes=1))])
        assert ledger.watches.stale("de", NOON + DAY, 10) == [number(3), number(2), number(1)]
        assert ledger.watches.stale("de", NOON + DAY, 2) == [number(3), number(2)]
        assert ledger.watches.stale("de", NOON + timedelta(minutes=1), 10) == [number(3), number(2)]
        assert ledger.watches.stale("fr", NOON + DAY, 10) == []

    def test_what_was_read_by_id_or_came_by_since_is_not_stale(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(number(1)), an_order(number(2))])
        ledger.watches.was_read("de", [number(1)], NOON + DAY)
        assert ledger.watches.stale("de", NOON + timedelta(hours=23), 10) == [number(2)]
        ledger.orders.record([an_order(number(2), at=NOON + DAY, updated_at=NOON, digest=b"another")])
        assert ledger.watches.stale("de", NOON + timedelta(hours=23), 10) == []
        assert ledger.watches.read_first("de") == NOON + DAY

    def test_a_page_counts_where_it_is_later_than_the_last_reading_by_id(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order()])
        ledger.watches.was_read("de", [ORDER], NOON + timedelta(hours=1))
        ledger.orders.record([an_order(at=NOON + timedelta(hours=5), updated_at=NOON, digest=b"another")])
        assert ledger.watches.read_first("de") == NOON + timedelta(hours=5)

    def test_where_there_is_none_nothing_is_read_first(self, ledger: Ledger) -> None:
        assert ledger.watches.read_first("de") is None

    def test_a_record_without_an_order_id_cannot_be_read(self, ledger: Ledger) -> None:
        ledger.orders.record([held("unreadable-0123456789ab", status="failed")])
        assert ledger.watches.stale("de", NOON + DAY, 10) == []

    def test_settled_orders_are_forgotten(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(number(1)), an_order(number(2))])
        ledger.watches.was_read("de", [number(1), number(2)], NOON)
        ledger.orders.record([an_order(number(1), amazon_status="SHIPPED", digest=b"another")])
        ledger.watches.was_read("de", [], NOON)
        with ledger._database.reading() as work:
            rows = work.connection.exec_driver_sql("SELECT amazon_order_id FROM ao_watches").all()
        assert [row[0] for row in rows] == [number(2)]

    def test_an_order_with_an_open_command_is_read_although_it_has_left(self, ledger: Ledger) -> None:
        ledger.orders.record(
            [an_order(number(1), amazon_status="SHIPPED"), an_order(number(2), amazon_status="SHIPPED")]
        )
        command(ledger, number(1), "accepted")
        command(ledger, number(2), "verified")
        assert ledger.watches.stale("de", NOON + DAY, 10) == [number(1)]


def command(ledger: Ledger, order_id: str, state: str) -> None:
    """A command in the outbox, past the outbox's own door."""
    names = (
        "connection, kind, amazon_order_id, cause, version, store_ref, number, state, detail, road, content, units, "
        "amounts, updated_at, opened_at, changed_at, attempts"
    )
    values = f"'de', 'refund', '{order_id}', '1', 1, '17', 0, '{state}', '', 'feed', '', '[]', '[]', '', '', '', 0"
    with ledger._database.writing() as work:
        work.connection.exec_driver_sql(f"INSERT INTO ao_commands ({names}) VALUES ({values})")
        work.wrote = True


class TestAtRisk:
    def risks(self, ledger: Ledger) -> list[tuple[str, str, str]]:
        found = ledger.watches.at_risk("de", NOON + 3 * DAY)
        return [(risk.amazon_order_id, risk.ref, risk.reason) for risk in found]

    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"status": "cancelled", "amazon_status": "CANCELLED"},
            {"reason": "TOTAL_DIFFERS"},
            {"reason": "BUYER_REQUESTS_CANCEL", "amazon_status": "SHIPPED"},
            {"reason": "BUYER_REQUESTS_CANCEL", "fulfilled_by": "AMAZON"},
            {"reason": "BUYER_REQUESTS_CANCEL", "ship_by": NOON + 4 * DAY},
            {"reason": "BUYER_REQUESTS_CANCEL", "ship_by": None},
            {"reason": "BUYER_REQUESTS_CANCEL", "connection": "fr"},
        ],
        ids=["in order", "cancelled", "another remark", "has left", "Amazon's", "not soon", "no time", "another's"],
    )
    def test_an_order_that_can_leave_or_has_time_is_not(self, ledger: Ledger, facts: dict[str, Any]) -> None:
        ledger.orders.record([an_order(**facts)])
        assert self.risks(ledger) == []

    def test_an_order_that_waits_or_failed_is_and_the_most_urgent_comes_first(self, ledger: Ledger) -> None:
        ledger.orders.record(
            [
                held(number(1), ship_by=NOON + 2 * DAY),
                held(number(2), ship_by=NOON + DAY, status="failed", reason="FAILING"),
                an_order(number(3), ship_by=NOON, reason="BUYER_REQUESTS_CANCEL"),
                held(number(4), status="pending", reason="PENDING"),
            ]
        )
        assert self.risks(ledger) == [
            (number(3), "17", "BUYER_REQUESTS_CANCEL"),
            (number(2), "", "FAILING"),
            (number(1), "", "UNKNOWN_SKU"),
        ]

    @pytest.mark.parametrize("reason", ["ADDRESS_CHANGED", "UNITS_CANCELLED", "BUYER_REQUESTS_CANCEL"])
    def test_a_refused_change_puts_an_order_at_risk_as_long_as_its_entry_is_open(
        self, ledger: Ledger, reason: str
    ) -> None:
        ledger.orders.record([an_order()])
        ledger.inbox.open("de", ORDER, reason, "x")
        ledger.inbox.open("de", ORDER, "TOTAL_DIFFERS", "x")
        assert self.risks(ledger) == [(ORDER, "17", reason)]
        ledger.inbox.close("de", ORDER, reason)
        assert self.risks(ledger) == []

    def test_when_it_was_told_last_is_kept_beside_when_it_was_read(self, ledger: Ledger) -> None:
        ledger.orders.record([held()])
        ledger.watches.was_told("de", [ORDER], NOON)
        ledger.watches.was_read("de", [ORDER], NOON + DAY)
        (risk,) = ledger.watches.at_risk("de", NOON + 3 * DAY)
        assert risk.told_at == NOON
        ledger.watches.was_told("de", [ORDER], NOON + DAY)
        (risk,) = ledger.watches.at_risk("de", NOON + 3 * DAY)
        assert risk.told_at == NOON + DAY
        assert ledger.watches.read_first("de") == NOON + DAY


def test_only_open_orders_are_looked_through_however_many_have_left(ledger: Ledger) -> None:
    if not ledger.pragmas():
        return  # PostgreSQL reads a table this small from its pages
    asked: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    engine = ledger._database.engine
    event.listen(engine, "before_cursor_execute", listen)
    ledger.watches.stale("de", NOON, 10)
    ledger.watches.read_first("de")
    ledger.watches.at_risk("de", NOON)
    ledger.counts.waiting("de", NOON)
    event.remove(engine, "before_cursor_execute", listen)
    open_ones = [(statement, values) for statement, values in asked if "watched" in statement]
    assert len(open_ones) == 4
    for statement, values in open_ones:
        with ledger._database.reading() as work:
            plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert any("ao_orders_watched" in row[3] for row in plan), plan
