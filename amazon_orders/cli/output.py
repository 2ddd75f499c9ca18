"""Where words go: data to stdout, as text or JSON; talk to stderr."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import click


def colours() -> bool:
    """Whether colours are wanted, where there is a terminal at all: https://no-color.org."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(text: str = "") -> None:
    """Data for a person."""
    click.echo(text, color=None if colours() else False)


def say(text: str) -> None:
    """Talk: what happens, what to do next."""
    click.echo(text, err=True, color=None if colours() else False)


def document(shape: Mapping[str, Any]) -> None:
    """One JSON document."""
    click.echo(json.dumps(shape, indent=2))


def lines(shapes: Iterable[Mapping[str, Any]]) -> int:
    """JSON lines; answers how many."""
    count = 0
    for shape in shapes:
        click.echo(json.dumps(shape))
        count += 1
    return count


def clean(value: object) -> str:
    """Text from outside, made safe for a terminal: control characters, and what turns text around, become `?`."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join("?" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in text)


def width() -> int:
    """Columns that running text may take."""
    return min(shutil.get_terminal_size((100, 24)).columns, 100)


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Running text, as wide as the screen and never wider than one reads well. Lines of their own stay so."""
    return "\n".join(
        textwrap.fill(
            paragraph,
            width=width(),
            initial_indent=(indent if first is None else first) if number == 0 else indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, paragraph in enumerate(text.splitlines())
    )


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
