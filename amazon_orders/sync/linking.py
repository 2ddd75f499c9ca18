"""Which seller SKUs a connection has at Amazon, who ships them, and which product of the store each stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from ..amazon import ALL_LISTINGS, SEARCH_LIMIT, merchant_listings
from ..errors import AmazonRejected, PayloadError
from ..ledger import Cursor, Listing, Offer
from ..model import MARKETPLACES, MERCHANT_CHANNEL, Answer, ListingFacts, Match, MerchantListing, OrderLine, Product
from ..rules import resolve, values_to_ask
from .patience import patiently
from .work import Work

FLOW = "stock.listings"
EVERY = timedelta(days=1)
"""How often Amazon's report of all listings is asked for: who ships a SKU may change."""
BY_CALL = 400
"""SKUs that are looked up by call in one run, twenty at a time; more wait for the report."""
_AT_ONCE = 250
_READY_IN = (2.0, 3.0, 5.0, 10.0)
"""Seconds between looks at a report that was just asked for: a small one is there at once."""


class Link(NamedTuple):
    """A seller SKU, its product in the store, and what Amazon says of it."""

    seller_sku: str
    product: str
    units: int
    channel: str
    """`merchant`, `amazon`, or empty: not told."""
    marketplaces: tuple[str, ...]
    quantity: int | None
    """As Amazon showed it when it was read; `None`: it did not say."""


def links(work: Work, stocked: Mapping[str, str]) -> dict[str, Link]:
    """Every listing with its product. `stocked`: value of the product attribute -> product, as the store lists stock.

    What Amazon does not know is left out; who ships what it was not asked about yet is not told.
    """
    name = work.connection.name
    listed = {listing.seller_sku: listing for listing in work.ledger.listings.list(name)}
    offers = work.ledger.stock.offers(name)
    if work.keeper is not None:
        offers = _read(work, offers, {*listed, *work.aliases}, stocked)
    known = _products(work, listed, offers, stocked)
    found = {}
    for sku, offer in offers.items():
        if sku in known:
            product, units = known[sku]
            found[sku] = Link(sku, product, units, offer.channel, offer.marketplaces, offer.quantity)
    for sku, listing in listed.items():
        if sku not in found and sku not in offers:
            found[sku] = Link(sku, listing.product, listing.units, "", (), None)
    return found


def _products(
    work: Work, listed: Mapping[str, Listing], offers: Mapping[str, Offer], stocked: Mapping[str, str]
) -> dict[str, tuple[str, int]]:
    """Seller SKU -> product and store units in a piece: an alias, what orders have shown, the store's own value."""
    found: dict[str, tuple[str, int]] = {}
    missing = []
    for sku in offers:
        listing = listed.get(sku)
        if sku not in work.aliases and listing is not None:
            found[sku] = (listing.product, listing.units)
        elif sku not in work.aliases and sku in stocked:
            found[sku] = (stocked[sku], 1)
        else:
            missing.append(sku)
    matches = _resolved(work, missing)
    fresh = [match for match in matches.values() if listed.get(match.seller_sku, None) is None]
    if fresh and work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.listings.learn(work.connection.name, fresh)
    return found | {sku: (match.product, match.units) for sku, match in matches.items()}


def _resolved(work: Work, skus: Iterable[str]) -> dict[str, Match]:
    """By the same rules as an order's lines."""
    connection, found = work.connection, {}
    source = iter(skus)
    while part := list(islice(source, _AT_ONCE)):
        hooks = {sku: _by_plugin(work, sku) for sku in part}
        values = dict.fromkeys(
            value
            for sku in part
            for value in values_to_ask(sku, connection, work.aliases.get(sku), hooks[sku], work.patterns)
        )
        products: dict[str, list[Product]] = {}
        for product in work.hooks.store_find_products(connection.product_attribute, list(values)):
            products.setdefault(product.value, []).append(product)
        for sku in part:
            match, _, _ = resolve(
                sku, connection, alias=work.aliases.get(sku), hook=hooks[sku], found=products, patterns=work.patterns
            )
            if match is not None and match.matched_by != "placeholder":
                found[sku] = match
    return found


def _by_plugin(work: Work, sku: str) -> Answer[str] | None:
    if sku in work.aliases or not work.hooks.implemented("rule_resolve_sku"):
        return None
    return work.hooks.rule_resolve_sku(OrderLine(order_item_id="", seller_sku=sku), work.connection)


# What Amazon says.


def _read(work: Work, offers: dict[str, Offer], surely: Collection[str], perhaps: Collection[str]) -> dict[str, Offer]:
    """What Amazon says of listings, as new as it has to be: by report once a day, by call what is new since.

    `perhaps` are SKUs of the store that Amazon may not have: the first report tells, and until then a few are asked.
    """
    cursor = work.ledger.cursors.get(work.connection.name, FLOW) or Cursor(connection=work.connection.name, flow=FLOW)
    candidates = {*surely, *perhaps} if cursor.last_success is None else set(surely)
    unread = sorted(sku for sku in candidates if sku and sku not in offers)
    offers, cursor = _by_report(work, offers, cursor, now_needed=len(unread) > BY_CALL)
    unread = [sku for sku in unread if sku not in offers and sku not in _absent(cursor)]
    if unread and len(unread) <= BY_CALL:
        found = _by_call(work, unread)
        offers = offers | {offer.seller_sku: offer for offer in found}
        missing = sorted(set(unread) - {offer.seller_sku for offer in found})
        cursor = replace(cursor, counters={**cursor.counters, "absent": [*_absent(cursor), *missing]})
        _save(work, cursor, found)
    return offers


def _absent(cursor: Cursor) -> list[str]:
    """SKUs that Amazon did not know when it was asked; asked again with the next report."""
    return list(cursor.counters.get("absent", []))


def _by_call(work: Work, skus: list[str]) -> list[Offer]:
    found: dict[str, Offer] = {}
    for country in countries(work):
        left = [sku for sku in skus if sku not in found]
        for start in range(0, len(left), SEARCH_LIMIT):
            part = left[start : start + SEARCH_LIMIT]
            facts = patiently(work, work.client.listings.search, part, MARKETPLACES[country].id)
            for sku, said in facts.items():
                found[sku] = _offer(said, country, work.now())
    return list(found.values())


def _offer(facts: ListingFacts, country: str, now: datetime) -> Offer:
    channels = set(facts.channels)
    channel = "merchant" if channels == {MERCHANT_CHANNEL} else "amazon" if channels - {MERCHANT_CHANNEL} else ""
    return Offer(facts.sku, facts.asin, channel, (country,), facts.channels.get(MERCHANT_CHANNEL), now)


def countries(work: Work) -> tuple[str, ...]:
    """Marketplaces through which a quantity may be sent."""
    return tuple(work.connection.stock_marketplaces or work.connection.marketplaces)


def _by_report(
    work: Work, offers: dict[str, Offer], cursor: Cursor, *, now_needed: bool
) -> tuple[dict[str, Offer], Cursor]:
    asked: dict[str, str] = dict(cursor.counters.get("reports", {}))
    if not asked:
        fresh = cursor.last_success is not None and work.now() - cursor.last_success < EVERY
        if fresh:
            return offers, cursor
        asked = {
            country: patiently(work, work.client.reports.create, ALL_LISTINGS, (MARKETPLACES[country].id,))
            for country in countries(work)
        }
        cursor = replace(cursor, counters={**cursor.counters, "reports": asked})
        _save(work, cursor, [])
    texts = _texts(work, asked, patient=now_needed)
    if texts is None:
        return offers, replace(cursor, counters={**cursor.counters, "reports": asked})
    found = _merged(texts, work.now())
    cursor = replace(cursor, counters={}, last_success=work.now())
    _save(work, cursor, found.values())
    return offers | found, cursor


def _texts(work: Work, asked: Mapping[str, str], *, patient: bool) -> dict[str, str] | None:
    """The reports, once all of them are there; `None`: not yet. One that failed is left out."""
    documents: dict[str, str] = {}
    for wait in (*(_READY_IN if patient else ()), None):
        for country, number in asked.items():
            if country in documents:
                continue
            job = patiently(work, work.client.reports.get, number)
            if job.over:
                documents[country] = job.document_id
        if len(documents) == len(asked) or wait is None:
            break
        work.pause(wait)
    if len(documents) < len(asked):
        return None
    texts = {}
    for country, document in documents.items():
        if document:
            try:
                texts[country] = work.client.reports.document(document)
            except (PayloadError, AmazonRejected):
                continue
    return texts


def _merged(texts: Mapping[str, str], now: datetime) -> dict[str, Offer]:
    found: dict[str, Offer] = {}
    for country, text in texts.items():
        for row in merchant_listings(text):
            before = found.get(row.seller_sku)
            places = (*before.marketplaces, country) if before else (country,)
            found[row.seller_sku] = Offer(row.seller_sku, row.asin, _channel(row, before), places, row.quantity, now)
    return found


def _channel(row: MerchantListing, before: Offer | None) -> str:
    """One word for all marketplaces; where they differ, none is written."""
    if before is not None and before.channel != row.channel:
        return ""
    return row.channel


def _save(work: Work, cursor: Cursor, offers: Iterable[Offer]) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_offers(work.connection.name, offers)
        work.ledger.cursors.save(cursor)
