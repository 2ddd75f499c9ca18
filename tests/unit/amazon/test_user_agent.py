"""The `user-agent` header keeps to Amazon's rules whatever the parts are."""

from __future__ import annotations

import re

import pytest

from amazon_orders.amazon.user_agent import user_agent

PART = r"(?:[^\\{0}]|\\.)+"
VALUE = PART.format(");")
RULE = re.compile(rf"{PART.format('/')}/{PART.format('(')} \(Language={VALUE}; Platform={VALUE}\)")


def test_it_names_the_application_and_the_language() -> None:
    assert re.match(r"amazon-order-sync/\d+\.\d+\S* \(Language=Python/3\.\d+\.\d+; Platform=\w+/", user_agent())


@pytest.mark.parametrize(
    "part",
    ["plain", "a/b", "a(b", "a)b", "a;b", "a\\b", "a\\", "a=b", "Zoë\r\nx-evil: 1", "x" * 600, "/" * 600, "\\" * 600],
    ids=lambda part: repr(part)[:20],
)
def test_every_part_is_escaped_and_the_whole_is_short_enough(part: str) -> None:
    text = user_agent(part, part, part, part)
    assert RULE.fullmatch(text)
    assert len(text) <= 500
    assert text.isascii()
    assert text.isprintable()
