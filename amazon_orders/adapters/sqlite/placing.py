"""Writes a page of orders into the shop in one transaction: each once under its key, stock with it, or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from decimal import Decimal

from ...errors import StoreRejected
from ...model import ZERO, Charge, Placed, StoreOrder
from .database import Database, insert, moment, now, several, text
from .moves import Move, apply_moves, known_products

LINE_KINDS = {"rounding", "adjustment", "marketplace_tax"}
"""Charges that keep their kind as a line; every other one is a `fee`."""

_INSERT_ORDER = (
    "INSERT INTO orders (id, number, external_id, status, currency, total, tax, shipping, shipping_method, placed_at,"
    " hold_reason, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
)
_INSERT_LINE = (
    "INSERT INTO order_lines (order_id, external_id, product_id, sku, quantity, unit_price, total, tax, kind)"
    " VALUES (?,?,?,?,?,?,?,?,?)"
)

_KNOWN = "SELECT external_id, id, number, total FROM orders WHERE external_id IN (SELECT value FROM json_each(?))"

OrderRow = tuple[int, str, str, str, str, str, str | None, str, str, str, str | None, str]
LineRow = tuple[int, str | None, int | None, str, int, str, str, str | None, str]


def place(database: Database, orders: Mapping[str, StoreOrder]) -> dict[str, Placed | StoreRejected]:
    """Place what is not there yet. Durable when it returns."""
    with database.writing() as connection:
        outcomes: dict[str, Placed | StoreRejected] = dict(_known(connection, orders))
        products = _products(connection, orders)
        order_rows: list[OrderRow] = []
        line_rows: list[LineRow] = []
        sold: list[Move] = []
        released: list[Move] = []
        written_at = moment(now())
        order_id = connection.execute("SELECT coalesce(max(id), 0) FROM orders").fetchone()[0]
        for key, order in orders.items():
            if key in outcomes:
                continue
            if refused := _refusal(order, products):
                outcomes[key] = StoreRejected(refused, record=key)
                continue
            order_id += 1
            number = f"S{order_id:06d}"
            order_rows.append(_rows(order_id, number, key, order, written_at, line_rows))
            if order.affects_stock:
                sold += _sold(key, order)
            for release_key, release in order.releases.items():
                released.append((release_key, int(release.product), release.delta, release.reason))
            outcomes[key] = Placed(ref=str(order_id), number=number, total=order.total)
        insert(connection, _INSERT_ORDER, order_rows)
        insert(connection, _INSERT_LINE, line_rows)
        # What a new order takes from stock has a key of its own, which cannot be there yet.
        apply_moves(connection, released, new=sold)
    return outcomes


def sold_key(key: str, order_item_id: str, product_id: int) -> str:
    """The key under which placing took units from stock."""
    return f"{key}/{order_item_id}/{product_id}/placed"


def _sold(key: str, order: StoreOrder) -> list[Move]:
    units: dict[tuple[str, int], int] = {}  # a plugin may make several lines of one item
    for line in order.lines:
        of = (line.order_item_id, int(line.product))
        units[of] = units.get(of, 0) + line.quantity
    return [(sold_key(key, item, product), product, -sold, "sold") for (item, product), sold in units.items()]


def _known(connection: sqlite3.Connection, keys: Collection[str]) -> dict[str, Placed]:
    return {
        key: Placed(ref=str(order_id), number=number, total=Decimal(total))
        for key, order_id, number, total in connection.execute(_KNOWN, several(keys))
    }


def _products(connection: sqlite3.Connection, orders: Mapping[str, StoreOrder]) -> set[str]:
    """References, of those the orders name, that the shop has."""
    named = {line.product for order in orders.values() for line in order.lines}
    named |= {release.product for order in orders.values() if order.releases for release in order.releases.values()}
    return known_products(connection, named)


def _refusal(order: StoreOrder, products: Collection[str]) -> str:
    """Why the shop cannot take the order; empty: it can."""
    total = order.shipping.gross
    for line in order.lines:
        if line.product not in products:
            return f"there is no product {line.product!r} for seller SKU {line.seller_sku!r}; correct the pairing"
        if line.quantity < 1:
            return f"line {line.order_item_id} has {line.quantity} units; a line needs at least one"
        total += line.total.gross
    for release in order.releases.values():
        if release.product not in products:
            return f"there is no product {release.product!r} to release; correct the pairing"
    for fee in order.fees:
        total += fee.gross
    if total != order.total:
        return (
            f"lines, shipping and fees add up to {text(total, order.currency)} {order.currency}, the order says "
            f"{text(order.total, order.currency)}; the shop keeps only orders that add up"
        )
    return ""


def _rows(
    order_id: int, number: str, key: str, order: StoreOrder, written_at: str, line_rows: list[LineRow]
) -> OrderRow:
    """The order's row; its lines are added to `line_rows`."""
    currency = order.currency
    tax = seller_tax(order.shipping)
    for line in order.lines:
        charge = line.total
        line_tax = seller_tax(charge)
        tax = None if tax is None or line_tax is None else tax + line_tax
        line_rows.append(
            (
                order_id,
                line.order_item_id,
                int(line.product),
                line.seller_sku,
                line.quantity,
                text(line.unit_price, currency),
                text(charge.gross, currency),
                None if line_tax is None else text(line_tax, currency),
                "item",
            )
        )
    for fee in order.fees:
        fee_tax = seller_tax(fee)
        tax = None if tax is None or fee_tax is None else tax + fee_tax
        gross = text(fee.gross, currency)
        kind = fee.kind if fee.kind in LINE_KINDS else "fee"
        written_tax = None if fee_tax is None else text(fee_tax, currency)
        line_rows.append((order_id, None, None, fee.kind, 1, gross, gross, written_tax, kind))
    return (
        order_id,
        number,
        key,
        "shipped" if order.already_shipped else "on_hold" if order.on_hold is not None else "new",
        currency,
        text(order.total, currency),
        None if tax is None else text(tax, currency),
        text(order.shipping.gross, currency),
        order.shipping_method,
        moment(order.placed_at),
        order.on_hold,
        written_at,
    )


def seller_tax(charge: Charge) -> Decimal | None:
    """The seller's own tax inside a charge: zero where somebody else owes it, `None` where it is not known."""
    return charge.tax if charge.tax_owner == "seller" and charge.gross else ZERO
