"""Orders as Amazon shows them to this connection: all the data that the rules want, less what Amazon refuses.

A data set that the application has no role for is mostly left out without a word. Where Amazon refuses the whole call
for it, the orders are read without it, that is remembered, and once a day it is asked for again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from ..amazon import DATA_SETS, OrderPage, OrderQuery, RawOrder
from ..errors import AmazonAuthError, AmazonError, AmazonRejected
from .work import Work

NEEDED = ("PROCEEDS", "FULFILLMENT")
"""Without amounts and states there is nothing to decide: if Amazon refuses these, the run says so and ends."""
_OTHERS = tuple(name for name in DATA_SETS if name not in NEEDED)
_AGAIN = timedelta(days=1)
_WORD = re.compile(r"[A-Za-z]+")

log = logging.getLogger("amazon_orders")

Found = TypeVar("Found", OrderPage, RawOrder)


def remember_refusals(work: Work) -> None:
    """Leave out what Amazon has refused within a day; what it refused before is asked for once more."""
    refused = work.ledger.facts.refused_data_sets(work.connection.name)
    work.on_trial = frozenset(name for name, at in refused.items() if work.now() - at >= _AGAIN)
    _leave_out(work, refused.keys() - work.on_trial)


def search(work: Work, query: OrderQuery, token: str | None) -> OrderPage:
    """One page of orders."""

    def ask(data_sets: tuple[str, ...]) -> OrderPage:
        return work.client.search_orders(replace(query, data_sets=data_sets), token)

    return _asked(work, ask, _an_order)


def read(work: Work, order_id: str) -> RawOrder:
    """One order by its id."""
    return _asked(work, lambda data_sets: work.client.get_order(order_id, data_sets), lambda _: order_id)


def _asked(work: Work, ask: Callable[[tuple[str, ...]], Found], an_order: Callable[[Found], str]) -> Found:
    while True:
        try:
            found = ask(work.data_sets)
        except (AmazonRejected, AmazonAuthError) as error:
            if error.status not in (400, 403):
                raise
            refused = _named(work, error) or (work.on_trial if error.status == 403 else frozenset())
            if not refused and error.status == 403 and not work.looked_for_refusals:
                work.looked_for_refusals = True
                found = _with_little(ask, error)
                order_id = an_order(found)
                if not order_id:
                    return found  # there is nothing to show, so nothing is missing
                refused = frozenset(name for name in work.data_sets if not _shows(work, order_id, name))
            if not refused:
                raise
            _refuse(work, refused, error)
        else:
            _accept(work)
            return found


def _named(work: Work, error: AmazonError) -> frozenset[str]:
    """The data sets that Amazon's words name, of those that one can do without."""
    return frozenset(_WORD.findall(error.message)) & frozenset(work.data_sets) & frozenset(_OTHERS)


def _with_little(ask: Callable[[tuple[str, ...]], Found], error: AmazonError) -> Found:
    """The same with what is needed alone. If Amazon refuses that too, it is not about the data."""
    try:
        return ask(NEEDED)
    except (AmazonRejected, AmazonAuthError):
        raise error from None


def _shows(work: Work, order_id: str, data_set: str) -> bool:
    if data_set in NEEDED:
        return True
    try:
        work.client.get_order(order_id, (*NEEDED, data_set))
    except (AmazonRejected, AmazonAuthError):
        return False
    return True


def _an_order(page: OrderPage) -> str:
    return next((raw.amazon_order_id for raw in page.records(frozenset()) if raw.amazon_order_id), "")


def _refuse(work: Work, names: Iterable[str], error: AmazonError) -> None:
    told = ", ".join(sorted(names))
    log.warning("Amazon refuses connection %s the data sets %s; orders are read without: %s",
                work.connection.name, told, error)  # fmt: skip
    _leave_out(work, names)
    work.on_trial -= frozenset(names)
    if work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.facts.refuse_data_sets(work.connection.name, names)


def _accept(work: Work) -> None:
    """What was on trial is shown now: orders that were decided without it are decided once more."""
    if not work.on_trial:
        return
    back, work.on_trial = work.on_trial, frozenset()
    log.info("Amazon shows connection %s the data sets %s again", work.connection.name, ", ".join(sorted(back)))
    if work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.facts.accept_data_sets(work.connection.name, back)


def _leave_out(work: Work, names: Iterable[str]) -> None:
    gone = frozenset(names)
    work.data_sets = tuple(name for name in work.data_sets if name not in gone)
