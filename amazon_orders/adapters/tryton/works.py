"""Orders on their way into Tryton: how far each is, and what stopped it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import StoreRejected
from ...model import StoreOrder
from .sales import Sale


@dataclass(kw_only=True, slots=True)
class Work:
    """An order that is being placed."""

    key: str
    order: StoreOrder
    party: int = 0
    sale: Sale | None = None
    refusal: StoreRejected | None = None
    elsewhere: bool = False
    """Another process is at it."""

    @property
    def is_open(self) -> bool:
        """Whether a step may be left to do."""
        return self.refusal is None and not self.elsewhere and (self.sale is None or not self.sale.placed)

    @property
    def is_known(self) -> bool:
        """Whether it came to an end, and nobody else took its sale to another state meanwhile."""
        if self.elsewhere:
            return False
        return self.refusal is not None or self.there.placed or self.there.state == "processing"

    @property
    def there(self) -> Sale:
        """Its sale, for steps that come after it was written."""
        if self.sale is None:
            raise RuntimeError(f"{self.key} has no sale yet")
        return self.sale


def among(works: Iterable[Work], *states: str) -> list[Work]:
    """Those that are open and whose sale is in one of the states."""
    return [work for work in works if work.is_open and work.sale is not None and work.sale.state in states]


def foreign(work: Work) -> str:
    """Why a total is refused."""
    order, sale = work.order, work.there
    return (
        f"Tryton's total is {sale.total} {order.currency}, of it {sale.tax} tax, and Amazon's is {order.total}: more "
        "than a rounding apart. Look at the taxes of the products' account categories, and at modules that add to "
        "sales; nothing was kept"
    )
