"""Amazon's report of all listings: asked for once a day, fetched by the run that finds it done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..amazon import ALL_LISTINGS, merchant_listings
from ..errors import AmazonRejected, PayloadError
from ..ledger import Cursor, Offer
from ..model import MARKETPLACES, MerchantListing
from .patience import patiently
from .work import Work

FLOW = "stock.listings"
EVERY = timedelta(days=1)
"""How often it is asked for: who ships a SKU may change."""
LIVE = timedelta(minutes=30)
"""Until when after its answer Amazon may still show what was before."""
LOST = timedelta(hours=3)
"""A report that is not done by then is given up, and asked for anew."""
ABSENT = "absent"
"""In the cursor: SKUs that Amazon did not know when it was asked; asked again after the next report."""
_REPORTS, _ASKED = "reports", "asked_at"
_READY_IN = (2.0, 3.0, 5.0, 10.0)
"""Seconds between looks at a report that was just asked for: a small one is there at once."""

log = logging.getLogger("amazon_orders")


def cursor_of(work: Work) -> Cursor:
    """How far listings are read. `last_success`: when a report was read last."""
    name = work.connection.name
    return work.ledger.cursors.get(name, FLOW) or Cursor(connection=name, flow=FLOW)


def by_report(
    work: Work, countries: Sequence[str], cursor: Cursor, before: Mapping[str, Offer], *, patient: bool
) -> tuple[dict[str, Offer], Cursor]:
    """What new reports say, one a marketplace, and the cursor as it is saved. Nothing while they are not done."""
    asked: dict[str, str] = dict(cursor.counters.get(_REPORTS, {}))
    since = datetime.fromisoformat(cursor.counters[_ASKED]) if asked else work.now()
    if asked and work.now() - since >= LOST:
        asked = {}
    if not asked:
        if cursor.last_success is not None and work.now() - cursor.last_success < EVERY:
            return {}, cursor
        asked, since = _ask(work, countries), work.now()
        kept = {_REPORTS: asked, _ASKED: since.isoformat()} if asked else {}
        rest = {name: value for name, value in cursor.counters.items() if name not in (_REPORTS, _ASKED)}
        cursor = replace(cursor, counters=rest | kept)
        save(work, cursor, [])
    listed = _read(work, asked, patient=patient) if asked else None
    if listed is None:
        return {}, cursor
    found = _merged(listed, work.now())
    _leave_open(work, found, before, since)
    # Where none of them could be read: ask again in the next run, not in a day.
    cursor = replace(cursor, counters={}, last_success=work.now() if listed else cursor.last_success)
    save(work, cursor, found.values())
    return found, cursor


def save(work: Work, cursor: Cursor, offers: Iterable[Offer]) -> None:
    """What was read, and how far."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_offers(work.connection.name, offers)
        work.ledger.cursors.save(cursor)


def _ask(work: Work, countries: Sequence[str]) -> dict[str, str]:
    asked = {}
    for country in countries:
        try:
            asked[country] = patiently(work, work.client.reports.create, ALL_LISTINGS, (MARKETPLACES[country].id,))
        except AmazonRejected as error:
            log.warning("no report of the listings of connection %s in %s: %s", work.connection.name, country, error)
    return asked


def _read(work: Work, asked: Mapping[str, str], *, patient: bool) -> dict[str, list[MerchantListing]] | None:
    """The reports by country, once all are over; `None`: not yet. One that failed is left out, one of nothing empty."""
    over: dict[str, str | None] = {}
    for wait in (*(_READY_IN if patient else ()), None):
        for country, number in asked.items():
            if country not in over:
                _look(work, country, number, over)
        if len(over) == len(asked) or wait is None:
            break
        work.pause(wait)
        if work.keeper is not None:
            work.keeper.keep()
    if len(over) < len(asked):
        return None
    listed: dict[str, list[MerchantListing]] = {}
    for country, document in over.items():
        if document is None:
            continue
        try:
            text = patiently(work, work.client.reports.document, document) if document else ""
            listed[country] = list(merchant_listings(text)) if text else []
        except (PayloadError, AmazonRejected) as error:
            log.warning("the report of listings of connection %s in %s: %s", work.connection.name, country, error)
    return listed


def _look(work: Work, country: str, number: str, over: dict[str, str | None]) -> None:
    """Whether a report is over: its document; empty: there was nothing to report; `None`: it failed."""
    try:
        job = patiently(work, work.client.reports.get, number)
    except AmazonRejected:
        over[country] = None  # Amazon does not keep it any more
        return
    if job.over:
        over[country] = job.document_id or ("" if job.status == "CANCELLED" else None)


def _merged(listed: Mapping[str, Iterable[MerchantListing]], now: datetime) -> dict[str, Offer]:
    found: dict[str, Offer] = {}
    for country, rows in listed.items():
        for row in rows:
            before = found.get(row.seller_sku)
            places = (*before.marketplaces, country) if before else (country,)
            found[row.seller_sku] = Offer(row.seller_sku, row.asin, _channel(row, before), places, row.quantity, now)
    return found


def _channel(row: MerchantListing, before: Offer | None) -> str:
    """One word for all marketplaces; where they differ, none is written."""
    if before is not None and before.channel != row.channel:
        return ""
    return row.channel


def _leave_open(work: Work, found: dict[str, Offer], before: Mapping[str, Offer], since: datetime) -> None:
    """A report that was asked for before Amazon was told a quantity says nothing of that."""
    for sku, row in work.ledger.stock.quantities(work.connection.name).items():
        offer = found.get(sku)
        if offer is not None and row.told_at is not None and row.told_at + LIVE > since:
            old = before.get(sku)
            quantity, read_at = (old.quantity, old.read_at) if old is not None else (None, offer.read_at)
            found[sku] = offer._replace(quantity=quantity, read_at=read_at)
