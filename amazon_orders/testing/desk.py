"""Where a check meets the store: its hooks, a product, the back door, and the steps that many checks begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import SkipTest

from ..errors import StoreError, StoreRejected
from ..hooks import Hooks
from ..model import OrderChange, Placed, Product, StockAdjustment, StockLevel, StoreOrder
from . import orders
from .back_door import SeenOrder

PLENTY = 1000


class Broken(AssertionError):
    """A promise that the adapter did not keep; the text is a sentence that says which and what it did instead."""


class Resting(SkipTest):
    """What a check begins with does not work here. The check of that promise fails; this one cannot be told."""


def promise(kept: object, sentence: str) -> None:
    """Go on if the promise was kept."""
    __tracebackhide__ = True
    if not kept:
        raise Broken(sentence)


class Desk:
    """One adapter under check. Works on a shop that is full of other things: it looks at its own orders alone."""

    def __init__(self, adapter: object, product: Product, shop: object, attribute: str = "sku") -> None:
        self.adapter = adapter
        self.product = product
        self.shop = shop
        self.attribute = attribute
        self.hooks = Hooks("store")
        self.hooks.register(adapter, "adapter")
        self.hooks.check()
        self.since = datetime.now(UTC) - timedelta(days=1)
        """Before anything that this check does."""

    def needs(self, hook: str) -> None:
        """Skip the check where an optional question is not answered."""
        if not self.hooks.implemented(hook):
            raise SkipTest(f"{hook} is optional and this adapter does not answer it")

    def does(self, deed: str, *arguments: object) -> Any:
        """Do something in the shop by the back door; skip the check where that is not possible."""
        method = getattr(self.shop, deed, None)
        if method is None:
            raise SkipTest(f"the back door has no {deed}()")
        try:
            return method(*arguments)
        except NotImplementedError:
            raise SkipTest(f"the back door's {deed}() is not implemented: the shop cannot do it") from None

    def can(self, deed: str) -> bool:
        """Whether the back door has the method at all."""
        return getattr(self.shop, deed, None) is not None

    # Orders

    def line(self, gross: str = "20.00", quantity: int = 1, **more: Any) -> Any:
        """A line of the product."""
        return orders.line(self.product.ref, gross, quantity, **more)

    def order(self, *lines: Any, key: str = "", **more: Any) -> StoreOrder:
        """An order under a new key: of these lines, or of one of the product."""
        return orders.order(key or orders.new_key(), lines or (self.line(),), **more)

    def place(self, order: StoreOrder) -> Placed:
        """Place the order under its own key."""
        return self.hooks.store_place_order(order, order.amazon_order_id)

    def given(self, *lines: Any, **more: Any) -> tuple[StoreOrder, Placed]:
        """An order that is in the shop already, for checks of what comes after."""
        order = self.order(*lines, **more)
        try:
            placed = self.place(order)
        except StoreError as error:
            raise Resting(f"no order could be placed to begin with: {error}") from error
        if placed.ref not in self.under(order.amazon_order_id):
            raise Resting("the order to begin with is not in the shop")
        return order, placed

    def cancelled(self) -> tuple[StoreOrder, Placed]:
        """An order that was placed and cancelled."""
        order, placed = self.given()
        try:
            done = self.hooks.store_cancel_order(
                placed.ref, "Cancelled by the buyer", f"{order.amazon_order_id}/cancel"
            )
        except StoreError as error:
            raise Resting(f"no order could be cancelled to begin with: {error}") from error
        if not done or (self.can("orders") and self.status(placed.ref) not in ("cancelled", None)):
            raise Resting("the order to begin with could not be cancelled")
        return order, placed

    def asked(self, key: str) -> tuple[str, ...]:
        """What `store_find_orders` says of a key."""
        return self.hooks.store_find_orders([key], self.since).get(key, ())

    def under(self, key: str) -> list[str]:
        """References under a key: by the back door, or by the hook where there is none."""
        if self.can("orders"):
            return [seen.ref for seen in self.does("orders") if seen.key == key]
        return list(self.asked(key))

    def seen(self, ref: str) -> SeenOrder:
        """The order as the back door sees it."""
        for order in self.does("orders"):
            if order.ref == ref:
                found: SeenOrder = order
                return found
        raise Resting("the back door does not see the order")

    def currency(self, ref: str) -> str | None:
        """The currency that the shop keeps the order in, `None` where the back door cannot tell."""
        found: str | None = getattr(self.seen(ref), "currency", None)
        return found

    def tax(self, ref: str) -> Decimal | None:
        """The shop's own tax in the order, `None` where the back door cannot tell."""
        found: Decimal | None = getattr(self.seen(ref), "tax", None)
        return found

    def status(self, ref: str) -> str | None:
        """The order's status, `None` where the back door cannot tell."""
        return self.seen(ref).status

    def is_now(self, ref: str, status: str, sentence: str) -> None:
        """Promise that the order has a status."""
        found = self.status(ref)
        if found is None:
            raise SkipTest("the back door does not tell an order's status")
        promise(found == status, f"{sentence}: the back door sees it as {found}")

    def change(self, ref: str, change: OrderChange, key: str) -> None:
        """Make a change; skip the check where the adapter says that it cannot."""
        if not self.hooks.store_change_order(ref, change, key):
            raise SkipTest(f"store_change_order answers False to {type(change).__name__}: not supported")

    # Stock

    def stocked(self, units: int | None = PLENTY) -> None:
        """Put units on the shelf, where the back door can."""
        self.does("set_stock", self.product.ref, units)

    def available(self) -> Decimal:
        """What can still be promised: by the back door, or by the hook where there is none."""
        units = self.does("stock", self.product.ref) if self.can("stock") else self.level().available
        if units is None:
            raise SkipTest("the product is not tracked, so its stock does not move")
        return Decimal(units)

    def holds(self, units: int) -> Decimal:
        """How much stock a plain order of so many units takes."""
        before = self.available()
        self.given(self.line(quantity=units))
        return before - self.available()

    def levels(self, since: datetime | None = None) -> list[StockLevel]:
        """What the adapter lists for the product."""
        listed = self.hooks.store_list_stock(since, self.attribute)
        return [level for level in listed if level.product == self.product.ref]

    def level(self) -> StockLevel:
        """The one level of the product."""
        found = self.levels()
        if not found:
            raise Resting("store_list_stock does not list the product")
        return found[0]

    def adjustment(self, delta: int, order: StoreOrder, product: str = "") -> StockAdjustment:
        """A move for the first line of an order."""
        return StockAdjustment(
            product=product or self.product.ref,
            seller_sku=order.lines[0].seller_sku,
            amazon_order_id=order.amazon_order_id,
            order_item_id=order.lines[0].order_item_id,
            delta=delta,
            reason="reserve" if delta < 0 else "release",
        )

    def reserved(self, units: int) -> tuple[StoreOrder, str, StockAdjustment]:
        """Units that were reserved for an order that is not placed: the order, the move's key, the move."""
        self.needs("store_adjust_stock")
        order = self.order(self.line(quantity=units))
        key = f"{order.amazon_order_id}/{order.lines[0].order_item_id}/reserve/1"
        move = self.adjustment(-units, order)
        before = self.available()
        try:
            self.hooks.store_adjust_stock({key: move})
        except StoreError as error:
            raise Resting(f"nothing could be reserved to begin with: {error}") from error
        if self.available() != before - units:
            raise Resting("reserving did not move the stock")
        return order, key, move

    # What the shop's staff did

    def told(self, hook: str, ref: str, since: datetime | None = None) -> list[Any]:
        """What a `store_list_*` hook tells of one order."""
        return [event for event in getattr(self.hooks, hook)(since or self.since) if event.ref == ref]

    def first(self, hook: str, ref: str) -> Any:
        """The first that is told; where there is none the check cannot go on."""
        found = self.told(hook, ref)
        if not found:
            raise Resting(f"{hook} does not tell what the shop's staff did")
        return found[0]

    def refuses(self, order: StoreOrder) -> StoreRejected:
        """The refusal of an order that cannot be placed; where it is placed the check cannot go on."""
        try:
            self.place(order)
        except StoreRejected as refusal:
            return refusal
        except StoreError as error:
            raise Resting("the order is not refused with StoreRejected") from error
        raise Resting("the order is not refused")
