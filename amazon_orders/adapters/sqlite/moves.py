"""Moves the shop's stock, each move once for ever under its key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from .database import insert, several

Move = tuple[str, int, int, str]
"""Key, product, delta in units, reason."""

_INSERT = "INSERT INTO stock_moves (key, product_id, delta, reason) VALUES (?,?,?,?)"
_KNOWN = "SELECT key FROM stock_moves WHERE key IN (SELECT value FROM json_each(?))"
_PRODUCTS = "SELECT id FROM products WHERE id IN (SELECT value FROM json_each(?))"


def known_products(connection: sqlite3.Connection, refs: Iterable[str]) -> set[str]:
    """Those of the references that the shop has a product for."""
    return {str(row[0]) for row in connection.execute(_PRODUCTS, several(refs))}


def apply_moves(connection: sqlite3.Connection, moves: Iterable[Move], *, new: Iterable[Move] = ()) -> None:
    """Make the moves whose keys are not there yet, inside the caller's transaction; `new`: certainly not there."""
    wanted = {move[0]: move for move in moves}
    if wanted:
        for (key,) in connection.execute(_KNOWN, several(wanted)).fetchall():
            del wanted[key]
    rows = [*wanted.values(), *new]
    insert(connection, _INSERT, rows)
    deltas: dict[int, int] = {}
    for _, product_id, delta, _ in rows:
        deltas[product_id] = deltas.get(product_id, 0) + delta
    # A product whose stock is NULL is not tracked and stays so.
    connection.executemany(
        "UPDATE products SET stock = stock + ? WHERE id = ?",
        [(delta, product_id) for product_id, delta in deltas.items() if delta],
    )
