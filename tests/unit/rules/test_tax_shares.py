"""Who bears the tax of a line: item, shipping, extras; and what is one charge in the store, and what is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import Place, TaxTreatment
from tests.unit.rules.build import connection, line, order, placed, says, us
from tests.unit.rules.equations import text

D = Decimal


def charges(decision: Place) -> dict[str, tuple[str, str | None]]:
    every = [decision.order.lines[0].total, decision.order.shipping, *decision.order.fees]
    return {each.title: (text(each.gross), None if each.tax is None else text(each.tax)) for each in every}


def test_gift_wrap_and_cash_on_delivery_are_charges_of_their_own() -> None:
    decision = placed(order(line("30.00", shipping="4.99", gift_wrap="3.50", cod_fee="2.00")))
    assert [fee.kind for fee in decision.order.fees] == ["gift_wrap", "cod_fee"]
    assert charges(decision) == {
        "Mug": ("30", None), "Shipping": ("4.99", None), "Gift wrap": ("3.5", None), "Cash on delivery": ("2", None),
    }  # fmt: skip


# tax, its details, discount -> what the item and shipping come to, and their tax. Item 20.00, shipping 10.00, GB.
TAX_SHARES: dict[str, tuple[tuple[str, dict[str, str]], Any, tuple[tuple[str, str], tuple[str, str]]]] = {
    "by details that add up": (
        ("5.00", {"item": "4.50", "shipping": "0.50"}), None, (("24.5", "4.5"), ("10.5", "0.5")),
    ),
    "by amount where details do not add up": (
        ("6.00", {"item": "1.00", "shipping": "1.00"}), None, (("24", "4"), ("12", "2")),
    ),
    "by amount where details name something else": (
        ("6.00", {"item": "5.00", "handling": "1.00"}), None, (("24", "4"), ("12", "2")),
    ),
    "to shipping alone": (("2.00", {"shipping": "2.00"}), None, (("20", "0"), ("12", "2"))),
    "to the item alone": (("2.00", {"item": "2.00"}), None, (("22", "2"), ("10", "0"))),
    "a few pence": (("0.50", {"item": "0.40", "shipping": "0.10"}), None, (("20.4", "0.4"), ("10.1", "0.1"))),
    "of two signs: by amount": (("3.00", {"item": "-1.00", "shipping": "4.00"}), None, (("22", "2"), ("11", "1"))),
    "the discount's own detail takes the share of what is given away": (
        ("5.00", {"item": "4.50", "shipping": "1.00", "discount": "-0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "details that are net of the discount stay as they are": (
        ("5.00", {"item": "4.50", "shipping": "0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "details that are net of the discount stay as they are, though the discount has one": (
        ("5.00", {"item": "4.50", "shipping": "0.50", "discount": "-0.50"}), ("5.00", {"shipping": "5.00"}),
        (("24.5", "4.5"), ("5.5", "0.5")),
    ),
    "what bears no price bears no tax": (
        ("2.00", {"item": "1.00", "shipping": "1.00"}), ("20.00", {"item": "20.00"}), (("0", "0"), ("12", "2")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tax", "discount", "wanted"), TAX_SHARES.values(), ids=TAX_SHARES)
def test_tax_is_shared_out(tax: Any, discount: Any, wanted: tuple[tuple[str, str], tuple[str, str]]) -> None:
    rows: dict[str, Any] = {"tax": tax} | ({"discount": discount} if discount else {})
    total = D(30) - D(discount[0] if discount else 0) + D(tax[0])
    decision = placed(order(line("20.00", shipping="10.00", total=str(total), **rows), marketplace="GB"))
    told = charges(decision)
    assert (told["Mug"], told["Shipping"]) == wanted


@pytest.mark.parametrize(
    ("details", "wanted"),
    [
        ({"shipping": "1.20", "gift_wrap": "0.80"}, ("1.2", "0.8")),
        ({"item": "1.00", "shipping": "0.60", "gift_wrap": "0.40"}, ("1", "1")),
    ],
    ids=["by details", "by amount where a detail is the item's"],
)
def test_tax_of_an_item_that_is_given_away_is_borne_by_the_rest(
    details: dict[str, str], wanted: tuple[str, str]
) -> None:
    given = ("10.00", {"item": "10.00"})
    one = line("10.00", shipping="5.00", gift_wrap="5.00", discount=given, tax=("2.00", details), total="12.00")
    told = charges(placed(order(one, marketplace="GB")))
    assert told["Mug"] == ("0", "0")
    assert (told["Shipping"][1], told["Gift wrap"][1]) == wanted


def test_tax_of_which_a_plugin_says_something_still_goes_where_the_details_put_it() -> None:
    one = line("20.00", shipping="10.00", tax=("5.00", {"item": "4.50", "shipping": "0.50"}), total="35.00")
    answer = says({"item of SKU-1": TaxTreatment(owner="seller")})
    told = charges(placed(order(one, marketplace="GB"), tax=answer))
    assert (told["Mug"], told["Shipping"]) == (("24.5", "4.5"), ("10.5", "0.5"))


def test_yen_of_tax_are_shared_whole() -> None:
    shared = charges(placed(order(line("2500", shipping="500", tax="273"), marketplace="JP")))
    assert (shared["Mug"], shared["Shipping"]) == (("2500", "228"), ("500", "45"))
    tax = ("273", {"item": "228", "shipping": "91", "discount": "-46"})
    lowered = line("2500", shipping="1000", discount=("505", {"shipping": "505"}), tax=tax)
    shared = charges(placed(order(lowered, marketplace="JP")))
    assert (shared["Mug"], shared["Shipping"]) == (("2500", "228"), ("495", "45"))


def test_tax_goes_where_amazons_details_put_it() -> None:
    # Not in proportion, so that only the details can tell.
    tax = ("7.50", {"item": "4.00", "shipping": "2.50", "gift_wrap": "1.00"})
    decision = placed(order(line("25.00", shipping="7.50", gift_wrap="5.00", tax=tax, total="45.00"), marketplace="GB"))
    assert charges(decision) == {"Mug": ("29", "4"), "Shipping": ("10", "2.5"), "Gift wrap": ("6", "1")}


def test_tax_on_a_discounted_extra_shrinks_with_it() -> None:
    # Shipping of 10.00 bore 2.00; half of it is given away, and the tax detail of the discount says 1.00 less.
    tax = ("5.00", {"item": "4.00", "shipping": "2.00", "discount": "-1.00"})
    discount = ("5.00", {"shipping": "5.00"})
    of = order(line("20.00", shipping="10.00", discount=discount, tax=tax, total="30.00"), marketplace="GB")
    assert charges(placed(of)) == {"Mug": ("24", "4"), "Shipping": ("6", "1")}


def test_tax_without_details_is_shared_by_amount() -> None:
    decision = placed(order(line("30.00", shipping="10.00", tax="8.00", total="48.00"), marketplace="GB"))
    assert charges(decision) == {"Mug": ("36", "6"), "Shipping": ("12", "2")}


def test_shipping_that_is_given_away_bears_no_tax() -> None:
    discount = ("10.00", {"shipping": "10.00"})
    tax = ("6.00", {"item": "5.00", "shipping": "1.00"})
    decision = placed(order(line("36.00", shipping="10.00", discount=discount, tax=tax), marketplace="GB"))
    assert charges(decision) == {"Mug": ("36", "6"), "Shipping": ("0", "0")}


def test_shipping_of_which_amazon_collects_a_part_of_the_tax_is_kept_in_two() -> None:
    of = us(
        line("10.00", shipping="5.00", tax="1.50", total="16.50"),
        line("10.00", shipping="4.00", tax="1.40", total="15.40", by_amazon=True, sku="SKU-2"),
    )
    decision = placed(of)
    assert (text(decision.order.shipping.gross), decision.order.shipping.tax_owner) == ("5.5", "seller")
    assert [(each.kind, text(each.gross), each.tax_owner) for each in decision.order.fees] == [
        ("shipping", "4", "marketplace")
    ]
    assert decision.order.fees[0].title != decision.order.shipping.title
    assert text(decision.order.total) == "30.5"


def apart(decision: Place) -> list[tuple[str, str, str, str | None, str]]:
    every = [decision.order.shipping, *decision.order.fees]
    return [
        (each.kind, each.title, text(each.gross), None if each.tax is None else text(each.tax), each.tax_owner)
        for each in every
    ]


def test_shipping_with_and_without_tax_is_one_charge_where_both_are_known() -> None:
    free = line("10.00", shipping="4.00", tax="0.00", total="14.00", sku="SKU-2")
    taxed = line("10.00", shipping="5.00", tax="3.00", total="18.00")
    assert apart(placed(order(free, taxed, marketplace="GB"))) == [("shipping", "Shipping", "10", "1", "seller")]


def test_shipping_without_tax_of_several_lines_bears_none() -> None:
    decision = placed(us(line("10.00", shipping="4.00"), line("10.00", shipping="5.00", sku="SKU-2")))
    assert apart(decision) == [("shipping", "Shipping", "9", "0", "none")]
    assert decision.order.shipping.net == D(9)


def test_shipping_is_kept_apart_by_what_is_known_of_its_tax_and_the_largest_is_the_shipping() -> None:
    of = order(
        line("10.00", shipping="2.00", tax="1.92"),
        line("10.00", shipping="5.00", sku="SKU-2"),
        line(
            "100.00",
            shipping="19.00",
            tax=("19.00", {"item": "15.97", "shipping": "3.03"}),
            by_amazon=True,
            sku="SKU-3",
        ),
        line("10.00", shipping="1.00", sku="SKU-4"),
    )
    decision = placed(of)
    assert decision.order.fees[0].net is None
    assert apart(decision) == [
        ("shipping", "Shipping", "15.97", "0", "marketplace"),
        ("shipping", "Shipping (tax not known)", "6", None, "seller"),
        ("shipping", "Shipping (tax as stated)", "2", "0.32", "seller"),
    ]


def test_shipping_that_amazon_collects_for_is_named_so_where_it_is_the_smaller_part() -> None:
    of = us(
        line("10.00", shipping="5.00", tax="1.50", total="16.50"),
        line("10.00", shipping="4.00", tax="1.40", total="15.40", by_amazon=True, sku="SKU-2"),
    )
    assert [title for _, title, *_ in apart(placed(of))] == ["Shipping", "Shipping (Amazon collects its tax)"]


def test_an_item_among_other_charges_keeps_kind_and_title() -> None:
    (one,) = placed(order(line("30.00", shipping="4.99"))).order.lines
    assert (one.total.kind, one.total.title) == ("item", "Mug")


def test_charges_of_a_line_whose_tax_amazon_collects_and_does_not_tell() -> None:
    decision = placed(order(line("120.00", shipping="5.00", by_amazon=True), marketplace="TR"))
    assert decision.order.marketplace_tax is None
    assert apart(decision) == [("shipping", "Shipping", "5", "0", "marketplace")]


def test_tax_that_is_ignored_is_lost_on_every_charge_of_the_line() -> None:
    of = us(line("20.00", shipping="10.00", tax=("3.00", {"item": "2.00", "shipping": "1.00"}), total="33.00"))
    decision = placed(of, connection(ignore_amazon_tax=True))
    (step,) = [step for step in decision.trace if step.rule == "amounts"]
    assert "3.00 of tax on top leaves the total" in step.detail
    assert text(decision.order.total) == "30"
