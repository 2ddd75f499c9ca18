"""Tax: the shop takes net prices and computes tax itself, and its order still has to end where Amazon's does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from amazon_orders.errors import StoreRejected
from amazon_orders.model import Charge, minor_unit, rounded


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What the shop is told, and the gross amount that it will compute from that."""

    net: Decimal
    tax_class: str
    gross: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Taxes:
    """The shop's tax classes: name -> rate, `Decimal("0.19")`. `usual` is for amounts whose tax Amazon did not tell."""

    rates: Mapping[str, Decimal]
    usual: str

    def price(self, charge: Charge, currency: str, units: int = 1) -> Price:
        """Net and tax class that come to `charge.gross`, or as near as whole cents allow.

        `StoreRejected` where the shop has no class for the charge's tax.
        """
        if charge.tax_owner != "seller":
            return self.untaxed(charge.gross)
        name = self._usual() if charge.net is None else self._told(charge.net, charge.gross, currency, units)
        rate = self.rates[name]
        net = charge.net
        if net is None or net + rounded(net * rate, currency) != charge.gross:
            net = rounded(charge.gross / (1 + rate), currency)
        return Price(net=net, tax_class=name, gross=net + rounded(net * rate, currency))

    def untaxed(self, amount: Decimal) -> Price:
        """An amount without tax of the seller's."""
        for name, rate in self.rates.items():
            if rate == 0:
                return Price(net=amount, tax_class=name, gross=amount)
        raise StoreRejected("The shop has no tax class of 0 %. Add one in the shop under Settings > Taxes, and retry.")

    def _usual(self) -> str:
        if self.usual not in self.rates:
            raise StoreRejected(
                f"The shop has no tax class {self.usual!r}; it has {', '.join(self.rates)}. Set tax_class."
            )
        return self.usual

    def _told(self, net: Decimal, gross: Decimal, currency: str, units: int) -> str:
        """The class that comes nearest to Amazon's tax, which may have been rounded unit by unit."""
        off = {name: abs(gross - net - rounded(net * rate, currency)) for name, rate in self.rates.items()}
        name = min(off, key=lambda name: off[name], default="")
        if not off or off[name] > units * minor_unit(currency):
            told = rounded((gross / net - 1) * 100, "EUR") if net else "?"
            raise StoreRejected(
                f"Amazon computed about {told} % tax, and the shop has no such tax class. Add it in the shop under "
                "Settings > Taxes, and retry."
            )
        return name
