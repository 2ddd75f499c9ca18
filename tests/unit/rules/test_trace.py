"""The sentences by which a person is told how an order was decided: each as it is read, since each is read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import (
    Address,
    Breakdown,
    CancelRequest,
    Hold,
    Order,
    OrderLine,
    Package,
    Reason,
    TaxTreatment,
    TraceStep,
)
from amazon_orders.rules import read_amounts
from tests.unit.rules.build import NOON, connection, decide, line, order, placed, says, silent, us

D = Decimal
TIP = Breakdown(type="DELIVERY_TIP", subtotal=D("2.00"), status="FINALIZED")
GONE = replace(line("7.00", sku="SKU-2"), quantity_unfulfilled=0)
THREE_OF_FIVE = replace(line("50.00", quantity=5, unit="10.00"), quantity_unfulfilled=3)
US_TAX = line("39.99", tax="3.20", total="43.19")
US_COLLECTED = line("39.99", tax="3.20", total="43.19", by_amazon=True)
SELLER = "the seller owes the tax"
INSIDE = f"{SELLER}, the store computes it inside"
NOT_OURS = "which is no part of lines and total"


def two_tax_rows(of: OrderLine) -> OrderLine:
    """The line with another 0.59 of tax in a row of its own."""
    return replace(of, breakdowns=(*of.breakdowns, Breakdown(type="TAX", subtotal=D("0.59"))))


# -> outcome, how the amounts were read, what the total is made of
AMOUNTS: dict[str, tuple[Order, dict[str, Any], dict[str, Any], tuple[str, str, str]]] = {
    "no tax row in Germany": (
        order(line("30.00", shipping="4.99")), {}, {},
        ("none", f"30.00 + 4.99 = 34.99 EUR; no tax amount; {INSIDE}", "SKU-1 30.00 + shipping 4.99"),
    ),
    "tax inside": (
        order(line("34.99", tax="5.59")), {}, {},
        (
            "inside", f"34.99 = 34.99 EUR; tax stands inside the prices; {SELLER}",
            "SKU-1 34.99 (net 29.40, tax 5.59)",
        ),
    ),
    "tax on top": (
        us(US_TAX), {}, {},
        (
            "on_top", f"39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; {SELLER}",
            "SKU-1 43.19 (net 39.99, tax 3.20)",
        ),
    ),
    "tax that Amazon collects": (
        us(US_COLLECTED), {}, {},
        (
            "on_top",
            f"39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; Amazon collects 3.20 of tax, {NOT_OURS}",
            "SKU-1 39.99",
        ),
    ),
    "tax that Amazon collects, shown as a line": (
        us(US_COLLECTED), {"marketplace_tax": "line"}, {},
        (
            "on_top",
            "39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; "
            "Amazon collects 3.20 of tax, which is a line of its own",
            "SKU-1 39.99 + Tax collected by Amazon 3.20",
        ),
    ),
    "tax outside": (
        us(line("39.99", tax="3.20", by_amazon=True)), {}, {},
        (
            "apart",
            f"39.99 = 39.99 USD; tax stands outside Amazon's total; Amazon collects 3.20 of tax, {NOT_OURS}",
            "SKU-1 39.99",
        ),
    ),
    "tax that is collected and not told": (
        order(line("125.00", by_amazon=True), marketplace="TR"), {"marketplace_tax": "line"}, {},
        (
            "none",
            "125.00 = 125.00 TRY; no tax amount; Amazon collects tax and does not say how much; "
            "it is no part of lines and total; how much tax is in it is not known",
            "SKU-1 125.00",
        ),
    ),
    "tax of zero that is collected, to be shown as a line": (
        us(line("39.99", tax="0.00", by_amazon=True)), {"marketplace_tax": "line"}, {},
        (
            "none", f"39.99 = 39.99 USD; no tax amount; Amazon collects 0.00 of tax, {NOT_OURS}", "SKU-1 39.99",
        ),
    ),
    "tax that is ignored": (
        us(US_TAX), {"ignore_amazon_tax": True}, {},
        (
            "on_top",
            "39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; no tax is handed over; "
            "ignore_amazon_tax: 3.20 of tax on top leaves the total",
            "SKU-1 39.99",
        ),
    ),
    "no tax row in the US": (
        us(line("39.99")), {}, {},
        ("none", "39.99 = 39.99 USD; no tax amount; no tax is handed over", "SKU-1 39.99"),
    ),
    "a tax of zero that is a fact": (
        order(line("29.40", tax="0.00")), {}, {"tax_seen": True},
        ("none", "29.40 = 29.40 EUR; no tax amount; a tax of zero is known: none is due", "SKU-1 29.40"),
    ),
    "a tax of zero that is none": (
        order(line("29.40", tax="0.00"), programs=frozenset({"AMAZON_BUSINESS"})), {}, {},
        ("none", f"29.40 = 29.40 EUR; no tax amount; {INSIDE}; how much tax is in it is not known", "SKU-1 29.40"),
    ),
    "an owner that is assumed": (
        us(US_TAX, included=frozenset({"PROCEEDS"})), {}, {},
        (
            "on_top",
            f"39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; Amazon collects 3.20 of tax, {NOT_OURS}; "
            "who owes the tax is assumed: Amazon did not say",
            "SKU-1 39.99",
        ),
    ),
    "yen": (
        order(line("13960", tax="1269"), marketplace="JP"), {}, {},
        ("inside", f"13960 = 13960 JPY; tax stands inside the prices; {SELLER}", "SKU-1 13960 (net 12691, tax 1269)"),
    ),
    "yen that Amazon collects, a tip and a rounding": (
        order(
            line("1100", tax="100", by_amazon=True), marketplace="JP", total="1301",
            breakdowns=(replace(TIP, subtotal=D(200)),),
        ), {}, {},
        (
            "inside",
            f"1100 + 200 + 1 = 1301 JPY; tax stands inside the prices; Amazon collects 100 of tax, {NOT_OURS}; "
            "1 is rounding; 200 is DELIVERY_TIP, outside the lines",
            "SKU-1 1000 + Delivery tip 200 + Rounding 1",
        ),
    ),
    "yen that Amazon sends with decimals it does not need": (
        order(line("1000", total="1E+3"), marketplace="JP"), {}, {},
        ("none", f"1000 = 1000 JPY; no tax amount; {INSIDE}", "SKU-1 1000"),
    ),
    "euros without their cents": (
        order(line("20", shipping="5", tax="4.0"), total="25"), {}, {},
        (
            "inside", f"20.00 + 5.00 = 25.00 EUR; tax stands inside the prices; {SELLER}",
            "SKU-1 20.00 (net 16.80, tax 3.20) + shipping 5.00 (net 4.20, tax 0.80)",
        ),
    ),
    "rounding": (
        order(line("20"), total="20.01"), {}, {},
        ("none", f"20.00 + 0.01 = 20.01 EUR; no tax amount; {INSIDE}; 0.01 is rounding", "SKU-1 20.00 + Rounding 0.01"),
    ),
    "an adjustment": (
        order(line("20.00"), total="25"), {"unbalanced": "adjust"}, {},
        (
            "ADJUSTED",
            f"20.00 + 5.00 = 25.00 EUR; no tax amount; {INSIDE}; "
            "5.00 is an adjustment: nothing in the rows explains it",
            "SKU-1 20.00 + Adjustment to Amazon's total 5.00",
        ),
    ),
    "a tip": (
        us(line("10.00"), total="12", breakdowns=(replace(TIP, subtotal=D(2)),)), {}, {},
        (
            "none",
            "10.00 + 2.00 = 12.00 USD; no tax amount; no tax is handed over; 2.00 is DELIVERY_TIP, outside the lines",
            "SKU-1 10.00 + Delivery tip 2.00",
        ),
    ),
    "units that are cancelled": (
        order(THREE_OF_FIVE), {}, {},
        (
            "none",
            f"50.00 = 50.00 EUR; no tax amount; {INSIDE}; SKU-1: 3 of 5 units are still wanted and paid for",
            "SKU-1 30.00",
        ),
    ),
    "units that are cancelled and off Amazon's total": (
        order(line("1.00", sku="SKU-2"), replace(THREE_OF_FIVE, total=D(30))), {}, {},
        (
            "none",
            f"1.00 + 30.00 = 31.00 EUR; no tax amount; {INSIDE}; SKU-1: 3 of 5 units are still wanted and paid for",
            "SKU-2 1.00 + SKU-1 30.00",
        ),
    ),
    "a line that is left out": (
        order(line("10.00"), GONE), {}, {},
        (
            "none",
            f"10.00 + 7.00 = 17.00 EUR; no tax amount; {INSIDE}; "
            "7.00 is a line with no unit left, which is left out; lines without units, left out: 1",
            "SKU-1 10.00",
        ),
    ),
    "a replacement": (
        order(silent(line()), total=None, currency="", associations=(("303-0", "REPLACEMENT_ORIGINAL_ID"),)), {}, {},
        (
            "none",
            f"0.00 = 0.00 EUR; no tax amount; {INSIDE}; a replacement: Amazon sends no price, and none is due",
            "SKU-1 0.00",
        ),
    ),
    "lines that differ": (
        us(US_TAX, line("5.00", sku="SKU-2"), line("20.00", tax="1.60", by_amazon=True, sku="SKU-3")), {}, {},
        (
            "on_top",
            "39.99 + 3.20 + 5.00 + 20.00 = 68.19 USD; SKU-1: tax stands on top of the prices; SKU-2: no tax amount; "
            f"SKU-3: tax stands outside Amazon's total; {SELLER}, Amazon collects 1.60 of tax, {NOT_OURS}, "
            "no tax is handed over",
            "SKU-1 43.19 (net 39.99, tax 3.20) + SKU-2 5.00 + SKU-3 20.00",
        ),
    ),
    "two lines whose tax Amazon collects": (
        us(US_COLLECTED, line("10.00", tax="0.80", total="10.80", by_amazon=True, sku="SKU-2")), {}, {},
        (
            "on_top",
            "39.99 + 3.20 + 10.00 + 0.80 = 53.99 USD; tax stands on top of the prices; "
            f"Amazon collects 4.00 of tax, {NOT_OURS}",
            "SKU-1 39.99 + SKU-2 10.00",
        ),
    ),
    "two tax rows of one line": (
        order(two_tax_rows(line("34.99", tax="5.00"))), {}, {},
        (
            "inside", f"34.99 = 34.99 EUR; tax stands inside the prices; {SELLER}",
            "SKU-1 34.99 (net 29.40, tax 5.59)",
        ),
    ),
    "yen of shipping": (
        order(line("1000", shipping="500"), marketplace="JP"), {}, {},
        ("none", f"1000 + 500 = 1500 JPY; no tax amount; {INSIDE}", "SKU-1 1000 + shipping 500"),
    ),
    "an unknown tax beside what Amazon collects": (
        order(line("10.00"), line("119.00", tax="19.00", by_amazon=True, sku="SKU-2")), {}, {},
        (
            "inside",
            "10.00 + 119.00 = 129.00 EUR; SKU-1: no tax amount; SKU-2: tax stands inside the prices; "
            f"{INSIDE}, Amazon collects 19.00 of tax, {NOT_OURS}",
            "SKU-1 10.00 + SKU-2 100.00",
        ),
    ),
    "a discount": (
        order(line("20.00", discount="2.00", tax="4.00", total="22.00"), marketplace="GB"), {}, {},
        (
            "on_top", f"20.00 - 2.00 + 4.00 = 22.00 GBP; tax stands on top of the prices; {SELLER}",
            "SKU-1 22.00 (net 18.00, tax 4.00)",
        ),
    ),
}  # fmt: skip


def steps(rule: str, trace: tuple[TraceStep, ...]) -> list[tuple[str, str, str]]:
    return [(step.outcome, step.detail, step.plugin) for step in trace if step.rule == rule]


@pytest.mark.parametrize(("of", "settings", "given", "said"), AMOUNTS.values(), ids=AMOUNTS)
def test_how_the_amounts_were_read(
    of: Order, settings: dict[str, Any], given: dict[str, Any], said: tuple[str, str, str]
) -> None:
    decision = placed(of, connection(**settings), **given)
    outcome, read, made = said
    total, currency = decision.order.total, decision.order.currency
    assert steps("amounts", decision.trace) == [(outcome, read, "")]
    assert steps("total", decision.trace) == [(f"{total:.{0 if currency == 'JPY' else 2}f} {currency}", made, "")]


def test_a_plugin_that_settles_the_tax_is_named() -> None:
    decision = placed(us(US_TAX), tax=says({"item of SKU-1": TaxTreatment(owner="none")}))
    said = "39.99 + 3.20 = 43.19 USD; tax stands on top of the prices; no tax is handed over"
    assert steps("amounts", decision.trace) == [("on_top", said, "house rules")]


HELD: dict[str, tuple[Order, Reason, str, str]] = {
    "nothing explains the difference": (
        order(line("20.00", shipping="3.00"), total="25"), Reason.UNBALANCED,
        "Amazon's total is 25.00 and its rows (ITEM, SHIPPING) leave 2.00 EUR unexplained",
        "20.00 + 3.00 + 2.00 = 25.00",
    ),
    "nothing explains the difference of two yen": (
        order(line("1000"), marketplace="JP", total="1002"), Reason.UNBALANCED,
        "Amazon's total is 1002 and its rows (ITEM) leave 2 JPY unexplained", "1000 + 2 = 1002",
    ),
    "yen at no rate": (
        order(line("1000", tax="150", by_amazon=True), marketplace="JP"), Reason.TAX_READING,
        "Amazon collects 150 of tax on SKU-1, which is at no rate of JP, neither inside the price nor outside",
        "1000 = 1000",
    ),
    "a tip explains it that is not final": (
        us(line("10.00"), total="12.00", breakdowns=(replace(TIP, status="PENDING"),)), Reason.UNBALANCED,
        "Amazon's total is 12.00 and its rows (ITEM) leave 2.00 USD unexplained; "
        "it is what DELIVERY_TIP shows, which is not final yet", "10.00 + 2.00 = 12.00",
    ),
    "a tip that is not final is not what is missing": (
        us(line("10.00"), total="15.00", breakdowns=(replace(TIP, status="PENDING"),)), Reason.UNBALANCED,
        "Amazon's total is 15.00 and its rows (ITEM) leave 5.00 USD unexplained", "10.00 + 5.00 = 15.00",
    ),
    "an amount that is final and outside the rows' reading": (
        us(line("10.00"), total="8.00", breakdowns=(replace(TIP, subtotal=D("-4.00")),)), Reason.UNBALANCED,
        "Amazon's total is 8.00 and its rows (ITEM) leave -2.00 USD unexplained", "10.00 - 2.00 = 8.00",
    ),
    "no rate of the country": (
        order(line("100.00", tax="21", by_amazon=True)), Reason.TAX_READING,
        "Amazon collects 21.00 of tax on SKU-1, which is at no rate of DE, neither inside the price nor outside",
        "100.00 = 100.00",
    ),
    "no rate of the country the parcel goes to": (
        order(line("100.00", tax="19.00", by_amazon=True), recipient=Address(country="NL")), Reason.TAX_READING,
        "Amazon collects 19.00 of tax on SKU-1, which is at no rate of NL, neither inside the price nor outside",
        "100.00 = 100.00",
    ),
    "no rate of the marketplace's country, where nobody says where the parcel goes": (
        order(line("100.00", tax="21.00", by_amazon=True), recipient=None), Reason.TAX_READING,
        "Amazon collects 21.00 of tax on SKU-1, which is at no rate of DE, neither inside the price nor outside",
        "100.00 = 100.00",
    ),
    "no amount": (
        order(silent(line()), silent(line(sku="SKU-2")), total=None), Reason.AMOUNTS_MISSING,
        "Amazon sent no amount for SKU-1, SKU-2, and none is not zero", "",
    ),
    "no total": (
        order(replace(line("10.00"), total=None), total="12.00"), Reason.AMOUNTS_MISSING,
        "Amazon sent no total for some lines, and no reading of the rows gives one", "",
    ),
    "no total of the order, and a tip": (
        order(line("10.00"), total=None, breakdowns=(TIP,)),
        Reason.AMOUNTS_MISSING,
        "Amazon sent no total of the order, and only that tells whether DELIVERY_TIP is part of it", "",
    ),
    "another currency": (
        order(line("10.00"), marketplace="GB", currency="EUR"), Reason.CURRENCY,
        "GB sells in GBP, this order is in EUR; amounts are never converted", "",
    ),
    "no lines": (order(), Reason.NO_LINES, "no line has a unit that is still wanted", ""),
    "two lines under one id": (
        order(line("10.00", item_id="1"), line("5.00", sku="SKU-2", item_id="1")), Reason.UNREADABLE,
        "two lines have the same order item id", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "reason", "detail", "equation"), HELD.values(), ids=HELD)
def test_why_the_amounts_hold_an_order(of: Order, reason: Reason, detail: str, equation: str) -> None:
    decision = decide(of, needs_address=False)
    assert isinstance(decision, Hold)
    assert (decision.reason, decision.detail) == (reason, detail)
    assert (decision.balance.equation if decision.balance else "") == equation
    assert steps("amounts", decision.trace) == [(reason, f"{detail}; {equation}" if equation else detail, "")]


def test_the_amounts_of_a_marketplace_that_nobody_knows_are_not_read() -> None:
    held = read_amounts(order(line(), marketplace_id="A000"), connection())
    said = "marketplace 'A000' is not in the library's list"
    step = TraceStep("amounts", Reason.NOT_YET_SUPPORTED, said)
    assert held == Hold(reason=Reason.NOT_YET_SUPPORTED, detail=said, trace=(step,))


ASKED = replace(line(), cancel_request=CancelRequest(requester="BUYER", reason="my own"))
PLACED: dict[str, tuple[Order, dict[str, Any], str, tuple[str, str]]] = {
    "an order to be shipped": (
        order(line()), {}, "intake", ("payable", "UNSHIPPED, fulfilled by merchant, sold in DE"),
    ),
    "an order shipped by Amazon": (
        order(line(), status="SHIPPED", fulfilled_by="AMAZON"), {"fulfillment": "all"}, "stock",
        ("untouched", "Amazon ships from its own stock"),
    ),
    "an order that left after the connection was added": (
        order(line(), status="SHIPPED", packages=(Package(package_reference_id="1", shipped_at=NOON),)),
        {"added_at": NOON}, "stock",
        ("moves", "shipped 2026-11-02T12:00:00+00:00 at Amazon, after the connection was added"),
    ),
    "an order that left before": (
        order(line(), status="SHIPPED", packages=(Package(package_reference_id="1", shipped_at=NOON),)),
        {"added_at": NOON.replace(hour=13)}, "stock",
        ("untouched", "shipped 2026-11-02T12:00:00+00:00, before the connection was added"),
    ),
    "a buyer who asked to cancel all": (
        order(ASKED), {}, "place",
        ("on hold", "The buyer asked Amazon to cancel this order. Do not ship before that is settled."),
    ),
    "a buyer who asked to cancel two of three lines": (
        order(ASKED, line(sku="SKU-2"), replace(ASKED, seller_sku="SKU-3", order_item_id="3")), {}, "place",
        ("on hold", "The buyer asked Amazon to cancel SKU-1, SKU-3. Do not ship before that is settled."),
    ),
    "a method of the map": (
        order(line(), service_level="EXPEDITED"), {"shipping_methods": {"EXPEDITED": "express"}}, "shipping",
        ("express", "service level EXPEDITED -> express by shipping_methods.EXPEDITED"),
    ),
    "the default method": (
        order(line(), service_level="STANDARD"), {"default_shipping_method": "post"}, "shipping",
        ("post", "service level STANDARD -> post by default_shipping_method"),
    ),
    "the default method of an order without service level": (
        order(line(), service_level=""), {"default_shipping_method": "post"}, "shipping",
        ("post", "service level unknown -> post by default_shipping_method"),
    ),
    "Amazon's own word": (
        order(line(), service_level="STANDARD"), {}, "shipping",
        ("STANDARD", "service level STANDARD -> STANDARD by no setting, so Amazon's own word"),
    ),
    "no word at all": (
        order(line(), service_level=""), {}, "shipping",
        ("none", "service level unknown -> none by no setting, so Amazon's own word"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "settings", "rule", "said"), PLACED.values(), ids=PLACED)
def test_what_is_said_of_a_placed_order(of: Order, settings: dict[str, Any], rule: str, said: tuple[str, str]) -> None:
    assert steps(rule, placed(of, connection(**settings)).trace) == [(*said, "")]


@pytest.mark.parametrize(("level", "said"), [("STANDARD", "STANDARD"), ("", "unknown")])
def test_a_plugin_that_chooses_the_method_is_named(level: str, said: str) -> None:
    decision = placed(order(line(), service_level=level), shipping_method=says("pallet"))
    assert steps("shipping", decision.trace) == [("pallet", f"service level {said}: a plugin chose", "house rules")]


def test_an_order_without_address_says_what_the_store_needs() -> None:
    decision = decide(order(line(), recipient=None))
    assert isinstance(decision, Hold)
    said = "Amazon sent no address, and the store takes no order without one"
    assert decision.detail == said
    assert steps("place", decision.trace) == [("NO_ADDRESS", said, "")]


FBA = {"fulfilled_by": "AMAZON"}
UNKNOWN = "this version does not know what that means for the store"
AT_INTAKE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another channel": ({"channel": "NON_AMAZON"}, {}, "sold through another channel, only shipped by Amazon"),
    "no marketplace": ({"marketplace_id": ""}, {}, "Amazon did not say in which marketplace it was sold"),
    "another marketplace": ({}, {"marketplaces": ("FR", "GB")}, "sold in DE; the connection takes GB, FR"),
    "a connection of no marketplace": ({}, {"marketplaces": ()}, "sold in DE; the connection takes none"),
    "stock only": ({}, {"level": "stock_only"}, "level = stock_only: orders stay out of the store"),
    "a new way to fulfil": ({"fulfilled_by": "DRONE"}, {}, f"Amazon sent fulfilled by 'DRONE'; {UNKNOWN}"),
    "no way to fulfil": ({"fulfilled_by": ""}, {}, f"Amazon sent nothing about who fulfils it; {UNKNOWN}"),
    "another's parcels": (FBA, {}, "fulfilled by amazon; fulfillment = merchant"),
    "too old": (
        {}, {"sync_from": NOON.replace(day=3)},
        "created 2026-11-02T12:00:00+00:00; sync_from is 2026-11-03T12:00:00+00:00",
    ),
    "cancelled": ({"status": "CANCELLED"}, {}, "Amazon cancelled it before it reached the store"),
    "cannot be fulfilled": ({"status": "UNFULFILLABLE"}, {}, "Amazon says that it cannot be fulfilled"),
    "not shipped by Amazon yet": (
        {**FBA, "status": "UNSHIPPED"}, {"fulfillment": "all"},
        "fulfilled by Amazon and UNSHIPPED: taken when Amazon has shipped all of it",
    ),
    "a new status": ({"status": "TELEPORTED"}, {}, f"Amazon sent status 'TELEPORTED'; {UNKNOWN}"),
    "no status": ({"status": ""}, {}, f"Amazon sent no status; {UNKNOWN}"),
    "unpaid": ({"status": "PENDING"}, {}, "PENDING: the buyer's payment is not through, prices are not known"),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "settings", "said"), AT_INTAKE.values(), ids=AT_INTAKE)
def test_why_an_order_does_not_go_on(facts: dict[str, Any], settings: dict[str, Any], said: str) -> None:
    decision = decide(order(line(), **facts), connection(**settings))
    assert [(step.rule, step.detail) for step in decision.trace] == [("intake", said)]
    assert getattr(decision, "detail", said) == said
