"""Levels, offers and quantities as they were written; what open orders hold; what was sold."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.ledger import Ledger, Level, Listing, Offer, Quantity, Reservation
from amazon_orders.model import LineReport

from .made import NOON, Clock, an_order


def line(sku: str = "SKU-1", quantity: int = 1, product: str | None = "P-1", units: int = 1) -> LineReport:
    return LineReport(
        order_item_id=f"item-{sku}-{quantity}", seller_sku=sku, product=product, matched_by=None,
        quantity=quantity, gross=None, net=None, tax=None, units_per_piece=units,
    )  # fmt: skip


def record(ledger: Ledger, order_id: str, *lines: LineReport, **facts: Any) -> None:
    ledger.orders.record([an_order(order_id, lines=lines, digest=order_id.encode(), **facts)])


def waiting(ledger: Ledger, order_id: str, *lines: LineReport, **facts: Any) -> None:
    record(ledger, order_id, *lines, **{"status": "pending", "amazon_status": "PENDING", "store_ref": None} | facts)


def reserve(ledger: Ledger, order_id: str, told: int, wanted: int, product: str = "P-1") -> None:
    row = Reservation(
        amazon_order_id=order_id, order_item_id="1", product=product, seller_sku="SKU-1", told=told, wanted=wanted,
        step=1, reason="reserve",
    )  # fmt: skip
    ledger.reservations.save("shop", "de", [row])


def test_everything_comes_back_as_it_was_written(ledger: Ledger, clock: Clock) -> None:
    levels = [Level("A", "1", Decimal("2.50"), NOON), Level("B", "2", None, NOON)]
    offers = [Offer("A", "B0X", "merchant", ("DE", "FR"), 3, NOON), Offer("B", "", "", (), None, NOON)]
    rows = [
        Quantity(seller_sku="A", wanted=1, state="sent", feed=7, message=2, told=5, told_at=NOON),
        Quantity(seller_sku="B", wanted=0, state="held", reason="STOCK_DROP", only_down_since=NOON, restock=Decimal(3)),
    ]
    ledger.stock.save_levels("shop", "sku", levels)
    ledger.stock.save_offers("de", offers)
    ledger.stock.save_quantities("de", rows)
    assert list(ledger.stock.levels("shop", "sku").values()) == levels
    assert list(ledger.stock.offers("de").values()) == offers
    found = ledger.stock.quantities("de")
    assert [found["A"].wanted, found["A"].feed, found["A"].message, found["A"].told_at] == [1, 7, 2, NOON]
    assert [found["B"].reason, found["B"].only_down_since, found["B"].restock] == ["STOCK_DROP", NOON, Decimal(3)]
    assert found["A"].changed_at == clock()
    assert [row.seller_sku for row in ledger.stock.in_feed("de", 7)] == ["A"]


def test_levels_of_another_attribute_and_offers_of_another_connection_are_apart(ledger: Ledger) -> None:
    ledger.stock.save_levels("shop", "sku", [Level("A", "1", Decimal(1), NOON)])
    ledger.stock.save_levels("shop", "ean", [Level("A", "2", Decimal(2), NOON)], gone=["A", "B"])
    ledger.stock.save_offers("de", [Offer("A", "", "merchant", ("DE",), 3, NOON)])
    assert ledger.stock.levels("shop", "sku")["A"].product == "1"
    assert ledger.stock.levels("shop", "ean") == {}
    assert ledger.stock.offers("fr") == {}
    ledger.stock.forget_offers("de", ["A"])
    assert ledger.stock.offers("de") == {}


def test_a_placeholder_is_no_product(ledger: Ledger) -> None:
    ledger.listings.learn("de", [Listing("A", "1", "exact", units=3), Listing("B", "9", "placeholder")])
    assert ledger.stock.products("de") == {"A": ("1", 3)}


class TestUnheld:
    def units(self, ledger: Ledger, *, reserves: bool = True, adjusts: bool = True) -> dict[str, int]:
        return ledger.sold.unheld("shop", reserves=reserves, adjusts=adjusts)

    @pytest.mark.parametrize("status", ["pending", "held", "failed"])
    def test_units_of_every_connection_of_the_store(self, ledger: Ledger, status: str) -> None:
        waiting(ledger, "1", line(quantity=3), status=status)
        waiting(ledger, "2", line(quantity=2), line("SKU-2", 1, "P-2", 6), status=status, connection="fr")
        waiting(ledger, "3", line(quantity=9), status=status, store="other")
        assert self.units(ledger) == {"P-1": 5, "P-2": 6}

    def test_amazons_own_stock_is_not_the_stores(self, ledger: Ledger) -> None:
        waiting(ledger, "1", line(quantity=3), fulfilled_by="AMAZON")
        assert self.units(ledger) == {}

    def test_a_line_that_was_not_decided_counts_by_what_its_sku_stands_for(self, ledger: Ledger) -> None:
        ledger.listings.learn("de", [Listing("SKU-1", "P-1", "exact", units=2)])
        waiting(ledger, "1", line(quantity=3, product=None), line("NOBODY-KNOWS", 1, None))
        assert self.units(ledger) == {"P-1": 6}

    def test_what_the_store_holds_comes_off_once_for_all_lines(self, ledger: Ledger) -> None:
        waiting(ledger, "1", line(quantity=2), line("SKU-B", 1))
        reserve(ledger, "1", told=3, wanted=3)
        assert self.units(ledger) == {}
        assert self.units(ledger, adjusts=False) == {"P-1": 3}

    def test_a_move_that_the_store_gave_no_answer_to_is_not_held(self, ledger: Ledger) -> None:
        record(ledger, "1", line(quantity=3), status="skipped", store_ref=None)
        reserve(ledger, "1", told=0, wanted=3)
        assert self.units(ledger) == {"P-1": 3}

    def test_placed_units_count_where_placing_reserves_nothing_until_they_have_left(self, ledger: Ledger) -> None:
        record(ledger, "1", line(quantity=6, units=3))
        record(ledger, "2", line(quantity=4), amazon_status="SHIPPED")
        assert self.units(ledger) == {}
        assert self.units(ledger, reserves=False) == {"P-1": 6}


class TestSold:
    def test_pieces_of_orders_that_were_made_since_then(self, ledger: Ledger) -> None:
        at = NOON - timedelta(minutes=5)
        record(ledger, "1", line(quantity=6, units=3), created_at=at)
        waiting(ledger, "2", line(quantity=2, units=3), created_at=at)
        record(ledger, "3", line(quantity=5), created_at=NOON - timedelta(hours=3))
        waiting(ledger, "4", line(quantity=7), created_at=at, amazon_status="CANCELLED")
        waiting(ledger, "5", line(quantity=8), created_at=at, fulfilled_by="AMAZON")
        found = ledger.sold.since("de", NOON - timedelta(hours=1))
        assert sorted(found) == [("SKU-1", 2, at), ("SKU-1", 2, at)]


def test_feeds_that_wait_or_were_made_lately(ledger: Ledger) -> None:
    def lately() -> int:
        return ledger.stock.feeds_lately("de", "LISTINGS", NOON - timedelta(minutes=5))

    first = ledger.feeds.add("de", "LISTINGS", "DE", 1)
    ledger.feeds.add("de", "OTHER", "DE", 1)
    ledger.feeds.add("fr", "LISTINGS", "DE", 1)
    assert lately() == 1
    first = ledger.feeds.move(first, first.state, feed="17", sent_at=NOON - timedelta(minutes=4), next_due=None)
    assert lately() == 1
    ledger.feeds.move(first, first.state, sent_at=NOON - timedelta(minutes=6), next_due=None)
    assert lately() == 0
