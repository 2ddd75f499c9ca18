"""Where the units of an order stand between what Amazon shows and what it has been told, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..model import (
    Commanded,
    CommandKind,
    CommandState,
    LineQuantity,
    Order,
    OrderLine,
    Package,
    Reason,
    Sold,
    SoldLine,
    Status,
    Units,
)

LIVE = frozenset(
    {
        CommandState.INTENDED,
        CommandState.SENT,
        CommandState.ACCEPTED,
        CommandState.VERIFIED,
        CommandState.UNKNOWN,
    }
)
"""States of commands that took effect, or may have."""

SENT = LIVE - {CommandState.INTENDED}
"""States of commands that cannot be taken back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemUnits:
    """The units of one order item, as Amazon counts them."""

    wanted: int
    """Still wanted at Amazon: what it shows as cancelled is off."""
    confirmed: int
    """In packages of the store that Amazon was told of, or is about to be."""
    elsewhere: int
    """Left in packages at Amazon that are not the store's."""
    cancelling: int
    """Amazon was told to cancel them, or is about to be, and does not show it yet."""
    cancelled_elsewhere: int
    """Amazon shows them as cancelled, and nobody told it from here."""
    shipped: int
    """Amazon shows them as shipped, or their package was verified."""
    waiting: int
    """In packages that wait for something, as far as is known."""
    calling_off: int
    """In cancellations that wait for something: the store will not ship them."""

    @property
    def open(self) -> int:
        """Neither left nor cancelled, nor about to be."""
        return max(0, self.wanted - self.confirmed - self.elsewhere - self.cancelling)

    @property
    def left(self) -> int:
        """Left, or about to be told so."""
        return self.confirmed + self.elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """Why a record of the store does not fit the order."""

    reason: Reason
    detail: str


Own = tuple[CommandKind, str]
"""Kind and cause of the commands of one record: a shop may give a parcel and a cancellation the same id."""


def standing(sold: Sold, *, but: Own | None = None) -> dict[str, ItemUnits]:
    """Order item id -> its units, in Amazon's order of lines. `but`: the record whose own commands do not count."""
    return {line.order_item_id: _item(line, sold, but) for line in sold.order.lines}


def shown_packages(order: Order) -> list[Package]:
    """Packages at Amazon that have not been called off."""
    return [package for package in order.packages if package.status != "CANCELLED"]


def foreign_packages(sold: Sold) -> list[Package]:
    """Packages at Amazon that bear no number of ours. Those that went by feed are among them: Amazon numbers these."""
    ours = {str(command.number) for command in confirms(sold) if command.road == "call"}
    return [package for package in shown_packages(sold.order) if package.package_reference_id not in ours]


def confirms(sold: Sold) -> list[Commanded]:
    """The packages that Amazon was told of, the newest word on each."""
    newest = {
        command.cause: command
        for command in sold.commands
        if command.kind == CommandKind.CONFIRM and command.state in LIVE
    }
    return list(newest.values())


def parcels_waiting(sold: Sold) -> list[Commanded]:
    """Packages that left the store and that Amazon is not told of yet: a person must act, or something must happen."""
    return [each for each in sold.commands if each.kind == CommandKind.CONFIRM and each.state == CommandState.HELD]


def parcels_refused(sold: Sold) -> list[Commanded]:
    """Packages that left the store, and of which Amazon's newest word is no."""
    newest = {each.cause: each for each in sold.commands if each.kind == CommandKind.CONFIRM}
    return [each for each in newest.values() if each.state == CommandState.REFUSED]


def whole_cancels(sold: Sold) -> list[Commanded]:
    """What Amazon was told to cancel the whole order by, or is about to be."""
    return [each for each in sold.commands if each.kind == CommandKind.CANCEL and each.state in LIVE]


def anything_left(sold: Sold) -> bool:
    """Whether any of the order was shipped, as Amazon shows, as it was told, or as the store says."""
    return (
        sold.order.status in (Status.SHIPPED, Status.PARTIALLY_SHIPPED)
        or bool(shown_packages(sold.order))
        or any(line.quantity_fulfilled for line in sold.order.lines)
        or bool(confirms(sold))
        or bool(parcels_waiting(sold))
    )


def _item(line: OrderLine, sold: Sold, but: Own | None) -> ItemUnits:
    item = line.order_item_id
    packages = confirms(sold)
    by_feed = _count((each for each in packages if each.road == "feed"), item)
    live = _count(packages, item)
    own = _count((each for each in packages if (each.kind, each.cause) == but), item)
    fulfilled = _fulfilled(line, sold.order)
    foreign = _packed(foreign_packages(sold), item)
    verified = _count((each for each in packages if each.state == CommandState.VERIFIED), item)
    cancels = [each for each in sold.commands if each.kind == CommandKind.CANCEL_UNITS]
    done = _count((each for each in cancels if each.state == CommandState.VERIFIED), item)
    told = [each for each in cancels if each.state in LIVE and each.state != CommandState.VERIFIED]
    held = [each for each in sold.commands if each.state == CommandState.HELD and (each.kind, each.cause) != but]
    known = (each.pieces for each in sold.lines if each.order_item_id == item and each.pieces)
    cancelled = max(0, next(known, line.quantity_ordered) - line.units)
    unshown = max(0, cancelled - done)  # cancelled at Amazon, by whomever, and not yet known to be ours
    return ItemUnits(
        wanted=line.units,
        confirmed=live - own,
        elsewhere=max(0, foreign - by_feed, fulfilled - live),
        cancelling=max(0, _count((each for each in told if (each.kind, each.cause) != but), item) - unshown),
        cancelled_elsewhere=max(0, unshown - _count(told, item)),
        shipped=max(fulfilled, _packed(shown_packages(sold.order), item), verified),
        waiting=_count((each for each in held if each.kind == CommandKind.CONFIRM), item),
        calling_off=_count((each for each in held if each.kind == CommandKind.CANCEL_UNITS), item),
    )


def _fulfilled(line: OrderLine, order: Order) -> int:
    if line.quantity_fulfilled is not None:
        return line.quantity_fulfilled
    return line.units if order.status == Status.SHIPPED else 0


def _count(commands: Iterable[Commanded], item: str) -> int:
    return sum(units.quantity for each in commands for units in each.units if units.order_item_id == item)


def _packed(packages: Iterable[Package], item: str) -> int:
    return sum(quantity for package in packages for name, quantity in package.items if name == item)


def allot(lines: Iterable[LineQuantity], sold: Sold, capacity: Mapping[str, int]) -> dict[str, int] | Misfit:
    """Order item id -> pieces, for the units that a record of the store names. Never more than `capacity` an item.

    Units are the store's: of a pack of three, three are one piece. A product on several lines fills them in order.
    """
    left = dict(capacity)
    found: dict[str, int] = {}
    for (item, product), quantity in _asked(lines).items():
        named = [each for each in sold.lines if (each.order_item_id == item if item else each.product == product)]
        if not named or not (item or product):
            what = f"order item {item}" if item else f"product {product}" if product else "no line"
            return Misfit(reason=Reason.UNKNOWN_LINE, detail=f"the store names {what}, and the order has no such line")
        rest = quantity
        for each in named:
            pieces = min(rest // each.units_per_piece, left.get(each.order_item_id, 0))
            if pieces:
                left[each.order_item_id] -= pieces
                found[each.order_item_id] = found.get(each.order_item_id, 0) + pieces
                rest -= pieces * each.units_per_piece
        if rest:
            return _rest(rest, quantity, item or f"product {product}", named)
    if not found:
        return Misfit(reason=Reason.UNKNOWN_LINE, detail="the store's record names lines, and no unit of them")
    return found


def _asked(lines: Iterable[LineQuantity]) -> dict[tuple[str, str], int]:
    """(order item id, product) -> units; one of the two is empty. Items first, so that products get what is left."""
    asked: dict[tuple[str, str], int] = {}
    for line in sorted(lines, key=lambda each: not each.order_item_id):
        if line.quantity > 0:
            key = (line.order_item_id, "" if line.order_item_id else line.product)
            asked[key] = asked.get(key, 0) + line.quantity
    return asked


def _rest(rest: int, quantity: int, what: str, named: list[SoldLine]) -> Misfit:
    smallest = min(each.units_per_piece for each in named)
    if rest < smallest:
        detail = f"{quantity} units of {what} are no whole pieces: Amazon sells {smallest} units as one"
        return Misfit(reason=Reason.UNKNOWN_LINE, detail=detail)
    detail = f"{quantity} units of {what}, and only {quantity - rest} of them are open"
    return Misfit(reason=Reason.TOO_MANY_UNITS, detail=detail)


def as_units(found: Mapping[str, int]) -> tuple[Units, ...]:
    """As commands carry them."""
    return tuple(Units(order_item_id=item, quantity=quantity) for item, quantity in found.items())


def told(found: Mapping[str, int]) -> str:
    """As traces show them: `2 of item 1, 1 of item 2`."""
    return ", ".join(f"{quantity} of item {item}" for item, quantity in found.items())
