"""Which product of the store each seller SKU of a connection stands for, and what Amazon says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from ..ledger import NO_PRODUCT, Level, Listing
from ..model import Answer, Match, OrderLine, Product
from ..rules import resolve, values_to_ask
from .offers import countries, read_offers
from .work import Work

_AT_ONCE = 250


class Link(NamedTuple):
    """A seller SKU, its product in the store, and what Amazon says of it."""

    seller_sku: str
    product: str
    units: int
    channel: str
    """`merchant`, `amazon`, or empty: not told."""
    marketplaces: tuple[str, ...]
    """Through which a quantity may be sent: the first is as good as any."""
    quantity: int | None
    """As Amazon showed it when it was read; `None`: it did not say."""
    read_at: datetime | None = None


def links(work: Work, levels: Mapping[str, Level], gone: Collection[str], *, full: bool) -> dict[str, Link]:
    """Every listing with its product. `levels`: what the store lists, by the value of the product attribute; `gone`:
    values among them that it does not list any more.

    What Amazon does not know is left out; who ships what it was not asked about yet is not told. `full`: the store was
    asked for everything, so that what it did not know before, or does not list any more, is looked up anew.
    """
    name = work.connection.name
    listed = work.ledger.stock.products(name)
    offers, fresh = read_offers(work, work.ledger.stock.offers(name), {*listed, *work.aliases}, levels)
    _add_products(work, listed, offers, levels, gone, offers if full else fresh)
    places = countries(work)
    found = {}
    for sku, offer in offers.items():
        if sku in listed:
            product, units = listed[sku]
            here = offer.marketplaces if offer.marketplaces == places else _both(places, offer.marketplaces)
            channel = offer.channel if here else ""
            found[sku] = Link(sku, product, units, channel, here, offer.quantity, offer.read_at)
    for sku, (product, units) in listed.items():
        if sku not in offers:
            found[sku] = Link(sku, product, units, "", (), None)
    return found


def _both(wanted: tuple[str, ...], there: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(country for country in wanted if country in there)


def _add_products(
    work: Work,
    listed: dict[str, tuple[str, int]],
    offers: Iterable[str],
    levels: Mapping[str, Level],
    gone: Collection[str],
    ask: Collection[str],
) -> None:
    """Put into `listed` what it lacks of `offers`: an alias, or the store's own value.

    The store is asked for aliases, and for those of `ask` that are in neither.
    """
    missing: list[str] = []
    fresh: list[Match | Listing] = []
    stocked = {level.product for value, level in levels.items() if value not in gone} if ask else ()
    for sku in offers:
        if sku in listed:
            if sku in work.aliases or (listed[sku][0] not in stocked and sku in ask):
                missing.append(sku)
        elif sku in levels and sku not in work.aliases:
            # Remembered: once the store does not list it any more, it has to go to zero.
            listed[sku] = (levels[sku].product, 1)
            fresh.append(Listing(sku, levels[sku].product, "exact"))
        elif sku in ask or sku in work.aliases:
            missing.append(sku)
    matches = _resolved(work, missing)
    fresh += [match for sku, match in matches.items() if listed.get(sku) != (match.product, match.units)]
    if fresh and work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.listings.learn(work.connection.name, fresh)
    listed.update({sku: (match.product, match.units) for sku, match in matches.items()})


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
            if match is not None and match.matched_by != NO_PRODUCT:
                found[sku] = match
    return found


def _by_plugin(work: Work, sku: str) -> Answer[str] | None:
    if sku in work.aliases or not work.hooks.implemented("rule_resolve_sku"):
        return None
    return work.hooks.rule_resolve_sku(OrderLine(order_item_id="", seller_sku=sku), work.connection)
