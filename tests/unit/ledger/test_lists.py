"""Orders as people ask for them: in pages, newest first; and those that wait, as runs ask for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from amazon_orders.ledger import STATUSES, Ledger

from .made import NOON, ORDER, Clock, an_order, held, number


@pytest.fixture
def crowd(ledger: Ledger) -> Ledger:
    """600 orders of two connections in every status, some of the same second."""
    ledger.orders.record(
        [
            held(
                number(count),
                connection="de" if count % 3 else "fr",
                status=STATUSES[count % 6],
                created_at=NOON + timedelta(seconds=count // 2),
            )
            for count in range(600)
        ]
    )
    return ledger


class TestLists:
    def test_all_orders_come_newest_first_and_each_once(self, crowd: Ledger) -> None:
        rows = list(crowd.orders.list())
        assert len({row.amazon_order_id for row in rows}) == len(rows) == 600
        assert rows == sorted(rows, key=lambda row: (row.purchased_at, row.amazon_order_id), reverse=True)

    @pytest.mark.parametrize("status", STATUSES)
    def test_a_status_is_all_that_is_shown(self, crowd: Ledger, status: str) -> None:
        rows = list(crowd.orders.list(status=status))
        assert {row.status for row in rows} == {status}
        assert len(rows) == 100

    def test_a_connection_is_all_that_is_shown(self, crowd: Ledger) -> None:
        rows = list(crowd.orders.list(connection="fr"))
        assert {row.connection for row in rows} == {"fr"}
        assert len(rows) == 200

    @pytest.mark.parametrize(
        "filters", [{}, {"status": "held"}, {"connection": "de"}, {"status": "held", "connection": "de"}]
    )
    def test_pages_add_up_to_the_list(self, crowd: Ledger, filters: dict[str, Any]) -> None:
        whole = list(crowd.orders.list(**filters))
        pages, last = [], None
        while page := list(crowd.orders.list(after=last, limit=37, **filters)):
            assert len(page) <= 37
            pages += page
            last = page[-1]
        assert pages == whole

    def test_attention_is_what_is_held_and_what_lies_in_the_inbox_each_once(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(number(1)), held(number(2)), held(number(3)), an_order(number(4))])
        ledger.inbox.open("de", number(1), "TOTAL_DIFFERS", "")
        ledger.inbox.open("de", number(1), "DOUBLE", "")
        ledger.inbox.open("de", number(3), "DOUBLE", "")
        ledger.inbox.open("de", number(4), "DOUBLE", "")
        ledger.inbox.close("de", number(4))
        shown = [row.amazon_order_id for row in ledger.orders.list(status="attention")]
        assert sorted(shown) == sorted([number(1), number(2), number(3)])
        assert [row.amazon_order_id for row in ledger.orders.list(status="attention", connection="fr")] == []

    def test_a_row_says_what_the_list_prints(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order()])
        assert [row.as_dict() for row in ledger.orders.list()] == [
            {
                "amazon_order_id": ORDER,
                "connection": "de",
                "marketplace": "DE",
                "status": "placed",
                "amazon_status": "UNSHIPPED",
                "reason": None,
                "store_ref": "17",
                "currency": "EUR",
                "amazon_total": "34.99",
                "store_total": "34.99",
                "purchased_at": "2026-11-23T10:00:00Z",
                "ship_by": "2026-11-25T12:00:00Z",
            }
        ]


class TestDetail:
    def test_an_order_never_seen_has_none(self, ledger: Ledger) -> None:
        assert ledger.orders.detail(ORDER) is None

    def test_of_two_connections_the_one_that_has_it_in_the_store_is_shown(self, ledger: Ledger) -> None:
        ledger.orders.record([held(status="skipped", reason="OTHER_CONNECTION", connection="a")])
        ledger.orders.record([an_order(connection="b")])
        detail, other = ledger.orders.detail(ORDER), ledger.orders.detail(ORDER, "a")
        assert detail is not None
        assert other is not None
        assert (detail.connection, other.connection) == ("b", "a")


class TestWaiting:
    def test_orders_are_due_from_their_next_try_on_the_longest_due_first(self, ledger: Ledger) -> None:
        ledger.orders.record(
            [
                held(number(minutes), status="failed", next_try=NOON + timedelta(minutes=minutes))
                for minutes in (5, 1, 30)
            ]
        )
        ledger.orders.record([held(number(99))])
        assert ledger.orders.due("de", NOON, 10) == []
        assert ledger.orders.due("de", NOON + timedelta(minutes=5), 10) == [number(1), number(5)]
        assert ledger.orders.due("de", NOON + timedelta(hours=1), 2) == [number(1), number(5)]
        assert ledger.orders.due("fr", NOON + timedelta(hours=1), 2) == []

    def test_held_orders_are_found(self, ledger: Ledger) -> None:
        ledger.orders.record([held(number(1)), an_order(number(2)), held(number(3), connection="fr")])
        assert ledger.orders.held("de") == [number(1)]

    @pytest.mark.parametrize("reason", ["FAILING", "UNREADABLE"])
    def test_held_orders_that_failed_too_often_are_left_to_a_person(self, ledger: Ledger, reason: str) -> None:
        ledger.orders.record([held(number(1), reason=reason), held(number(2))])
        assert ledger.orders.held("de") == [number(2)]

    def test_what_a_person_wants_tried_again_is_due_and_what_amazon_does_not_know_is_put_off(
        self, ledger: Ledger
    ) -> None:
        ledger.orders.record([held(number(1)), held(number(2)), an_order(number(3))])
        ledger.orders.try_at("de", [number(1), number(2), number(3)], NOON)
        assert set(ledger.orders.due("de", NOON, 10)) == {number(1), number(2)}
        ledger.orders.put_off("de", [number(2), number(3)], NOON + timedelta(days=1))
        assert ledger.orders.due("de", NOON, 10) == [number(1)]
        assert ledger.orders.due("de", NOON + timedelta(days=1), 10) == [number(1), number(2)]

    def test_a_new_alias_lets_held_orders_be_tried_again(self, ledger: Ledger, clock: Clock) -> None:
        from amazon_orders.model import Alias

        row = held()
        ledger.orders.record([row, held(number(1), status="pending")])
        ledger.listings.set_alias("de", Alias(seller_sku="A", product="p"))
        assert ledger.orders.known("de", [row.digest]) == set()
        assert ledger.orders.due("de", clock(), 10) == [ORDER]

    @pytest.mark.parametrize(
        ("status", "amazon_status", "open_"),
        [
            ("pending", "PENDING", True),
            ("held", "UNSHIPPED", True),
            ("failed", "UNSHIPPED", True),
            ("placed", "UNSHIPPED", True),
            ("placed", "PARTIALLY_SHIPPED", True),
            ("placed", "SHIPPED", False),
            ("placed", "CANCELLED", False),
            ("skipped", "UNSHIPPED", False),
            ("cancelled", "CANCELLED", False),
        ],
    )
    def test_orders_that_may_still_change_unnoticed_are_read_again_by_id(
        self, ledger: Ledger, status: str, amazon_status: str, open_: bool
    ) -> None:
        ledger.orders.record([an_order(status=status, amazon_status=amazon_status)])
        assert ledger.watches.stale("de", NOON, 10) == ([ORDER] if open_ else [])


@pytest.mark.parametrize(
    "filters", [{}, {"status": "held"}, {"connection": "de"}, {"status": "held", "connection": "de"}], ids=str
)
def test_a_page_of_a_list_is_read_from_an_index_however_many_orders_there_are(
    crowd: Ledger, filters: dict[str, Any]
) -> None:
    if not crowd.pragmas():
        return  # PostgreSQL explains itself in other words, and reads a table this small from its pages
    asked: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if "FROM ao_orders" in statement:
            asked.append((statement, values))

    engine = crowd._database.engine
    event.listen(engine, "before_cursor_execute", listen)
    first = list(crowd.orders.list(limit=5, **filters))
    list(crowd.orders.list(limit=5, after=first[-1], **filters))
    event.remove(engine, "before_cursor_execute", listen)
    assert asked
    for statement, values in asked:
        with crowd._database.reading() as work:
            plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert [row[3] for row in plan if not row[3].startswith("SEARCH ao_orders USING INDEX")] == []
