"""What was sold at Amazon, as far as stock is concerned: units that the store does not hold, pieces that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from ..model import CommandKind, CommandState, FulfilledBy, Status
from . import schema
from .database import Database
from .statements import Lookup
from .text import loads, moment, written

_orders = schema.orders
_reservations = schema.reservations
_listings = schema.listings
_commands = schema.commands
# Amazon's own stock is never the store's.
_PROMISED = select(_orders.c.amazon_order_id, _orders.c.connection, _orders.c.lines).where(
    _orders.c.store == bindparam("shop"),
    _orders.c.status.in_(("pending", "held", "failed")),
    _orders.c.fulfilled_by != FulfilledBy.AMAZON,
)
_RESERVED = select(
    _reservations.c.amazon_order_id, _reservations.c.product, _reservations.c.told, _reservations.c.wanted
).where(_reservations.c.store == bindparam("shop"), or_(_reservations.c.told != 0, _reservations.c.wanted != 0))
_UNSHIPPED = select(_orders.c.lines).where(
    _orders.c.store == bindparam("shop"),
    _orders.c.status == "placed",
    _orders.c.amazon_status.in_((Status.UNSHIPPED, Status.PARTIALLY_SHIPPED)),
    _orders.c.fulfilled_by != FulfilledBy.AMAZON,
)
_STANDS_FOR = Lookup(
    lambda skus: select(_listings.c.seller_sku, _listings.c.product, _listings.c.units).where(
        _listings.c.connection == bindparam("name"), _listings.c.seller_sku.in_(skus)
    ),
    ("name",),
)
# Until Amazon shows that it carried a cancellation out, what the store put back is not for sale there.
_CANCELLING = (
    select(_orders.c.lines)
    .join(
        _commands,
        and_(_commands.c.connection == _orders.c.connection, _commands.c.amazon_order_id == _orders.c.amazon_order_id),
    )
    .where(
        _commands.c.connection == bindparam("name"),
        _commands.c.kind.in_((CommandKind.CANCEL, CommandKind.CANCEL_UNITS)),
        _commands.c.state.not_in((CommandState.VERIFIED, CommandState.REFUSED, CommandState.SKIPPED)),
    )
)
_SOLD = select(_orders.c.lines, _orders.c.status, _orders.c.created_at).where(
    _orders.c.connection == bindparam("name"),
    _orders.c.status.in_(("pending", "placed", "held", "failed", "skipped")),
    _orders.c.created_at >= bindparam("since"),
    _orders.c.amazon_status != Status.CANCELLED,
    _orders.c.fulfilled_by == FulfilledBy.MERCHANT,
)


class Sold:
    """Open orders and what they hold, as far as stock is concerned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unheld(self, store: str, *, reserves: bool, adjusts: bool) -> dict[str, int]:
        """Store units by product of open Amazon orders, of every connection, that the store does not hold itself.

        `reserves`: whether placing an order takes its units from what the store calls available. `adjusts`: whether it
        moves its stock for reservations; where it does not, the ledger alone knows of them.
        """
        promised: dict[tuple[str, str], int] = {}
        held: dict[tuple[str, str], tuple[int, int]] = {}
        with self._database.reading() as work:
            for order_id, product, units in self._promised(work, store):
                promised[(order_id, product)] = promised.get((order_id, product), 0) + units
            reserved: Any = work.all(_RESERVED, {"shop": store})
            for order_id, product, told, wanted in reserved:
                before = held.get((order_id, product), (0, 0))
                held[(order_id, product)] = (before[0] + (told if adjusts else 0), before[1] + wanted)
            unshipped: list[Any] = [] if reserves else list(work.all(_UNSHIPPED, {"shop": store}))
        for key, (told, wanted) in held.items():
            promised[key] = max(promised.get(key, 0), wanted) - told
        found: dict[str, int] = {}
        for (_, product), units in promised.items():
            if units > 0:
                found[product] = found.get(product, 0) + units
        for (lines,) in unshipped:
            for _, known, units in _units(lines, placed=True):
                if known is not None:
                    found[known] = found.get(known, 0) + units
        return found

    def _promised(self, work: Any, store: str) -> Iterator[tuple[str, str, int]]:
        """Order, product and units of orders that are not in the store; of a line that was not decided by its product,
        the product that its seller SKU stands for."""
        unknown: dict[str, list[tuple[str, str, int]]] = {}
        open_orders: Any = work.all(_PROMISED, {"shop": store})
        for order_id, connection, lines in open_orders:
            for sku, product, units in _units(lines, placed=False):
                if product is not None:
                    yield order_id, product, units
                else:
                    unknown.setdefault(connection, []).append((order_id, sku, units))
        for connection, rows in unknown.items():
            skus = {sku for _, sku, _ in rows}
            stands_for = {row[0]: (row[1], row[2]) for row in work.look_up(_STANDS_FOR, (connection,), skus)}
            for order_id, sku, pieces in rows:
                if sku in stands_for:
                    known, each = stands_for[sku]
                    yield order_id, known, pieces * each

    def being_cancelled(self, connection: str) -> set[str]:
        """Seller SKUs of orders of which the store has cancelled something that Amazon does not show as cancelled."""
        with self._database.reading() as work:
            rows: Any = work.all(_CANCELLING, {"name": connection})
            return {line[1] for row in rows for line in loads(row[0])}

    def since(self, connection: str, start: datetime) -> list[tuple[str, int, datetime]]:
        """Seller SKU, pieces and time of what buyers ordered from the merchant since then: Amazon took it off itself.

        Cancelled orders are left out: Amazon has put most of them back.
        """
        with self._database.reading() as work:
            rows: Any = work.all(_SOLD, {"name": connection, "since": written(start)})
        return [
            (sku, quantity // (units[0] if units and status == "placed" else 1), moment(created))
            for lines, status, created in rows
            for _, sku, _, _, quantity, _, _, _, *units in loads(lines)
        ]


def _units(lines: str, *, placed: bool) -> Iterator[tuple[str, str | None, int]]:
    """Seller SKU, product and store units of an order's lines. Those of a placed order are in the store's units."""
    for _, sku, product, _, quantity, _, _, _, *units in loads(lines):
        yield sku, product, quantity * (units[0] if units and not placed else 1)
