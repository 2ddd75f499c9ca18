"""The confirmations that a seller's orders got, and when each of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from amazon_orders.sandbox import life
from amazon_orders.sandbox.clock import from_ms, to_ms
from amazon_orders.sandbox.life import Parcel
from amazon_orders.sandbox.projection import Json

if TYPE_CHECKING:
    from amazon_orders.sandbox.order_book import OrderBook


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """One shipment confirmation that Amazon took. Refused ones leave no trace but their call."""

    order_id: str
    by: Literal["call", "feed"]
    reference: str
    """Package reference id; of a feed's package the one that Amazon gave it."""
    carrier_code: str
    carrier_name: str
    service: str
    tracking: str
    shipped_at: datetime
    items: Mapping[str, int]
    """Units by order item id."""
    at: datetime
    """When it came."""
    edit: bool
    """Whether it changed a package that was there."""
    ignored: bool
    """Taken, and nothing came of it."""
    cod_collection: str = ""
    supply_source: str = ""
    merchant_id: str = ""
    """`MerchantFulfillmentID` of a feed's message."""


class Confirmations:
    """Every confirmation in the order of coming. Those that do not show yet still hold their units."""

    def __init__(self, seller: OrderBook) -> None:
        self._seller = seller
        self._taken: list[Confirmation] = []
        self._waiting: dict[tuple[str, str], Parcel] = {}
        self.ignored: set[str] = set()
        """Ids of the orders whose confirmations come to nothing; `*`: of all."""

    def of(self, order_id: str) -> list[Confirmation]:
        """Those of one order."""
        return [taken for taken in self._taken if taken.order_id == order_id]

    def ignores(self, order_id: str) -> bool:
        """Whether a confirmation of this order will come to nothing."""
        return bool(self.ignored & {order_id, "*"})

    def references(self, order_id: str) -> set[str]:
        """Package reference ids that were given by call; a call with one of them is an edit."""
        return {taken.reference for taken in self._taken if taken.order_id == order_id and taken.by == "call"}

    def by_merchant_id(self, order_id: str, merchant_id: str) -> Confirmation | None:
        """The last confirmation that a feed sent under this `MerchantFulfillmentID`; another one edits it."""
        return next((taken for taken in reversed(self.of(order_id)) if taken.merchant_id == merchant_id), None)

    def free_reference(self, order: Json) -> str:
        """The next reference id that no package has, shown or not."""
        taken = {row["packageReferenceId"] for row in order.get("packages", ())}
        taken |= {made.reference for made in self.of(order["orderId"])}
        return next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)

    def units_left(self, order: Json, reference: str = "") -> dict[str, int]:
        """Units by item that may be confirmed under a reference id: open ones, and those of the package it edits."""
        left = life.open_units(order)
        shown: dict[str, Mapping[str, int]] = {
            row["packageReferenceId"]: {part["orderItemId"]: part["quantity"] for part in row["packageItems"]}
            for row in order.get("packages", ())
        }
        waiting = {key[1]: parcel.items for key, parcel in self._waiting.items() if key[0] == order["orderId"]}
        for items in shown.values():
            _add(left, items, 1)
        for other, items in (shown | waiting).items():
            if other != reference:
                _add(left, items, -1)
        return left

    def take(self, confirmation: Confirmation, codes: Mapping[str, tuple[str, ...]]) -> None:
        """Keep a confirmation that passed every check; its package shows after the seller's `confirm_delay`."""
        self._taken.append(confirmation)
        if confirmation.ignored:
            return
        other = confirmation.carrier_code == "Other"
        parcel = Parcel(
            reference=confirmation.reference,
            carrier=confirmation.carrier_name if other else confirmation.carrier_code or confirmation.carrier_name,
            service=confirmation.service,
            tracking=confirmation.tracking,
            shipped_ms=to_ms(confirmation.shipped_at),
            items=confirmation.items,
            codes=codes,
        )
        key = (confirmation.order_id, confirmation.reference)
        self._waiting[key] = parcel
        delay_ms = int(self._seller.confirm_delay * 1000)
        self._seller.agenda.at(to_ms(confirmation.at) + delay_ms, lambda ms: self._show(key, parcel, ms))
        self._seller.settle()

    def _show(self, key: tuple[str, str], parcel: Parcel, ms: int) -> None:
        if self._waiting.get(key) is not parcel:
            return  # a later edit took its place
        del self._waiting[key]
        order = self._seller.order(key[0])
        # Whatever Seller Central did in the meantime comes first.
        shippable = life.status_of(order) in life.OPEN or life.package_of(order, parcel.reference) is not None
        left = self.units_left(order, parcel.reference)
        if shippable and all(units <= left[item] for item, units in parcel.items.items()):
            with self._seller.change(key[0], at=from_ms(ms)) as order:
                life.pack(order, parcel, ms)


def _add(units: dict[str, int], more: Mapping[str, int], sign: int) -> None:
    for item, count in more.items():
        units[item] += sign * count
