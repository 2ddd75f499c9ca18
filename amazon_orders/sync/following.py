"""Orders that are in the store already: find out what a changed record means, tell the store, each change once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from ..amazon import INCLUDED, raw_order
from ..errors import AdapterBug, PayloadError, StoreRejected, StoreUnavailable
from ..model import (
    Amounts,
    Cancel,
    CancelUnits,
    Change,
    ChangeAddress,
    Order,
    PutOnHold,
    Reason,
    ShippedByAmazon,
    TakeOffHold,
    TraceStep,
    as_text,
)
from ..rules import Known, follow, read_amounts
from .echo import Ours
from .looking import SILENT_IN_A_ROW, is_down
from .work import Item, Told, Work


def look(work: Work, item: Item, *, unheard: bool = False) -> None:
    """Compare a record with the one that the store was told of last; `item.told` is what the store has to be told.

    `unheard`: nobody knows which record that was, so what the ledger keeps does not count.
    """
    order, remembered = item.order, item.remembered
    assert order is not None and remembered is not None  # noqa: S101, PT018 - only orders in the store come here
    item.store_ref, item.store_number, item.how = remembered.store_ref, remembered.store_number, "known"
    if work.asked is not None and work.asked.release:
        step = TraceStep("life", "off hold", "released by a person")
        item.told = [Told(decision=Change(change=TakeOffHold(), trace=(step,)))]
        return
    before = None if unheard else _before(work, item.order_id)
    known = Known(
        amazon_status=remembered.amazon_status,
        asked_to_cancel=remembered.reason == Reason.BUYER_REQUESTS_CANCEL,
    )
    ours = Ours(work, item.order_id)
    seen = ours.without(order)
    decisions = follow(seen, before=before, known=known, total=_total(work, order, before), now=work.now())
    item.told = [Told(decision=decision, echo=ours.caused(decision, order)) for decision in decisions]
    if Reason.TAX_OWNER_ASSUMED in remembered.flags and "TAX" in order.included and not decisions:
        _solve_again(work, item)


def _solve_again(work: Work, item: Item) -> None:
    """Amazon did not show who owes the tax when the order was placed, and shows it now: what does it come to?"""
    order, remembered, hooks = item.order, item.remembered, work.hooks
    assert order is not None and remembered is not None  # noqa: S101, PT018 - only orders in the store come here
    country = work.connection.country(order.marketplace_id)
    tax = hooks.rule_tax(order, work.connection) if hooks.implemented("rule_tax") else None
    amounts = read_amounts(order, work.connection, tax_seen=country in work.tax_seen, tax=tax)
    if not isinstance(amounts, Amounts):
        return
    item.solved = amounts
    was = remembered.store_total
    if was is not None and was != amounts.total:
        currency = order.currency
        what = (
            f"Amazon shows by now who owes the tax: the order comes to {as_text(amounts.total, currency)} {currency}; "
            f"{item.store_ref} in the store was placed at {as_text(was, currency)}."
        )
        item.remark = (Reason.TOTAL_DIFFERS, what)


def _before(work: Work, order_id: str) -> Order | None:
    snapshot = work.ledger.orders.snapshot(work.connection.name, order_id)
    if snapshot is None:
        return None
    try:
        return raw_order(snapshot, INCLUDED).order()
    except PayloadError:
        return None


def _total(work: Work, order: Order, before: Order | None) -> Decimal | None:
    """What the order comes to now; asked for only where units went."""
    if before is None or sum(line.units for line in order.lines) >= sum(line.units for line in before.lines):
        return None
    country = work.connection.country(order.marketplace_id)
    amounts = read_amounts(order, work.connection, tax_seen=country in work.tax_seen, tax=None)
    return amounts.total if isinstance(amounts, Amounts) else None


def number(work: Work, items: Sequence[Item]) -> None:
    """Give every change its key, in the open transaction, before the store is asked."""
    for item in items:
        for told in item.told:
            if told.echo:
                continue
            if isinstance(told.decision, Cancel):
                told.key = f"{item.order_id}/cancel"
                continue
            change = told.decision.change
            content = hashlib.sha256(_content(change).encode()).hexdigest()[:32]
            told.number = work.ledger.changes.intend(
                work.connection.store, item.order_id, type(change).__name__, content
            )
            told.key = f"{item.order_id}/change/{told.number}"


def _content(change: object) -> str:
    """All that a change says, personal data included: only its hash is kept."""
    if isinstance(change, ChangeAddress):
        return repr([getattr(change.recipient, name) for name in type(change.recipient).__dataclass_fields__])
    if isinstance(change, ShippedByAmazon):
        return repr((sorted(change.lines.items()), change.carrier, change.tracking))
    return repr(change)


def tell(work: Work, items: Sequence[Item]) -> None:
    """Ask the store for each change. What it says is noted on the item; no answer is tried again by itself."""
    silent = 0
    for item in items:
        _tell_one(work, item)
        silent = silent + 1 if isinstance(item.error, StoreUnavailable) else 0
        if silent and silent % SILENT_IN_A_ROW == 0 and is_down(work):
            assert item.error is not None  # noqa: S101 - it is what was counted
            raise item.error


def _tell_one(work: Work, item: Item) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    for told in item.told:
        if told.echo:
            told.done = True
            continue
        work.keeper.keep()
        try:
            told.done = ask(work, item, told)
        except (StoreUnavailable, AdapterBug) as error:
            item.error = error
            return
        except StoreRejected as error:
            told.done, told.said = False, str(error)
        if not told.done:
            _refused(item, told)


def ask(work: Work, item: Item, told: Told) -> bool:
    """One change, under its key; raises what the store raises."""
    if isinstance(told.decision, Cancel):
        return work.hooks.store_cancel_order(item.store_ref, told.decision.reason, told.key)
    if not work.hooks.implemented("store_change_order"):
        return False
    return work.hooks.store_change_order(item.store_ref, told.decision.change, told.key)


def _refused(item: Item, told: Told) -> None:
    """A remark for the inbox, where a person has to do what the store would not."""
    ref, said = item.store_ref, f" It says: {told.said}" if told.said else ""
    decision = told.decision
    if isinstance(decision, Cancel):
        what = f"Amazon cancelled the order; the store would not cancel {ref}, so it may have shipped."
        item.remark = (Reason.CANCELLED_AFTER_SHIPPING, what + said)
        return
    match decision.change:
        case PutOnHold():
            what = f"The buyer asked to cancel; the store would not hold {ref}. Look at it before it is shipped."
            item.remark = (Reason.BUYER_REQUESTS_CANCEL, what + said)
        case ChangeAddress():
            what = f"The buyer changed the address; the store would not change it in {ref}."
            item.remark = (Reason.ADDRESS_CHANGED, what + said)
        case CancelUnits():
            what = f"Amazon cancelled units; the store would not take them out of {ref}."
            item.remark = (Reason.UNITS_CANCELLED, what + said)
        case _:
            pass  # already shipped there, or never on hold: the store has it as it is


def settle(work: Work, items: Sequence[Item]) -> None:
    """Note in the open transaction what the store said."""
    for item in items:
        states = [(told.number, told.done) for told in item.told if told.number and told.done is not None]
        if states:
            work.ledger.changes.settle(work.connection.store, item.order_id, states)
        if item.cancelled:
            work.ledger.inbox.close(work.connection.name, item.order_id)


def steps(item: Item) -> tuple[TraceStep, ...]:
    """The trace of what the store was told and what it said."""
    found: list[TraceStep] = []
    for told in item.told:
        if told.echo:
            found.append(TraceStep("life", "known", f"{_name(told.decision)}: Amazon shows what the store did itself"))
            continue
        found += told.decision.trace
        if told.done is not None:
            outcome = "done" if told.done else "refused"
            found.append(TraceStep("store", outcome, f"{_name(told.decision)} under key {told.key}"))
    return tuple(found)


def _name(decision: Cancel | Change) -> str:
    return "cancel" if isinstance(decision, Cancel) else KINDS[type(decision.change).__name__]


KINDS = {
    "PutOnHold": "put_on_hold",
    "TakeOffHold": "take_off_hold",
    "ChangeAddress": "change_address",
    "CancelUnits": "cancel_units",
    "ShippedByAmazon": "shipped_by_amazon",
}
"""What listeners are told of a change."""


def kinds(item: Item) -> list[str]:
    """The changes that the store made, by the names that listeners get."""
    return [_name(told.decision) for told in item.told if told.done and isinstance(told.decision, Change)]
