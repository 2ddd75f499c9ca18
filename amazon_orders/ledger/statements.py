"""Statements of the hot path, written once with SQLAlchemy and handed to the driver as compiled text with tuples.

Binding a page's rows by name costs more than the database itself takes to write them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import ClauseElement, bindparam
from sqlalchemy.engine import Dialect

# How many values one IN question has. A few sizes only, so that the driver's cache of prepared statements serves;
# a shorter list is filled up with its last value.
SIZES = (1, 8, 32, 100)


def insert_for(dialect: Dialect) -> Callable[..., Any]:
    """The `insert` that knows ON CONFLICT; SQLite and PostgreSQL each have their own."""
    if dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        return postgres_insert
    from sqlalchemy.dialects.sqlite import insert

    return insert


class Statement:
    """One statement; `build` gets the dialect's `insert` and returns it, `names` is the order of a row's values."""

    def __init__(self, build: Callable[[Callable[..., Any]], ClauseElement], names: tuple[str, ...] = ()) -> None:
        self._build = build
        self._names = names
        self._compiled: dict[str, str] = {}

    def sql(self, dialect: Dialect) -> str:
        """The text for `dialect`. Checked once: the placeholders stand in the order of `names`."""
        known = self._compiled.get(dialect.name)
        if known is None:
            # psycopg takes tuples with %s; SQLAlchemy's own setting there is by name.
            style: Any = "format" if dialect.name == "postgresql" else "qmark"
            kind: Any = type(dialect)
            compiled: Any = self._build(insert_for(dialect)).compile(dialect=kind(paramstyle=style))
            if tuple(compiled.positiontup or ()) != self._names:
                raise AssertionError(f"the statement binds {compiled.positiontup}, its rows hold {self._names}")
            known = self._compiled[dialect.name] = str(compiled)
        return known


class Lookup:
    """A question with an IN list, in a few fixed sizes. `build` gets the list's places, `names` stand before them."""

    def __init__(self, build: Callable[[list[Any]], ClauseElement], names: tuple[str, ...]) -> None:
        self._build = build
        self._names = names
        self._sizes = {size: self._sized(size) for size in SIZES}

    def _sized(self, size: int) -> Statement:
        slots = [f"in_{index}" for index in range(size)]
        return Statement(lambda _insert: self._build([bindparam(slot) for slot in slots]), (*self._names, *slots))

    def pieces(self, values: Collection[Any]) -> Iterator[tuple[Statement, tuple[Any, ...]]]:
        """Statements and what goes into their list, until all `values` are asked for."""
        every = list(values)
        for start in range(0, len(every), SIZES[-1]):
            piece = every[start : start + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(piece))
            yield self._sizes[size], (*piece, *[piece[-1]] * (size - len(piece)))
