"""Cursors, inbox, listings, aliases, facts and runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amazon_orders.ledger import Cursor, Ledger, Listing
from amazon_orders.model import Alias, Match

from .made import NOON, ORDER, Clock, Trouble, trouble


class TestCursors:
    def test_a_flow_that_never_ran_has_none(self, ledger: Ledger) -> None:
        assert ledger.cursors.get("de", "orders") is None

    def test_a_cursor_comes_back_as_it_was_saved(self, ledger: Ledger) -> None:
        full = Cursor(
            connection="de",
            flow="orders",
            watermark=NOON,
            window_from=NOON - timedelta(minutes=10),
            page_token="token of a page",
            page_token_at=NOON + timedelta(microseconds=1),
            counters={"seen": 3, "ids": ["a"]},
            last_success=NOON,
            next_due=NOON + timedelta(minutes=3),
            looked_4h=NOON,
            looked_5d=NOON,
        )
        ledger.cursors.save(Cursor(connection="de", flow="orders"))
        ledger.cursors.save(full)
        ledger.cursors.save(Cursor(connection="de", flow="stock"))
        assert ledger.cursors.get("de", "orders") == full
        assert [cursor.flow for cursor in ledger.cursors.list("de")] == ["orders", "stock"]

    def test_a_cursor_moves_with_its_transaction_or_not_at_all(self, ledger: Ledger) -> None:
        with pytest.raises(Trouble), ledger.transaction(), trouble():
            ledger.cursors.save(Cursor(connection="de", flow="orders"))
        assert ledger.cursors.get("de", "orders") is None

    def test_a_time_without_a_zone_is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="aware"):
            ledger.cursors.save(Cursor(connection="de", flow="orders", watermark=NOON.replace(tzinfo=None)))


class TestInbox:
    def test_an_entry_is_open_until_it_is_closed(self, ledger: Ledger, clock: Clock) -> None:
        ledger.inbox.open("de", ORDER, "DOUBLE", "17 and 18")
        clock.forward(60)
        ledger.inbox.open("fr", ORDER, "TOTAL_DIFFERS", "1.00")
        assert [entry.as_dict() for entry in ledger.inbox.list("de")] == [
            {
                "connection": "de",
                "amazon_order_id": ORDER,
                "reason": "DOUBLE",
                "detail": "17 and 18",
                "opened_at": "2026-11-23T12:00:00Z",
            }
        ]
        assert [entry.connection for entry in ledger.inbox.list()] == ["de", "fr"]
        assert ledger.inbox.close("de", ORDER) == 1
        assert [entry.connection for entry in ledger.inbox.list()] == ["fr"]
        assert ledger.inbox.close("de", ORDER) == 0

    def test_opened_twice_it_is_one_entry_with_its_first_time_and_its_last_detail(
        self, ledger: Ledger, clock: Clock
    ) -> None:
        ledger.inbox.open("de", ORDER, "DOUBLE", "17 and 18")
        clock.forward(60)
        ledger.inbox.open("de", ORDER, "DOUBLE", "17, 18 and 19")
        (entry,) = ledger.inbox.list()
        assert (entry.detail, entry.opened_at) == ("17, 18 and 19", NOON)
        before = ledger.commits
        ledger.inbox.open("de", ORDER, "DOUBLE", "17, 18 and 19")
        assert ledger.commits == before

    def test_a_closed_entry_opens_anew(self, ledger: Ledger, clock: Clock) -> None:
        ledger.inbox.open("de", ORDER, "DOUBLE", "17 and 18")
        assert ledger.inbox.close("de", ORDER, "DOUBLE") == 1
        clock.forward(60)
        ledger.inbox.open("de", ORDER, "DOUBLE", "17 and 18")
        (entry,) = ledger.inbox.list()
        assert entry.opened_at == clock()


class TestListings:
    def test_what_a_match_says_is_learned(self, ledger: Ledger) -> None:
        match = Match(seller_sku="A-DE", product="p1", title="", matched_by="crop", value="A", units=3)
        ledger.listings.learn("de", [match, Listing("B", "p2", "exact", channel="amazon")])
        assert list(ledger.listings.list("de")) == [
            Listing("A-DE", "p1", "crop", 3, ""),
            Listing("B", "p2", "exact", 1, "amazon"),
        ]
        assert list(ledger.listings.list("fr")) == []

    def test_another_product_replaces_the_one_that_was_known(self, ledger: Ledger) -> None:
        ledger.listings.learn("de", [Listing("A", "p1", "exact")])
        ledger.listings.learn("de", [Listing("A", "p2", "alias")])
        assert list(ledger.listings.list("de")) == [Listing("A", "p2", "alias")]

    def test_a_pairing_by_hand_is_kept_with_its_history(self, ledger: Ledger, clock: Clock) -> None:
        alias = Alias(seller_sku="A", product="p1", units=2)
        ledger.listings.set_alias("de", alias)
        before = ledger.commits
        ledger.listings.set_alias("de", alias)
        assert ledger.commits == before
        clock.forward(60)
        ledger.listings.set_alias("de", Alias(seller_sku="A", product="p2"))
        assert ledger.listings.aliases("de") == {"A": Alias(seller_sku="A", product="p2")}
        assert ledger.listings.aliases("fr") == {}
        assert ledger.listings.remove_alias("de", "A")
        assert not ledger.listings.remove_alias("de", "A")
        assert ledger.listings.aliases("de") == {}
        assert [(c.field, c.old, c.new) for c in ledger.connections.history("de")] == [
            ("alias.A", None, {"product": "p1", "units": 2}),
            ("alias.A", {"product": "p1", "units": 2}, {"product": "p2", "units": 1}),
            ("alias.A", {"product": "p2", "units": 1}, None),
        ]


class TestFacts:
    def test_where_amazon_was_seen_to_send_tax_is_remembered(self, ledger: Ledger) -> None:
        assert ledger.facts.tax_seen("de") == set()
        for country in ("DE", "FR", "DE"):
            ledger.facts.saw_tax("de", country)
        assert ledger.facts.tax_seen("de") == {"DE", "FR"}
        assert ledger.facts.tax_seen("fr") == set()


class TestRuns:
    def test_a_run_begins_and_ends(self, ledger: Ledger) -> None:
        number = ledger.runs.start("de", NOON)
        assert ledger.runs.get(number) == {
            "id": number,
            "connection": "de",
            "started_at": "2026-11-23T12:00:00.000000Z",
            "finished_at": None,
            "report": {},
        }
        ledger.runs.finish(number, NOON + timedelta(seconds=2), {"flows": []})
        found = ledger.runs.get(number)
        assert found is not None
        assert (found["finished_at"], found["report"]) == ("2026-11-23T12:00:02.000000Z", {"flows": []})

    def test_runs_are_listed_newest_first(self, ledger: Ledger) -> None:
        numbers = [ledger.runs.add(name, NOON, NOON, {}) for name in ("de", "fr", "de")]
        assert [run["id"] for run in ledger.runs.list()] == numbers[::-1]
        assert [run["id"] for run in ledger.runs.list("de")] == [numbers[2], numbers[0]]
        assert [run["id"] for run in ledger.runs.list(limit=1)] == [numbers[2]]
        assert ledger.runs.get(999) is None
