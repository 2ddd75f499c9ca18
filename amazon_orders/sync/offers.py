"""What Amazon says of listings: by report once a day, by call what is new since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ..amazon import SEARCH_LIMIT
from ..errors import AmazonThrottled, AmazonUnavailable
from ..ledger import Offer
from ..model import MARKETPLACES, MERCHANT_CHANNEL, ListingFacts
from .listing_report import ABSENT, by_report, cursor_of, save
from .patience import patiently
from .work import Work

BY_CALL = 400
"""SKUs that are looked up by call in one run, twenty at a time; more wait for the report."""


def countries(work: Work) -> tuple[str, ...]:
    """Marketplaces through which a quantity may be sent."""
    return tuple(work.connection.stock_marketplaces or work.connection.marketplaces)


def read_offers(
    work: Work, offers: dict[str, Offer], surely: Collection[str], perhaps: Collection[str]
) -> tuple[dict[str, Offer], set[str]]:
    """`offers`, as new as they have to be, and the SKUs that were read just now. A dry run asks and keeps nothing.

    `perhaps` are SKUs of the store that Amazon may not have: the first report tells, and until then a few are asked.
    """
    cursor = cursor_of(work)
    candidates = {*surely, *perhaps} if cursor.last_success is None else set(surely)
    unread = sorted(sku for sku in candidates if sku and sku not in offers)
    fresh: dict[str, Offer] = {}
    if work.keeper is not None:
        try:
            fresh, cursor = by_report(work, countries(work), cursor, offers, patient=len(unread) > BY_CALL)
        except (AmazonThrottled, AmazonUnavailable):
            # What is known of listings still holds; a quantity that has to fall must not wait for a report.
            cursor = cursor_of(work)
    absent = set(cursor.counters.get(ABSENT, ()))
    unread = [sku for sku in unread if sku not in fresh and sku not in absent]
    if unread and len(unread) <= BY_CALL:
        found = look_up(work, unread, countries(work))
        fresh |= found
        if work.keeper is not None:
            absent |= set(unread) - found.keys()
            save(work, replace(cursor, counters={**cursor.counters, ABSENT: sorted(absent)}), found.values())
    return offers | fresh, set(fresh)


def look_up(work: Work, skus: Iterable[str], places: Sequence[str]) -> dict[str, Offer]:
    """Listings by call, each in every marketplace until one has it."""
    found: dict[str, Offer] = {}
    wanted = list(skus)
    for country in places:
        left = [sku for sku in wanted if sku not in found]
        for start in range(0, len(left), SEARCH_LIMIT):
            part = left[start : start + SEARCH_LIMIT]
            facts = patiently(work, work.client.listings.search, part, MARKETPLACES[country].id)
            for sku, said in facts.items():
                found[sku] = _offer(said, country, work.now())
    return found


def _offer(facts: ListingFacts, country: str, now: datetime) -> Offer:
    channels = set(facts.channels)
    channel = "merchant" if channels == {MERCHANT_CHANNEL} else "amazon" if channels - {MERCHANT_CHANNEL} else ""
    return Offer(facts.sku, facts.asin, channel, (country,), facts.channels.get(MERCHANT_CHANNEL), now)
