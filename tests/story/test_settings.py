"""What a setting says reaches the order in the shop. What Amazon is told by settings: the stories of the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amazon_orders.sandbox import Line

from .world import world

MUG = Line(sku="MUG-WHITE", item="29.99", shipping="4.99")
VAT = Line(sku="MUG-WHITE", item="29.40", tax="5.59", tax_on_top=True)
COLLECTED = Line(
    sku="MUG-WHITE", item="29.40", tax="5.59", tax_on_top=True, collected_by="Amazon Services Europe", scheme="IOSS"
)
ODD = Line(sku="MUG-WHITE", item="20.00", total="25.00")
NOBODYS = Line(sku="NOBODY-KNOWS", item="9.99")

PLACED: dict[str, tuple[Line, dict[str, str], dict[str, Any], tuple[str, str]]] = {
    "no shipping method: Amazon's word": (MUG, {}, {}, ("34.98", "STANDARD")),
    "a default shipping method": (MUG, {}, {"default_shipping_method": "dhl"}, ("34.98", "dhl")),
    "a shipping method by service level": (
        MUG, {"service_level": "EXPEDITED"},
        {"default_shipping_method": "dhl", "shipping_methods": {"EXPEDITED": "express"}}, ("34.98", "express"),
    ),
    "tax that Amazon collects": (COLLECTED, {}, {}, ("29.40", "STANDARD")),
    "the same, as a line": (COLLECTED, {}, {"marketplace_tax": "line"}, ("34.99", "STANDARD")),
    "unbalanced, adjusted": (ODD, {}, {"unbalanced": "adjust"}, ("25.00", "STANDARD")),
    "an unknown SKU, with a product that stands in": (
        NOBODYS, {}, {"unknown_sku": "placeholder", "placeholder_product": "CAP-BLACK"}, ("9.99", "STANDARD"),
    ),
    "a SKU in other letters": (
        Line(sku="mug-white", item="9.99"), {}, {"sku_case_sensitive": False}, ("9.99", "STANDARD"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "options", "settings", "expected"), PLACED.values(), ids=PLACED)
def test_an_order_in_the_shop(
    tmp_path: Path, line: Line, options: dict[str, Any], settings: dict[str, Any], expected: tuple[str, str]
) -> None:
    with world(tmp_path) as shop:
        shop.connect(**settings)
        shop.seller.place(line, **options)
        shop.clock.advance(300)
        shop.sync()
        assert shop.look("SELECT total, shipping_method FROM orders") == [expected]


@pytest.mark.parametrize("line", [ODD, NOBODYS, Line(sku="mug-white", item="9.99")], ids=lambda line: line.sku)
def test_without_the_setting_the_order_waits(tmp_path: Path, line: Line) -> None:
    with world(tmp_path) as shop:
        shop.connect()
        order = shop.seller.place(line)
        shop.clock.advance(300)
        shop.sync()
        assert (shop.status(order), shop.shop_orders()) == ("held", {})


@pytest.mark.parametrize(("ignore", "tax"), [(False, "5.59"), (True, None)], ids=["Amazon's tax", "the shop's own"])
def test_ignored_tax_leaves_the_total_and_the_tax_to_the_shop(tmp_path: Path, ignore: bool, tax: str | None) -> None:
    with world(tmp_path) as shop:
        shop.connect(ignore_amazon_tax=ignore)
        order = shop.seller.place(VAT)
        shop.clock.advance(300)
        shop.sync()
        assert shop.shop_orders() == {order: ("EUR", "34.99")}
        assert shop.look("SELECT total, tax FROM order_lines") == [("34.99", tax)]
