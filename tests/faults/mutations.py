"""Every way to break one value of an order, at every place: which orders, which places, which ways."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from amazon_orders.sandbox import Line, order
from tests.amazon_models import sandbox_cases
from tests.story.world import START

Json = Any
Path = tuple[str | int, ...]

GONE = object()


@dataclass(frozen=True)
class Base:
    """A whole order, what it has to be in a shop, and where it is sold."""

    order: Json
    total: str
    """The shop's total, by hand."""
    country: str
    region: str
    countries: tuple[str, ...]
    """Where its seller sells."""
    waits: tuple[str, ...] = ()
    """The states besides `failed` and `held` in which it may stay out of the shop."""


EU = ("eu", ("DE", "FR", "GB", "TR"))
NA = ("na", ("US", "BR"))
FE = ("fe", ("JP",))

CASES: dict[str, tuple[str, int, str, str, tuple[str, tuple[str, ...]]]] = {
    "case from Japan": ("searchOrders", 0, "19940", "JP", FE),
    "case from Britain": ("searchOrders", 1, "34.99", "GB", EU),
    "case of a company in Brazil": ("searchOrders", 2, "1599.90", "BR", NA),
    "case of a gift in Brazil": ("getOrder", 0, "299.90", "BR", NA),
    "case from Turkey": ("getOrder", 1, "125.00", "TR", EU),
    "case of a pick-up in America": ("getOrder", 2, "49.99", "US", NA),
}
"""Name -> operation, number, the shop's total, where it is sold. The other two of Amazon's eight cases are refusals."""


def case(name: str) -> Base:
    """An order of Amazon's own sandbox cases; skips where their file is absent."""
    operation, number, total, country, (region, countries) = CASES[name]
    (row,) = (
        row
        for row in sandbox_cases("orders_2026-01-01")
        if (row["operationId"], row["status"], row["case"]) == (operation, 200, number)
    )
    shown = row["response"]["order"] if operation == "getOrder" else row["response"]["orders"][0]
    return Base(shown, total, country, region, countries)


def _literal(
    in_shop: str,
    *lines: Line,
    marketplace: str = "DE",
    region: tuple[str, tuple[str, ...]] = EU,
    breakdowns: Sequence[Json] = (),
    waits: tuple[str, ...] = (),
    **options: Any,
) -> Base:
    made = order("302-0000000-0000000", *lines, created=START - timedelta(days=2), marketplace=marketplace, **options)
    if breakdowns:
        made["proceeds"]["breakdowns"] = list(breakdowns)
    return Base(made, in_shop, marketplace, *region, waits)


LITERALS: dict[str, Callable[[], Base]] = {
    "two lines with everything in them": lambda: _literal(
        "78.28",
        Line(
            sku="KETTLE-STEEL", item="44.99", shipping="4.99", gift_wrap="3.00", discount="5.00",
            discount_details=(("ITEM", "3.00"), ("SHIPPING", "2.00")), tax="7.66",
            tax_details=(("ITEM", "6.70"), ("SHIPPING", "0.48"), ("GIFT_WRAP", "0.48")), gift_message="Enjoy",
            promotion="WINTER-10",
        ),
        Line(sku="TEE-BLACK-L", quantity=2, item="30.30"),
        programs=("PRIME",),
    ),
    "prices without tax, ten units": lambda: _literal(
        "70.00",
        Line(
            sku="NOTEBOOK-A5", quantity=10, item="58.82", tax="11.18", tax_details=(("ITEM", "11.18"),),
            tax_on_top=True, business_price=True,
        ),
        business=True,
    ),
    "tax that Amazon collects": lambda: _literal(
        "100.00",
        Line(
            sku="SCARF-WOOL", item="100.00", tax="19.00", tax_details=(("ITEM", "19.00"),), tax_on_top=True,
            scheme="IOSS", collected_by="Amazon Services Europe S.a.r.L.",
        ),
    ),
    "shipped by Amazon": lambda: _literal(
        "45.40", Line(sku="CAP-BLACK", quantity=3, item="44.70", shipping="0.70"),
        fulfilled_by="AMAZON", status="SHIPPED", marketplace="FR",
    ),
    "tax that Amazon adds and keeps": lambda: _literal(
        "39.99",
        Line(sku="SCARF-WOOL", item="39.99", tax="3.20", tax_on_top=True, collected_by="Amazon.com Services LLC"),
        marketplace="US", region=NA,
    ),
    "a tip beside the lines": lambda: _literal(
        "33.50",
        Line(sku="MUG-WHITE", quantity=2, item="25.00", shipping="4.50"),
        total="33.50",
        breakdowns=[
            {"type": "DELIVERY_TIP", "subtotal": {"amount": "4.00", "currencyCode": "EUR"}, "status": "FINALIZED"}
        ],
    ),
    "not paid yet": lambda: _literal(
        "0", Line(sku="LAMP-DESK", quantity=2, item="50.00"), status="PENDING", waits=("pending",)
    ),
}  # fmt: skip
"""Name -> an order written by hand."""

NAMES = (*CASES, *LITERALS)


def base(name: str) -> Base:
    """Any of the orders."""
    return case(name) if name in CASES else LITERALS[name]()


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


WAYS: dict[str, Callable[[Json], Json]] = {
    "dropped": lambda _: GONE,
    "null": lambda _: None,
    "number": lambda value: None if _is_number(value) else 7,
    "fraction": lambda _: 12.5,
    "text": lambda value: None if _is_text(value) else "seven",
    "true": lambda value: None if isinstance(value, bool) else True,
    "list": lambda value: None if isinstance(value, list) else [value],
    "object": lambda value: None if isinstance(value, dict) else {"amount": value},
    "empty text": lambda _: "",
    "empty list": lambda _: [],
    "empty object": lambda _: {},
    "huge number": lambda _: 10**30,
    "huge amount": lambda _: str(10**30),
    "negative number": lambda value: -value if _is_number(value) and value else -1,
    "negative text": lambda value: f"-{value}" if _is_text(value) else "-12.50",
    "a word that Amazon added": lambda _: "ADDED_IN_MAY",
    "a time without zone": lambda _: "2026-01-01T00:00:00",
    "the longest text": lambda _: "x" * 20_000,
    "longer text": lambda _: "x" * 20_001,
    "signs of a terminal": lambda value: (
        f"{str(value)[:20]}\x1b[2J\u202eabc\r\n\0\u009b1m" if _is_text(value) else None
    ),
}
"""Way -> the broken value for a whole one. `None` for any but `null`: this way does not break such a value."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One value of an order, and how it is broken."""

    path: Path
    way: str

    @property
    def place(self) -> str:
        """`orderItems[].proceeds.proceedsTotal.amount`."""
        return "".join("[]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")

    def of(self, whole: Json, broken: Json = None) -> Json:
        """The order with the value broken; `broken` in its place, if given."""
        changed = copy.deepcopy(whole)
        parent = changed
        for step in self.path[:-1]:
            parent = parent[step]
        last = self.path[-1]
        value = WAYS[self.way](parent[last]) if broken is None else broken
        if value is GONE:
            del parent[last]
        else:
            parent[last] = value
        return changed


def paths(value: Json, before: Path = ()) -> Iterator[Path]:
    """Every member and element, at every depth, without the order itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield (*before, step)
        yield from paths(each, (*before, step))


def value_at(whole: Json, path: Path) -> Json:
    """What stands there. `LookupError` or `TypeError`: there is no such place."""
    for step in path:
        whole = whole[step]
    return whole


def mutations(whole: Json) -> Iterator[Mutation]:
    """All ways that break something at all places of an order."""
    for path in paths(whole):
        value = value_at(whole, path)
        for way, breaks in WAYS.items():
            broken = breaks(value)
            if (broken is not None or way == "null") and broken != value:
                yield Mutation(path, way)


def both(whole: Json, first: Mutation, second: Mutation) -> tuple[str, Json]:
    """Two mutations of one order, the deeper one first, and what they are called."""
    first, second = sorted((first, second), key=lambda each: -len(each.path))
    changed = first.of(whole)
    with contextlib.suppress(LookupError, TypeError):  # dropping one element has moved the others
        changed = second.of(changed)
    return f"{first.place} {first.way} and {second.place} {second.way}", changed


def written(document: Json) -> bytes:
    """As Amazon sends it."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
