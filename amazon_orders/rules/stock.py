"""How many pieces of a listing Amazon may sell, and whether it is told.

A quantity is absolute and belongs to one seller SKU. Units that Amazon has sold and the store has not taken come off,
whichever connection of the store sold them. What could be wrong may only make a quantity fall.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from ..model import Answer, Connection, Publish, Reason, Skip, TraceStep, Wait

FEW = 2
"""So many listings may run empty at once in the smallest shop, without anybody being asked."""

MOST = 2**31 - 1
"""The largest quantity that Amazon's field holds."""

_FALL = 10
"""More than one listing in so many running empty at once is a fault until a person says it is not."""

_SAME = Skip(reason=Reason.AT_AMAZON, detail="Amazon has this quantity")
_BY_AMAZON = Skip(reason=Reason.AMAZON_CHANNEL, detail="Amazon ships this listing from its own stock")
_UNKNOWN = Wait(reason=Reason.LISTING_UNKNOWN, detail="Amazon has not said yet who ships this listing")
_UNTRACKED = Skip(reason=Reason.UNTRACKED_STOCK, detail="the store does not count it, and there is no `stock_cap`")


def quantity(available: Decimal | None, *, unheld: int, units: int, buffer: int, cap: int | None) -> int | None:
    """Pieces that Amazon may sell: `floor((available - unheld) / units) - buffer`, from zero up to `cap`.

    `available` in units of the store's product; `None`: not counted, then the cap alone, or `None` without one.
    `unheld`: units of every open Amazon order that the store does not hold. `units`: of the store's in one piece.
    """
    if available is None:
        return cap
    pieces = int(available - unheld) // units - buffer  # whole numbers: no count is too long for them
    return max(min(pieces, MOST if cap is None else cap), 0)


def stock_decision(
    seller_sku: str,
    connection: Connection,
    *,
    channel: str,
    available: Decimal | None,
    unheld: int = 0,
    units: int = 1,
    last: int | None = None,
    absent: bool = False,
    stale: bool = False,
    restocked: bool = False,
    hook: Answer[int] | None = None,
) -> Publish | Skip | Wait:
    """The quantity that Amazon is told of one listing, if it is another than `last`, the last one it took.

    `channel`: `merchant`, `amazon`, or empty where Amazon has not said. `absent`: a full list of the store does not
    have the product any more. `stale`: orders were not read for a while, or some failed in this run. `restocked`: the
    store may have put back what is not for sale at Amazon, see `is_restock`; or Amazon has not cancelled it yet.
    `hook`: what a plugin starts from instead of the store's level; buffer and cap are then its affair.
    """
    if channel != "merchant":
        return _BY_AMAZON if channel == "amazon" else _UNKNOWN
    buffer, cap = connection.stock_buffer, connection.stock_cap
    if absent:
        count: int | None = 0
    elif hook is not None:
        count = quantity(Decimal(hook.value), unheld=unheld, units=units, buffer=0, cap=None)
    else:
        count = quantity(available, unheld=unheld, units=units, buffer=buffer, cap=cap)
    if count is None:
        return _UNTRACKED
    if count == last:
        return _SAME
    if (stale or restocked) and count > (last or 0):
        return _not_up(count, last, stale)
    return Publish(
        seller_sku=seller_sku,
        quantity=count,
        trace=(_step(count, available, unheld, units, connection, absent, hook),),
    )


def _not_up(count: int, last: int | None, stale: bool) -> Wait:
    """A raise that has to wait. Where nothing was sent before, any quantity may be a raise."""
    told = "nothing was sent before" if last is None else f"Amazon has {last}"
    if stale:
        return Wait(reason=Reason.STALE_ORDERS, detail=f"{count} now, {told}: orders may have been missed")
    detail = f"{count} now, {told}: units were cancelled, and Amazon or somebody who counts has to say so first"
    return Wait(reason=Reason.AT_AMAZON, detail=detail)


def _step(
    count: int,
    available: Decimal | None,
    unheld: int,
    units: int,
    connection: Connection,
    absent: bool,
    hook: Answer[int] | None,
) -> TraceStep:
    """The sum, as anybody can do it again."""
    if absent:
        return TraceStep("stock", "0", "the store's full list does not have the product any more")
    if hook is None and available is None:
        return TraceStep("stock", str(count), "the store does not count it: `stock_cap`")
    start = f"{hook.value} by a plugin" if hook is not None else f"{available} available"
    sums = f"({start} - {unheld} sold and not yet in the store) / {units} a piece"
    if hook is None:
        cap = "" if connection.stock_cap is None else f", at most {connection.stock_cap}"
        sums += f" - {connection.stock_buffer} buffer{cap}"
    return TraceStep("stock", str(count), sums, hook.plugin if hook is not None else "")


def is_restock(available: Decimal | None, updated_at: datetime, *, cancelled_at: datetime, restock: Decimal) -> bool:
    """Whether a level may hold units that are not there: Amazon was told `NoInventory`, and the store put them back.

    `restock`: what the level comes to with these units. A level that is dated after the cancellation and differs from
    it was counted, or moved, by somebody who looked.
    """
    return updated_at <= cancelled_at or available is None or available == restock


def mass_fall(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Whether so many listings run empty or vanish at once that a fault of the store is likelier than sales.

    `before`: seller SKU -> the last quantity that Amazon took; `after`: what it would get now, and a SKU that is not in
    it has vanished: for a list of changes hand over `{**before, **changed}`. Only listings that were for sale count.
    """
    for_sale = [sku for sku, count in before.items() if count > 0]
    emptied = sum(1 for sku in for_sale if after.get(sku, 0) <= 0)
    return emptied > FEW and emptied * _FALL > len(for_sale)
