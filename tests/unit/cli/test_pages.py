"""The page of the command line has every verb and option, and no text of the library names a verb that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from amazon_orders.cli import outcome
from amazon_orders.cli.root import root
from amazon_orders.model import Reason
from amazon_orders.rules import advice

PAGE = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
STATUSES = ("pending", "placed", "held", "failed", "skipped", "cancelled")

PLANNED: set[str] = set()
"""Verbs that an advice may name before they exist."""


def leaves(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *path, name)
        else:
            yield " ".join((*path, name)), command


VERBS = dict(leaves(root))


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_has_the_verb_with_its_options(verb: str) -> None:
    assert f"`amazon-orders {verb}" in PAGE
    options = {name for option in VERBS[verb].params for name in option.opts if name.startswith("--")}
    assert sorted(name for name in options if name not in PAGE) == []


def test_the_page_has_every_exit_code() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert codes == {outcome.DONE, outcome.FAILED, outcome.WRONG, outcome.REFUSED, outcome.BUSY, outcome.LATER}


def test_what_advice_tells_people_to_type_exists() -> None:
    texts = {advice(status, reason) for status in STATUSES for reason in (None, *Reason)}
    named = {words for text in texts for part in text for words in re.findall(r"`amazon-orders ((?:[a-z]+ ?)+)", part)}
    assert named
    unknown = {words.strip() for words in named if not any(words.startswith(verb) for verb in VERBS)}
    assert unknown == PLANNED
