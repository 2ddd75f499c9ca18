"""Facts about an order's money, and what the store must be handed for it. Each row is a promise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from amazon_orders.model import (
    Address,
    Balance,
    Breakdown,
    Charge,
    Hold,
    Order,
    Place,
    Reading,
    Reason,
    TaxOwner,
    TaxTreatment,
)
from tests.unit.rules.build import amounts, connection, decide, line, order, placed, says, silent, us
from tests.unit.rules.equations import holds, text
from tests.unit.rules.rows import named

D = Decimal


class Money(NamedTuple):
    """What the store gets: total, the first line's gross, net and tax, its owner, what Amazon collects, the reading."""

    total: str
    gross: str
    net: str | None
    tax: str | None
    owner: str
    collected: str | None
    reading: str | None
    flags: tuple[str, ...] = ()


def money(decision: Place) -> Money:
    first = decision.order.lines[0].total
    return Money(
        text(decision.order.total),
        text(first.gross),
        None if first.net is None else text(first.net),
        None if first.tax is None else text(first.tax),
        first.tax_owner,
        None if decision.order.marketplace_tax is None else text(decision.order.marketplace_tax),
        decision.balance.reading,
        tuple(sorted(decision.flags)),
    )


TIP = Breakdown(type="DELIVERY_TIP", subtotal=D("2.00"), status="FINALIZED")
VAT_INSIDE = line("34.99", tax="5.59")
NET_AND_VAT = line("29.40", tax="5.59", total="34.99")
ZERO_ROW = line("29.40", tax="0.00")

PLACED: dict[str, tuple[Order, dict[str, Any], dict[str, Any], Money]] = {
    "in the US, tax on top that the seller owes is part of the total": (
        us(line("39.99", tax="3.20", total="43.19")), {}, {},
        Money("43.19", "43.19", "39.99", "3.2", "seller", "0", "on_top"),
    ),
    "in the US, tax that Amazon collects leaves lines and total": (
        us(line("39.99", tax="3.20", total="43.19", by_amazon=True)), {}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "on_top"),
    ),
    "in the US, tax outside Amazon's total is apart and never inside": (
        us(line("39.99", tax="3.20", by_amazon=True)), {}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "apart"),
    ),
    "tax outside the grand total is apart although the line's own total holds it": (
        us(line("39.99", tax="3.20", total="43.19", by_amazon=True), total="39.99"), {}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "apart"),
    ),
    "tax that only the grand total holds is on top": (
        us(line("39.99", tax="3.20", total="39.99"), total="43.19"), {}, {},
        Money("43.19", "43.19", "39.99", "3.2", "seller", "0", "on_top"),
    ),
    "marketplace_tax = line adds what Amazon collects as a line of its own": (
        us(line("39.99", tax="3.20", total="43.19", by_amazon=True)), {"marketplace_tax": "line"}, {},
        Money("43.19", "39.99", "39.99", "0", "marketplace", "3.2", "on_top"),
    ),
    "marketplace_tax = line also adds tax that Amazon left out of its total": (
        us(line("39.99", tax="3.20", by_amazon=True)), {"marketplace_tax": "line"}, {},
        Money("43.19", "39.99", "39.99", "0", "marketplace", "3.2", "apart"),
    ),
    "in the US, ignoring Amazon's tax takes it out of the total and says so": (
        us(line("39.99", tax="3.20", total="43.19")), {"ignore_amazon_tax": True}, {},
        Money("39.99", "39.99", "39.99", "0", "none", "0", "on_top", (Reason.TAX_DROPPED,)),
    ),
    "ignoring Amazon's tax changes nothing about tax that Amazon collects": (
        us(line("39.99", tax="3.20", total="43.19", by_amazon=True)), {"ignore_amazon_tax": True}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "on_top"),
    ),
    "in Germany, a price without tax row holds a tax that the store computes": (
        order(line("34.99")), {}, {}, Money("34.99", "34.99", None, None, "seller", "0", "none"),
    ),
    "in Japan, amounts have no decimals": (
        order(line("13960", quantity=2, unit="6980"), marketplace="JP"), {}, {},
        Money("13960", "13960", None, None, "seller", "0", "none"),
    ),
    "points granted to the buyer are no part of the price": (
        order(replace(line("13960", quantity=2), points=D(140)), marketplace="JP"), {}, {},
        Money("13960", "13960", None, None, "seller", "0", "none"),
    ),
    "in the US, no tax row means that no tax is due": (
        us(line("39.99")), {}, {}, Money("39.99", "39.99", "39.99", "0", "none", "0", "none"),
    ),
    "prices_include_tax = no hands a German price over as net": (
        order(line("34.99")), {"prices_include_tax": "no"}, {},
        Money("34.99", "34.99", "34.99", "0", "none", "0", "none"),
    ),
    "prices_include_tax = yes hands an American price over as gross": (
        us(line("39.99")), {"prices_include_tax": "yes"}, {},
        Money("39.99", "39.99", None, None, "seller", "0", "none"),
    ),
    "in Germany, a tax row inside the price is taken out to the cent": (
        order(VAT_INSIDE), {}, {}, Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "inside"),
    ),
    "in Germany, a net price with its tax comes to the same as a gross one": (
        order(NET_AND_VAT), {}, {}, Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "on_top"),
    ),
    "prices_include_tax = yes does not overrule what the sum says": (
        order(NET_AND_VAT), {"prices_include_tax": "yes"}, {},
        Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "on_top"),
    ),
    "prices_include_tax = no does not overrule what the sum says": (
        order(VAT_INSIDE), {"prices_include_tax": "no"}, {},
        Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "inside"),
    ),
    "in Germany, ignoring Amazon's tax keeps the price when the tax is inside": (
        order(VAT_INSIDE), {"ignore_amazon_tax": True}, {},
        Money("34.99", "34.99", None, None, "seller", "0", "inside"),
    ),
    "in Germany, ignoring Amazon's tax keeps the total when Amazon states it net": (
        order(NET_AND_VAT), {"ignore_amazon_tax": True}, {},
        Money("34.99", "34.99", None, None, "seller", "0", "on_top"),
    ),
    "in Britain, 20 % inside the price": (
        order(line("34.99", tax="5.83"), marketplace="GB"), {}, {},
        Money("34.99", "34.99", "29.16", "5.83", "seller", "0", "inside"),
    ),
    "a tax of zero is a fact where Amazon was seen to calculate tax": (
        order(ZERO_ROW, programs=frozenset({"AMAZON_BUSINESS"})), {}, {"tax_seen": True},
        Money("29.4", "29.4", "29.4", "0", "none", "0", "none"),
    ),
    "a tax of zero is a fact where another line of the order has tax": (
        order(ZERO_ROW, line("34.99", tax="5.59", sku="SKU-2")), {}, {},
        Money("64.39", "29.4", "29.4", "0", "none", "0", "inside"),
    ),
    "a business order with a tax of zero that nobody can vouch for is flagged": (
        order(ZERO_ROW, programs=frozenset({"AMAZON_BUSINESS"})), {}, {},
        Money("29.4", "29.4", None, None, "seller", "0", "none", (Reason.TAX_UNKNOWN,)),
    ),
    "a private order with a tax of zero is as one without tax row": (
        order(line("34.99", tax="0.00")), {}, {}, Money("34.99", "34.99", None, None, "seller", "0", "none"),
    ),
    "ignoring Amazon's tax also ignores a tax of zero": (
        order(ZERO_ROW), {"ignore_amazon_tax": True}, {"tax_seen": True},
        Money("29.4", "29.4", None, None, "seller", "0", "none"),
    ),
    "import VAT that Amazon collects inside the price leaves it": (
        order(line("119.00", tax="19.00", by_amazon=True)), {}, {},
        Money("100", "100", "100", "0", "marketplace", "19", "inside"),
    ),
    "import VAT that Amazon collects on top leaves the total": (
        order(line("100.00", tax="19.00", total="119.00", by_amazon=True)), {}, {},
        Money("100", "100", "100", "0", "marketplace", "19", "on_top"),
    ),
    "import VAT outside the price is told by its rate": (
        order(line("100.00", tax="19.00", by_amazon=True)), {}, {},
        Money("100", "100", "100", "0", "marketplace", "19", "apart"),
    ),
    "the rate is that of the country the parcel goes to": (
        order(line("121.00", tax="21.00", by_amazon=True), recipient=Address(country="NL")), {}, {},
        Money("100", "100", "100", "0", "marketplace", "21", "inside"),
    ),
    "Amazon collects and tells no amount: no tax in the store, the amount unknown": (
        order(line("125.00", by_amazon=True), marketplace="TR"), {}, {},
        Money("125", "125", "125", "0", "marketplace", None, "none", (Reason.TAX_UNKNOWN,)),
    ),
    "without tax data, Amazon is assumed to collect in the US": (
        us(line("39.99", tax="10.00", total="49.99"), included=frozenset({"PROCEEDS"})), {}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "10", "on_top", (Reason.TAX_OWNER_ASSUMED,)),
    ),
    "without tax data and tax row, Amazon is assumed to collect in the US, and nobody knows how much": (
        us(line("39.99"), included=frozenset({"PROCEEDS"})), {}, {},
        Money(
            "39.99", "39.99", "39.99", "0", "marketplace", None, "none", (Reason.TAX_OWNER_ASSUMED, Reason.TAX_UNKNOWN),
        ),
    ),
    "without tax data, the seller is assumed to owe the tax in Germany": (
        order(VAT_INSIDE, included=frozenset({"PROCEEDS"})), {}, {},
        Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "inside", (Reason.TAX_OWNER_ASSUMED,)),
    ),
    "a one-stop-shop scheme that names no collector is flagged": (
        order(replace(VAT_INSIDE, reporting_schemes=("IOSS",))), {}, {},
        Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "inside", (Reason.TAX_OWNER_ASSUMED,)),
    ),
    "a discount takes away when Amazon sends it positive": (
        order(line("20.00", discount="2.00", tax="4.00", total="22.00"), marketplace="GB"), {}, {},
        Money("22", "22", "18", "4", "seller", "0", "on_top"),
    ),
    "a discount takes away when Amazon sends it negative": (
        order(line("20.00", discount="-2.00", tax="4.00", total="22.00"), marketplace="GB"), {}, {},
        Money("22", "22", "18", "4", "seller", "0", "on_top"),
    ),
    "cents do not blur a small basket: tax on top is exact": (
        order(line("2.97", tax="0.03", total="3.00", quantity=3), marketplace="GB"), {}, {},
        Money("3", "3", "2.97", "0.03", "seller", "0", "on_top"),
    ),
    "a replacement costs nothing and goes in": (
        order(line("0.00"), associations=(("303-0000000-0000000", "REPLACEMENT_ORIGINAL_ID"),)), {}, {},
        Money("0", "0", None, None, "seller", "0", "none"),
    ),
    "a replacement for which Amazon sends no amount costs nothing": (
        order(silent(line()), total=None, currency="", associations=(("303-0", "REPLACEMENT_ORIGINAL_ID"),)), {}, {},
        Money("0", "0", None, None, "seller", "0", "none"),
    ),
    "a replacement for which Amazon tells a price has it": (
        order(line(None, total="5.00"), total=None, associations=(("303-0", "REPLACEMENT_ORIGINAL_ID"),)), {}, {},
        Money("5", "5", None, None, "seller", "0", "none"),
    ),
    "a free sample at full price and full rebate costs nothing": (
        order(line("30.00", discount="30.00")), {}, {}, Money("0", "0", None, None, "seller", "0", "none"),
    ),
    "a total without rows is the item's": (
        order(line(None, total="12.50")), {}, {}, Money("12.5", "12.5", None, None, "seller", "0", "none"),
    ),
    "lines add up to the total where Amazon sends no grand total": (
        order(line("10.00"), line("5.00", sku="SKU-2"), total=None), {}, {},
        Money("15", "10", None, None, "seller", "0", "none"),
    ),
    "the grand total tells that tax which Amazon collects is apart where a line has no total": (
        us(replace(line("39.99", tax="3.20", by_amazon=True), total=None), total="39.99"), {}, {},
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "apart"),
    ),
    "a German line without total is inside before it is on top": (
        order(replace(VAT_INSIDE, total=None), total="34.99"), {}, {},
        Money("34.99", "34.99", "29.4", "5.59", "seller", "0", "inside"),
    ),
    "the grand total tells the reading where a line has no total": (
        us(replace(line("39.99", tax="3.20"), total=None), total="43.19"), {}, {},
        Money("43.19", "43.19", "39.99", "3.2", "seller", "0", "on_top"),
    ),
}  # fmt: skip


ROWS = {
    "in the US, tax on top that the seller owes is part of the total": "1",
    "in the US, tax that Amazon collects leaves lines and total": "2",
    "in the US, tax outside Amazon's total is apart and never inside": "3",
    "marketplace_tax = line adds what Amazon collects as a line of its own": "4",
    "in the US, ignoring Amazon's tax takes it out of the total and says so": "5",
    "in Germany, a price without tax row holds a tax that the store computes": "6",
    "in the US, no tax row means that no tax is due": "6a",
    "prices_include_tax = no hands a German price over as net": "6a",
    "in Germany, a tax row inside the price is taken out to the cent": "7",
    "in Germany, a net price with its tax comes to the same as a gross one": "8",
    "prices_include_tax = yes does not overrule what the sum says": "8",
    "in Germany, ignoring Amazon's tax keeps the price when the tax is inside": "9",
    "in Germany, ignoring Amazon's tax keeps the total when Amazon states it net": "9",
    "in Britain, 20 % inside the price": "10",
    "points granted to the buyer are no part of the price": "11",
    "a tax of zero is a fact where Amazon was seen to calculate tax": "12",
    "a business order with a tax of zero that nobody can vouch for is flagged": "12a",
    "a private order with a tax of zero is as one without tax row": "13",
    "import VAT that Amazon collects inside the price leaves it": "14",
    "import VAT that Amazon collects on top leaves the total": "14",
    "import VAT outside the price is told by its rate": "14a",
    "Amazon collects and tells no amount: no tax in the store, the amount unknown": "15",
    "a discount takes away when Amazon sends it positive": "16",
    "a discount takes away when Amazon sends it negative": "16",
    "cents do not blur a small basket: tax on top is exact": "19",
    "a replacement costs nothing and goes in": "23",
    "a free sample at full price and full rebate costs nothing": "24",
}


@pytest.mark.parametrize(("of", "settings", "given", "wanted"), named(PLACED, ROWS))
def test_what_the_store_is_handed(of: Order, settings: dict[str, Any], given: dict[str, Any], wanted: Money) -> None:
    decision = placed(of, connection(**settings), **given)
    assert money(decision) == wanted
    assert holds(decision.balance.equation)
    assert decision.balance.balanced


HELD: dict[str, tuple[Order, dict[str, Any], Reason]] = {
    "tax outside the total that nobody collects is no reading": (
        us(line("39.99", tax="3.20")), {}, Reason.UNBALANCED,
    ),
    "tax that Amazon collects at no rate of the country is not guessed at": (
        order(line("100.00", tax="21.00", by_amazon=True)), {}, Reason.TAX_READING,
    ),
    "five euros that nothing explains": (
        order(line("20.00"), total="25.00"), {}, Reason.UNBALANCED,
    ),
    "five euros that nothing explains, on the line itself": (
        order(line("20.00", total="25.00")), {}, Reason.UNBALANCED,
    ),
    "more than a cent for each amount is not rounding": (
        order(line("20.00"), total="20.02"), {}, Reason.UNBALANCED,
    ),
    "an order to be shipped without a price": (
        order(silent(line()), total=None), {}, Reason.AMOUNTS_MISSING,
    ),
    "a line without a price, although the others come to the total": (
        order(line("10.00"), silent(line(sku="SKU-2")), total="10.00"), {}, Reason.AMOUNTS_MISSING,
    ),
    "an exchange without a price is no gift": (
        order(silent(line()), total=None, associations=(("303-0", "EXCHANGE_ORIGINAL_ID"),)), {},
        Reason.AMOUNTS_MISSING,
    ),
    "a line without total where no reading gives the grand total": (
        order(replace(line("10.00"), total=None), total="12.00"), {}, Reason.AMOUNTS_MISSING,
    ),
    "a line without total and no grand total": (
        order(replace(line("10.00"), total=None), total=None), {}, Reason.AMOUNTS_MISSING,
    ),
    "a tip and no grand total that it is part of, or not": (
        order(line("10.00"), total=None, breakdowns=(TIP,)), {},
        Reason.AMOUNTS_MISSING,
    ),
    "an order in another currency than its marketplace": (
        order(line("10.00"), marketplace="GB", currency="EUR"), {}, Reason.CURRENCY,
    ),
    "an order without lines": (order(), {}, Reason.NO_LINES),
    "an order whose units are all cancelled": (
        order(replace(line("10.00"), quantity_unfulfilled=0)), {}, Reason.NO_LINES,
    ),
    "two lines under one id": (
        order(line("10.00", item_id="1"), line("5.00", sku="SKU-2", item_id="1")), {}, Reason.UNREADABLE,
    ),
    "a tip that is not final does not count": (
        order(line("10.00"), total="12.00", breakdowns=(replace(TIP, status="PENDING"),)),
        {}, Reason.UNBALANCED,
    ),
}  # fmt: skip


HELD_ROWS = {
    "tax that Amazon collects at no rate of the country is not guessed at": "14a",
    "tax outside the total that nobody collects is no reading": "14b",
    "five euros that nothing explains": "21",
    "an order to be shipped without a price": "22",
}


@pytest.mark.parametrize(("of", "settings", "reason"), named(HELD, HELD_ROWS))
def test_what_a_person_must_look_at(of: Order, settings: dict[str, Any], reason: Reason) -> None:
    decision = decide(of, connection(**settings))
    assert isinstance(decision, Hold), decision
    assert decision.reason == reason
    assert decision.detail
    if decision.balance:
        assert holds(decision.balance.equation)
        assert (decision.balance.balanced, decision.balance.reading) == (False, None)


def test_a_tax_of_zero_is_no_fact_unless_somebody_says_so() -> None:
    assert amounts(order(ZERO_ROW)).lines["item of SKU-1"].tax is None
    assert amounts(order(ZERO_ROW), tax_seen=True).lines["item of SKU-1"].tax == 0


def fee(decision: Place) -> tuple[str, str, str, str]:
    (one,) = decision.order.fees
    return one.kind, text(one.gross), text(one.tax or D(0)), one.tax_owner


@pytest.mark.rule("20")
def test_a_cent_between_lines_and_total_becomes_a_visible_rounding() -> None:
    decision = placed(order(line("9.99"), line("9.99", sku="SKU-2"), total="19.99"))
    assert text(decision.order.total) == "19.99"
    assert fee(decision) == ("rounding", "0.01", "0", "none")
    assert decision.flags == (Reason.ROUNDED,)
    assert decision.balance == Balance(reading="none", balanced=True, equation="9.99 + 9.99 + 0.01 = 19.99")


def test_a_cent_too_few_is_rounded_too() -> None:
    decision = placed(order(line("9.99", shipping="3.00", total="12.98")))
    assert fee(decision) == ("rounding", "-0.01", "0", "none")
    assert decision.balance.equation == "9.99 + 3.00 - 0.01 = 12.98"


def test_a_yen_is_rounding_and_two_are_not() -> None:
    assert fee(placed(order(line("1000"), marketplace="JP", total="1001")))[:2] == ("rounding", "1")
    assert isinstance(decide(order(line("1000"), marketplace="JP", total="1002")), Hold)


def test_rounding_takes_the_reading_that_is_closest() -> None:
    decision = placed(order(line("29.40", tax="5.59", total="35.00"), marketplace="DE"))
    assert decision.balance.reading == "on_top"
    assert fee(decision)[:2] == ("rounding", "0.01")


@pytest.mark.rule("21")
def test_an_unbalanced_order_is_placed_at_amazons_total_if_the_seller_says_so() -> None:
    decision = placed(order(line("20.00"), total="25.00"), connection(unbalanced="adjust"))
    assert text(decision.order.total) == "25"
    assert fee(decision) == ("adjustment", "5", "0", "none")
    assert decision.flags == (Reason.ADJUSTED,)
    assert (decision.balance.balanced, decision.balance.equation) == (False, "20.00 + 5.00 = 25.00")


def test_what_amazon_collects_is_a_line_free_of_tax_where_it_is_wanted() -> None:
    of = us(line("39.99", tax="3.20", total="43.19", by_amazon=True))
    assert fee(placed(of, connection(marketplace_tax="line"))) == ("marketplace_tax", "3.2", "0", "none")


def test_a_dropped_tax_is_stated_in_the_trace() -> None:
    of = us(line("39.99", tax="3.20", total="43.19"))
    (step,) = [step for step in amounts(of, connection(ignore_amazon_tax=True)).trace if step.rule == "amounts"]
    assert "3.20 of tax on top leaves the total" in step.detail


TREATMENTS: dict[str, tuple[Order, TaxTreatment, Money]] = {
    "who owes the tax": (
        us(line("39.99", tax="3.20", total="43.19")), TaxTreatment(owner="marketplace"),
        Money("39.99", "39.99", "39.99", "0", "marketplace", "3.2", "on_top"),
    ),
    "how the tax stands": (
        us(line("39.99", tax="3.20")), TaxTreatment(owner="seller", reading="inside"),
        Money("39.99", "39.99", "36.79", "3.2", "seller", "0", "inside"),
    ),
    "that the tax is outside Amazon's total, and the seller's": (
        us(line("39.99", tax="3.20")), TaxTreatment(owner="seller", reading="apart"),
        Money("39.99", "39.99", "39.99", "0", "none", "0", "apart"),
    ),
    "that a tax of zero is a fact": (
        order(ZERO_ROW), TaxTreatment(owner="seller", known_zero=True),
        Money("29.4", "29.4", "29.4", "0", "none", "0", "none"),
    ),
    "that a tax of zero is none": (
        us(line("39.99")), TaxTreatment(owner="seller", known_zero=False),
        Money("39.99", "39.99", None, None, "seller", "0", "none"),
    ),
    "that no tax is due": (
        order(VAT_INSIDE), TaxTreatment(owner="none"), Money("34.99", "34.99", "34.99", "0", "none", "0", "inside"),
    ),
    "that tax at a rate no table has is inside": (
        order(line("100.00", tax="21.00", by_amazon=True)), TaxTreatment(owner="marketplace", reading="inside"),
        Money("79", "79", "79", "0", "marketplace", "21", "inside"),
    ),
    "that tax at a rate no table has is outside": (
        order(line("100.00", tax="21.00", by_amazon=True)), TaxTreatment(owner="marketplace", reading="apart"),
        Money("100", "100", "100", "0", "marketplace", "21", "apart"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "treatment", "wanted"), TREATMENTS.values(), ids=TREATMENTS)
def test_a_plugin_may_say(of: Order, treatment: TaxTreatment, wanted: Money) -> None:
    decision = placed(of, tax=says({"item of SKU-1": treatment}), tax_seen=True)
    assert money(decision) == wanted
    assert "house rules" in [step.plugin for step in decision.trace]


@pytest.mark.parametrize("owner", ["seller", "marketplace", "none"])
@pytest.mark.parametrize("reading", ["inside", "apart"])
def test_whatever_a_plugin_says_shipping_stays_shipping(owner: TaxOwner, reading: Reading) -> None:
    answer = says({"item of SKU-1": TaxTreatment(owner=owner, reading=reading)})
    shipping = placed(us(line("20.00", shipping="5.00", tax="1.00")), tax=answer).order.shipping
    assert (shipping.kind, shipping.title) == ("shipping", "Shipping")


def test_a_plugins_reading_must_still_solve_amazons_total() -> None:
    treatment = TaxTreatment(owner="seller", reading="on_top")
    decision = decide(order(VAT_INSIDE), tax=says({"item of SKU-1": treatment}))
    assert isinstance(decision, Hold)
    assert decision.reason == Reason.UNBALANCED


def test_a_plugin_that_names_no_line_changes_nothing() -> None:
    decision = placed(order(VAT_INSIDE), tax=says({"another item": TaxTreatment(owner="none")}))
    assert decision.order.lines[0].total == Charge(title="Mug", gross=D("34.99"), net=D("29.40"), tax=D("5.59"))


def test_lines_may_differ_in_their_reading() -> None:
    of = order(line("29.40", tax="5.59", total="34.99"), line("11.90", tax="1.90", sku="SKU-2"))
    decision = placed(of)
    assert [text(each.total.tax or D(0)) for each in decision.order.lines] == ["5.59", "1.9"]
    assert decision.balance.equation == "29.40 + 5.59 + 11.90 = 46.89"
    assert decision.balance.reading == "on_top"  # that of the line with the most tax; the trace names each
    (step,) = [step for step in decision.trace if step.rule == "amounts"]
    assert "SKU-1: tax stands on top" in step.detail
    assert "SKU-2: tax stands inside" in step.detail
