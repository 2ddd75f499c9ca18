"""Amounts of an order as Oscar keeps them: with tax and without, two decimals, units that differ by a cent apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from oscar.core.loading import get_class
from oscar.core.prices import Price

from ...model import ZERO, Charge, StoreOrder, minor_unit, rounded
from .options import Options

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """With tax and without."""

    gross: Decimal
    net: Decimal


class Taxes:
    """Finds the seller's tax inside a charge where Amazon did not say it."""

    def __init__(self, options: Options) -> None:
        self._rates = options.vat_rates
        self._strategy: Any = None

    def amount(self, charge: Charge, order: StoreOrder, record: Any = None) -> Amount:
        """The charge as it is kept. `record`: the stock record of a line, whose product may have a rate of its own."""
        if charge.tax_owner != "seller":
            return Amount(gross=charge.gross, net=charge.gross)
        if charge.net is not None:
            return Amount(gross=charge.gross, net=charge.net)
        if charge.tax is not None:
            return Amount(gross=charge.gross, net=charge.gross - charge.tax)
        rate = self._rate(order.marketplace, record)
        return Amount(gross=charge.gross, net=rounded(charge.gross / (1 + rate), order.currency))

    def _rate(self, country: str, record: Any) -> Decimal:
        """As a fraction: of the options, else of the shop's own strategy, if that taxes by a rate, else none."""
        if country in self._rates:
            return self._rates[country] / 100
        if record is None:
            return ZERO
        if self._strategy is None:
            self._strategy = get_class("partner.strategy", "Selector")().strategy()
        of = getattr(self._strategy, "get_rate", None)
        return Decimal(str(of(record.product, record))) if callable(of) else ZERO


def price(amount: Amount, currency: str) -> Price:
    """As Oscar hands prices around."""
    return Price(currency=currency, excl_tax=amount.net, incl_tax=amount.gross)


def total(amounts: Iterable[Amount]) -> Amount:
    """Their sum."""
    gross = net = ZERO
    for amount in amounts:
        gross, net = gross + amount.gross, net + amount.net
    return Amount(gross=gross, net=net)


def fits(order: StoreOrder) -> bool:
    """Whether Oscar's columns, which have two decimals, keep every amount as it is."""
    charges = [line.total for line in order.lines] + [order.shipping, *order.fees]
    amounts = [order.total] + [amount for charge in charges for amount in (charge.gross, charge.net, charge.tax)]
    return all(amount is None or amount == amount.quantize(CENT) for amount in amounts)


def per_unit(amount: Amount, units: int, currency: str) -> Iterator[tuple[int, Amount]]:
    """`(units, amount of each)` that add up to the amount exactly: at most three kinds of units."""
    unit = minor_unit(currency)
    gross, more_gross = _shared(amount.gross, units, unit)
    net, more_net = _shared(amount.net, units, unit)
    edges = sorted({0, more_gross, more_net, units})
    for start, end in pairwise(edges):
        yield (
            end - start,
            Amount(
                gross=gross + (unit if start < more_gross else ZERO), net=net + (unit if start < more_net else ZERO)
            ),
        )


def _shared(amount: Decimal, units: int, unit: Decimal) -> tuple[Decimal, int]:
    """The share of each unit, and how many units get one minor unit more."""
    whole = int(amount / unit)
    each = whole // units
    return each * unit, whole - each * units
