"""Tables on a screen: aligned text, in colour where the screen and `rich` allow it."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, islice

from .output import clean, colours, show

PAGE = 200
"""Rows that share column widths; a long list is printed while it is read."""

NARROWEST = 20
"""Below this width a wrapped column is harder to read than one that leaves the screen."""

COLOURS = {
    "placed": "green",
    "held": "yellow",
    "failed": "red",
    "pending": "cyan",
    "cancelled": "dim",
    "skipped": "dim",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and whether it holds numbers."""

    title: str
    right: bool = False
    least: int = 0
    """Narrowest width, so that the pages of a long list align."""


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[object]], indent: str = "  ") -> int:
    """Print `rows` under the columns' titles; answers how many. Nothing is printed where there are none."""
    source = iter(rows)
    first = list(islice(source, PAGE))
    if not first:
        return 0
    if _rich():
        return _with_rich(columns, chain(first, source))
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    count = 0
    for number, page in enumerate(_pages(first, source)):
        for line in text_lines(columns, page, indent, heading=number == 0, screen=screen):
            show(line)
        count += len(page)
    return count


def text_lines(
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    indent: str = "  ",
    *,
    heading: bool = True,
    screen: int | None = None,
) -> list[str]:
    """The table as plain lines without trailing blanks. The last column is wrapped where it would leave the screen."""
    cells = [[clean("" if cell is None else cell) for cell in row] for row in rows]
    titles = [column.title for column in columns]
    widths = [
        max(column.least, *(_columns_of(line[index]) for line in [titles, *cells]))
        for index, column in enumerate(columns)
    ]
    before = len(indent) + sum(widths[:-1]) + 2 * (len(widths) - 1)
    if screen is not None and widths and widths[-1] > screen - before >= NARROWEST:
        widths[-1] = screen - before
    rule = ["-" * width for width in widths]
    body = [titles, rule, *cells] if heading else cells
    return [indent + _aligned(columns, part, widths) for line in body for part in _folded(line, widths[-1])]


def _folded(line: Sequence[str], width: int) -> list[list[str]]:
    """The line, and below it what of its last cell does not fit."""
    if _columns_of(line[-1]) <= width:
        return [list(line)]
    pieces = textwrap.wrap(line[-1], width, break_on_hyphens=False)
    return [[*line[:-1], pieces[0]], *([*("" for _ in line[:-1]), piece] for piece in pieces[1:])]


def _aligned(columns: Sequence[Column], line: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for column, text, width in zip(columns, line, widths, strict=True):
        gap = " " * (width - _columns_of(text))
        parts.append(gap + text if column.right else text + gap)
    return "  ".join(parts).rstrip()


def _columns_of(text: str) -> int:
    """Screen columns: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _pages(first: list[Sequence[object]], source: Iterator[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    page = first
    while page:
        yield page
        page = list(islice(source, PAGE))


def _rich() -> bool:
    """Whether a coloured table is wanted and possible."""
    return sys.stdout.isatty() and colours() and find_spec("rich") is not None


def _with_rich(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> int:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    count = 0
    for row in rows:
        cells = [clean("" if cell is None else cell) for cell in row]
        table.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in cells))
        count += 1
    Console().print(table)
    return count
