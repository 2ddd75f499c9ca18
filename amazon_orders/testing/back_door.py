"""The back door: what the kit does in the shop as its staff would, and how it looks at orders past the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol


class SeenOrder(Protocol):
    """What the kit looks at in an order of the shop. `ShopOrder` is one; an object of the shop's own may be, too.

    It may also have `currency` and `tax`, as `ShopOrder` has them.
    """

    @property
    def ref(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def lines(self) -> Mapping[str, int]: ...
    @property
    def status(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopOrder:
    """An order as it lies in the shop, read past the adapter."""

    ref: str
    """The shop's reference, as in `Placed.ref`."""
    key: str = ""
    """The key it was placed under; empty for an order of the shop's own."""
    total: Decimal
    """What it ends at, gross, in its currency."""
    lines: Mapping[str, int]
    """Product reference -> units; shipping and fees are no lines here."""
    status: str | None = None
    """`new`, `on_hold`, `shipped` or `cancelled`; `None`: the back door cannot tell."""
    country: str | None = None
    """Country code that it goes to, such as `DE`; `None`: the shop keeps no addresses."""
    currency: str | None = None
    """Code of the currency that it is kept in, such as `EUR`; `None`: the back door cannot tell."""
    tax: Decimal | None = None
    """The shop's own tax in `total`; `None`: the back door cannot tell."""


class BackDoor(Protocol):
    """What the fixture `shop` gives. A method that the shop has no use for raises `NotImplementedError`.

    `lines` are order item id -> units, `product` is a `Product.ref`.
    """

    def orders(self) -> Iterable[SeenOrder]:
        """Every order of the shop."""

    def ship(self, ref: str, lines: Mapping[str, int], carrier: str, service: str, tracking: str) -> Any:
        """Send one package."""

    def cancel(self, ref: str, lines: Mapping[str, int] | None, reason: str) -> Any:
        """Cancel units, or the whole order where `lines` is `None`."""

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal) -> Any:
        """Give money back for units, or for shipping where `lines` is `None`."""

    def stock(self, product: str) -> int | None:
        """Units that can still be promised; `None`: not tracked."""

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf anew; `None`: do not track it any more."""

    # Beyond these six a back door may offer, each with its own checks:
    #   twin(product) -> str     a second product with the same value
    #   double(ref) -> str       a second order under the key of the first
    #   sell(product) -> str     an order of the shop's own


class NoBackDoor:
    """The back door of a shop that has none: the checks that need it are skipped."""
