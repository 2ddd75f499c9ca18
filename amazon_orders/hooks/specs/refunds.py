"""What the store is asked about money that it gave back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ...model import Refund
from ..markers import hookspec


@hookspec(firstresult=True)
def store_list_refunds(since: datetime) -> Iterable[Refund]:
    """List the refunds that the store gave.

    Answered by: the store's adapter, optional. Where nobody answers, no refund is sent to Amazon.

    Arguments:
        since: aware UTC time; refunds whose `updated_at` is then or later.

    Returns:
        `Refund`s, consumed one by one; amounts are gross `Decimal`s in `Refund.currency`, positive. The same refund
        always has the same `id`. Refunds of orders that did not come from Amazon may be among them. `None` is a
        mistake.

    Raises:
        StoreUnavailable: the store did not answer; asked again from the same time.

    Example:
        @hookimpl
        def store_list_refunds(self, since):
            for note in self.shop.credit_notes(since):
                yield Refund(
                    id=str(note.id),
                    ref=str(note.order_id),
                    currency=note.currency,
                    shipping=Charge(kind="shipping", gross=note.shipping),
                    updated_at=note.changed_at,
                )

    Since: 0.1
    """
    raise NotImplementedError
