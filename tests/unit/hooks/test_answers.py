"""Answers are checked: what keeps the contract comes through unchanged, what breaks it is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amazon_orders import Hooks, hookimpl
from amazon_orders.errors import AdapterBug, StoreRejected, StoreUnavailable
from amazon_orders.model import (
    Cancellation,
    Carrier,
    Charge,
    Connection,
    Hold,
    LineQuantity,
    Placed,
    Product,
    Reason,
    Refund,
    RefundLine,
    Shipment,
    StockLevel,
    TaxTreatment,
)
from tests.unit.hooks.stores import NOW, Complete, answering, asked

MUG = Product(ref="17", value="MUG")
LEVEL = StockLevel(product="17", value="MUG", available=Decimal(3), updated_at=NOW)
PARCEL = Shipment(id="1", ref="o-1", shipped_at=NOW, updated_at=NOW)
CANCELLED = Cancellation(id="1", ref="o-1", updated_at=NOW)
PAID_BACK = Refund(id="1", ref="o-1", currency="EUR", updated_at=NOW)
NAIVE = NOW.replace(tzinfo=None)
NUMBER: Any = 17
FLOAT: Any = 9.99
CONNECTION = Connection(name="de")

GOOD: dict[str, tuple[str, Any, dict[str, Any], Any]] = {
    "products as a list": ("store_find_products", [MUG], {}, [MUG]),
    "products from a generator": ("store_find_products", lambda: iter([MUG]), {}, [MUG]),
    "a product answered twice for a value counts once": ("store_find_products", [MUG, MUG], {}, [MUG]),
    "two products of one value are two": (
        "store_find_products",
        [MUG, replace(MUG, ref="18")],
        {},
        [MUG, replace(MUG, ref="18")],
    ),
    "orders": ("store_find_orders", {"k": ["2", "1"]}, {"keys": ["k"]}, {"k": ("2", "1")}),
    "a double": ("store_find_orders", {"k": ("1", "2")}, {"keys": ["k"]}, {"k": ("1", "2")}),
    "one order named twice is no double": ("store_find_orders", {"k": ["1", "1"]}, {"keys": ["k"]}, {"k": ("1",)}),
    "a key without an order is not found": ("store_find_orders", {"k": []}, {"keys": ["k"]}, {}),
    "orders nobody asked for are left out": ("store_find_orders", {"x": ["1"]}, {"keys": ["k"]}, {}),
    "a placed order": ("store_place_order", Placed(ref="1"), {}, Placed(ref="1")),
    "a page": ("store_place_orders", {"k": Placed(ref="1")}, {"orders": {"k": None}}, {"k": Placed(ref="1")}),
    "a page that leaves a key out": ("store_place_orders", {}, {"orders": {"k": None}}, {}),
    "cancelled": ("store_cancel_order", True, {}, True),
    "too late to change": ("store_change_order", False, {}, False),
    "stock moved": ("store_adjust_stock", None, {}, None),
    "levels": ("store_list_stock", [LEVEL], {}, [LEVEL]),
    "an untracked level": ("store_list_stock", [replace(LEVEL, available=None)], {}, [replace(LEVEL, available=None)]),
    "parcels": ("store_list_shipments", (PARCEL,), {}, [PARCEL]),
    "cancellations": ("store_list_cancellations", [CANCELLED], {}, [CANCELLED]),
    "refunds": ("store_list_refunds", [PAID_BACK], {}, [PAID_BACK]),
}


@pytest.mark.parametrize(("hook", "answer", "arguments", "expected"), GOOD.values(), ids=GOOD)
def test_an_answer_that_keeps_the_contract(hook: str, answer: Any, arguments: dict[str, Any], expected: Any) -> None:
    assert asked(hook, answer, **arguments) == expected


LINE = LineQuantity(order_item_id="1", quantity=1)
BAD: dict[str, tuple[str, Any, str]] = {
    "no products": ("store_find_products", None, "answered None, expected items"),
    "text as products": ("store_find_products", "MUG", "a value of type str, expected items"),
    "a mapping as products": ("store_find_products", {"MUG": "17"}, "a value of type dict, expected items"),
    "products of another type": ("store_find_products", ["17"], "a value of type str, expected Product"),
    "a product's ref as a number": ("store_find_products", [Product(ref=NUMBER, value="MUG")], "Product.ref has to be"),
    "a product without a value": ("store_find_products", [Product(ref="17", value="")], "Product.value has to be"),
    "no orders": ("store_find_orders", None, "answered None, expected a mapping"),
    "a bare ref in place of a list": ("store_find_orders", {"k": "12"}, "expected a list of references"),
    "a set of refs has no order": ("store_find_orders", {"k": {"1"}}, "expected a list of references"),
    "refs as numbers": ("store_find_orders", {"k": [12]}, "a reference has to be text"),
    "nothing placed": ("store_place_order", None, "answered None, expected Placed"),
    "a bare ref in place of Placed": ("store_place_order", "12", "a value of type str, expected Placed"),
    "placed without a ref": ("store_place_order", Placed(ref=""), "Placed.ref has to be"),
    "placed with a float": ("store_place_order", Placed(ref="1", total=FLOAT), "Placed.total has to be a Decimal"),
    "placed with a number as number": (
        "store_place_order",
        Placed(ref="1", number=NUMBER),
        "Placed.number has to be text",
    ),
    "no page": ("store_place_orders", None, "answered None, expected a mapping"),
    "a key nobody asked for": ("store_place_orders", {"x": Placed(ref="1")}, "a key that it was not asked for"),
    "one ref for two orders": (
        "store_place_orders",
        {"k": Placed(ref="1"), "l": Placed(ref="1")},
        "the same reference for two orders",
    ),
    "a page of refs": ("store_place_orders", {"k": "1"}, "expected Placed or StoreRejected"),
    "a forgotten return": ("store_cancel_order", None, "answered None, expected True or False"),
    "a number as a truth value": ("store_cancel_order", 1, "a value of type int, expected True or False"),
    "text as a truth value": ("store_change_order", "yes", "a value of type str, expected True or False"),
    "a generator that never ran": ("store_adjust_stock", lambda: iter([1]), "expected nothing"),
    "a level as a float": ("store_list_stock", [replace(LEVEL, available=FLOAT)], "has to be a Decimal or None"),
    "a level without a zone": ("store_list_stock", [replace(LEVEL, updated_at=NAIVE)], "has to be an aware datetime"),
    "a parcel without an id": ("store_list_shipments", [replace(PARCEL, id="")], "Shipment.id has to be"),
    "a parcel without an order": ("store_list_shipments", [replace(PARCEL, ref="")], "Shipment.ref has to be"),
    "a parcel without a zone": ("store_list_shipments", [replace(PARCEL, shipped_at=NAIVE)], "Shipment.shipped_at"),
    "a parcel among cancellations": ("store_list_cancellations", [PARCEL], "of type Shipment, expected Cancellation"),
    "a refund without a currency": ("store_list_refunds", [replace(PAID_BACK, currency="")], "Refund.currency has to"),
    "a refund in floats": (
        "store_list_refunds",
        [replace(PAID_BACK, lines=(RefundLine(line=LINE, amount=Charge(gross=FLOAT)),))],
        "the gross amount of a RefundLine",
    ),
    "an acceptance that is no decision": ("rule_accept_order", True, "expected Skip or Hold"),
    "an empty SKU": ("rule_resolve_sku", "", "the answer has to be text"),
    "treatments as a list": ("rule_tax", [TaxTreatment(owner="seller")], "expected a mapping"),
    "a treatment as text": ("rule_tax", {"1": "seller"}, "expected TaxTreatment"),
    "a method as a number": ("rule_shipping_method", 3, "the answer has to be text"),
    "a draft as a mapping": ("rule_store_order", {}, "expected StoreOrder"),
    "a carrier as text": ("rule_carrier", "DHL", "expected Carrier"),
    "a quantity as truth value": ("rule_stock_quantity", True, "expected a whole number"),
    "a quantity as Decimal": ("rule_stock_quantity", Decimal(3), "expected a whole number"),
}


@pytest.mark.parametrize(("hook", "answer", "message"), BAD.values(), ids=BAD)
def test_an_answer_that_breaks_the_contract(hook: str, answer: Any, message: str) -> None:
    arguments = {"keys": ["k"], "orders": {"k": None, "l": None}, "connection": CONNECTION}
    with pytest.raises(AdapterBug) as caught:
        asked(hook, answer, **arguments)
    assert message in str(caught.value)
    assert (caught.value.hook, caught.value.plugin) == (hook, "mine")


def test_a_question_that_nobody_answers_names_the_store() -> None:
    with pytest.raises(AdapterBug, match=r"shop\.store_list_refunds: nobody answers"):
        Hooks("shop").store_list_refunds(NOW)


def failing(error: BaseException) -> Any:
    def fail() -> Any:
        raise error

    return fail


HOOKS = ["store_find_products", "store_place_order", "store_cancel_order", "store_list_stock", "rule_resolve_sku"]


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("kind", [StoreRejected, StoreUnavailable])
def test_a_store_error_comes_through_with_hook_and_plugin(hook: str, kind: type[StoreRejected]) -> None:
    with pytest.raises(kind, match=rf"mine\.{hook}: not today") as caught:
        asked(hook, failing(kind("not today")), connection=CONNECTION)
    assert (caught.value.hook, caught.value.plugin) == (hook, "mine")


@pytest.mark.parametrize("hook", HOOKS)
def test_any_other_error_is_a_bug_whose_text_is_not_repeated(hook: str) -> None:
    cause = ValueError("Erika Mustermann")
    with pytest.raises(AdapterBug) as caught:
        asked(hook, failing(cause), connection=CONNECTION)
    assert caught.value.__cause__ is cause
    assert "ValueError" in str(caught.value)
    assert "Erika" not in str(caught.value) + repr(caught.value)


class Failing(Complete):
    @hookimpl
    def store_place_order(self, order: Any, key: Any) -> Any:
        return self.helper({}, key)

    def helper(self, orders: dict[str, Any], key: str) -> Any:
        return orders[key]


def test_a_bug_is_named_with_the_plugins_deepest_line() -> None:
    hooks = Hooks()
    hooks.register(Failing(), "mine")
    nothing: Any = None
    line = Failing.helper.__code__.co_firstlineno + 1
    with pytest.raises(AdapterBug, match=rf"KeyError at test_answers\.py:{line};"):
        hooks.store_place_order(nothing, "k")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)], ids=["ctrl-c", "exit"])
def test_what_ends_the_process_ends_it(error: BaseException) -> None:
    with pytest.raises(type(error)):
        asked("store_cancel_order", failing(error))


class Listing:
    """Yields some, then fails; knows whether it was closed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.closed = False
        self.given = 0

    def __call__(self) -> Iterator[Shipment]:
        try:
            for number in range(3):
                self.given += 1
                yield replace(PARCEL, id=str(number))
            if self.error:
                raise self.error
        finally:
            self.closed = True


def listed(listing: Any) -> Iterator[Shipment]:
    hooks = Hooks()
    hooks.register(answering("store_list_shipments", listing), "mine")
    return hooks.store_list_shipments(NOW)


def test_a_listing_is_consumed_one_by_one_and_closed_early() -> None:
    listing = Listing()
    items = listed(listing)
    assert next(items).id == "0"
    assert listing.given == 1
    del items
    assert listing.closed


def test_a_bug_while_a_listing_is_consumed_is_named() -> None:
    items = listed(Listing(ZeroDivisionError()))
    assert [next(items).id for _ in range(3)] == ["0", "1", "2"]
    with pytest.raises(AdapterBug, match=r"mine\.store_list_shipments: raised ZeroDivisionError at test_answers"):
        next(items)


def test_a_store_that_goes_away_while_a_listing_is_consumed() -> None:
    with pytest.raises(StoreUnavailable, match=r"mine\.store_list_shipments: gone"):
        list(listed(Listing(StoreUnavailable("gone"))))


def test_something_that_only_looks_iterable_is_a_bug_too() -> None:
    class Broken:
        def __iter__(self) -> Iterator[Shipment]:
            raise RuntimeError

    with pytest.raises(AdapterBug, match="raised RuntimeError"):
        list(listed(lambda: Broken()))


def test_what_the_consumer_raises_is_not_blamed_on_the_adapter() -> None:
    def consume() -> None:
        for _ in listed(Listing()):
            raise LookupError

    with pytest.raises(LookupError):
        consume()


def test_a_refused_order_of_a_page_says_who_refused_it() -> None:
    refused = StoreRejected("sold out")
    page = asked("store_place_orders", {"k": refused, "l": Placed(ref="1")}, orders={"k": None, "l": None})
    assert page == {"k": refused, "l": Placed(ref="1")}
    assert str(page["k"]) == "mine.store_place_orders: sold out"


def test_rules_answer_with_the_plugins_name() -> None:
    hold = Hold(reason=Reason.PLUGIN)
    answer = asked("rule_accept_order", hold, connection=CONNECTION)
    assert (answer.value, answer.plugin) == (hold, "mine")
    carrier = asked("rule_carrier", Carrier(code="DHL"), connection=CONNECTION)
    assert carrier.value == Carrier(code="DHL")
    assert asked("rule_stock_quantity", 0, connection=CONNECTION).value == 0
