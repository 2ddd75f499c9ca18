"""Stores that do wrong what comes after placing, each in one way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.hooks import hookimpl
from amazon_orders.model import (
    CancelUnits,
    ChangeAddress,
    LineQuantity,
    OrderChange,
    PutOnHold,
    RefundLine,
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
    def store_cancel_order(self, ref):
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


# Stock


class ListsStockOtherwise(MemoryStore):
    @hookimpl
    def store_list_stock(self, since: Any, attribute: str) -> Any:
        return self.otherwise(list(MemoryStore.store_list_stock(self, since, attribute)), since)

    def otherwise(self, levels: list[Any], since: Any) -> list[Any]:
        raise NotImplementedError


@breaks("a_product_is_listed_with_what_can_be_promised")
class ListsChangesAlone(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return levels if since else []


@breaks("what_orders_hold_cannot_be_promised")
class ListsWhatIsOnHand(ListsStockOtherwise):
    def otherwise(self, levels, since):
        held = sum(order.lines.get("1", 0) for order in self.shop.orders() if order.took_stock)
        return [replace(level, available=level.available and level.available + held) for level in levels]


@breaks("a_product_that_is_sold_out_is_listed")
class ListsWhatIsInStock(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return [level for level in levels if level.available != 0]


@breaks("a_product_that_is_not_tracked_has_no_number")
class CountsWhatNobodyCounts(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return [replace(level, available=level.available or Decimal(0)) for level in levels]


@breaks("a_level_carries_the_attributes_value")
class ListsReferences(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return [replace(level, value=level.product) for level in levels]


@breaks("a_change_is_listed_since_then")
class ListsNothingSince(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return [] if since else levels


@breaks("stock_by_an_attribute_that_the_shop_lacks_is_refused")
class ListsByAnything(MemoryStore):
    @hookimpl
    def store_list_stock(self, since):
        return super().store_list_stock(since, "sku")


class MovesOtherwise(MemoryStore):
    @hookimpl
    def store_adjust_stock(self, adjustments: Any) -> None:
        MemoryStore.store_adjust_stock(self, self.otherwise(dict(adjustments)))

    def otherwise(self, moves: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


@breaks("a_reservation_takes_units_from_stock")
class TakesNothing(MovesOtherwise):
    def otherwise(self, moves):
        return {key: replace(move, delta=max(move.delta, 0)) for key, move in moves.items()}


@breaks("a_release_gives_units_back")
class GivesNothingBack(MovesOtherwise):
    def otherwise(self, moves):
        return {key: replace(move, delta=min(move.delta, 0)) for key, move in moves.items()}


@breaks("a_known_key_moves_nothing")
class ForgetsKeysOfReservations(MovesOtherwise):
    def otherwise(self, moves):
        self.shop.done -= {key for key, move in moves.items() if move.delta < 0}
        return moves


@breaks("a_refused_move_leaves_the_others_unmade")
class MovesOneByOne(MemoryStore):
    @hookimpl
    def store_adjust_stock(self, adjustments):
        for key, move in adjustments.items():
            super().store_adjust_stock({key: move})


@breaks("an_order_uses_its_reservation_up")
class HoldsTwice(MemoryStore):
    def _write(self, order, key):
        self.shop.done |= set(order.releases)
        return super()._write(order, key)


@breaks("a_release_of_an_order_is_made_once")
class ForgetsKeysOfReleases(MemoryStore):
    def _write(self, order, key):
        placed = super()._write(order, key)
        self.shop.done -= set(order.releases)
        return placed


# What the staff did


class Lists(MemoryStore):
    """Lists events otherwise: `otherwise` is handed each of one kind that the shop has, and since when."""

    kind = ""

    @hookimpl
    def store_list_shipments(self, since: Any) -> Any:
        return self.listed("shipments", since)

    @hookimpl
    def store_list_cancellations(self, since: Any) -> Any:
        return self.listed("cancellations", since)

    @hookimpl
    def store_list_refunds(self, since: Any) -> Any:
        return self.listed("refunds", since)

    def listed(self, kind: str, since: datetime) -> list[Any]:
        events: list[Any] = list(getattr(self.shop, kind))
        if kind == self.kind:
            events = [self.told(event) for event in self.among(events)]
            return [event for event in events if self.is_due(event, since)]
        return [event for event in events if event.updated_at >= since]

    def among(self, events: list[Any]) -> list[Any]:
        return events

    def told(self, event: Any) -> Any:
        return event

    def is_due(self, event: Any, since: datetime) -> bool:
        return bool(event.updated_at >= since)


class TellsNone(Lists):
    def among(self, events):
        return []


class TellsNewIds(Lists):
    def told(self, event):
        return replace(event, id=str(uuid.uuid4()))


class LeavesTheEdgeOut(Lists):
    def is_due(self, event, since):
        return event.updated_at > since


for _kind, _noun, _name in (
    ("shipments", "parcel", "a_parcel_is_told_under_its_orders_reference"),
    ("cancellations", "cancellation", "a_cancellation_is_told"),
    ("refunds", "refund", "a_refund_is_told"),
):
    breaks(_name)(type(f"TellsNo{_noun}", (TellsNone,), {"kind": _kind}))
    breaks(f"a_{_noun}_keeps_its_id")(type(f"NewIdOf{_noun}", (TellsNewIds,), {"kind": _kind}))
    breaks(f"a_{_noun}_is_told_at_its_own_time")(type(f"EdgeOf{_noun}", (LeavesTheEdgeOut,), {"kind": _kind}))


class TellsParcels(Lists):
    kind = "shipments"


@breaks("a_parcel_carries_its_tracking")
class TellsNoTracking(TellsParcels):
    def told(self, event):
        return replace(event, tracking="")


@breaks("a_parcel_carries_its_carrier")
class TellsNoCarrier(TellsParcels):
    def told(self, event):
        return replace(event, carrier="")


@breaks("a_parcel_is_told_by_its_last_change")
class TellsWhenTheOrderCame(TellsParcels):
    def told(self, event):
        return replace(event, updated_at=event.updated_at - timedelta(minutes=10))


@breaks("a_part_that_left_is_told_as_a_part")
class TellsAPartAsAll(TellsParcels):
    def told(self, event):
        return replace(event, lines=())


@breaks("a_line_that_left_is_named")
class NamesLinesByPosition(TellsParcels):
    def told(self, event):
        return replace(
            event, lines=tuple(LineQuantity(product="line 1", quantity=line.quantity) for line in event.lines)
        )


@breaks("two_parcels_are_two")
class TellsTheLastParcel(TellsParcels):
    def among(self, events):
        return list({event.ref: event for event in events}.values())


@breaks("parcels_of_the_shops_own_orders_disturb_nothing")
class ExpectsAmazonsOrders(TellsParcels):
    def told(self, event):
        return replace(event, service={True: event.service}[bool(self.shop.book[event.ref].key)])


@breaks("what_is_listed_names_nobody")
class WritesTheBuyerOnTheParcel(TellsParcels):
    def told(self, event):
        order = self.shop.book[event.ref]
        return replace(event, service=order.recipient.name if order.recipient else "")


@breaks("a_cancellation_tells_its_reason")
class TellsNoReason(Lists):
    kind = "cancellations"

    def told(self, event):
        return replace(event, reason="")


@breaks("cancelled_units_are_told_as_units")
class TellsUnitsAsAll(Lists):
    kind = "cancellations"

    def told(self, event):
        return replace(event, lines=())


class TellsRefunds(Lists):
    kind = "refunds"

    def told(self, event):
        lines = [
            replace(line, amount=replace(line.amount, gross=self.gross(line.amount.gross))) for line in event.lines
        ]
        return replace(event, lines=tuple(lines))

    def gross(self, amount: Decimal) -> Decimal:
        raise NotImplementedError


@breaks("a_refund_tells_its_amount")
class RoundsRefunds(TellsRefunds):
    def gross(self, amount):
        return amount.quantize(Decimal(1))


@breaks("a_refund_is_positive")
class TellsRefundsAsLoss(TellsRefunds):
    def gross(self, amount):
        return -amount


@breaks("a_refund_is_in_the_orders_currency")
class RefundsInDollars(TellsRefunds):
    def told(self, event):
        return replace(event, currency="USD")


@breaks("shipping_that_was_given_back_is_told_as_shipping")
class TellsShippingAsALine(TellsRefunds):
    def told(self, event):
        if event.shipping is None:
            return event
        line = RefundLine(line=LineQuantity(order_item_id="1", quantity=1), amount=event.shipping)
        return replace(event, lines=(line,), shipping=None)
