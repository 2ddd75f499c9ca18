"""The order that the store gets: stock, hold, address, method, a plugin's last word, and a trace to recompute it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders.model import (
    Buyer,
    CancelRequest,
    Hold,
    Order,
    Package,
    Place,
    Product,
    Reason,
    StoreOrder,
    TraceStep,
    Window,
)
from amazon_orders.rules import revise
from amazon_orders.settings.patterns import engine
from tests.unit.rules.build import NOON, catalogue, connection, decide, line, order, placed, says, us
from tests.unit.rules.equations import holds
from tests.unit.rules.rows import named

D = Decimal
DAY = timedelta(days=1)


def shipped(when: timedelta | None, **other: Any) -> Order:
    package = Package(package_reference_id="1", shipped_at=None if when is None else NOON + when)
    return order(line(), status="SHIPPED", **({"packages": (package,)} | other))


STOCK: dict[str, tuple[Order, dict[str, Any], tuple[bool, bool]]] = {
    "an order to be shipped takes stock": (order(line()), {"added_at": NOON}, (False, True)),
    "shipped in part takes stock": (order(line(), status="PARTIALLY_SHIPPED"), {"added_at": NOON}, (False, True)),
    "shipped before the connection was there: the shelf is counted without it": (
        shipped(-DAY), {"added_at": NOON}, (True, False),
    ),
    "shipped since the connection is there takes stock": (shipped(DAY), {"added_at": NOON}, (True, True)),
    "an order from before, shipped since, takes stock": (
        shipped(DAY, created_at=NOON - DAY), {"added_at": NOON}, (True, True),
    ),
    "the last parcel counts": (
        shipped(None, packages=(
            Package(package_reference_id="1", shipped_at=NOON - DAY),
            Package(package_reference_id="2", shipped_at=NOON + DAY),
        )), {"added_at": NOON}, (True, True),
    ),
    "without a time, Amazon's last change of the order stands for it": (
        shipped(None, updated_at=NOON - DAY), {"added_at": NOON}, (True, False),
    ),
    "the connection's time may be text": (shipped(-DAY), {"added_at": NOON.isoformat()}, (True, False)),
    "what Amazon ships never takes the store's stock": (
        shipped(DAY, fulfilled_by="AMAZON"), {"added_at": NOON, "fulfillment": "all"}, (True, False),
    ),
}  # fmt: skip


STOCK_ROWS = {
    "shipped before the connection was there: the shelf is counted without it": "46",
    "shipped since the connection is there takes stock": "46",
    "what Amazon ships never takes the store's stock": "48",
}


@pytest.mark.parametrize(("of", "settings", "wanted"), named(STOCK, STOCK_ROWS))
def test_shipped_already_and_stock(of: Order, settings: dict[str, Any], wanted: tuple[bool, bool]) -> None:
    drafted = placed(of, connection(**settings)).order
    assert (drafted.already_shipped, drafted.affects_stock) == wanted
    assert drafted.fulfilled_by == of.fulfilled_by.lower()


ASKED = replace(line(sku="SKU-1"), cancel_request=CancelRequest(requester="BUYER", reason="my private reasons"))


@pytest.mark.rule("49")
def test_a_buyers_request_holds_the_order_in_the_store() -> None:
    decision = placed(order(ASKED))
    assert decision.order.on_hold is not None
    assert "asked Amazon to cancel" in decision.order.on_hold
    assert not any("private" in step.detail for step in decision.trace)


def test_a_request_for_one_line_names_it() -> None:
    on_hold = placed(order(ASKED, line(sku="SKU-2"))).order.on_hold
    assert on_hold is not None
    assert "SKU-1" in on_hold
    assert "SKU-2" not in on_hold


def test_what_has_been_shipped_is_not_held_for_a_request() -> None:
    assert placed(order(ASKED, status="SHIPPED")).order.on_hold is None


def test_an_order_without_address_is_held_for_a_store_that_needs_one() -> None:
    decision = decide(order(line(), recipient=None), needs_address=True)
    assert isinstance(decision, Hold)
    assert decision.reason == Reason.NO_ADDRESS
    assert decision.balance is not None
    assert decision.matches


def test_an_order_that_its_amounts_hold_shows_its_products_too() -> None:
    decision = decide(order(line(), line(sku="SKU-2"), total="99.00"))
    assert isinstance(decision, Hold)
    assert decision.reason == Reason.UNBALANCED
    assert [match.product for match in decision.matches] == ["ref of SKU-1", "ref of SKU-2"]


def test_every_line_gets_what_a_plugin_and_the_patterns_make_of_its_own_sku() -> None:
    decision = placed(
        order(line(sku="X1"), line(sku="MUG-2026")), connection(sku_crop=({"pattern": "-.*", "replacement": ""},)),
        hook_skus={"X1": says("CUP")}, patterns=engine(), found=catalogue("CUP", "MUG"),
    )  # fmt: skip
    assert [each.product for each in decision.order.lines] == ["ref of CUP", "ref of MUG"]


def test_a_line_without_units_hides_none_behind_it() -> None:
    gone = replace(line(sku="GONE"), quantity_unfulfilled=0)
    assert [each.product for each in placed(order(gone, line())).order.lines] == ["ref of SKU-1"]


def test_an_order_without_address_goes_into_a_store_that_needs_none() -> None:
    assert placed(order(line(), recipient=None), needs_address=False).order.recipient is None


def test_what_amazon_ships_needs_no_address() -> None:
    of = order(line(), recipient=None, status="SHIPPED", fulfilled_by="AMAZON")
    assert placed(of, connection(fulfillment="all"), needs_address=True).order.recipient is None


def test_facts_of_the_order_arrive() -> None:
    of = order(
        replace(line(), ioss="IM123"), line(sku="SKU-2"), programs=frozenset({"PRIME"}), updated_at=NOON + DAY,
        buyer=Buyer(name="Erika"), ship_by=Window(latest=NOON + DAY), deliver_by=Window(latest=NOON + 2 * DAY),
    )  # fmt: skip
    decision = placed(of)
    drafted = decision.order
    assert (drafted.amazon_order_id, drafted.buyer) == (of.amazon_order_id, of.buyer)
    assert (drafted.ship_by, drafted.deliver_by) == (of.ship_by, of.deliver_by)
    assert [match.product for match in decision.matches] == ["ref of SKU-1", "ref of SKU-2"]
    assert [each.product for each in drafted.lines] == ["ref of SKU-1", "ref of SKU-2"]
    assert (drafted.placed_at, drafted.updated_at) == (NOON, NOON + DAY)
    assert (drafted.marketplace, drafted.currency, drafted.connection) == ("DE", "EUR", "main")
    assert (drafted.ioss, drafted.programs, drafted.recipient) == ("IM123", of.programs, of.recipient)
    assert (drafted.amazon_total, drafted.lines[0].title) == (D("69.98"), "Mug")


def test_what_the_order_does_not_say_is_empty() -> None:
    drafted = placed(order(line(), currency="")).order
    assert (drafted.ioss, drafted.replaces, drafted.currency, drafted.buyer) == ("", None, "EUR", None)


def test_a_line_without_title_has_the_products() -> None:
    found = {"SKU-1": [Product(ref="7", value="SKU-1", title="Cup")]}
    titles = [placed(order(each), found=found).order.lines[0].title for each in (line(), replace(line(), title=""))]
    assert titles == ["Mug", "Cup"]


METHODS: dict[str, tuple[str, dict[str, Any], str | None, tuple[str, str]]] = {
    "a plugin chooses first": (
        "EXPEDITED", {"shipping_methods": {"EXPEDITED": "express"}}, "pallet", ("pallet", "plugin"),
    ),
    "then the map": (
        "EXPEDITED", {"shipping_methods": {"EXPEDITED": "express"}, "default_shipping_method": "post"}, None,
        ("express", "shipping_methods.EXPEDITED"),
    ),
    "then the default": (
        "STANDARD", {"shipping_methods": {"EXPEDITED": "express"}, "default_shipping_method": "post"}, None,
        ("post", "default_shipping_method"),
    ),
    "then Amazon's own word": ("STANDARD", {}, None, ("STANDARD", "Amazon's own word")),
    "nothing where nobody says anything": ("", {}, None, ("", "Amazon's own word")),
}  # fmt: skip


@pytest.mark.parametrize(("level", "settings", "plugin", "wanted"), METHODS.values(), ids=METHODS)
def test_the_shipping_method(level: str, settings: dict[str, Any], plugin: str | None, wanted: tuple[str, str]) -> None:
    of = order(line(), service_level=level)
    decision = placed(of, connection(**settings), shipping_method=says(plugin) if plugin else None)
    (step,) = [step for step in decision.trace if step.rule == "shipping"]
    method, why = wanted
    assert decision.order.shipping_method == method
    assert why in step.detail
    assert step.plugin == ("house rules" if plugin else "")


RICH = [
    order(line("30.00", shipping="4.99", gift_wrap="3.50", quantity=3), line("5.00", sku="SKU-2"), total="43.50"),
    us(line("39.99", tax="3.20", total="43.19"), line("10.00", sku="SKU-2")),
    us(line("39.99", tax="3.20", total="43.19", by_amazon=True)),
    order(line("20.00"), total="20.01"),
]


@pytest.mark.parametrize("of", RICH, ids=["extras", "tax on top", "tax of Amazon's", "rounding"])
def test_a_reader_of_the_trace_can_recompute_product_method_and_total(of: Order) -> None:
    decision = placed(of, connection(marketplace_tax="line"))
    steps = {step.rule: step for step in decision.trace}
    products = [step.detail for step in decision.trace if step.rule == "sku"]
    for drafted, told in zip(decision.order.lines, products, strict=True):
        assert told == f"{drafted.seller_sku}: sku {drafted.seller_sku!r} is product {drafted.product}"
    assert steps["shipping"].detail.split(" -> ")[1].startswith(decision.order.shipping_method)
    assert decision.balance.equation in steps["amounts"].detail
    assert holds(decision.balance.equation)
    without_parts = re.sub(r" \(net [^)]*\)", "", steps["total"].detail)
    addends = [D(part.rsplit(" ", 1)[1]) for part in without_parts.split(" + ")]
    assert sum(addends) == decision.order.total
    assert steps["total"].outcome == f"{decision.order.total} {of.currency}"
    assert len(addends) == len(decision.order.lines) + bool(decision.order.shipping.gross) + len(decision.order.fees)


def test_a_trace_holds_nothing_personal() -> None:
    decision = placed(order(ASKED))
    assert "Mustermann" not in str(decision.trace)


DRAFT = placed(order(line("30.00", shipping="4.99"), line("5.00", sku="SKU-2")))


def test_a_plugin_has_the_last_word() -> None:
    revised = revise(DRAFT, says(replace(DRAFT.order, shipping_method="pallet", on_hold="look at it")))
    assert isinstance(revised, Place)
    assert (revised.order.shipping_method, revised.order.on_hold) == ("pallet", "look at it")
    said = "changed on_hold, shipping_method; the total stays"
    assert revised.trace[-1] == TraceStep("store order", "changed", said, "house rules")
    assert revised.trace[:-1] == DRAFT.trace


def test_a_plugin_may_move_money_as_long_as_the_total_stays() -> None:
    first, second = DRAFT.order.lines
    first = replace(first, total=replace(first.total, gross=D("34.99")), unit_price=D("34.99"))
    changed = replace(DRAFT.order, lines=(first, second), shipping=replace(DRAFT.order.shipping, gross=D(0)))
    assert isinstance(revise(DRAFT, says(changed)), Place)


def test_a_plugin_that_changes_nothing_leaves_no_trace() -> None:
    assert revise(DRAFT, says(DRAFT.order)) == DRAFT


def first_line(**changes: Any) -> StoreOrder:
    return replace(DRAFT.order, lines=(replace(DRAFT.order.lines[0], **changes), DRAFT.order.lines[1]))


ITEM = DRAFT.order.lines[0].total
FLOAT: Any = 39.99
YEN = placed(order(line("1000"), marketplace="JP"))
WRONG: dict[str, tuple[StoreOrder, str]] = {
    "another total": (replace(DRAFT.order, total=D(40)), "the total must stay 39.99, the plugin says 40.00"),
    "lines that come to less": (
        replace(DRAFT.order, lines=DRAFT.order.lines[:1]),
        "lines, shipping and fees must add up to 39.99, they come to 34.99",
    ),
    "lines that come to whole euros": (
        replace(DRAFT.order, shipping=replace(DRAFT.order.shipping, gross=D(5))),
        "lines, shipping and fees must add up to 39.99, they come to 40.00",
    ),
    "no lines": (replace(DRAFT.order, lines=()), "an order needs a line"),
    "another order's id": (replace(DRAFT.order, amazon_order_id="1"), "amazon_order_id must stay as it is"),
    "another connection": (replace(DRAFT.order, connection="b"), "connection must stay as it is"),
    "another currency": (replace(DRAFT.order, currency="USD"), "currency must stay as it is"),
    "a float": (first_line(unit_price=30.0), "amounts must be finite Decimals"),
    "a float for a remainder": (first_line(remainder=0.0), "amounts must be finite Decimals"),
    "a float for a total": (replace(DRAFT.order, total=FLOAT), "amounts must be finite Decimals"),
    "a float for a tax": (first_line(total=replace(ITEM, tax=FLOAT)), "amounts must be finite Decimals"),
    "not a number": (first_line(unit_price=D("NaN")), "amounts must be finite Decimals"),
    "units that do not come to the line": (
        first_line(quantity=2), "line item of SKU-1: unit_price x quantity + remainder is not its gross",
    ),
    "a remainder too many": (
        first_line(remainder=D("0.01")), "line item of SKU-1: unit_price x quantity + remainder is not its gross",
    ),
    "no unit": (
        first_line(quantity=0, remainder=D("30.00")),
        "line item of SKU-1: unit_price x quantity + remainder is not its gross",
    ),
    "net and tax that do not come to gross": (
        first_line(total=replace(ITEM, net=D("20.00"), tax=D("5.00"))), "Mug: net + tax is not gross",
    ),
    "net and tax of shipping that do not come to gross": (
        replace(DRAFT.order, shipping=replace(DRAFT.order.shipping, title="", net=D(4), tax=D(4))),
        "shipping: net + tax is not gross",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), WRONG.values(), ids=WRONG)
def test_a_plugins_order_is_refused_with(changed: StoreOrder, said: str) -> None:
    decision = revise(DRAFT, says(changed))
    step = TraceStep("store order", Reason.PLUGIN, said, "house rules")
    assert decision == Hold(
        reason=Reason.PLUGIN, detail=f"house rules: {said}", balance=DRAFT.balance, matches=DRAFT.matches,
        trace=(*DRAFT.trace, step),
    )  # fmt: skip


def test_a_plugin_is_told_of_yen_without_decimals() -> None:
    more = replace(YEN.order, total=D(1001))
    less = replace(YEN.order, shipping=replace(YEN.order.shipping, gross=D("-1.5"), net=None, tax=None))
    answers = [revise(YEN, says(each)) for each in (more, less)]
    assert [answer.detail for answer in answers if isinstance(answer, Hold)] == [
        "house rules: the total must stay 1000, the plugin says 1001",
        "house rules: lines, shipping and fees must add up to 1000, they come to 998.5",
    ]


def test_a_plugin_may_split_a_line_into_units() -> None:
    revised = revise(DRAFT, says(first_line(quantity=4, unit_price=D("7.49"), remainder=D("0.04"))))
    assert isinstance(revised, Place)


@pytest.mark.parametrize(
    ("net", "tax"),
    [(None, None), ("25.21", "4.79"), ("25.21", None), (None, "4.79")],
    ids=["nothing", "both", "the net alone", "the tax alone"],
)
def test_a_plugin_may_say_of_a_charges_tax(net: str | None, tax: str | None) -> None:
    changed = replace(ITEM, net=None if net is None else D(net), tax=None if tax is None else D(tax))
    assert isinstance(revise(DRAFT, says(first_line(total=changed))), Place)
