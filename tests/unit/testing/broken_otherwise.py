"""Second ways to break a promise: the other answer, or an exception that says nothing."""

from __future__ import annotations

import sqlite3
import weakref
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from amazon_orders.adapters.memory.store import MemoryStore
from amazon_orders.errors import StoreRejected
from amazon_orders.hooks import hookimpl
from amazon_orders.model import OrderChange, Placed, StoreOrder

from .breaking import breaks, known, linger
from .broken_following import CancelsUnitsOtherwise
from .broken_placing import PlacesPagesOtherwise, RefusesOtherwise
from .broken_telling import ListsStockOtherwise, TellsParcels


class RaisesKeyError(MemoryStore):
    """Lets an exception of its own out where it should refuse."""

    def guarded(self, answer: Any) -> Any:
        try:
            return answer()
        except StoreRejected as refusal:
            raise KeyError(str(refusal)) from refusal


@breaks("an_attribute_that_the_shop_lacks_is_refused")
class StumblesOverAnAttribute(RaisesKeyError):
    @hookimpl
    def store_find_products(self, attribute, values):
        return self.guarded(lambda: MemoryStore.store_find_products(self, attribute, values))


@breaks("stock_by_an_attribute_that_the_shop_lacks_is_refused")
class StumblesOverAnAttributeOfStock(RaisesKeyError):
    @hookimpl
    def store_list_stock(self, since, attribute):
        return self.guarded(lambda: list(MemoryStore.store_list_stock(self, since, attribute)))


@breaks("an_unknown_order_is_not_cancelled")
class StumblesWhenItCancels(RaisesKeyError):
    @hookimpl
    def store_cancel_order(self, ref, reason, key):
        return self.guarded(lambda: MemoryStore.store_cancel_order(self, ref, reason, key))


@breaks("an_unknown_order_is_not_changed")
class StumblesWhenItChanges(RaisesKeyError):
    @hookimpl
    def store_change_order(self, ref, change, key):
        return self.guarded(lambda: MemoryStore.store_change_order(self, ref, change, key))


@breaks("a_refused_move_leaves_the_others_unmade")
class StumblesWhenItMoves(RaisesKeyError):
    @hookimpl
    def store_adjust_stock(self, adjustments):
        self.guarded(lambda: MemoryStore.store_adjust_stock(self, adjustments))


@breaks("a_refused_move_leaves_the_others_unmade")
class LeavesUnknownProductsOut(MemoryStore):
    @hookimpl
    def store_adjust_stock(self, adjustments):
        super().store_adjust_stock(
            {key: move for key, move in adjustments.items() if move.product in self.shop.articles}
        )


@breaks("a_kind_that_the_adapter_does_not_know_is_false")
class StumblesOverANewKind(MemoryStore):
    @hookimpl
    def store_change_order(self, ref, change, key):
        assert isinstance(change, OrderChange)
        return super().store_change_order(ref, change, key)


class WatchesTheShelf(MemoryStore):
    """Looks at the stock before it writes."""

    def _write(self, order: StoreOrder, key: str) -> Placed:
        if any((self.shop.stock(line.product) or 0) < line.quantity for line in order.lines):
            self.otherwise(order, key)
            raise StoreRejected("too few are left")
        return super()._write(order, key)

    def otherwise(self, order: StoreOrder, key: str) -> None:
        pass


@breaks("what_is_oversold_is_taken_or_refused_whole")
class RefusesAndDoesNotSay(WatchesTheShelf):
    pass


@breaks("what_is_oversold_is_taken_or_refused_whole")
class RefusesAndKeeps(WatchesTheShelf):
    checks_stock = True

    def otherwise(self, order, key):
        self.shop.write(key, order.currency, order.total, [], None)


@breaks("an_unknown_product_is_refused")
class PlacesWithoutTheUnknown(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        lines = [
            replace(line, product=line.product if line.product in self.shop.articles else "3") for line in order.lines
        ]
        return super().store_place_order(replace(order, lines=tuple(lines)), key)


@breaks("an_order_that_does_not_add_up_is_never_kept_at_another_total")
class RefusesASumAndKeepsIt(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        try:
            return super().store_place_order(order, key)
        except StoreRejected:
            if all(line.product in self.shop.articles for line in order.lines):
                self.shop.write(key, order.currency, order.total, [], None)
            raise


@breaks("two_workers_with_one_key_place_one_order")
class LetsTheDatabaseRefuseTheSecond(MemoryStore):
    @hookimpl
    def store_place_order(self, order, key):
        with self.shop.lock:
            under_way = self.__dict__.setdefault("under_way", set())
            if key in under_way and not known(self, key):
                raise RuntimeError("UNIQUE constraint failed")
            under_way.add(key)
        linger()
        return super().store_place_order(order, key)


@breaks("two_workers_with_one_key_place_one_order")
class RefusesTheSecondOfTwoWriters(MemoryStore):
    """Has a table of references that are unique, in a file. Nothing slows it down."""

    def __init__(self, shop):
        super().__init__(shop)
        self.folder = mkdtemp()
        weakref.finalize(self, rmtree, self.folder)

    @property
    def references(self):
        database = sqlite3.connect(Path(self.folder, "shop.db"), timeout=10)
        database.execute("CREATE TABLE IF NOT EXISTS sale (reference TEXT UNIQUE)")
        return closing(database)

    @hookimpl
    def store_place_order(self, order, key):
        with self.references as database:
            if database.execute("SELECT 1 FROM sale WHERE reference = ?", (key,)).fetchone() or known(self, key):
                return super().store_place_order(order, key)
            self._refuse(order, key)
            try:
                with database:
                    database.execute("INSERT INTO sale VALUES (?)", (key,))
            except sqlite3.IntegrityError:
                raise StoreRejected("the reference is taken") from None
            return super().store_place_order(order, key)


@breaks("a_refused_order_does_not_spoil_its_page")
class StopsAtARefusal(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        kept: dict[str, Any] = {}
        for key, outcome in outcomes.items():
            kept[key] = outcome
            if isinstance(outcome, StoreRejected):
                break
        return kept


@breaks("what_a_page_leaves_out_can_be_placed_alone")
class WritesTheLastAndLosesItsKey(PlacesPagesOtherwise):
    @hookimpl
    def store_find_orders(self, keys, since):
        found = MemoryStore.store_find_orders(self, keys, since)
        return {key: refs for key, refs in found.items() if key not in self.__dict__.get("lost", ())}

    @hookimpl
    def store_place_order(self, order, key):
        if key in self.__dict__.get("lost", ()):
            return self._write(order, key)
        return super().store_place_order(order, key)

    def otherwise(self, orders, outcomes):
        if len(orders) == 4:
            self.lost = [list(orders)[-1]]
            del outcomes[self.lost[0]]
        return outcomes


@breaks("a_page_may_come_again")
class AnswersAPageOtherwiseAgain(PlacesPagesOtherwise):
    def otherwise(self, orders, outcomes):
        pages = self.__dict__.setdefault("pages", set())
        again = frozenset(orders) in pages
        pages.add(frozenset(orders))
        return {
            key: replace(outcome, number="again") if again and isinstance(outcome, Placed) else outcome
            for key, outcome in outcomes.items()
        }


@breaks("cancelled_units_leave_the_order")
class CancelsTheWholeLine(CancelsUnitsOtherwise):
    def after(self, order, change):
        for item in order.items:
            item.quantity = 0


@breaks("a_product_is_listed_with_what_can_be_promised")
class RoundsToTens(ListsStockOtherwise):
    def otherwise(self, levels, since):
        return [
            replace(level, available=level.available and level.available + Decimal(5) - (level.available + 5) % 10)
            if level.available is not None and level.available < 100
            else level
            for level in levels
        ]


@breaks("parcels_of_the_shops_own_orders_disturb_nothing")
class StopsAtAnOrderOfTheShopsOwn(TellsParcels):
    def among(self, events):
        return events if all(self.shop.book[event.ref].key for event in events) else []


@breaks("a_refused_order_takes_no_stock")
class PutsBackTooMuch(RefusesOtherwise):
    def otherwise(self, order, key, lines):
        for line in lines:
            self.shop.move(line.product, line.quantity)
