"""The fast loader and the schema say the same of every document: the same order, or the same complaint."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import fields

from amazon_orders.amazon import INCLUDED
from amazon_orders.amazon.schemas import load_by_schema, load_order, orders
from amazon_orders.amazon.schemas.building import builder
from amazon_orders.amazon.schemas.compiled import Surprise, compile_schema
from amazon_orders.amazon.schemas.fields import Text
from amazon_orders.amazon.schemas.record import Part, Parts, Record
from amazon_orders.errors import PayloadError
from amazon_orders.model import Breakdown, Order, OrderLine, Window
from amazon_orders.sandbox import Clock, SimulatedAmazon
from tests.unit.amazon.documents import Json, bare, full

EXAMPLES, DOCUMENTS = 120, 25


def drawn() -> list[Json]:
    """Orders as the simulated Amazon draws them."""
    amazon = SimulatedAmazon(seed=7, clock=Clock(start=datetime(2026, 11, 20, tzinfo=UTC)))
    seller = amazon.add_seller()
    seller.generate(20, shipped=0.3, cancelled=0.1, fba=0.2, business=0.3)
    return [seller.order(order_id) for order_id in seller.order_ids()]


BASES = [full(), full(), bare(), *drawn()]

Outcome = tuple[Any, ...]


def outcome(load: Callable[[Any, frozenset[str]], Order], document: Any) -> Outcome:
    try:
        return ("read", load(document, INCLUDED))
    except PayloadError as error:
        return ("refused", error.record_id, error.problems, str(error), error.retryable)


def places(document: Any) -> list[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        at = waiting.pop()
        rows = list(at.items()) if isinstance(at, dict) else list(enumerate(at)) if isinstance(at, list) else []
        for key, value in rows:
            found.append((at, key))
            waiting.append(value)
    return found


def drop(at: Any, key: Any) -> None:
    del at[key]


def double(at: Any, key: Any) -> None:
    if isinstance(at, list):
        at.append(copy.deepcopy(at[key]))
    else:
        at[f"{key}New"] = copy.deepcopy(at[key])


def nest(at: Any, key: Any) -> None:
    at[key] = [at[key]]


def wrap(at: Any, key: Any) -> None:
    at[key] = {"x": at[key]}


def naive(at: Any, key: Any) -> None:
    at[key] = str(at[key]).replace("Z", "")


def other_currency(at: Any, key: Any) -> None:
    at[key] = {"amount": "1.00", "currencyCode": "GBP"}


def setting(value: Any) -> Callable[[Any, Any], None]:
    def mutate(at: Any, key: Any) -> None:
        at[key] = copy.deepcopy(value)

    return mutate


VALUES: list[Any] = [
    None, "", " ", "x", "NEW_IN_2027", "x" * 20_000, "x" * 20_001, "x" * 201, "a\0b", "\ud83d", "é", "\u2028", "a\tb",
    0, 1, -1, 10**6, 10**6 + 1, 10**15 - 1, 10**15, 10**30, -(10**15), True, False,
    1.0, 0.1, -0.0, float("nan"), float("inf"), 1e308,
    "12.50", "-0.00", "1e3", "NaN", "Infinity", "١", "1_0", "+1", "12.", "999999999999999.999999", "1234567890123456",
    "2026-11-18T04:58:35Z", "2026-11-18T04:58:35", "2026-11-18", "2026-11-18T04:58:35+14:00", "20261118T045835Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-18T04:58:35.123456789Z", "2026-W47-3T00Z",
    [], {}, [None], [[]], [{}], [1], {"x": 1}, {"amount": "1.00"}, {"amount": 7, "currencyCode": "EUR"},
    {"amount": 7.5, "currencyCode": "EUR"}, {"currencyCode": "EUR"}, {"amount": "1.00", "currencyCode": ["EUR"]},
    {"amount": {"x": 1}, "currencyCode": "EUR"}, {"amount": "1.00", "currencyCode": {}},
]  # fmt: skip
MUTATIONS = [drop, double, nest, wrap, naive, other_currency, *map(setting, VALUES)]


def mutated(base: int, steps: list[tuple[int, int]]) -> Json:
    document = copy.deepcopy(BASES[base % len(BASES)])
    for where, how in steps:
        found = places(document)
        if found:
            at, key = found[where % len(found)]
            MUTATIONS[how % len(MUTATIONS)](at, key)
    return document


numbers = st.integers(0, 2**16)
batches = st.lists(
    st.tuples(numbers, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=3)),
    min_size=DOCUMENTS,
    max_size=DOCUMENTS,
)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(batch=batches)
def test_documents_that_are_mutated_several_times_are_read_or_refused_alike(
    batch: list[tuple[int, list[tuple[int, int]]]],
) -> None:
    for base, steps in batch:
        document = mutated(base, steps)
        before = repr(document)
        assert outcome(load_order, document) == outcome(load_by_schema, document)
        assert repr(document) == before


def test_ten_thousand_documents_are_compared() -> None:
    assert EXAMPLES * DOCUMENTS + len(places(full())) * len(MUTATIONS) >= 10_000


@pytest.mark.parametrize("place", range(len(places(full()))))
def test_every_single_mutation_of_a_full_order_is_read_or_refused_alike(place: int) -> None:
    for mutate in MUTATIONS:
        document = full()
        mutate(*places(document)[place])
        assert outcome(load_order, document) == outcome(load_by_schema, document)


@pytest.mark.parametrize("document", BASES, ids=lambda document: document["orderId"])
def test_a_right_document_needs_no_second_look(document: Json) -> None:
    seen: set[str] = set()
    orders._fast()(document, seen)
    assert outcome(load_order, document)[0] == "read"
    assert len(seen) <= 1


def test_what_amazon_adds_needs_no_second_look() -> None:
    document = json.loads(json.dumps(full()).replace("{", '{"newIn2027": {"deep": [1, null]}, '))
    orders._fast()(document, set())
    assert outcome(load_order, document) == outcome(load_order, full())


def test_text_that_is_not_plain_needs_no_second_look() -> None:
    document = full()
    document["buyer"]["buyerName"] = "Zoë 😀 \ud83d\0"
    orders._fast()(document, set())


# The compiler itself


class Inner(Record):
    """Something small."""

    one = Text()
    must = Text(required=True)

    absent = ("nothing",)

    @staticmethod
    def make(one: str, must: str) -> tuple[str, str]:
        return one, must


class Outer(Record):
    """Something with names that would spoil source text."""

    plain = Text()
    part = Part(Inner)
    parts = Parts(Inner)
    texts = Parts(Text(required=True))
    must = Part(Inner, required=True)

    @staticmethod
    def make(*values: Any) -> tuple[Any, ...]:
        return values


INNER = {"one": "1", "must": "2"}


@pytest.mark.parametrize(
    "document",
    [
        {"must": INNER},
        {"must": INNER, "plain": None, "part": None, "parts": None, "texts": None},
        {"must": {"must": ""}, "plain": "x", "part": INNER, "parts": [INNER, INNER], "texts": ["a", "b"]},
        {"must": INNER, "parts": [], "texts": []},
        {"must": INNER, "unknown": object()},
    ],
    ids=["the least", "null", "everything", "empty lists", "unknown fields"],
)
def test_a_compiled_schema_gives_what_the_schema_gives(document: Json) -> None:
    assert compile_schema(Outer())(document, set()) == Outer().load(document)


@pytest.mark.parametrize(
    "document",
    [
        None, [], {}, {"must": None}, {"must": []}, {"must": {}}, {"must": {"must": None}}, {"must": INNER, "plain": 1},
        {"must": INNER, "part": {}}, {"must": INNER, "part": []}, {"must": INNER, "parts": {}},
        {"must": INNER, "parts": [None]}, {"must": INNER, "parts": [[]]}, {"must": INNER, "texts": [None]},
        {"must": INNER, "texts": "ab"}, {"must": INNER, "texts": ("a",)},
    ],
    ids=repr,
)  # fmt: skip
def test_a_compiled_schema_refuses_to_judge_what_is_not_plainly_right(document: Any) -> None:
    with pytest.raises((Surprise, ValueError)):
        compile_schema(Outer())(document, set())


def test_names_cannot_break_out_of_the_source() -> None:
    nasty = "x'] = 1\nraise SystemExit #"
    kind = type("Nasty", (Record,), {nasty: Text(), "make": staticmethod(lambda value: value)})
    assert compile_schema(kind())({nasty: "safe"}, set()) == "safe"


def test_a_field_that_the_compiler_does_not_know_is_a_bug_at_once() -> None:
    kind = type("Odd", (Record,), {"x": fields.Integer(), "make": staticmethod(lambda value: value)})
    with pytest.raises((AssertionError, AttributeError)):
        compile_schema(kind())


# Building


def test_a_built_object_is_like_any_other() -> None:
    made = builder(Breakdown)(type="ITEM", subtotal=Decimal("1.00"))
    by_hand = Breakdown(type="ITEM", subtotal=Decimal("1.00"))
    assert type(made) is Breakdown
    assert made == by_hand
    assert hash(made) == hash(by_hand)
    assert repr(made) == repr(by_hand)
    assert dataclasses.replace(made, status="PENDING").status == "PENDING"
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == by_hand
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, "status", "FINALIZED")  # noqa: B010 - a plain assignment is what the type checker forbids
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("kind", [Order, OrderLine, Breakdown, Window])
def test_building_is_the_quick_way_for_the_kinds_that_are_many(kind: type) -> None:
    assert builder(kind) is not kind


def test_building_asks_for_what_the_constructor_asks_for() -> None:
    build: Any = builder(Breakdown)
    for wrong in ({}, {"type": "ITEM"}, {"type": "ITEM", "subtotal": 1, "more": 2}):
        with pytest.raises(TypeError):
            build(**wrong)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WithoutSlots:
    """Has a dictionary."""

    x: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """Looks at what it gets."""

    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WithList:
    """Makes a default of its own."""

    x: list[int] = dataclasses.field(default_factory=list)


@pytest.mark.parametrize("kind", [WithoutSlots, Checked, WithList])
def test_what_cannot_be_built_quickly_is_built_as_ever(kind: Any) -> None:
    assert builder(kind) is kind
