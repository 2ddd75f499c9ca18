"""Builds orders that are in the store, and what the store did to them, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from amazon_orders.model import (
    CancelAtAmazon,
    CancelRequest,
    CancelUnitsAtAmazon,
    Charge,
    Commanded,
    CommandKind,
    CommandState,
    Connection,
    Hold,
    LineQuantity,
    OrderLine,
    Package,
    Refund,
    RefundLine,
    SendRefund,
    Shipment,
    Skip,
    Sold,
    SoldLine,
    TraceStep,
    Units,
    Wait,
)
from amazon_orders.rules import refund
from tests.unit.rules.build import NOON, connection, line, order

NOW = NOON + timedelta(days=1)
D = Decimal


def at(hour: int, day: int = 2) -> datetime:
    """A time on the day of the order (the second of November), or another day."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def item(name: str, pieces: int = 1, price: str = "10.00", **other: Any) -> OrderLine:
    """A line by its order item id, sold for `price` altogether. Its product is `product of NAME`."""
    return replace(line(price, quantity=pieces, sku=f"SKU-{name}", item_id=name), **other)


def sold(
    *lines: OrderLine,
    commands: tuple[Commanded, ...] = (),
    packs: Mapping[str, int] | None = None,
    products: Mapping[str, str] | None = None,
    held_since: datetime | None = None,
    released: bool = False,
    asked: bool = False,
    unknown: tuple[str, ...] = (),
    **of_order: Any,
) -> Sold:
    """An order in the store. `packs`: item -> the store's units in a piece; `asked`: the buyer wants to cancel.

    `unknown`: items that the store's order does not have.
    """
    lines = lines or (item("A"),)
    if asked:
        lines = tuple(replace(each, cancel_request=CancelRequest(requester="BUYER")) for each in lines)
    whole = order(*lines, **of_order)
    packs, products = packs or {}, products or {}
    return Sold(
        order=whole,
        country="DE",
        lines=tuple(
            SoldLine(
                order_item_id=each.order_item_id,
                product=products.get(each.order_item_id, f"product of {each.order_item_id}"),
                units_per_piece=packs.get(each.order_item_id, 1),
                pieces=each.quantity_ordered,
            )
            for each in lines
            if each.order_item_id not in unknown
        ),
        commands=commands,
        held_since=held_since,
        released=released,
    )


def seen(of: Sold, **changes: Any) -> Sold:
    """The same order with other facts at Amazon: fields of the order, or `lines`."""
    return replace(of, order=replace(of.order, **changes))


def told(
    kind: CommandKind, cause: str, state: CommandState = CommandState.VERIFIED, /, *, number: int = 0, **what: Any
) -> Commanded:
    """A command of before. `units` and `amounts` as mappings from order item."""
    units = tuple(Units(order_item_id=name, quantity=count) for name, count in what.pop("units", {}).items())
    amounts = tuple((name, D(amount)) for name, amount in what.pop("amounts", {}).items())
    return Commanded(kind=kind, cause=cause, state=state, number=number, units=units, amounts=amounts, **what)


def parcel(number: str, tracking: str = "", /, *, status: str = "SHIPPED", **items: int) -> Package:
    """A package at Amazon."""
    return Package(package_reference_id=number, tracking=tracking, status=status, items=tuple(items.items()))


def of(quantity: int, name: str = "", product: str = "") -> LineQuantity:
    """Units of a line, by order item or by product."""
    return LineQuantity(order_item_id=name, product=product, quantity=quantity)


def shipment(*lines: LineQuantity, **what: Any) -> Shipment:
    """A parcel of the store that left on the day of the order, at two in the afternoon."""
    values: dict[str, Any] = {
        "id": "S1", "ref": "1001", "carrier": "DHL", "service": "Standard", "tracking": "JJD01",
        "lines": lines, "shipped_at": at(14), "updated_at": at(14),
    }  # fmt: skip
    return Shipment(**(values | what))


def given_back(*lines: tuple[LineQuantity, str] | RefundLine, shipping: str | None = None, **what: Any) -> Refund:
    """Money that the store gave back: pairs of line and gross amount."""
    rows = tuple(
        each if isinstance(each, RefundLine) else RefundLine(line=each[0], amount=Charge(gross=D(each[1])))
        for each in lines
    )
    values: dict[str, Any] = {
        "id": "R1", "ref": "1001", "currency": "EUR", "lines": rows, "updated_at": at(15),
        "shipping": None if shipping is None else Charge(kind="shipping", gross=D(shipping)),
    }  # fmt: skip
    return Refund(**(values | what))


def units(*several: Units) -> dict[str, int]:
    """Units of a command, to compare."""
    return {each.order_item_id: each.quantity for each in several}


def step(trace: tuple[TraceStep, ...], rule: str) -> TraceStep:
    """The first step of a rule."""
    return next(each for each in trace if each.rule == rule)


def shipped(of: Sold) -> Sold:
    """The order when everything has left and Amazon shows it."""
    lines: tuple[OrderLine, ...] = tuple(
        replace(each, quantity_fulfilled=each.units, quantity_unfulfilled=0) for each in of.order.lines
    )
    return seen(of, status="SHIPPED", lines=lines)


def gone(*lines: Any, **other: Any) -> Sold:
    """An order of which everything was shipped."""
    return shipped(sold(*lines, **other))


def priced(item_price: str | None, name: str = "A", pieces: int = 1, **rows: Any) -> Any:
    """A line with Amazon's rows: `shipping="4.99"`, `tax="40.00"`."""
    return line(item_price, sku=f"SKU-{name}", item_id=name, quantity=pieces, **rows)


WITH_SHIPPING = priced("30.00", shipping="4.99")


def refunded(
    of_store: Refund, of_amazon: Sold, settings: Connection | None = None, *, vat: bool = False
) -> SendRefund | CancelAtAmazon | CancelUnitsAtAmazon | Skip | Hold | Wait:
    return refund(of_store, of_amazon, settings or connection(), vat_calculated=vat, now=NOW)


def sent_refund(
    of_store: Refund, of_amazon: Sold, settings: Connection | None = None, *, vat: bool = False
) -> SendRefund:
    decision = refunded(of_store, of_amazon, settings, vat=vat)
    assert isinstance(decision, SendRefund), decision
    return decision
