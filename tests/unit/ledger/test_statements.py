"""The hot path's statements say the same to both databases, and rows stand in their order."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from amazon_orders.ledger import buckets, claims, cursors, leases, listings, orders
from amazon_orders.ledger.rows import COLUMNS, row_of
from amazon_orders.ledger.statements import SIZES, Lookup, Statement
from amazon_orders.ledger.text import written

from .made import NOON, an_order, held

HOT = {
    f"{module.__name__.rpartition('.')[2]}{name}": value
    for module in (buckets, claims, cursors, leases, listings, orders)
    for name, value in vars(module).items()
    if isinstance(value, Statement)
}


@pytest.mark.parametrize("name", sorted(HOT))
def test_a_statement_says_the_same_to_sqlite_and_postgresql(name: str) -> None:
    one, two = HOT[name].sql(sqlite.dialect()), HOT[name].sql(postgresql.psycopg.dialect())
    types = r'(?<=%s)(::\w+| COLLATE "C")+'
    two = two.removesuffix(" FOR UPDATE")  # SQLite has no row locks: its writers wait for each other
    assert one.replace("?", "%s").replace('"', "") == re.sub(types, "", two).replace('"', "")


def test_a_row_has_a_value_for_each_column_in_its_order() -> None:
    for record in (an_order(), held()):
        row = dict(zip(COLUMNS, row_of(record, ("at", b"hash", "trace"), b"token", NOON), strict=True))
        for name in ("connection", "amazon_order_id", "store", "status", "digest", "reason", "attempts"):
            assert row[name] == getattr(record, name)
        assert (row["trace"], row["token"], row["decided_at"]) == ("trace", b"token", "at")
        assert row["erase_at"] == written(NOON)


@pytest.mark.parametrize("count", [1, 2, 8, 9, 32, 33, 99, 100, 101, 1000])
def test_a_question_of_any_length_uses_a_few_texts_only_and_asks_for_everything(count: int) -> None:
    lookup: Lookup = orders._RECALL
    pieces = list(lookup.pieces(range(count)))
    assert {value for _, values in pieces for value in values} == set(range(count))
    assert all(len(values) in SIZES for _, values in pieces)
