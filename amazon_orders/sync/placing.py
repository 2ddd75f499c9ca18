"""Placing a page's orders, each once: claim, look up what an earlier run left open, write, and say how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from ..errors import AdapterBug, StoreError, StoreRejected, StoreUnavailable
from ..ledger import Claim
from ..model import Hold, Order, Place, Placed, Reason, Skip, StoreOrder, TraceStep, as_text
from .doubles import double
from .looking import SILENT_IN_A_ROW, find_orders, is_down
from .work import Item, Work

_UNSEEN = timedelta(minutes=2)
"""A search shows no younger changes, so a claim may be that much younger than a change that it knows nothing of."""


def claim(work: Work, items: Sequence[Item]) -> dict[str, Claim]:
    """Note the intent to place in the open transaction."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    wanted = {item.order_id: item.order_id for item in items if isinstance(item.decision, Place)}
    return work.ledger.claims.take(work.connection.store, work.connection.name, wanted, work.keeper.lease.fence)


def place_all(work: Work, items: Sequence[Item], claims: Mapping[str, Claim]) -> None:
    """Bring every claimed order of the page into the store, or note on its item why not."""
    fresh: list[Item] = []
    open_: list[Item] = []
    for item in items:
        if not isinstance(item.decision, Place):
            continue
        taken = claims[item.order_id]
        if taken.connection != work.connection.name and taken.connection in work.other_connections:
            if not taken.ref and _gave_up(work, taken):
                open_.append(item)
            else:
                item.decision = _left_to(taken, item.decision)
        elif taken.ref:
            _adopt(item, taken.ref, "the ledger already knew it in the store")
        elif taken.new:
            fresh.append(item)
        else:
            open_.append(item)
    if open_:
        _look_up(work, open_, claims)
        fresh.extend(item for item in open_ if not item.store_ref and item.error is None)
    if fresh:
        _write(work, fresh)


def _gave_up(work: Work, claim: Claim) -> bool:
    """Whether the other connection has decided since that the order is not its own, and so will not place it."""
    known = work.ledger.orders.recall(claim.connection, [claim.amazon_order_id]).get(claim.amazon_order_id)
    return known is not None and known.status == "skipped"


def _left_to(claim: Claim, decision: Place) -> Skip | Hold:
    """Of two connections that feed one store, the first that claimed an order has it. Until it is done, this waits."""
    name = claim.connection
    steps = (*decision.trace, TraceStep("place", "skipped" if claim.ref else "waits", f"claimed by {name}"))
    if claim.ref:
        detail = f"connection {name} feeds the same store and has this order"
        return Skip(reason=Reason.OTHER_CONNECTION, detail=detail, trace=steps)
    detail = f"connection {name} feeds the same store and has begun to place this order, which is not done yet"
    return Hold(
        reason=Reason.OTHER_CONNECTION, detail=detail, balance=decision.balance, matches=decision.matches, trace=steps
    )


def _adopt(item: Item, ref: str, detail: str) -> None:
    item.store_ref, item.how = ref, "found"
    assert isinstance(item.decision, Place)  # noqa: S101 - only placed items come here
    item.decision = with_trace_after(item.decision, TraceStep("place", "found", f"{ref}: {detail}"))


def changed_since(order: Order, claim: Claim) -> bool:
    """Whether the order changed since it was claimed, so that nobody knows which record the store was given."""
    return order.updated_at > claim.claimed_at - _UNSEEN


def with_trace_after(decision: Place, *steps: TraceStep) -> Place:
    """`decision` with `steps` behind its trace."""
    return Place(
        order=decision.order,
        balance=decision.balance,
        matches=decision.matches,
        flags=decision.flags,
        trace=(*decision.trace, *steps),
    )


def _look_up(work: Work, items: Sequence[Item], claims: Mapping[str, Claim]) -> None:
    """Ask the store for orders whose placing may or may not have happened: all of them in one question, if it can."""
    keys = {item.order_id: claims[item.order_id].key for item in items}
    since = min(claims[item.order_id].claimed_at for item in items) - timedelta(hours=1)
    found, errors = find_orders(work, keys, since)
    for item in items:
        item.error = errors.get(item.order_id)  # it is not placed before the store has said whether it is there
        refs = found.get(item.order_id, ())
        if not refs:
            continue
        _adopt(item, refs[0], "an earlier run was interrupted; the store has the order, nothing was placed again")
        assert item.order is not None  # noqa: S101 - only orders that were read are placed
        item.unsure = changed_since(item.order, claims[item.order_id])
        if len(refs) > 1:
            item.remark = (Reason.DOUBLE, double(list(refs)))


def _write(work: Work, items: Sequence[Item]) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    work.keeper.keep()
    # A page is handed over only to a store that refuses a double by itself: a worker that freezes inside the call and
    # wakes up after another took over would write the rest of its page again.
    if work.hooks.unique_reference and work.hooks.implemented("store_place_orders") and len(items) > 1:
        items = _write_page(work, items)
    silent = 0
    last: StoreUnavailable | None = None
    for item in items:
        if silent == SILENT_IN_A_ROW:
            item.left = last
            continue
        work.keeper.keep()
        try:
            _written(item, work.hooks.store_place_order(_order(item), item.order_id))
            silent = 0
        except StoreRejected as error:
            _refused(item, error)
        except StoreUnavailable as error:
            item.error = last = error
            silent += 1
            if silent == SILENT_IN_A_ROW and is_down(work):
                raise
        except AdapterBug as error:
            item.error = error
            silent = 0


def _write_page(work: Work, items: Sequence[Item]) -> list[Item]:
    """Hand the page over in one call; returns the orders that have to go one by one."""
    try:
        answers = work.hooks.store_place_orders({item.order_id: _order(item) for item in items})
    except StoreError:
        # Perhaps one order of the page stops the others, so the rest goes one by one. A store that is down
        # cannot be looked into either, and that ends the run.
        return _unanswered(work, items)
    missing = []
    for item in items:
        answer = answers.get(item.order_id)
        if answer is None:
            missing.append(item)
        elif isinstance(answer, StoreRejected):
            _refused(item, answer)
        else:
            _written(item, answer)
    return _unanswered(work, missing) if missing else []


def _unanswered(work: Work, items: Sequence[Item]) -> list[Item]:
    """Orders of a page call that has no outcome: what the store has is found, the rest goes one by one."""
    since = work.now() - timedelta(hours=1)
    found, errors = find_orders(work, {item.order_id: item.order_id for item in items}, since)
    rest = []
    for item in items:
        refs = found.get(item.order_id, ())
        if refs:
            _adopt(item, refs[0], "the page's answer was lost; the store has the order")
        elif (error := errors.get(item.order_id)) is not None:
            item.error = error
        else:
            rest.append(item)
    return rest


def _order(item: Item) -> StoreOrder:
    assert isinstance(item.decision, Place)  # noqa: S101 - only placed items come here
    return item.decision.order


def _written(item: Item, placed: Placed) -> None:
    item.store_ref, item.store_number, item.how = placed.ref, placed.number, "placed"
    assert isinstance(item.decision, Place)  # noqa: S101 - only placed items come here
    order = item.decision.order
    item.decision = with_trace_after(
        item.decision, TraceStep("place", "placed", f"as {placed.number or placed.ref} in store")
    )
    item.store_total = placed.total
    if placed.total is not None and placed.total != order.total:
        what = (
            f"The store recorded {as_text(placed.total, order.currency)} {order.currency} as {placed.ref}; "
            f"it should be {as_text(order.total, order.currency)}."
        )
        item.remark = (Reason.TOTAL_DIFFERS, what)
        item.decision = with_trace_after(item.decision, TraceStep("place", Reason.TOTAL_DIFFERS, what))


def _refused(item: Item, error: StoreRejected) -> None:
    decision = item.decision
    assert isinstance(decision, Place)  # noqa: S101 - only placed items come here
    item.decision = Hold(
        reason=Reason.STORE_REJECTED,
        detail=str(error),
        balance=decision.balance,
        matches=decision.matches,
        trace=(*decision.trace, TraceStep("place", "refused", str(error))),
    )
