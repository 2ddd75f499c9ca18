"""What a page decided is written whole, newest last, and an unchanged record is known by its digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.ledger import Ledger, Listing
from amazon_orders.model import Balance, TraceStep

from .made import KEY, NOON, ORDER, Clock, Open, an_order, held, number

RAW = '{"orderId":"303-1234567-1234567","buyer":{"buyerName":"Zoë Müller"}}'.encode()


class TestRecording:
    def test_an_order_comes_back_as_it_was_recorded(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order()])
        detail = ledger.orders.detail(ORDER)
        assert detail is not None
        assert detail.as_dict() == {
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
            "marketplace_tax": "0.00",
            "balance": {"reading": "inside", "balanced": True, "equation": "29.00 + 5.99 = 34.99"},
            "lines": [
                {
                    "order_item_id": "1",
                    "seller_sku": "SKU-1-DE",
                    "product": "p1",
                    "matched_by": "crop",
                    "quantity": 2,
                    "gross": "29.00",
                    "net": None,
                    "tax": "4.63",
                }
            ],
            "trace": [
                {
                    "at": "2026-11-23T12:00:00.000000Z",
                    "rule": "sku",
                    "outcome": "crop",
                    "detail": "SKU-1-DE is SKU-1",
                    "plugin": "",
                },
                {
                    "at": "2026-11-23T12:00:00.000000Z",
                    "rule": "place",
                    "outcome": "placed",
                    "detail": "",
                    "plugin": "plugin x",
                },
            ],
            "commands": [],
        }

    def test_a_run_recalls_what_it_needs_of_the_orders_it_asks_for(self, ledger: Ledger) -> None:
        try_at = NOON + timedelta(minutes=5)
        ledger.orders.record([an_order(), held(number(1), status="failed", attempts=2, next_try=try_at)])
        recalled = ledger.orders.recall("de", [ORDER, number(1), number(2)])
        assert set(recalled) == {ORDER, number(1)}
        placed, failed = recalled[ORDER], recalled[number(1)]
        assert (placed.status, placed.store_ref, placed.store_number) == ("placed", "17", "1017")
        assert (placed.store_total, placed.marketplace_tax) == (Decimal("34.99"), Decimal("0.00"))
        assert (placed.created_at, placed.updated_at) == (NOON - timedelta(hours=2), NOON - timedelta(hours=1))
        assert (failed.status, failed.attempts, failed.next_try) == ("failed", 2, try_at)
        assert (failed.store_ref, failed.store_number, failed.store_total) == ("", "", None)

    def test_connections_do_not_see_each_others_orders(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(), an_order(number(1), connection="fr")])
        assert set(ledger.orders.recall("fr", [ORDER, number(1)])) == {number(1)}
        assert ledger.orders.known("fr", [an_order().digest]) == set()

    @pytest.mark.parametrize("count", [1, 2, 99, 100, 101, 250])
    def test_a_page_of_any_length_is_known_and_recalled_whole(self, ledger: Ledger, count: int) -> None:
        rows = [an_order(number(one), digest=one.to_bytes(16, "big")) for one in range(count)]
        ledger.orders.record(rows)
        digests = [row.digest for row in rows]
        assert ledger.orders.known("de", [*digests, b"never seen"]) == set(digests)
        assert set(ledger.orders.recall("de", [row.amazon_order_id for row in rows])) == {
            number(i) for i in range(count)
        }

    def test_an_empty_page_is_not_written(self, ledger: Ledger) -> None:
        before = ledger.commits
        assert ledger.orders.record([]) == frozenset()
        assert ledger.orders.known("de", []) == set()
        assert ledger.orders.recall("de", []) == {}
        assert ledger.commits == before

    def test_text_that_no_database_takes_does_not_hold_the_page_up(self, ledger: Ledger) -> None:
        torn = "SKU \ud83d torn\0off"
        line = replace(an_order().lines[0], seller_sku=torn)
        row = held(number(1), detail=torn, lines=(line,), trace=(TraceStep("sku", "none", torn),), amazon_status=torn)
        ledger.orders.record([an_order(), row])
        ledger.inbox.open("de", number(1), "DOUBLE", torn)
        ledger.listings.learn("de", [Listing(torn, torn, "exact")])
        assert ledger.orders.detail(ORDER) is not None
        detail = ledger.orders.detail(number(1))
        assert detail is not None
        assert detail.lines[0].seller_sku == torn

    def test_the_same_order_twice_on_a_page_counts_with_its_newest_record(self, ledger: Ledger) -> None:
        new = an_order(updated_at=NOON, amazon_status="SHIPPED")
        ledger.orders.record([new, an_order()])
        assert ledger.orders.recall("de", [ORDER])[ORDER].amazon_status == "SHIPPED"


class TestKnown:
    @pytest.mark.parametrize("status", ["placed", "skipped", "cancelled", "pending", "held", "failed"])
    def test_an_unchanged_order_with_nothing_due_needs_no_work(self, ledger: Ledger, status: str) -> None:
        row = held(status=status, next_try=NOON + timedelta(seconds=1))
        ledger.orders.record([row])
        assert ledger.orders.known("de", [row.digest]) == {row.digest}

    def test_an_order_whose_next_try_has_come_is_work(self, ledger: Ledger, clock: Clock) -> None:
        row = held(status="failed", next_try=NOON + timedelta(minutes=5))
        ledger.orders.record([row])
        clock.forward(299)
        assert ledger.orders.known("de", [row.digest]) == {row.digest}
        clock.forward(1)
        assert ledger.orders.known("de", [row.digest]) == set()

    def test_a_changed_record_is_work(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order()])
        assert ledger.orders.known("de", [b"another digest"]) == set()


class TestAge:
    def test_an_older_record_never_overwrites_a_newer_one(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(updated_at=NOON, amazon_status="SHIPPED")])
        late = an_order(updated_at=NOON - timedelta(microseconds=1), amazon_status="UNSHIPPED", digest=b"old")
        assert ledger.orders.record([late, an_order(number(1))]) == {ORDER}
        assert ledger.orders.recall("de", [ORDER])[ORDER].amazon_status == "SHIPPED"
        assert ledger.orders.stale_ignored == 1
        assert number(1) in ledger.orders.recall("de", [number(1)])

    def test_a_record_of_the_same_age_is_written(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(updated_at=NOON)])
        assert ledger.orders.record([an_order(updated_at=NOON, amazon_status="SHIPPED")]) == frozenset()
        assert ledger.orders.recall("de", [ORDER])[ORDER].amazon_status == "SHIPPED"

    def test_a_reference_that_comes_with_an_older_record_is_not_lost(self, ledger: Ledger) -> None:
        ledger.claims.take("shop", "de", {ORDER: ORDER}, 1)
        ledger.orders.record([held(updated_at=NOON)])
        ledger.orders.record([an_order(updated_at=NOON - timedelta(hours=1), store_ref="17")])
        assert ledger.claims.get("shop", [ORDER])[ORDER].ref == "17"
        assert ledger.orders.recall("de", [ORDER])[ORDER].store_ref == "17"


class TestWhatStays:
    def test_a_record_without_reference_keeps_the_one_that_is_known(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order()])
        ledger.orders.record([an_order(store_ref=None, store_number="", store_total=None, digest=b"new")])
        row = ledger.orders.recall("de", [ORDER])[ORDER]
        assert (row.store_ref, row.store_number, row.store_total) == ("17", "1017", Decimal("34.99"))

    def test_an_order_in_the_store_keeps_the_lines_and_the_balance_it_was_placed_with(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(flags=("ROUNDED",))])
        ledger.orders.record([an_order(amazon_status="SHIPPED", lines=(), balance=None, digest=b"new")])
        detail = ledger.orders.detail(ORDER)
        assert detail is not None
        assert detail.amazon_status == "SHIPPED"
        assert detail.balance == an_order().balance
        assert detail.lines == an_order().lines

    def test_an_order_that_waits_shows_the_newest_decision_alone(self, ledger: Ledger) -> None:
        off = Balance(reading=None, balanced=False, equation="1.00 <> 2.00")
        ledger.orders.record([held(reason="UNBALANCED", balance=off)])
        ledger.orders.record([held(balance=None, lines=(), digest=b"new")])
        detail = ledger.orders.detail(ORDER)
        assert detail is not None
        assert (detail.balance, detail.lines) == (None, ())


class TestDecisions:
    def test_every_decision_stays_in_the_trace_with_its_time(self, ledger: Ledger) -> None:
        ledger.orders.record([held(trace=(TraceStep("sku", "unknown"),))])
        ledger.orders.record([an_order(trace=(TraceStep("sku", "alias"),), at=NOON + timedelta(hours=1))])
        later = NOON + timedelta(hours=2)
        ledger.orders.record(
            [an_order(trace=(TraceStep("follow", "status"),), amazon_status="SHIPPED", digest=b"2", at=later)]
        )
        detail = ledger.orders.detail(ORDER)
        assert detail is not None
        assert [(step["at"][11:13], step["rule"], step["outcome"]) for step in detail.trace] == [
            ("12", "sku", "unknown"),
            ("13", "sku", "alias"),
            ("14", "follow", "status"),
        ]

    @pytest.mark.parametrize(
        ("again", "steps"),
        [
            pytest.param({}, 1, id="the same decision on the same record adds nothing"),
            pytest.param({"digest": b"new"}, 1, id="the same decision on a changed record adds nothing"),
            pytest.param(
                {"trace": (TraceStep("sku", "case"),)}, 1, id="another way to it on the same record adds nothing"
            ),
            pytest.param(
                {"digest": b"new", "trace": (TraceStep("sku", "case"),)},
                2,
                id="another way to it on a changed record is kept",
            ),
            pytest.param({"reason": "NO_ADDRESS"}, 2, id="another reason is kept"),
            pytest.param({"status": "skipped"}, 2, id="another status is kept"),
            pytest.param({"detail": "another SKU"}, 2, id="another detail is kept"),
            pytest.param({"store_ref": "18"}, 2, id="a reference that was not known is kept"),
            pytest.param({"store_total": Decimal("1.00")}, 2, id="another total is kept"),
        ],
    )
    def test_a_decision_is_added_where_it_is_another_one(
        self, ledger: Ledger, again: dict[str, Any], steps: int
    ) -> None:
        first = held(trace=(TraceStep("sku", "unknown"),))
        ledger.orders.record([first])
        ledger.orders.record([replace(first, at=NOON + timedelta(hours=1), **again)])
        detail = ledger.orders.detail(ORDER)
        assert detail is not None
        assert len(detail.trace) == steps


class TestPersonalData:
    def test_a_record_is_kept_and_comes_back_byte_for_byte(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(raw=RAW)])
        assert ledger.orders.snapshot("de", ORDER) == RAW

    def test_a_record_without_data_keeps_what_is_there(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(raw=RAW)])
        ledger.orders.record([an_order(raw=None, digest=b"new")])
        assert ledger.orders.snapshot("de", ORDER) == RAW

    def test_a_newer_record_takes_the_place_of_the_older_one(self, ledger: Ledger) -> None:
        ledger.orders.record([an_order(raw=RAW)])
        ledger.orders.record([an_order(raw=b"{}", digest=b"new")])
        assert ledger.orders.snapshot("de", ORDER) == b"{}"

    def test_of_an_order_that_is_never_placed_nothing_is_kept(self, ledger: Ledger) -> None:
        ledger.orders.record([held(raw=RAW)])
        ledger.orders.record(
            [held(status="skipped", reason="CANCELLED", raw=RAW), held(number(1), status="skipped", raw=RAW)]
        )
        assert ledger.orders.snapshot("de", ORDER) is None
        assert ledger.orders.snapshot("de", number(1)) is None

    def test_without_a_key_nothing_is_kept(self, open_ledger: Open) -> None:
        ledger = open_ledger(key=None)
        ledger.orders.record([an_order(raw=RAW)])
        assert not ledger.can_keep_personal_data
        assert ledger.orders.snapshot("de", ORDER) is None

    def test_an_order_never_seen_has_none(self, ledger: Ledger) -> None:
        assert ledger.orders.snapshot("de", ORDER) is None

    def test_a_record_does_not_show_the_buyer_when_it_is_printed(self) -> None:
        assert "Müller" not in repr(an_order(raw=RAW))
        assert KEY not in repr(an_order())
