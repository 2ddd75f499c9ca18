"""Stores that find, cancel or change orders wrongly, each in one way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.hooks import hookimpl
from amazon_orders.model import (
    CancelUnits,
    ChangeAddress,
    OrderChange,
    PutOnHold,
    ShippedByAmazon,
    TakeOffHold,
)

from .breaking import breaks, known

# Finding orders


class LooksUpOtherwise(MemoryStore):
    @hookimpl
    def store_find_orders(self, keys: Any, since: Any) -> Any:
        found = MemoryStore.store_find_orders(self, keys, since)
        return {key: self.otherwise(list(refs)) for key, refs in found.items()}

    def otherwise(self, refs: list[str]) -> list[str]:
        raise NotImplementedError


@breaks("an_order_is_found_by_its_key_at_once")
class SearchesAnIndexThatLags(LooksUpOtherwise):
    def otherwise(self, refs):
        indexed = datetime.now(UTC) - timedelta(minutes=1)
        return [ref for ref in refs if self.shop.book[ref].created_at < indexed]


@breaks("a_key_without_an_order_has_none")
class DropsTheFilter(MemoryStore):
    @hookimpl
    def store_find_orders(self, keys, since):
        found = super().store_find_orders(keys, since)
        return {key: refs or (list(self.shop.book) if len(keys) == 1 else []) for key, refs in found.items()}


@breaks("many_keys_are_found_in_one_question")
class AsksForOnePage(MemoryStore):
    @hookimpl
    def store_find_orders(self, keys, since):
        return super().store_find_orders(keys[:50], since)


@breaks("every_order_under_a_key_is_told")
class HidesTheDouble(LooksUpOtherwise):
    def otherwise(self, refs):
        return refs[:1]


@breaks("the_oldest_order_under_a_key_is_told_first")
class TellsTheNewestFirst(LooksUpOtherwise):
    def otherwise(self, refs):
        return refs[::-1]


@breaks("a_cancelled_order_is_found")
class HidesCancelledOrders(LooksUpOtherwise):
    def otherwise(self, refs):
        return [ref for ref in refs if self.shop.book[ref].status != "cancelled"]


@breaks("an_order_is_found_since_long_ago")
class SearchesNinetyDays(MemoryStore):
    @hookimpl
    def store_find_orders(self, keys, since):
        return {} if since < datetime.now(UTC) - timedelta(days=90) else super().store_find_orders(keys, since)


@breaks("since_is_about_the_shops_own_time")
class ComparesAmazonsTime(MemoryStore):
    def _write(self, order, key):
        placed = super()._write(order, key)
        known(self, key).created_at = order.placed_at
        return placed


# Cancelling


@breaks("an_order_is_cancelled")
class OnlySaysThatItCancels(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return not self.shop.order(ref).touched


@breaks("cancelling_again_is_true")
class CancelsOnceOnly(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return self.shop.order(ref).status != "cancelled" and super().store_cancel_order(ref, reason, key)


@breaks("cancelling_gives_the_stock_back")
class KeepsTheStock(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        self.shop.order(ref).took_stock = False
        return super().store_cancel_order(ref, reason, key)


@breaks("cancelling_again_gives_no_stock_back")
class GivesStockBackTwice(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        if self.shop.order(ref).status == "cancelled":
            self.shop.move("1", 1)
        return super().store_cancel_order(ref, reason, key)


@breaks("cancelling_what_took_no_stock_gives_none_back")
class GivesBackWhatItNeverTook(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        self.shop.order(ref).took_stock = True
        return super().store_cancel_order(ref, reason, key)


@breaks("it_is_too_late_to_cancel_what_has_left")
class CancelsWhatHasLeft(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return self.shop.order(ref).status == "shipped" or super().store_cancel_order(ref, reason, key)


@breaks("it_is_too_late_to_cancel_once_a_parcel_has_left")
class CancelsWhatHasLeftInPart(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        order = self.shop.order(ref)
        return (order.touched and order.status != "shipped") or super().store_cancel_order(ref, reason, key)


@breaks("an_unknown_order_is_not_cancelled")
class CancelsAnything(MemoryStore):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return ref not in self.shop.book or super().store_cancel_order(ref, reason, key)


# Changing


class ChangesOtherwise(MemoryStore):
    """Says True to one kind of change where it is in time, and does nothing."""

    ignores: Any = None

    @hookimpl
    def store_change_order(self, ref: str, change: Any, key: str) -> bool:
        if isinstance(change, self.ignores) and not self.shop.order(ref).touched:
            return True
        return super().store_change_order(ref, change, key)


@breaks("a_hold_holds")
class DoesNotHold(ChangesOtherwise):
    ignores = PutOnHold


@breaks("a_hold_ends")
class HoldsForEver(ChangesOtherwise):
    ignores = TakeOffHold


@breaks("an_address_changes")
class KeepsTheOldAddress(ChangesOtherwise):
    ignores = ChangeAddress


@breaks("what_amazon_shipped_is_not_shipped_again")
class ShipsWhatHasLeft(ChangesOtherwise):
    ignores = ShippedByAmazon


class CancelsUnitsOtherwise(MemoryStore):
    @hookimpl
    def store_change_order(self, ref: str, change: Any, key: str) -> bool:
        if isinstance(change, CancelUnits):
            self.before(self.shop.order(ref), key)
        made = super().store_change_order(ref, change, key)
        if isinstance(change, CancelUnits):
            self.after(self.shop.order(ref), change)
        return made

    def before(self, order: Any, key: str) -> None:
        pass

    def after(self, order: Any, change: Any) -> None:
        pass


@breaks("cancelled_units_leave_the_order")
class KeepsCancelledUnits(CancelsUnitsOtherwise):
    def after(self, order, change):
        for item in order.items:
            item.quantity = 3


@breaks("cancelled_units_leave_the_order_once")
class ForgetsKeysOfChanges(CancelsUnitsOtherwise):
    def before(self, order, key):
        self.shop.done.discard(key)


@breaks("cancelling_units_ends_at_the_new_total")
class ComputesTheNewTotal(CancelsUnitsOtherwise):
    def after(self, order, change):
        order.total = sum(item.gross for item in order.items)


@breaks("cancelled_units_go_back_to_stock")
class KeepsTheStockOfUnits(CancelsUnitsOtherwise):
    def before(self, order, key):
        order.took_stock = False


@breaks("a_kind_that_the_adapter_does_not_know_is_false")
class KnowsEveryKind(MemoryStore):
    @hookimpl
    def store_change_order(self, ref, change, key):
        return not isinstance(change, OrderChange) or super().store_change_order(ref, change, key)


@breaks("it_is_too_late_to_hold_what_has_left")
class HoldsWhatHasLeft(MemoryStore):
    @hookimpl
    def store_change_order(self, ref, change, key):
        late = isinstance(change, PutOnHold) and self.shop.order(ref).touched
        return late or super().store_change_order(ref, change, key)


@breaks("an_unknown_order_is_not_changed")
class ChangesAnything(MemoryStore):
    @hookimpl
    def store_change_order(self, ref, change, key):
        return ref not in self.shop.book or super().store_change_order(ref, change, key)
