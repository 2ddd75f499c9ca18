"""Amounts as the trace and the equation show them."""

from __future__ import annotations

from decimal import Decimal

from ..model import as_text


def shown(amount: Decimal, currency: str) -> str:
    """`model.as_text` of an amount that is there, with a short way for the usual two decimals.

    A trace shows some ten amounts, and no currency that Amazon sells in has three decimals.
    """
    text = str(amount)
    return text if text[-3:-2] == "." else as_text(amount, currency) or text
