"""Amounts: `Decimal` in a currency's own minor unit, and how to split them without losing a cent."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

ZERO = Decimal(0)

# ISO 4217 exponents that differ from two. Of the currencies Amazon sells in only JPY does.
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3}
_UNITS = {0: Decimal(1), 2: Decimal("0.01"), 3: Decimal("0.001")}
# Wide enough that no quantize of an amount within the accepted range can overflow the default 28 digits.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of `currency`: `Decimal("0.01")` for EUR, `Decimal("1")` for JPY."""
    return _UNITS[_EXPONENTS.get(currency, 2)]


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` to the minor unit, halves away from zero, as invoices do."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP, context=_CONTEXT)


def as_text(amount: Decimal | None, currency: str) -> str | None:
    """`amount` as JSON carries it: plain digits, at least the currency's decimals, never an exponent."""
    if amount is None:
        return None
    text = format(amount, "f")
    decimals = _EXPONENTS.get(currency, 2)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(decimals, '0')}" if fraction or decimals else whole


def split(amount: Decimal, weights: list[Decimal], currency: str) -> list[Decimal]:
    """`amount` shared out by `weights`, each part a whole minor unit, the sum exact.

    The last minor units go to the parts that lost most by rounding (largest remainder), earlier parts first.
    Weights that are all zero share equally.
    """
    if not weights:
        return []
    unit = minor_unit(currency)
    total = sum(weights, ZERO)
    if total == 0:
        weights, total = [Decimal(1)] * len(weights), Decimal(len(weights))
    units = int((amount / unit).to_integral_value())
    exact = [Decimal(units) * weight / total for weight in weights]
    parts = [int(value.to_integral_value(rounding="ROUND_FLOOR")) for value in exact]
    missing = units - sum(parts)
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[:missing]:
        parts[index] += 1
    shares = [Decimal(part) * unit for part in parts]
    shares[-1] += amount - sum(shares, ZERO)  # what lies below the minor unit stays visible
    return shares
