"""Totals, taxes, rounding, shipping and fees, as Tryton keeps them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from amazon_orders.errors import StoreRejected
from amazon_orders.model import (
    Charge,
)
from amazon_orders.testing import orders as make

from .sales import Open, left_behind, placed, sale

if TYPE_CHECKING:
    from .shop import TrytonShop


def test_a_total_that_misses_by_a_rounding_gets_a_line(store: Any, shop: TrytonShop, product: str) -> None:
    answer = placed(store, *(make.line(product, "10.00") for _ in range(3)))
    lines = sale(shop, answer.ref, "lines.unit_price", "lines.description", "lines.taxes")["lines."]
    assert answer.total == sale(shop, answer.ref, "total_amount")["total_amount"] == Decimal("30.00")
    assert [(each["unit_price"], each["description"], len(each["taxes"])) for each in lines] == [
        *[(Decimal("8.4034"), "A thing", 1)] * 3,
        (Decimal("0.01"), "Rounding", 0),
    ]


def test_very_many_units_end_at_the_total(store: Any, shop: TrytonShop, product: str) -> None:
    """A price of four digits reaches 9,000 units in steps of 1.07."""
    answer = placed(store, make.line(product, "1000.50", 9000))
    lines = sale(shop, answer.ref, "lines.unit_price", "lines.quantity")["lines."]
    assert answer.total == sale(shop, answer.ref, "total_amount")["total_amount"] == Decimal("1000.50")
    assert [(each["unit_price"], each["quantity"]) for each in lines] == [
        (Decimal("0.0934"), 9000.0),
        (Decimal("0.19"), 1.0),
    ]


def test_a_total_of_another_tax_is_refused_and_leaves_nothing(store: Any, shop: TrytonShop, product: str) -> None:
    """The tax changed after the adapter had looked at it; it looks again the next time."""
    placed(store, make.line(product, "119.00"))
    shop.call(
        "account.tax", "write", [shop.one("account.tax", ("rate", "=", Decimal("0.19")))], {"rate": Decimal("0.16")}
    )
    order = make.order(make.new_key(), [make.line(product, "119.00")])
    with pytest.raises(StoreRejected, match=r"116\.00 EUR, of it 16\.00 tax, and Amazon's is 119\.00") as refused:
        store.store_place_order(order, order.amazon_order_id)
    assert refused.value.record == order.amazon_order_id
    assert left_behind(shop, order.amazon_order_id) == (0, 0)
    assert store.store_place_order(order, order.amazon_order_id).total == Decimal("119.00")


def test_how_much_is_a_rounding_can_be_said(opened: Open, shop: TrytonShop, product: str) -> None:
    exact = opened(rounding="0")
    with pytest.raises(StoreRejected, match=r"29\.99 EUR.*30\.00"):
        placed(exact, *(make.line(product, "10.00") for _ in range(3)))


def test_shipping_and_fees_are_services_of_the_shop(store: Any, shop: TrytonShop, product: str) -> None:
    fees = [make.charge("3.00", kind="gift_wrap"), make.charge("-0.01", rate=None, kind="rounding")]
    ref = placed(store, make.line(product, "20.00"), shipping="4.99", fees=fees).ref
    lines = sale(shop, ref, "lines.product.code", "lines.description", "lines.amount", "lines.taxes")["lines."]
    assert [
        ((each["product."] or {}).get("code"), each["description"], each["amount"], bool(each["taxes"]))
        for each in lines
    ] == [
        ("SKU-1", "A thing", Decimal("16.81"), True),
        ("SHIPPING", "Shipping: standard", Decimal("4.19"), True),
        ("SHIPPING", "gift_wrap", Decimal("2.52"), True),
        (None, "rounding", Decimal("-0.01"), False),
    ]


def test_tax_that_amazon_owes_is_none_of_the_shops(store: Any, shop: TrytonShop, product: str) -> None:
    line = make.line(product, "39.99", currency="USD")
    values = {name: getattr(line, name) for name in line.__slots__}
    values["total"] = Charge(gross=Decimal("39.99"), net=Decimal("39.99"), tax=Decimal(0), tax_owner="marketplace")
    ref = placed(store, type(line)(**values), currency="USD", marketplace="US").ref
    read = sale(shop, ref, "total_amount", "tax_amount", "currency.code")
    assert (read["total_amount"], read["tax_amount"], read["currency."]["code"]) == (Decimal("39.99"), 0, "USD")


def test_another_tax_than_amazons_is_told_to_people(store: Any, shop: TrytonShop, product: str) -> None:
    ref = placed(store, make.line(product, "10.70", rate="0.07")).ref
    read = sale(shop, ref, "total_amount", "tax_amount", "comment")
    assert (read["total_amount"], read["tax_amount"]) == (Decimal("10.70"), Decimal("1.71"))
    assert "Tax at Amazon: 0.70 EUR, here 1.71" in read["comment"]


def test_the_method_of_invoices_can_be_chosen(opened: Open, shop: TrytonShop, product: str) -> None:
    ref = placed(opened(invoice_method="manual"), make.line(product)).ref
    assert sale(shop, ref, "invoices")["invoices"] == []
