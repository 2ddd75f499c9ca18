"""An order that is in the store already: what a changed record of Amazon's means for it."""

from __future__ import annotations

from ..model import Reason, Status
from .work import Item


def follow(item: Item) -> None:
    """Compare a record with what the ledger remembers of the order; a remark for the inbox where a person must look."""
    order, before = item.order, item.remembered
    if order is None or before is None:
        return
    item.store_ref, item.store_number = before.store_ref, before.store_number
    item.how = "known"
    if order.status == Status.CANCELLED and before.amazon_status != Status.CANCELLED:
        item.remark = (
            Reason.CANCELLED_AT_AMAZON,
            f"Amazon cancelled the order; the store still has it as {before.store_ref}. Cancel it there.",
        )
    elif order.buyer_requests_cancel and before.reason != Reason.BUYER_REQUESTS_CANCEL:
        item.remark = (
            Reason.BUYER_REQUESTS_CANCEL,
            f"The buyer asked to cancel. Look at order {before.store_ref} in the store before it is shipped.",
        )
