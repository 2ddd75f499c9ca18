"""Builds orders, connections and catalogues for rule tests in a few words, with the values that nobody cares about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from amazon_orders.model import (
    MARKETPLACES,
    Address,
    Amounts,
    Answer,
    Breakdown,
    Connection,
    Hold,
    Order,
    OrderLine,
    Place,
    Product,
    Reserve,
    Skip,
    TaxCollection,
)
from amazon_orders.rules import Facts, intake, place, read_amounts, values_to_ask

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
COLLECTED = (TaxCollection(model="MARKETPLACE_FACILITATOR", responsible_party="Amazon"),)
ALL = frozenset({"PROCEEDS", "TAX", "FULFILLMENT", "RECIPIENT"})

Row = str | tuple[str, Mapping[str, str]]


def line(
    item: str | None = "34.99",
    *,
    total: str | None = None,
    sku: str = "SKU-1",
    quantity: int = 1,
    by_amazon: bool = False,
    unit: str | None = None,
    item_id: str = "",
    **rows: Row,
) -> OrderLine:
    """A line. `rows` are Amazon's types in lower case; `total` None: what the prices less the discount come to."""
    all_rows: dict[str, Row] = {} if item is None else {"item": item}
    all_rows |= rows
    breakdowns = tuple(_row(kind.upper(), row) for kind, row in all_rows.items())
    if total is None:
        parts = [row.subtotal for row in breakdowns if row.type not in ("TAX", "DISCOUNT")]
        off = [abs(row.subtotal) for row in breakdowns if row.type == "DISCOUNT"]
        amount = sum(parts, Decimal(0)) - sum(off, Decimal(0))
    else:
        amount = Decimal(total)
    return OrderLine(
        order_item_id=item_id or f"item of {sku}",
        seller_sku=sku,
        title="Mug",
        quantity_ordered=quantity,
        quantity_fulfilled=0,
        quantity_unfulfilled=quantity,
        unit_price=Decimal(unit) if unit else None,
        total=amount,
        breakdowns=breakdowns,
        tax_collections=COLLECTED if by_amazon else (),
    )


def _row(kind: str, row: Row) -> Breakdown:
    amount, details = (row, {}) if isinstance(row, str) else row
    return Breakdown(
        type=kind,
        subtotal=Decimal(amount),
        details=tuple((subtype.upper(), Decimal(value)) for subtype, value in details.items()),
    )


def silent(each: OrderLine) -> OrderLine:
    """The line without any amount."""
    return replace(each, total=None, breakdowns=(), unit_price=None)


def order(*lines: OrderLine, marketplace: str = "DE", total: str | None = "", **other: Any) -> Order:
    """A merchant order, unshipped. `total` "": the lines' totals; None: Amazon did not say."""
    row = MARKETPLACES[marketplace]
    if total == "":
        grand_total: Decimal | None = sum((each.total or Decimal(0) for each in lines), Decimal(0))
    else:
        grand_total = None if total is None else Decimal(total)
    values: dict[str, Any] = {
        "amazon_order_id": "303-1234567-1234567",
        "created_at": NOON,
        "updated_at": NOON,
        "marketplace_id": row.id,
        "status": "UNSHIPPED",
        "fulfilled_by": "MERCHANT",
        "service_level": "STANDARD",
        "currency": row.currency,
        "grand_total": grand_total,
        "lines": lines,
        "recipient": Address(name="Erika Mustermann", country=marketplace),
        "included": ALL,
    }
    return Order(**(values | other))


def us(*lines: OrderLine, **other: Any) -> Order:
    """An order in the United States, where prices have no tax in them."""
    return order(*lines, marketplace="US", **other)


def connection(**settings: Any) -> Connection:
    """A connection that takes every marketplace, with everything else as a new connection has it."""
    return Connection(**({"name": "main", "marketplaces": tuple(MARKETPLACES), "store": "shop"} | settings))


def catalogue(*values: str, **refs: str) -> dict[str, list[Product]]:
    """Products by their value. `values` get the reference `ref of VALUE`."""
    found = {value: [Product(ref=f"ref of {value}", value=value)] for value in values}
    return found | {value: [Product(ref=ref, value=value)] for value, ref in refs.items()}


def facts(of: Order | None = None, **given: Any) -> Facts:
    """The catalogue knows every SKU of the order, unless `found` says what it knows."""
    values: dict[str, Any] = {}
    if of is not None:
        values["found"] = catalogue(*(each.seller_sku for each in of.lines))
    return Facts(**(values | given))


def decide(of: Order, settings: Connection | None = None, **given: Any) -> Place | Hold | Skip | Reserve:
    """What the rules decide about an order, as a run of the library would ask them."""
    settings = settings or connection()
    told = intake(of, settings)
    return told if told is not None else place(of, settings, facts(of, **given))


def placed(of: Order, settings: Connection | None = None, **given: Any) -> Place:
    """The order for the store; the test fails where the rules decide otherwise."""
    decision = decide(of, settings, **given)
    assert isinstance(decision, Place), decision
    return decision


def amounts(of: Order, settings: Connection | None = None, **given: Any) -> Amounts:
    """The order's money; the test fails where it is held."""
    read = read_amounts(of, settings or connection(), **given)
    assert isinstance(read, Amounts), read
    return read


def ask(
    catalogue_: Mapping[str, list[Product]], sku: str, settings: Connection, **given: Any
) -> Mapping[str, list[Product]]:
    """What a catalogue answers when it is asked for exactly what the rules want to know."""
    alias, hook = given.get("alias"), given.get("hook")
    wanted = values_to_ask(sku, settings, alias, hook, given.get("patterns"))
    return {value: catalogue_[value] for value in wanted if value in catalogue_}


def says(value: Any, plugin: str = "house rules") -> Answer[Any]:
    """A plugin's answer."""
    return Answer(value, plugin)
