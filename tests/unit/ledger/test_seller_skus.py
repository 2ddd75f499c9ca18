"""Which seller SKUs the ledger has seen, and pairing many by hand at once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from amazon_orders.ledger import Ledger, Listing
from amazon_orders.ledger import listings as room
from amazon_orders.model import Alias, LineReport

from .made import Clock, Trouble, an_order, held, number, trouble


def lines(*skus: str) -> tuple[LineReport, ...]:
    nothing: dict[str, Any] = {"product": None, "matched_by": None, "gross": None, "net": None, "tax": None}
    return tuple(
        LineReport(order_item_id=str(index), seller_sku=sku, quantity=1, **nothing) for index, sku in enumerate(skus)
    )


def test_skus_of_listings_and_of_orders_in_every_state(ledger: Ledger) -> None:
    ledger.listings.learn("de", [Listing("LISTED", "1", "exact")])
    ledger.orders.record(
        [
            held(number(1), lines=lines("HELD-A", "HELD-B", "")),
            held(number(2), status="pending", lines=lines("PENDING")),
            held(number(3), status="failed", lines=lines("FAILED")),
            an_order(number(4), lines=lines("PLACED")),
            held(number(5), connection="fr", lines=lines("ELSEWHERE")),
        ]
    )
    assert ledger.listings.seller_skus("de") == {"LISTED", "HELD-A", "HELD-B", "PENDING", "FAILED", "PLACED"}
    assert ledger.listings.seller_skus("it") == set()


def test_of_orders_that_are_done_only_the_newest_are_read(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "NEWEST_ORDERS", 1)
    old = an_order().created_at.replace(year=2020)
    ledger.orders.record(
        [an_order(number(1), lines=lines("OLD"), created_at=old), an_order(number(2), lines=lines("NEW"))]
    )
    ledger.orders.record(
        [held(number(3), lines=lines("OLD-AND-HELD"), created_at=old), held(number(4), lines=lines("H"))]
    )
    assert ledger.listings.seller_skus("de") == {"NEW", "OLD-AND-HELD", "H"}


def test_many_aliases_are_counted_noted_and_wake_held_orders(ledger: Ledger, clock: Clock) -> None:
    ledger.listings.set_aliases("de", [Alias(seller_sku="A", product="1"), Alias(seller_sku="B", product="2")])
    ledger.orders.record([held(number(1)), held(number(2), connection="fr")])
    before = ledger.commits
    done = ledger.listings.set_aliases(
        "de",
        [
            Alias(seller_sku="A", product="1"),
            Alias(seller_sku="B", product="2", units=3),
            Alias(seller_sku="C", product="3"),
        ],
    )
    assert done == (1, 1)
    assert ledger.commits == before + 1
    assert [change.field for change in ledger.connections.history("de")][-2:] == ["alias.B", "alias.C"]
    assert ledger.orders.due("de", clock(), 10) == [number(1)]
    assert ledger.orders.due("fr", clock(), 10) == []


def test_removing_an_alias_wakes_held_orders(ledger: Ledger, clock: Clock) -> None:
    ledger.listings.set_alias("de", Alias(seller_sku="A", product="1"))
    ledger.orders.record([held(number(1))])
    ledger.listings.remove_alias("de", "A")
    assert ledger.orders.due("de", clock(), 10) == [number(1)]


def test_aliases_that_change_nothing_write_nothing(ledger: Ledger) -> None:
    same = [Alias(seller_sku="A", product="1")]
    ledger.listings.set_aliases("de", same)
    before = ledger.commits
    assert ledger.listings.set_aliases("de", same) == (0, 0)
    assert ledger.commits == before


def test_all_aliases_or_none(ledger: Ledger) -> None:
    with pytest.raises(Trouble), ledger.transaction(), trouble():
        ledger.listings.set_aliases("de", [Alias(seller_sku="A", product="1"), Alias(seller_sku="B", product="2")])
    assert ledger.listings.aliases("de") == {}


def test_a_table_of_five_thousand_aliases_is_kept_in_seconds(ledger: Ledger) -> None:
    began = time.process_time()
    rows = [Alias(seller_sku=f"SKU-{index}", product=str(index)) for index in range(5000)]
    assert ledger.listings.set_aliases("de", rows) == (5000, 0)
    assert len(ledger.listings.aliases("de")) == 5000
    assert time.process_time() - began < 10
