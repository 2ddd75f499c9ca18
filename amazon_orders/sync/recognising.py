"""Orders that the store was given without anybody hearing of it, and that are not to be placed by now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ..ledger import Claim, Remembered
from ..model import Place, Reason
from .doubles import double
from .following import look
from .looking import Errors, Found, find_orders
from .placing import changed_since
from .unsure import address_anew
from .work import Item, Work


def recognise(work: Work, items: Sequence[Item]) -> None:
    """Follow in the store what it has under a claim, where the decision is another than to place.

    A run that was interrupted, or whose answer was lost, may have placed an order that Amazon has cancelled since, or
    whose product is gone. Placing looks for it by itself; nothing else would, and the store would ship it.
    """
    others = {
        item.order_id: item
        for item in items
        if item.order is not None and item.how != "known" and item.left is None and not isinstance(item.decision, Place)
    }
    if not others:
        return
    claims = {
        order_id: claim
        for order_id, claim in work.ledger.claims.get(work.connection.store, others).items()
        if claim.connection not in work.other_connections
    }
    found, errors = _look_up(work, list(claims.values()))
    for order_id, error in errors.items():
        others[order_id].error = error
    for order_id, refs in found.items():
        item = others[order_id]
        item.decision, item.error, item.found = None, None, ()
        item.remembered = _as_placed(work, item, refs[0])
        look(work, item, unheard=True)
        assert item.order is not None  # noqa: S101 - filtered above
        if order_id in claims and changed_since(item.order, claims[order_id]):
            item.told += address_anew(item.order, item.order.recipient)
        if len(refs) > 1:
            item.remark = (Reason.DOUBLE, double(list(refs)))


def _look_up(work: Work, claims: Sequence[Claim]) -> tuple[Found, Errors]:
    known: Found = {claim.amazon_order_id: [claim.ref] for claim in claims if claim.ref}
    unheard = [claim for claim in claims if not claim.ref]
    if not unheard:
        return known, {}
    since = min(claim.claimed_at for claim in unheard) - timedelta(hours=1)
    found, errors = find_orders(work, {claim.amazon_order_id: claim.key for claim in unheard}, since)
    return known | found, errors


def _as_placed(work: Work, item: Item, ref: str) -> Remembered:
    """What the ledger would know, had it heard: that the order is in the store, and nothing of what it was then."""
    order = item.order
    assert order is not None  # noqa: S101 - filtered by the caller
    return Remembered(
        connection=work.connection.name,
        amazon_order_id=item.order_id,
        status="placed",
        amazon_status="",
        reason=None,
        detail="",
        digest=b"",
        created_at=order.created_at,
        updated_at=order.updated_at,
        store_ref=ref,
        store_number="",
        store_total=None,
        marketplace_tax=None,
        attempts=0,
        next_try=None,
        recorded_at=work.now(),
    )
