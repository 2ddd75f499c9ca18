"""A seller's own patterns: what they do, what is refused in words, and that none takes for ever."""

from __future__ import annotations

import time

import pytest

from amazon_orders.settings import engine
from amazon_orders.settings.patterns import LONGEST_PATTERN, problem

REPLACED = {
    "every match goes": (r"-(FBA|FBM)$", "", "MUG-1-FBA", "MUG-1"),
    "what does not match stays": (r"-FBA$", "", "MUG-1", "MUG-1"),
    "a numbered group": (r"^(\w+)_(\w+)$", r"\2-\1", "BLUE_MUG", "MUG-BLUE"),
    "a named group": (r"^DE_(?P<sku>.+)$", r"\g<sku>", "DE_MUG-1", "MUG-1"),
    "the whole match": (r"^MUG", r"X-\g<0>", "MUG-1", "X-MUG-1"),
    "a group that took no part is empty": (r"^(A)?B", r"[\1]", "BC", "[]C"),
    "a digit after a group is text": (r"^(A)", r"\10", "AB", "A0B"),
    "a backslash": ("/", r"\\", "A/B", "A\\B"),
    "letters beyond ASCII in pattern and text": ("^größe_", "", "größe_42", "42"),
    "letters beyond ASCII in the replacement": ("^SS-", "ß-", "SS-1", "ß-1"),
    "a line break in the SKU": (r"\n.*$", "", "MUG\nX", "MUG"),
    "half a character in the text": ("A", "B", "A\ud800", "A\ud800"),
}


@pytest.mark.parametrize(("pattern", "replacement", "text", "expected"), REPLACED.values(), ids=REPLACED)
def test_what_a_pattern_makes_of_a_sku(pattern: str, replacement: str, text: str, expected: str) -> None:
    patterns = engine()
    assert patterns is not None
    assert problem(pattern, replacement) is None
    assert patterns.sub(pattern, replacement, text) == expected


REFUSED = {
    "an open bracket": ("(", "", "missing )"),
    "look-ahead": ("(?=x)y", "", "no look-ahead"),
    "look-behind": ("(?<=x)y", "", "not a valid RE2 pattern"),
    "a back-reference": (r"(a)\1", "", "back-reference"),
    "a repetition of repetitions": ("(a{1000}){1000}", "", "repetition"),
    "a pattern that is too long": ("a" * (LONGEST_PATTERN + 1), "", "at most"),
    "a replacement that is too long": ("a", "b" * (LONGEST_PATTERN + 1), "at most"),
    "half a character": ("\ud800", "", "valid Unicode"),
    "a group that the pattern does not have": ("(a)", r"\2", "has 1 group, and no group 2"),
    "a name that the pattern does not have": ("(a)", r"\g<sku>", "no group 'sku'"),
    "a group with a number beyond all bounds": ("(a)", rf"\g<{'9' * 150}>", "no group"),
    "a backslash at the end": ("a", "b\\", "means nothing"),
    "an escape of another language": ("a", r"\n", "means nothing"),
}


@pytest.mark.parametrize(("pattern", "replacement", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_in_words(pattern: str, replacement: str, words: str) -> None:
    said = problem(pattern, replacement)
    assert said is not None
    assert words in said
    assert "b'" not in said


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "(a?){50}a{50}"])
def test_a_pattern_that_explodes_elsewhere_is_harmless(pattern: str) -> None:
    patterns = engine()
    assert patterns is not None
    began = time.process_time()
    patterns.sub(pattern, "", "a" * 1000 + "!")
    assert time.process_time() - began < 1
