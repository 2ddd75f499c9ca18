"""Units that orders hold in the store's stock before the store has them: reserved, released and used up once."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..errors import AdapterBug, StoreError, StoreRejected, StoreUnavailable
from ..ledger import Reservation
from ..model import Place, Reason, StockAdjustment
from ..rules import counted_already, held_units
from .looking import SILENT_IN_A_ROW, is_down
from .work import Item, Work

Why = Literal["reserve", "release", "sold", "returned"]


@dataclass(kw_only=True, slots=True)
class Moves:
    """What a page moves: asked of the store in one call; releases go with the orders that use them up."""

    plain: list[Reservation] = field(default_factory=list)
    with_orders: dict[str, list[Reservation]] = field(default_factory=dict)
    settled: list[Reservation] = field(default_factory=list)
    refused: list[Reservation] = field(default_factory=list)


def intend(work: Work, items: Sequence[Item]) -> Moves:
    """Compare what each order should hold with what it holds, and note the moves in the open transaction."""
    moves = Moves()
    mine = [item for item in items if item.order is not None and item.how != "known" and item.error is None]
    if not mine or not (work.holds_stock or any(_wants(work, item) for item in mine)):
        return moves
    before = work.ledger.reservations.of(work.connection.store, [item.order_id for item in mine])
    for item in mine:
        _compare(work, item, before.get(item.order_id, []), moves)
    changed = [*moves.plain, *(row for rows in moves.with_orders.values() for row in rows)]
    if changed:
        work.holds_stock = True
        work.ledger.reservations.save(work.connection.store, work.connection.name, changed)
    return moves


def _wants(work: Work, item: Item) -> bool:
    assert item.order is not None  # noqa: S101 - filtered by the caller
    return bool(held_units(item.order, item.decision, work.connection, item.matches))


def _compare(work: Work, item: Item, before: Sequence[Reservation], moves: Moves) -> None:
    order, connection = item.order, work.connection
    assert order is not None  # noqa: S101 - filtered by the caller
    held = {row.order_item_id: row for row in before}
    if not held and counted_already(order, connection):
        return
    wanted = held_units(order, item.decision, connection, item.matches)
    stock_only = connection.level == "stock_only"
    for line in {**dict.fromkeys(held), **dict.fromkeys(wanted)}:
        known = held.get(line)
        product, sku, units = wanted.get(line) or (known.product if known else "", known.seller_sku if known else "", 0)
        told = known.told if known else 0
        if known is not None and known.told != known.wanted:
            moves.plain.append(known)  # the store gave no answer: the same move again, the next one in the next run
            continue
        if units == told:
            continue
        why: Why = ("sold" if units > told else "returned") if stock_only else "reserve" if units > told else "release"
        step = known.step + 1 if known else 1
        row = Reservation(
            amazon_order_id=item.order_id,
            order_item_id=line,
            product=product,
            seller_sku=sku,
            told=told,
            wanted=units,
            step=step,
            reason=why,
        )
        if isinstance(item.decision, Place):
            moves.with_orders.setdefault(item.order_id, []).append(row)
        else:
            moves.plain.append(row)


def attach(items: Iterable[Item], moves: Moves) -> None:
    """Hand the releases to the orders that use the reservations up."""
    for item in items:
        rows = moves.with_orders.get(item.order_id)
        if rows and isinstance(item.decision, Place):
            item.decision = replace(item.decision, order=replace(item.decision.order, releases=adjustments(rows)))


def carry_out(work: Work, items: Sequence[Item], moves: Moves) -> None:
    """Move the store's stock. Without an answer the moves stay open and are asked for again under the same keys."""
    for item in items:
        rows = moves.with_orders.get(item.order_id)
        if rows is None:
            continue
        if item.store_ref:
            moves.settled += rows
        elif item.error is None and item.left is None:
            # Refused: nothing was written, or the release was made and stayed. Either way it ends released, and the
            # next look at the held order reserves again.
            moves.plain += rows
    if not moves.plain:
        return
    if not work.hooks.implemented("store_adjust_stock"):
        moves.settled += moves.plain  # reservations live in the ledger alone
        return
    settled, refused = _move(work, moves.plain)
    moves.settled += settled
    moves.refused += [row for row in moves.plain if row.amazon_order_id in refused]
    for item in items:
        if item.order_id in refused and item.remark is None:
            item.remark = (Reason.STORE_REJECTED, _not_moved(refused[item.order_id]))


def _move(work: Work, rows: Sequence[Reservation]) -> tuple[list[Reservation], dict[str, StoreRejected]]:
    """Ask for moves: those that were made, and why the store refuses an order's. The rest has no outcome yet.

    Where the store stumbles, each order is asked for alone, so that one product stops one order. Where it gives no
    answer several times in a row, the rest is left to the next run, which begins elsewhere.
    """
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    work.keeper.keep()
    try:
        work.hooks.store_adjust_stock(adjustments(rows))
    except StoreError as error:
        if isinstance(error, StoreUnavailable) and (_is_one_order(rows) or is_down(work)):
            return [], {}
    else:
        return list(rows), {}
    orders: dict[str, list[Reservation]] = {}
    for row in rows:
        orders.setdefault(row.amazon_order_id, []).append(row)
    ids = list(orders)
    random.Random(work.now().timestamp()).shuffle(ids)  # noqa: S311 - none keeps another from its turn
    made: list[Reservation] = []
    refused: dict[str, StoreRejected] = {}
    silent = 0
    for order_id in ids:
        if silent == SILENT_IN_A_ROW:
            break
        part = orders[order_id]
        work.keeper.keep()
        try:
            work.hooks.store_adjust_stock(adjustments(part))
        except StoreRejected as error:
            refused[order_id] = error
        except StoreUnavailable:
            silent += 1
        except AdapterBug:
            silent = 0
        else:
            made += part
            silent = 0
    return made, refused


def _is_one_order(rows: Sequence[Reservation]) -> bool:
    return len({row.amazon_order_id for row in rows}) == 1


def _not_moved(error: StoreRejected) -> str:
    return f"The store would not move its stock: {error}"


def settle(work: Work, moves: Moves) -> None:
    """Note in the open transaction what the store did."""
    store = work.connection.store
    if moves.settled:
        work.ledger.reservations.settle(store, moves.settled)
    if moves.refused:
        work.ledger.reservations.settle(store, moves.refused, done=False)


def ask_again(work: Work) -> None:
    """Moves without an answer, asked for again under the same keys before anything else is done."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    rows = work.ledger.reservations.open(work.connection.store, work.connection.name)
    if not rows or not work.hooks.implemented("store_adjust_stock"):
        return
    made, refused = _move(work, rows)
    moves = Moves(settled=made, refused=[row for row in rows if row.amazon_order_id in refused])
    with work.ledger.transaction(work.keeper.lease):
        settle(work, moves)
        for order_id, error in refused.items():
            work.ledger.inbox.open(work.connection.name, order_id, Reason.STORE_REJECTED, _not_moved(error))


def adjustments(rows: Iterable[Reservation]) -> Mapping[str, StockAdjustment]:
    """Moves by their keys."""
    return {
        f"{row.amazon_order_id}/{row.order_item_id}/{row.reason}/{row.step}": StockAdjustment(
            product=row.product,
            seller_sku=row.seller_sku,
            amazon_order_id=row.amazon_order_id,
            order_item_id=row.order_item_id,
            delta=row.told - row.wanted,
            reason=_why(row.reason),
        )
        for row in rows
    }


def _why(reason: str) -> Why:
    match reason:
        case "reserve" | "release" | "sold" | "returned":
            return reason
    raise AssertionError(f"no such reason: {reason}")
