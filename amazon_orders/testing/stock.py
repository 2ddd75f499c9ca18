"""Promises about stock: what is listed, and what is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import SkipTest

from ..errors import StoreError, StoreRejected
from .desk import Desk, Resting, promise


class ListingStock:
    """`store_list_stock`."""

    def test_a_product_is_listed_with_what_can_be_promised(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked(37)
        levels = desk.levels()
        promise(levels, "store_list_stock without since did not list a product that the shop sells")
        if desk.can("stock"):
            units = desk.does("stock", desk.product.ref)
            promise(
                levels[0].available == units,
                f"store_list_stock tells {levels[0].available} units, the shop has {units}",
            )

    def test_what_orders_hold_cannot_be_promised(self, desk: Desk) -> None:
        if not desk.hooks.reserves:
            raise SkipTest("the adapter says reserves = False: placing an order does not lower its stock")
        if desk.can("set_stock"):
            desk.stocked()
        before = desk.level().available
        if before is None:
            raise SkipTest("the product is not tracked")
        desk.given(desk.line(quantity=4))
        after = desk.level().available
        promise(
            after == before - 4,
            f"store_list_stock tells {after} units after an order of 4, and {before} before: it has to tell what is on "
            "hand less all that is promised",
        )

    def test_a_product_that_is_sold_out_is_listed(self, desk: Desk) -> None:
        desk.stocked(5)
        desk.level()
        desk.stocked(0)
        levels = desk.levels()
        desk.stocked()
        promise(
            levels and levels[0].available == 0,
            "store_list_stock leaves out a product with no stock: Amazon would go on selling it",
        )

    def test_a_product_that_is_not_tracked_has_no_number(self, desk: Desk) -> None:
        desk.stocked(None)
        try:
            available = desk.level().available
        finally:
            desk.stocked()
        promise(
            available is None, f"store_list_stock tells {available} units of a product that nobody counts, not None"
        )

    def test_a_level_carries_the_attributes_value(self, desk: Desk) -> None:
        value = desk.level().value
        promise(
            value == desk.product.value,
            f"store_list_stock tells {value!r} as the product's {desk.attribute}, and it is {desk.product.value!r}",
        )

    def test_a_change_is_listed_since_then(self, desk: Desk) -> None:
        since = datetime.now(UTC) - timedelta(minutes=10)
        desk.stocked(40)
        levels = desk.levels(since)
        desk.stocked()
        promise(
            levels and levels[0].available == 40,
            "store_list_stock with since does not list a product that changed after it",
        )

    def test_stock_by_an_attribute_that_the_shop_lacks_is_refused(self, desk: Desk) -> None:
        try:
            list(desk.hooks.store_list_stock(None, "no_such_attribute"))
        except StoreRejected:
            return
        except StoreError as error:
            promise(False, f"store_list_stock did not refuse an unknown attribute with StoreRejected: {error}")
        promise(False, "store_list_stock ignored an attribute that the shop lacks")


class MovingStock:
    """`store_adjust_stock`, optional, and `StoreOrder.releases`."""

    def test_a_reservation_takes_units_from_stock(self, desk: Desk) -> None:
        desk.needs("store_adjust_stock")
        order = desk.order(desk.line(quantity=2))
        before = desk.available()
        desk.hooks.store_adjust_stock({f"{order.amazon_order_id}/1/reserve/1": desk.adjustment(-2, order)})
        moved = desk.available() - before
        promise(moved == -2, f"store_adjust_stock had to move -2 units and moved {moved}")

    def test_a_release_gives_units_back(self, desk: Desk) -> None:
        order, key, _ = desk.reserved(2)
        before = desk.available()
        desk.hooks.store_adjust_stock({key.replace("reserve", "release"): desk.adjustment(2, order)})
        moved = desk.available() - before
        promise(moved == 2, f"store_adjust_stock had to give 2 units back and moved {moved}")

    def test_a_known_key_moves_nothing(self, desk: Desk) -> None:
        _, key, move = desk.reserved(2)
        before = desk.available()
        desk.hooks.store_adjust_stock({key: move})
        promise(desk.available() == before, "store_adjust_stock moved stock again under a known key")

    def test_a_refused_move_leaves_the_others_unmade(self, desk: Desk) -> None:
        desk.needs("store_adjust_stock")
        order = desk.order()
        before = desk.available()
        moves = {
            f"{order.amazon_order_id}/1/reserve/1": desk.adjustment(-1, order),
            f"{order.amazon_order_id}/2/reserve/1": desk.adjustment(-1, order, "no-such-product"),
        }
        try:
            desk.hooks.store_adjust_stock(moves)
        except StoreRejected:
            promise(desk.available() == before, "store_adjust_stock raised StoreRejected and made some of the moves")
            return
        except StoreError as error:
            promise(False, f"store_adjust_stock did not refuse an unknown product with StoreRejected: {error}")
        promise(False, "store_adjust_stock took a move of a product that the shop does not have")

    def test_an_order_uses_its_reservation_up(self, desk: Desk) -> None:
        if desk.can("set_stock"):
            desk.stocked()
        plain = desk.holds(2)
        before = desk.available()
        order, key, _ = desk.reserved(2)
        desk.given(*order.lines, releases={key.replace("reserve", "release"): desk.adjustment(2, order)})
        held = before - desk.available()
        promise(
            held == plain,
            f"an order of 2 units whose reservation is in `releases` holds {held} units, one without holds {plain}",
        )

    def test_a_release_of_an_order_is_made_once(self, desk: Desk) -> None:
        order, key, _ = desk.reserved(2)
        release = {key.replace("reserve", "release"): desk.adjustment(2, order)}
        desk.given(*order.lines, releases=release)
        before = desk.available()
        try:
            desk.hooks.store_adjust_stock(release)
        except StoreError as error:
            raise Resting(f"the release could not be repeated: {error}") from error
        promise(desk.available() == before, "a release that an order used up was made again under its key")
