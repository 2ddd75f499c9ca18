"""Stores that tell or move wrongly, each in one way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.errors import StoreUnavailable
from amazon_orders.hooks import hookimpl
from amazon_orders.model import LineQuantity, RefundLine

from .breaking import breaks

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
    def store_list_stock(self, since, attribute):
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


@breaks("where_nothing_has_left_no_parcel_is_told")
class FailsWhereNothingLeft(TellsParcels):
    def among(self, events):
        if not events:
            raise StoreUnavailable("no such page")
        return events


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
        lines = [LineQuantity(product="line 1", quantity=line.quantity) for line in event.lines]
        return replace(event, lines=tuple(lines))


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
        amounts = [replace(line.amount, gross=self.gross(line.amount.gross)) for line in event.lines]
        lines = [replace(line, amount=amount) for line, amount in zip(event.lines, amounts, strict=True)]
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
