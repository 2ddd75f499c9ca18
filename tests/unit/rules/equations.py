"""Checks an equation as a reader with a calculator would, without any code of the library."""

from __future__ import annotations

import re
from decimal import Decimal, localcontext

_EQUATION = re.compile(r"-?[\d.]+( [+-] [\d.]+)* = -?[\d.]+")


def sides(equation: str) -> tuple[Decimal, Decimal]:
    """What the left side comes to, and what the right side says."""
    assert _EQUATION.fullmatch(equation), equation
    left, right = equation.split(" = ")
    first, *rest = left.split(" ")
    with localcontext(prec=80):
        total = Decimal(first)
        for sign, amount in zip(rest[::2], rest[1::2], strict=True):
            total += Decimal(amount) if sign == "+" else -Decimal(amount)
    return total, Decimal(right)


def holds(equation: str) -> bool:
    """Whether both sides are the same, to the last digit."""
    left, right = sides(equation)
    return left == right


def text(amount: Decimal) -> str:
    """An amount without the zeros that do not count, so that a test can state it as a word."""
    plain = format(amount.normalize(), "f")
    return "0" if plain == "-0" else plain
