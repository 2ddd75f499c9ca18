"""Whoever looks up a reason that needs a person finds what it means, why, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amazon_orders.model import Reason
from amazon_orders.rules import REASON_TEXT

PAGE = (Path(__file__).parents[2] / "docs" / "held.md").read_text(encoding="utf-8")
SECTIONS = {
    match["reason"]: match["text"]
    for match in re.finditer(r"^### (?P<reason>[A-Z_]+): .+\n(?P<text>(?:.*\n)*?)(?=^#|\Z)", PAGE, re.MULTILINE)
}

NOBODY_WAITS = {
    *("PENDING", "BEFORE_START", "CANCELLED", "UNFULFILLABLE", "OTHER_FULFILMENT", "NOT_SHIPPED_YET"),
    *("OTHER_CONNECTION", "OTHER_MARKETPLACE", "NOT_AMAZON", "STOCK_ONLY", "ECHO", "IGNORED"),
    *("ROUNDED", "ADJUSTED", "TAX_OWNER_ASSUMED", "TAX_UNKNOWN", "UNITS_DIFFER", "LINE_LEFT_OUT", "TAX_DROPPED"),
    *("AMAZON_LABEL", "AT_AMAZON", "AMAZON_CHANNEL"),
}
"""Reasons under which nothing is held. The page of rules has a line for each."""


def test_every_reason_that_holds_something_has_a_section() -> None:
    assert set(SECTIONS) | NOBODY_WAITS >= set(Reason), "explain the new reason in docs/held.md"
    assert set(SECTIONS) <= set(Reason) - NOBODY_WAITS


@pytest.mark.parametrize("reason", SECTIONS)
def test_a_section_says_what_why_and_what_to_do(reason: str) -> None:
    parts = re.findall(r"^(What|Why|What to do)\n: (.+)", SECTIONS[reason], re.MULTILINE)
    assert [title for title, _ in parts] == ["What", "Why", "What to do"]


@pytest.mark.parametrize("reason", SECTIONS)
def test_it_names_the_settings_and_commands_that_the_command_line_names(reason: str) -> None:
    told = set(re.findall(r"`(?:amazon-orders )?([a-z_]+(?: [a-z]+)?)", REASON_TEXT[Reason(reason)][1]))
    text = SECTIONS[reason]
    assert [word for word in told if word not in text] == []
