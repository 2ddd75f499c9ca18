"""What the store gave back, and the components that Amazon is told for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from amazon_orders.model import (
    Address,
    Charge,
    Commanded,
    CommandKind,
    CommandState,
    Hold,
    Order,
    Reason,
    Refund,
    RefundLine,
    SendRefund,
    Sold,
)
from tests.unit.rules.build import COLLECTED, connection
from tests.unit.rules.outbound import (
    WITH_SHIPPING,
    given_back,
    gone,
    item,
    of,
    parcel,
    priced,
    refunded,
    sent_refund,
    shipped,
    sold,
    step,
    told,
)
from tests.unit.rules.rows import named

D = Decimal
REFUND = CommandKind.REFUND
REFUSED, SENT, VERIFIED = CommandState.REFUSED, CommandState.SENT, CommandState.VERIFIED


Components = dict[str, dict[str, str]]


def components(of_refund: SendRefund) -> Components:
    return {each.order_item_id: {kind: str(value) for kind, value in each.components} for each in of_refund.items}


BRITISH = priced("240.00", tax="40.00")
GERMAN = priced("34.99", tax="5.59")
AMERICAN = priced("39.99", tax="3.20", total="43.19")
DISCOUNTED = priced("30.00", shipping="4.99", discount=("6.99", {"item": "2.00", "shipping": "4.99"}))
WRAPPED = priced("30.00", gift_wrap="2.50")
COLLECTED_BY_AMAZON = priced("39.99", tax="3.20", total="43.19", by_amazon=True)
US: dict[str, Any] = {"marketplace": "US"}
US_SHIPPED = priced(
    "40.00", shipping="5.00", tax=("3.60", {"item": "3.20", "shipping": "0.40"}), total="48.60"
)  # fmt: skip
CANCELLED: dict[str, Any] = {"quantity_fulfilled": 0, "quantity_unfulfilled": 0}

SENT_AS: dict[str, tuple[Refund, Sold, dict[str, Any], bool, Components]] = {
    "half, where Amazon calculates VAT": (
        given_back((of(0, "A"), "120.00"), currency="GBP"), gone(BRITISH, marketplace="GB"), {}, True,
        {"A": {"Principal": "100.00"}},
    ),
    "all, where Amazon calculates VAT": (
        given_back((of(1, "A"), "240.00"), currency="GBP"), gone(BRITISH, marketplace="GB"), {}, True,
        {"A": {"Principal": "200.00"}},
    ),
    "net rows, where Amazon calculates VAT": (
        given_back((of(1, "A"), "34.99")), gone(priced("29.40", tax="5.59", total="34.99")), {}, True,
        {"A": {"Principal": "29.40"}},
    ),
    "no VAT is due, where Amazon calculates it": (
        given_back((of(1, "A"), "29.40")), gone(priced("29.40", tax="0.00")), {}, True, {"A": {"Principal": "29.40"}},
    ),
    "Amazon calculates VAT and shows none; the store knows": (
        given_back(RefundLine(line=of(0, "A"), amount=Charge(gross=D("11.90"), net=D("10.00"), tax=D("1.90")))),
        gone(priced("23.80")), {}, True, {"A": {"Principal": "10.00"}},
    ),
    "half, where the store works out the VAT": (
        given_back((of(0, "A"), "17.50")), gone(priced("34.99")), {}, False, {"A": {"Principal": "17.50"}},
    ),
    "half of a price with a tax row, and Amazon was not seen to calculate": (
        given_back((of(0, "A"), "17.50")), gone(GERMAN), {}, False, {"A": {"Principal": "17.50"}},
    ),
    "half, where the seller collects tax on top": (
        given_back((of(0, "A"), "21.60"), currency="USD"), gone(AMERICAN, **US), {}, False,
        {"A": {"Principal": "20.00", "Tax": "1.60"}},
    ),
    "all, where the seller collects tax on top": (
        given_back((of(1, "A"), "43.19"), currency="USD"), gone(AMERICAN, **US), {}, True,
        {"A": {"Principal": "39.99", "Tax": "3.20"}},
    ),
    "all, where the seller's tax was left out of the store's order": (
        given_back((of(1, "A"), "39.99"), currency="USD"), gone(AMERICAN, **US), {"ignore_amazon_tax": True}, False,
        {"A": {"Principal": "39.99", "Tax": "3.20"}},
    ),
    "a line whose tax Amazon collects": (
        given_back((of(1, "A"), "39.99"), currency="USD"), gone(COLLECTED_BY_AMAZON, **US), {}, True,
        {"A": {"Principal": "39.99"}},
    ),
    "yen have no decimals": (
        given_back((of(0, "A"), "980"), currency="JPY"), gone(priced("1980"), marketplace="JP"), {}, False,
        {"A": {"Principal": "980"}},
    ),
    "less than a cent is rounded": (
        given_back((of(0, "A"), "3.335")), gone(priced("10.00")), {}, False, {"A": {"Principal": "3.34"}},
    ),
    "more than the item is its shipping": (
        given_back((of(1, "A"), "34.99")), gone(WITH_SHIPPING), {}, False,
        {"A": {"Principal": "30.00", "Shipping": "4.99"}},
    ),
    "the item's price is what is left after its discount": (
        given_back((of(1, "A"), "28.00")), gone(DISCOUNTED), {}, False, {"A": {"Principal": "28.00"}},
    ),
    "more than the item is its gift wrap": (
        given_back((of(1, "A"), "32.50")), gone(WRAPPED), {}, False,
        {"A": {"Principal": "30.00", "GiftWrap": "2.50"}},
    ),
    "a line and its shipping": (
        given_back((of(1, "A"), "10.00"), shipping="4.99"), gone(WITH_SHIPPING), {}, False,
        {"A": {"Principal": "10.00", "Shipping": "4.99"}},
    ),
    "shipping of the lines named, then of the others": (
        given_back((of(1, "B"), "5.00"), shipping="6.00"),
        gone(priced("10.00", "A", shipping="3.00"), priced("5.00", "B", shipping="4.00")), {}, False,
        {"B": {"Principal": "5.00", "Shipping": "4.00"}, "A": {"Shipping": "2.00"}},
    ),
    "shipping alone, of an order with one line": (
        given_back(shipping="4.99"), gone(WITH_SHIPPING), {}, False, {"A": {"Shipping": "4.99"}},
    ),
    "an amount for no line, of an order with one line": (
        given_back((of(0), "5.00")), gone(WITH_SHIPPING), {}, False, {"A": {"Principal": "5.00"}},
    ),
    "two lines": (
        given_back((of(1, "A"), "10.00"), (of(1, "B"), "5.00")), gone(priced("10.00", "A"), priced("5.00", "B")), {},
        False, {"A": {"Principal": "10.00"}, "B": {"Principal": "5.00"}},
    ),
    "a line told twice": (
        given_back((of(1, "A"), "4.00"), (of(1, "A"), "3.00")), gone(priced("10.00", "A", 2)), {}, False,
        {"A": {"Principal": "7.00"}},
    ),
    "a product on two lines": (
        given_back((of(2, product="mug"), "12.00")),
        gone(priced("10.00", "A"), priced("5.00", "B"), products={"A": "mug", "B": "mug"}), {}, False,
        {"A": {"Principal": "10.00"}, "B": {"Principal": "2.00"}},
    ),
    "a product on two lines, of which one has left": (
        given_back((of(1, product="mug"), "5.00")),
        sold(priced("10.00", "A"), replace(priced("5.00", "B"), quantity_fulfilled=1, quantity_unfulfilled=0),
             products={"A": "mug", "B": "mug"}), {}, False,
        {"B": {"Principal": "5.00"}},
    ),
    "a line that left, while another has not": (
        given_back((of(1, "A"), "4.00")),
        sold(item("A", price="10.00"), item("B"), packages=(parcel("9", A=1),)), {}, False,
        {"A": {"Principal": "4.00"}},
    ),
    "shipping with tax on top": (
        given_back(shipping="5.40", currency="USD"),
        gone(priced("40.00", shipping="5.00", tax=("3.60", {"item": "3.20", "shipping": "0.40"}), total="48.60"), **US),
        {}, False, {"A": {"Shipping": "5.00", "ShippingTax": "0.40"}},
    ),
    "what is left after an earlier refund": (
        given_back((of(1, "A"), "6.00"), id="R2"),
        gone(priced("10.00"), commands=(told(REFUND, "R1", amounts={"A": "4.00"}),)), {}, False,
        {"A": {"Principal": "6.00"}},
    ),
    "an earlier refund of the shipping leaves the item whole": (
        given_back((of(1, "A"), "30.00"), id="R2"),
        gone(WITH_SHIPPING, commands=(
            told(REFUND, "R1", amounts={"A": "4.99"}, components=(("A", "Shipping", D("4.99")),)),)), {}, False,
        {"A": {"Principal": "30.00"}},
    ),
    "what Amazon refused was not given back": (
        given_back((of(1, "A"), "10.00"), id="R2"),
        gone(priced("10.00"), commands=(told(REFUND, "R1", REFUSED, amounts={"A": "4.00"}),)), {}, False,
        {"A": {"Principal": "10.00"}},
    ),
    "most of the price, sent before, comes out the same": (
        given_back((of(1, "A"), "6.00")),
        gone(priced("10.00"), commands=(told(REFUND, "R1", SENT, amounts={"A": "6.00"}),)), {}, False,
        {"A": {"Principal": "6.00"}},
    ),
    "an amount for no line, where no shipping was paid": (
        given_back(shipping="5.00"), gone(priced("30.00")), {}, False, {"A": {"Principal": "5.00"}},
    ),
    "less than a cent is rounded before it is split": (
        given_back((of(0, "A"), "21.605"), currency="USD"), gone(AMERICAN, **US), {}, False,
        {"A": {"Principal": "20.01", "Tax": "1.60"}},
    ),
    "all of the tax was given back before": (
        given_back((of(0, "A"), "1.00"), currency="USD", id="R2"),
        gone(AMERICAN, commands=(
            told(REFUND, "R1", amounts={"A": "13.20"},
                 components=(("A", "Principal", D("10.00")), ("A", "Tax", D("3.20")))),), **US), {}, False,
        {"A": {"Principal": "1.00"}},
    ),
    "part of the tax and of the price was given back before, in two refunds": (
        given_back((of(0, "A"), "21.59"), currency="USD", id="R3"),
        gone(AMERICAN, commands=(
            told(REFUND, "R1", components=(("A", "Tax", D("0.80")), ("A", "Principal", D("10.00")))),
            told(REFUND, "R2", components=(("A", "Tax", D("0.80")), ("A", "Principal", D("10.00")))),), **US),
        {}, False, {"A": {"Principal": "19.99", "Tax": "1.60"}},
    ),
    "only the sum of two earlier refunds is known: prices with their tax first, then shipping with its tax": (
        given_back((of(0, "A"), "2.70"), currency="USD", id="R3"),
        gone(US_SHIPPED, commands=(
            told(REFUND, "R1", amounts={"A": "21.60"}), told(REFUND, "R2", amounts={"A": "24.30"}),), **US), {}, False,
        {"A": {"Shipping": "2.50", "ShippingTax": "0.20"}},
    ),
    "only the sum of an earlier refund is known, and it was part of the price": (
        given_back((of(0, "A"), "21.60"), currency="USD", id="R3"),
        gone(US_SHIPPED, commands=(told(REFUND, "R1", amounts={"A": "21.60"}),), **US), {}, False,
        {"A": {"Principal": "20.00", "Tax": "1.60"}},
    ),
    "only the sums of earlier refunds are known, of a line with free shipping": (
        given_back((of(0, "A"), "5.00"), id="R3"),
        gone(priced("10.00", shipping="0.00"), commands=(
            told(REFUND, "R1", amounts={"A": "4.00"}), told(REFUND, "R2", amounts={"A": "1.00"}),)), {}, False,
        {"A": {"Principal": "5.00"}},
    ),
    "an earlier refund of a line that was cancelled since": (
        given_back((of(1, "A"), "10.00"), id="R2"),
        gone(priced("10.00"), replace(priced("5.00", "B"), **CANCELLED), commands=(
            told(REFUND, "R1", amounts={"B": "5.00"}, components=(("B", "Principal", D("5.00")),)),
            told(REFUND, "R0", amounts={"B": "5.00"}),)), {}, False, {"A": {"Principal": "10.00"}},
    ),
    "another line is cancelled, and Amazon shows no amount of it": (
        given_back((of(1, "A"), "10.00")),
        gone(priced("10.00"), replace(priced("5.00", "B"), total=None, breakdowns=(), **CANCELLED)), {}, False,
        {"A": {"Principal": "10.00"}},
    ),
    "half, where the seller's tax was left out of the store's order": (
        given_back((of(0, "A"), "20.00"), currency="USD"), gone(AMERICAN, **US), {"ignore_amazon_tax": True}, False,
        {"A": {"Principal": "20.00", "Tax": "1.60"}},
    ),
    "sent before in two parts, it comes out the same": (
        given_back((of(1, "A"), "6.00")),
        gone(priced("10.00"), commands=(
            told(REFUND, "R1", SENT, amounts={"A": "4.00"}), told(REFUND, "R1", SENT, amounts={"A": "2.00"}),)), {},
        False, {"A": {"Principal": "6.00"}},
    ),
    "shipping of zero": (
        given_back((of(1, "A"), "4.00"), shipping="0.00"), gone(WITH_SHIPPING), {}, False,
        {"A": {"Principal": "4.00"}},
    ),
    "the last euro": (
        given_back((of(1, "A"), "1.00"), id="R2"),
        gone(priced("10.00"), commands=(told(REFUND, "R1", amounts={"A": "9.00"}),)), {}, False,
        {"A": {"Principal": "1.00"}},
    ),
    "less than a yen is rounded": (
        given_back((of(0, "A"), "980.5"), currency="JPY"), gone(priced("1980"), marketplace="JP"), {}, False,
        {"A": {"Principal": "981"}},
    ),
    "the rest of yen that two refunds have rounded up": (
        given_back((of(0, "A"), "1002"), currency="JPY", id="R3"),
        gone(priced("1980", tax="180"), marketplace="JP", commands=tuple(
            told(REFUND, cause, components=(("A", "Principal", D(445)),)) for cause in ("R1", "R2"))), {}, True,
        {"A": {"Principal": "910"}},
    ),
    "two of three units in yen, one was cancelled": (
        given_back((of(2, "A"), "666"), currency="JPY"),
        gone(replace(priced("999", pieces=3, unit="333", tax="91"), quantity_fulfilled=0, quantity_unfulfilled=2),
             marketplace="JP"), {}, True,
        {"A": {"Principal": "605"}},
    ),
    "a total without rows": (
        given_back((of(1, "A"), "10.00")), gone(item("A", breakdowns=())), {}, False, {"A": {"Principal": "10.00"}},
    ),
    "rows without a total of the line: the order's total tells that the rows are net": (
        given_back((of(1, "A"), "34.99")), gone(replace(priced("29.40", tax="5.59"), total=None), total="34.99"), {},
        True, {"A": {"Principal": "29.40"}},
    ),
    "rows without a total of the line: the order's total tells that the rows are gross": (
        given_back((of(1, "A"), "29.40")), gone(replace(priced("29.40", tax="4.69"), total=None), total="29.40"), {},
        True, {"A": {"Principal": "24.71"}},
    ),
    "a seller's tax row inside the price that would be a rate beside it too": (
        given_back((of(1, "A"), "100.00")), gone(priced("100.00", tax="19.00")), {}, True,
        {"A": {"Principal": "81.00"}},
    ),
    "tax that Amazon collects beside the price, at a rate of the country the parcel went to": (
        given_back((of(1, "A"), "100.00")),
        gone(priced("100.00", tax="20.00", by_amazon=True), recipient=Address(country="AT")), {}, False,
        {"A": {"Principal": "100.00"}},
    ),
    "tax that Amazon collects beside the price, and nobody says where the parcel went": (
        given_back((of(1, "A"), "100.00")), gone(priced("100.00", tax="19.00", by_amazon=True), recipient=None), {},
        False, {"A": {"Principal": "100.00"}},
    ),
    "rows of two kinds that Amazon has no component for": (
        given_back((of(1, "A"), "13.00")),
        gone(priced("10.00", engraving="2.00", wrapping_paper="1.00")), {}, False,
        {"A": {"Principal": "10.00", "Other": "3.00"}},
    ),
    "rows of two kinds that Amazon has no component for, with tax on top": (
        given_back((of(0, "A"), "14.04"), currency="USD"),
        gone(priced("10.00", engraving="2.00", wrapping_paper="1.00",
                    tax=("1.04", {"item": "0.80", "engraving": "0.16", "wrapping_paper": "0.08"}), total="14.04"),
             **US), {}, False,
        {"A": {"Principal": "10.00", "Tax": "1.04", "Other": "3.00"}},
    ),
    "one that was sent comes out the same": (
        given_back((of(1, "A"), "4.00")),
        gone(priced("10.00"), commands=(told(REFUND, "R1", SENT, amounts={"A": "4.00"}),)), {}, False,
        {"A": {"Principal": "4.00"}},
    ),
}  # fmt: skip
SENT_ROWS = {
    "half, where Amazon calculates VAT": "64",
    "a line whose tax Amazon collects": "65",
}


@pytest.mark.parametrize(("of_store", "of_amazon", "settings", "vat", "expected"), named(SENT_AS, SENT_ROWS))
def test_a_refund_is_sent(
    of_store: Refund, of_amazon: Sold, settings: dict[str, Any], vat: bool, expected: Components
) -> None:
    decision = sent_refund(of_store, of_amazon, connection(**settings), vat=vat)
    assert components(decision) == expected
    assert (decision.cause, decision.currency) == (of_store.id, of_store.currency)
    assert {each.rule for each in decision.trace} == {"refund", "reason"}


TOO_HIGH: dict[str, tuple[Refund, Sold, bool, str]] = {
    "a line told twice, and only the first fits": (
        given_back((of(0, "A"), "4.00"), (of(0, "A"), "2.01"), id="R2"),
        gone(priced("10.00"), commands=(told(REFUND, "R1", amounts={"A": "4.00"}),)), False, "0.01",
    ),
    "a line with tax on top told twice, and only the first fits": (
        given_back((of(0, "A"), "10.80"), (of(0, "A"), "10.80"), currency="USD", id="R2"),
        gone(AMERICAN, commands=(
            told(REFUND, "R1", components=(("A", "Principal", D("20.00")), ("A", "Tax", D("1.60")))),), **US), False,
        "0.01",
    ),
    "a cent more than two earlier refunds left, of which only the sums are known": (
        given_back((of(0, "A"), "2.71"), currency="USD", id="R3"),
        gone(US_SHIPPED, commands=(
            told(REFUND, "R1", amounts={"A": "21.60"}), told(REFUND, "R2", amounts={"A": "24.30"}),), **US), False,
        "0.01",
    ),
    "a cent more than an earlier refund left of two charges, of which only the sum is known": (
        given_back((of(0, "A"), "2.98"), id="R2"),
        gone(WITH_SHIPPING, commands=(told(REFUND, "R1", amounts={"A": "32.02"}),)), False, "0.01",
    ),
    "more than everything was given back before, by sums alone": (
        given_back((of(0, "A"), "1.00"), id="R2"),
        gone(WITH_SHIPPING, commands=(told(REFUND, "R1", amounts={"A": "40.00"}),)), False, "1.00",
    ),
    "a cent more than the price less the tax in it that Amazon collects": (
        given_back((of(1, "A"), "100.01")), gone(priced("119.00", tax="19.00", by_amazon=True)), False, "0.01",
    ),
    "a cent more than the price less tax at no rate that Amazon collects": (
        given_back((of(1, "A"), "90.01")), gone(priced("100.00", tax="10.00", by_amazon=True)), False, "0.01",
    ),
    "a cent more than rows of two kinds that Amazon has no component for": (
        given_back((of(1, "A"), "13.01")), gone(priced("10.00", engraving="2.00", wrapping_paper="1.00")), False,
        "0.01",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of_store", "of_amazon", "vat", "by"), named(TOO_HIGH, {}))
def test_not_a_cent_more_than_is_left(of_store: Refund, of_amazon: Sold, vat: bool, by: str) -> None:
    decision = refunded(of_store, of_amazon, vat=vat)
    assert isinstance(decision, Hold), decision
    assert decision.reason == Reason.REFUND_TOO_HIGH
    assert f" is {by} more than is left of the charge" in decision.detail


def again(before: list[SendRefund]) -> tuple[Commanded, ...]:
    return tuple(
        told(
            REFUND, each.cause, VERIFIED,
            amounts={one.order_item_id: sum(value for _, value in one.components) for one in each.items},
            components=tuple((one.order_item_id, kind, value) for one in each.items for kind, value in one.components),
        )
        for each in before
    )  # fmt: skip


def test_thirds_of_a_price_with_vat_come_to_the_whole_and_not_a_cent_more() -> None:
    """10.00 with 19 % is 8.40 net: 2.80 + 2.80, and then 2.81 would be a cent too much."""
    order = gone(priced("10.00", tax="1.60"))
    told_so_far: list[SendRefund] = []
    for number, amount in enumerate(["3.33", "3.33", "3.34"]):
        so_far = replace(order, commands=again(told_so_far))
        told_so_far.append(sent_refund(given_back((of(0, "A"), amount), id=f"R{number}"), so_far, vat=True))
    assert [components(each)["A"]["Principal"] for each in told_so_far] == ["2.80", "2.80", "2.80"]
    after = refunded(given_back((of(0, "A"), "0.02"), id="R9"), replace(order, commands=again(told_so_far)), vat=True)
    assert isinstance(after, Hold)
    assert after.reason == Reason.REFUND_TOO_HIGH


REGIMES: dict[str, tuple[Order, str, bool]] = {
    "the store works out the VAT": (sold(priced("30.00", shipping="4.99")).order, "EUR", False),
    "the seller collects tax on top": (sold(priced("30.00", tax="2.40", total="32.40"), **US).order, "USD", False),
    "Amazon collects": (sold(priced("30.00", tax="2.40", total="32.40", by_amazon=True), **US).order, "USD", True),
}


@pytest.mark.parametrize("regime", REGIMES)
@given(cents=some.lists(some.integers(1, 3000), min_size=1, max_size=6))
def test_components_add_up_to_what_was_asked_and_never_to_more_than_was_paid(regime: str, cents: list[int]) -> None:
    order, currency, vat = REGIMES[regime]
    base = shipped(replace(sold(), order=order))
    done: list[SendRefund] = []
    for number, amount in enumerate(cents):
        asked = given_back((of(0, "A"), f"{D(amount) / 100:.2f}"), id=f"R{number}", currency=currency)
        decision = refunded(asked, replace(base, commands=again(done)), vat=vat)
        if isinstance(decision, SendRefund):
            assert sum(value for _, value in decision.items[0].components) == asked.lines[0].amount.gross
            assert all(value > 0 for _, value in decision.items[0].components)
            done.append(decision)
        else:
            assert isinstance(decision, Hold)
            assert decision.reason == Reason.REFUND_TOO_HIGH
    paid = {"EUR": D("34.99"), "USD": D("30.00") if vat else D("32.40")}[currency]
    given_so_far = sum((value for each in done for one in each.items for _, value in one.components), D(0))
    assert given_so_far <= paid
    if len(done) < len(cents):
        assert given_so_far + D(3000) / 100 > paid


@given(cents=some.lists(some.integers(1, 9000), min_size=1, max_size=6))
def test_without_vat_never_more_than_the_net_price(cents: list[int]) -> None:
    base = gone(BRITISH, marketplace="GB")
    done: list[SendRefund] = []
    for number, amount in enumerate(cents):
        asked = given_back((of(0, "A"), f"{D(amount) / 100:.2f}"), id=f"R{number}", currency="GBP")
        decision = refunded(asked, replace(base, commands=again(done)), vat=True)
        if isinstance(decision, SendRefund):
            ((kind, value),) = decision.items[0].components
            assert kind == "Principal"
            assert abs(value - asked.lines[0].amount.gross * 200 / 240) <= D("0.02")
            done.append(decision)
    assert sum((value for each in done for one in each.items for _, value in one.components), D(0)) <= D("200.00")


def test_the_trace_says_how_the_amount_was_turned_into_components() -> None:
    decision = sent_refund(
        given_back((of(0, "A"), "120.00"), currency="GBP"), gone(BRITISH, marketplace="GB"), vat=True
    )
    turned = step(decision.trace, "refund")
    assert turned.outcome == "Principal 100.00"
    assert (
        turned.detail
        == "item A: 120.00 of 240.00 left; Amazon calculates VAT: the charge of 240.00 is 200.00 without it"
    )
    assert "Seller Central" in decision.trace[-1].detail


def test_tax_collected_by_amazon_is_known_by_its_row_alone() -> None:
    row = replace(priced("100.00", tax="19.00", total="100.00"), tax_collections=COLLECTED)
    decision = sent_refund(given_back((of(1, "A"), "100.00")), gone(row))
    assert components(decision) == {"A": {"Principal": "100.00"}}
