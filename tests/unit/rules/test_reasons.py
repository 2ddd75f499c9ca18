"""Every reason can be explained to somebody who has never read the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from amazon_orders.model import Reason
from amazon_orders.rules import REASON_TEXT, advice


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_it_means_and_what_to_do(reason: Reason) -> None:
    title, what_to_do = REASON_TEXT[reason]
    assert title.endswith(".")
    assert title.count(". ") == 0
    assert what_to_do.endswith(".")
    assert reason not in title


def test_no_two_reasons_say_the_same() -> None:
    titles = [title for title, _ in REASON_TEXT.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("status", ["pending", "placed", "held", "failed", "skipped", "cancelled"])
def test_a_status_without_reason_asks_for_nothing(status: str) -> None:
    title, what_to_do = advice(status, None)
    assert "Nothing to do" in what_to_do or not what_to_do
    assert title or status in ("held", "skipped")


def test_a_held_order_is_explained_by_its_reason() -> None:
    assert advice("held", "UNKNOWN_SKU") == REASON_TEXT[Reason.UNKNOWN_SKU]


def test_a_pending_order_waits_whatever_held_it_before() -> None:
    assert advice("pending", "PLUGIN") == REASON_TEXT[Reason.PENDING]


def test_a_failed_order_is_tried_again_by_itself() -> None:
    assert "tried again" in advice("failed", "FAILING")[1]


def test_a_reason_of_a_newer_version_is_no_error() -> None:
    assert advice("held", "FROM_THE_FUTURE") == ("", "")


PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", Reason)
def test_the_documentation_says_the_same_of_every_reason(reason: Reason) -> None:
    title, what_to_do = REASON_TEXT[reason]
    assert f"| `{reason}` | {title} | {what_to_do} |" in PAGE
