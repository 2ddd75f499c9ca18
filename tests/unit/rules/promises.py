"""What is true of every order that goes into a store, whatever Amazon sent and however the connection is set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

from amazon_orders.model import Charge, Place, StoreOrder, minor_unit
from tests.unit.rules.build import connection
from tests.unit.rules.equations import sides

ZERO = Decimal(0)
SETTINGS = [
    connection(ignore_amazon_tax=ignore, prices_include_tax=include, marketplace_tax=collected)
    for ignore, include, collected in product((False, True), ("auto", "yes", "no"), ("exclude", "line"))
]
"""Every way to handle tax."""


def charges(drafted: StoreOrder) -> list[Charge]:
    """Everything that makes the order's total."""
    return [*(line.total for line in drafted.lines), drafted.shipping, *drafted.fees]


def adds_up(decision: Place) -> None:
    """Lines, shipping and fees come to the total, units to their line, the equation to Amazon's total; no float."""
    drafted = decision.order
    left, right = sides(decision.balance.equation)
    assert left == right == drafted.amazon_total, decision.balance.equation
    assert sum((charge.gross for charge in charges(drafted)), ZERO) == drafted.total
    for line in drafted.lines:
        assert line.unit_price * line.quantity + line.remainder == line.total.gross
    assert float not in set(types_in(decision))


def keeps_its_promises(decision: Place) -> None:
    """The same; and where Amazon sent whole minor units, every amount is of whole minor units."""
    adds_up(decision)
    drafted = decision.order
    unit = minor_unit(drafted.currency)
    whole = [drafted.total, drafted.amazon_total, drafted.marketplace_tax or ZERO]
    for line in drafted.lines:
        assert abs(line.remainder) < unit * line.quantity
        assert line.discount >= 0
        whole += [line.unit_price, line.remainder, line.discount]
    for charge in charges(drafted):
        assert (charge.net is None) == (charge.tax is None)
        if charge.net is not None and charge.tax is not None:
            assert charge.net + charge.tax == charge.gross
        if charge.tax_owner != "seller":
            assert charge.tax == 0
        whole += [charge.gross, charge.net or ZERO, charge.tax or ZERO]
    assert all(type(amount) is Decimal and amount % unit == 0 for amount in whole)


def types_in(value: Any) -> Iterator[type]:
    """The type of everything that a decision holds, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        for name in _names(type(value)):
            yield from types_in(getattr(value, name))
    elif isinstance(value, tuple | frozenset | list):
        for item in value:
            yield from types_in(item)
    elif isinstance(value, dict):
        yield from types_in([*value.items()])
    else:
        yield type(value)


@cache
def _names(kind: type[Any]) -> list[str]:
    return [each.name for each in fields(kind)]
