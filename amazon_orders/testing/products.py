"""Promises about finding products."""

from __future__ import annotations

from ..errors import StoreError, StoreRejected
from .desk import Desk, promise

UNKNOWN = "NO-SUCH-VALUE-{}"


class FindingProducts:
    """`store_find_products`."""

    def test_a_product_is_found_by_its_value(self, desk: Desk) -> None:
        found = desk.hooks.store_find_products(desk.attribute, [desk.product.value])
        promise(
            any(product.value == desk.product.value for product in found),
            "store_find_products did not find a product that the shop sells by its own value",
        )

    def test_the_reference_found_is_the_one_that_orders_name(self, desk: Desk) -> None:
        found = desk.hooks.store_find_products(desk.attribute, [desk.product.value, UNKNOWN.format(0)])
        refs = {product.ref for product in found if product.value == desk.product.value}
        promise(
            not refs or desk.product.ref in refs,
            f"store_find_products answered another reference than {desk.product.ref!r}, which order lines name",
        )

    def test_a_value_that_no_product_has_is_left_out(self, desk: Desk) -> None:
        found = desk.hooks.store_find_products(desk.attribute, [UNKNOWN.format(1)])
        promise(
            all(product.value != UNKNOWN.format(1) for product in found),
            "store_find_products found a product for a value that none has: orders would take the wrong one",
        )

    def test_many_values_are_found_in_one_question(self, desk: Desk) -> None:
        values = [*(UNKNOWN.format(number) for number in range(2, 150)), desk.product.value]
        found = desk.hooks.store_find_products(desk.attribute, values)
        promise(
            any(product.value == desk.product.value for product in found),
            "store_find_products did not find the last of 149 values: a page of orders asks for as many at once",
        )

    def test_every_product_with_one_value_is_told(self, desk: Desk) -> None:
        desk.does("twin", desk.product.ref)
        found = desk.hooks.store_find_products(desk.attribute, [desk.product.value, UNKNOWN.format(3)])
        refs = {product.ref for product in found if product.value == desk.product.value}
        promise(
            len(refs) > 1,
            "store_find_products chose one of two products with the same value: the library has to hear of both",
        )

    def test_a_value_is_told_as_the_shop_spells_it(self, desk: Desk) -> None:
        found = desk.hooks.store_find_products(desk.attribute, [desk.product.value.swapcase()])
        promise(
            all(product.value == desk.product.value for product in found if product.ref == desk.product.ref),
            "store_find_products echoed the value asked for: whether case matters is for the connection to say",
        )

    def test_an_attribute_that_the_shop_lacks_is_refused(self, desk: Desk) -> None:
        try:
            desk.hooks.store_find_products("no_such_attribute", [desk.product.value])
        except StoreRejected:
            return
        except StoreError as error:
            promise(False, f"store_find_products did not refuse an unknown attribute with StoreRejected: {error}")
        promise(False, "store_find_products ignored an attribute that the shop lacks: the filter did nothing")
