"""Moves the shop's stock, each move once for ever under its key."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from .database import several

Move = tuple[str, int, int, str]
"""Key, product, delta in units, reason."""

_KNOWN = "SELECT key FROM stock_moves WHERE key IN (SELECT value FROM json_each(?))"
_PRODUCTS = "SELECT id FROM products WHERE id IN (SELECT value FROM json_each(?))"


def known_products(connection: sqlite3.Connection, refs: Iterable[str]) -> set[str]:
    """Those of the references that the shop has a product for."""
    return {str(row[0]) for row in connection.execute(_PRODUCTS, several(refs))}


def apply_moves(connection: sqlite3.Connection, moves: Iterable[Move]) -> None:
    """Make the moves whose keys are new, inside the caller's transaction."""
    wanted = {move[0]: move for move in moves}
    for (key,) in connection.execute(_KNOWN, several(wanted)).fetchall():
        del wanted[key]
    deltas: Counter[int] = Counter()
    for _, product_id, delta, _ in wanted.values():
        deltas[product_id] += delta
    connection.executemany("INSERT INTO stock_moves (key, product_id, delta, reason) VALUES (?,?,?,?)", wanted.values())
    # A product whose stock is NULL is not tracked and stays so.
    connection.executemany(
        "UPDATE products SET stock = stock + ? WHERE id = ?",
        [(delta, product_id) for product_id, delta in deltas.items() if delta],
    )
