"""Orders that the store was given unheard, by a record that may be older than Amazon's: what can be set right is."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import AdapterBug, StoreRejected, StoreUnavailable
from ..model import Address, Change, ChangeAddress, FulfilledBy, Order, Place, Reason, Status, TraceStep
from .following import ask, number, steps
from .placing import with_trace_after
from .work import Item, Told, Work


def address_anew(order: Order, recipient: Address | None) -> list[Told]:
    """The address, told once more: where the store has it already that changes nothing, and it may be too late."""
    open_ = order.status not in (Status.SHIPPED, Status.CANCELLED)
    if recipient is None or not open_ or order.fulfilled_by != FulfilledBy.MERCHANT:
        return []
    step = TraceStep("life", "address", "the store may have been given an older one, so it is told once more")
    return [Told(decision=Change(change=ChangeAddress(recipient=recipient), trace=(step,)))]


def bring_up_to_date(work: Work, items: Sequence[Item]) -> list[Item]:
    """Tell the store the address of orders that were found; a person compares the rest. The orders that were told."""
    unsure = [item for item in items if item.unsure]
    told = [item for item in unsure if _is_to_be_told(work, item)]
    if told:
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        with work.ledger.transaction(work.keeper.lease):
            number(work, told)
        for item in told:
            _tell(work, item)
    for item in unsure:
        _say(item)
    return told


def _is_to_be_told(work: Work, item: Item) -> bool:
    if item.order is None or not isinstance(item.decision, Place) or not work.hooks.implemented("store_change_order"):
        return False
    item.told = address_anew(item.order, item.decision.order.recipient)
    return bool(item.told)


def _tell(work: Work, item: Item) -> None:
    """Without an answer the order is in the store all the same, and a person compares the address, too."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    work.keeper.keep()
    (told,) = item.told
    try:
        told.done = ask(work, item, told)
    except StoreRejected:
        told.done = False
    except (StoreUnavailable, AdapterBug):
        told.done = None


def _say(item: Item) -> None:
    has_address = any(told.done for told in item.told)
    compare = "total, units. Its address was told anew." if has_address else "total, units, address."
    what = (
        f"The order changed at Amazon while it was not known whether the store had it. Compare {item.store_ref} with "
        f"Amazon's order: {compare}"
    )
    if item.remark is None:
        item.remark = (Reason.TOTAL_DIFFERS, what)
    if isinstance(item.decision, Place):
        item.decision = with_trace_after(item.decision, *steps(item), TraceStep("place", Reason.TOTAL_DIFFERS, what))
