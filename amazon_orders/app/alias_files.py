"""Aliases as a CSV file: read as a whole or not at all, written so that a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from ..errors import ConfigError
from ..model import Alias
from ..settings import in_words

COLUMNS = ("seller_sku", "product", "units")
LARGEST = 32 * 1024 * 1024
"""Bytes."""
LONGEST = 200
"""Characters of a seller SKU, and of a product's value. Amazon's SKUs have at most 40."""
MOST_UNITS = 10_000
NAMED = 20
"""Bad lines that an error names."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def problem(alias: Alias) -> str | None:
    """What is wrong with an alias by itself, in words, or `None`."""
    for name, text in (("seller SKU", alias.seller_sku), ("product", alias.product)):
        if not text.strip():
            return f"the {name} is empty"
        if len(text) > LONGEST:
            return f"the {name} has more than {LONGEST} characters"
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
            return f"the {name} holds a line break or another control character"
    if type(alias.units) is not int or not 1 <= alias.units <= MOST_UNITS:  # a truth is an int, too
        return f"units is a whole number from 1 to {MOST_UNITS}"
    return None


def read(source: str | Path | TextIO) -> dict[int, Alias]:
    """The aliases of a file, by its line number. `ConfigError` names every bad line.

    The first line names the columns: `seller_sku` and `product`, and `units` if there are packs; any order, any others
    are passed over. Between them stand commas, semicolons or tabs. Text is UTF-8.
    """
    problems: dict[str, str] = {}
    rows = _numbered(_text(source), problems)
    columns = _columns(next(rows, (1, []))[1])
    found: dict[int, Alias] = {}
    line_of: dict[str, int] = {}
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        alias, wrong = _alias(row, columns)
        if wrong is None and alias.seller_sku in line_of:
            wrong = f"{alias.seller_sku!r} stands in line {line_of[alias.seller_sku]} already"
        if wrong is not None:
            problems[f"line {number}"] = wrong
        else:
            found[number] = alias
            line_of[alias.seller_sku] = number
    if problems:
        raise bad_lines(problems)
    return found


def bad_lines(problems: dict[str, str]) -> ConfigError:
    """The error for a file that was not taken."""
    shown = dict(list(problems.items())[:NAMED])
    if len(problems) > NAMED:
        shown["and"] = f"{len(problems) - NAMED} more lines"
    return ConfigError("The file of aliases was not taken; no alias was changed.", problems=shown)


def write(aliases: Iterable[Alias], target: str | Path | TextIO) -> int:
    """Write a file that `read` takes; how many aliases it holds.

    A cell that a spreadsheet would run as a formula, and one with blanks at an end, gets an apostrophe in front, which
    `read` takes off again.
    `ConfigError`: the file cannot be written.
    """
    if isinstance(target, str | Path):
        whole = io.StringIO()
        count = write(aliases, whole)
        try:
            Path(target).write_bytes(whole.getvalue().encode())
        except OSError as error:
            problems = {"file": f"cannot be written: {in_words(error)}"}
            raise ConfigError("The aliases were not written.", problems=problems) from error
        return count
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for alias in aliases:
        writer.writerow((_guarded(alias.seller_sku), _guarded(alias.product), alias.units))
        count += 1
    return count


def _text(source: str | Path | TextIO) -> str:
    try:
        if isinstance(source, str | Path):
            path = Path(source)
            if path.stat().st_size > LARGEST:
                raise _unreadable(f"has more than {LARGEST // 1024 // 1024} MB")
            return path.read_bytes().decode("utf-8-sig")
        text = source.read(LARGEST + 1)
    except OSError as error:
        raise _unreadable(f"cannot be read: {in_words(error)}") from error
    except UnicodeDecodeError as error:
        raise _unreadable("is not UTF-8 text; save it as `CSV UTF-8`") from error
    if len(text) > LARGEST:
        raise _unreadable(f"has more than {LARGEST // 1024 // 1024} MB")
    return text.removeprefix("\ufeff")


def _unreadable(what: str) -> ConfigError:
    return ConfigError("The file of aliases was not taken; no alias was changed.", problems={"file": what})


def _numbered(text: str, problems: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line that each begins in."""
    header = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            problems[f"line {number}"] = f"not CSV: {error}"
            return
        yield number, row


def _columns(header: list[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    columns = {name: names.index(name) for name in COLUMNS if name in names}
    if missing := [name for name in COLUMNS[:2] if name not in columns]:
        raise bad_lines(
            {"line 1": f"must name the columns seller_sku, product, units; it lacks {' and '.join(missing)}"}
        )
    return columns


def _alias(row: list[str], columns: dict[str, int]) -> tuple[Alias, str | None]:
    """A row's alias, and what is wrong with it."""
    cells = {name: row[where] if where < len(row) else "" for name, where in columns.items()}
    units = cells.get("units", "").strip() or "1"
    alias = Alias(
        seller_sku=_unguarded(cells["seller_sku"]),
        product=_unguarded(cells["product"]),
        # int() itself takes underscores, signs and the digits of every script.
        units=int(units) if units.isascii() and units.isdigit() and len(units) <= len(str(MOST_UNITS)) else 0,
    )
    return alias, problem(alias)


def _guarded(text: str) -> str:
    return f"'{text}" if _needs_guard(text) else text


def _unguarded(cell: str) -> str:
    """The text of a cell: blanks around it are somebody's layout, unless they stand behind an apostrophe."""
    text = cell.lstrip()
    return text[1:] if text.startswith("'") and _needs_guard(text[1:]) else text.rstrip()


def _needs_guard(text: str) -> bool:
    return text.startswith((*_STARTS_FORMULA, "'")) or text != text.strip()
