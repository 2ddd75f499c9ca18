"""Finds seller SKUs that a rule would make one though they are different products, or would leave nothing of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model import Connection, Match, SkuCollision
from .facts import PatternEngine
from .sku import crop

Keys = Mapping[str, str]
"""Seller SKU -> what the catalogue is asked for in the end. SKUs that an alias or a plugin decides are absent."""


def sku_keys(
    seller_skus: Iterable[str], connection: Connection, patterns: PatternEngine | None = None
) -> dict[str, str]:
    """What is left of each SKU after cropping; in one case where the connection ignores case."""
    keys = {}
    for sku in seller_skus:
        left, _ = crop(sku, connection, patterns)
        keys[sku] = left if connection.sku_case_sensitive else left.casefold()
    return keys


def suspects(before: Keys, after: Keys) -> tuple[tuple[str, ...], ...]:
    """SKUs that become one and were not before, a tuple for each: whether they may is for `collisions` to say.

    Known without asking anybody, so that a catalogue is asked about few SKUs only.
    """
    return tuple(tuple(skus) for skus in _joined(before, after))


def collisions(before: Keys, after: Keys, today: Mapping[str, Match]) -> tuple[SkuCollision, ...]:
    """Groups of SKUs that become one though they are different products today.

    Several SKUs of one product are normal, and so is one that has no product yet: that is what cropping is for. A
    placeholder is no product. SKUs that were one before are no news.
    """
    found = []
    for skus in _joined(before, after):
        known = [today[sku] for sku in skus if sku in today and today[sku].matched_by != "placeholder"]
        # Some two differ in product and were apart, exactly if neither all products nor all keys are the same.
        products = {match.product for match in known}
        keys = {_key(before, match.seller_sku) for match in known}
        if len(products) > 1 and len(keys) > 1:
            found.append(SkuCollision(left=after[skus[0]], matches=tuple(known)))
    return tuple(found)


def emptied(before: Keys, after: Keys) -> tuple[str, ...]:
    """SKUs of which nothing is left, and something was before."""
    return tuple(sku for sku, left in after.items() if sku and not left and before.get(sku, sku))


def _joined(before: Keys, after: Keys) -> Iterator[list[str]]:
    groups: dict[str, list[str]] = {}
    for sku, left in after.items():
        if left:
            groups.setdefault(left, []).append(sku)
    for skus in groups.values():
        if len({_key(before, sku) for sku in skus}) > 1:
            yield skus


def _key(before: Keys, sku: str) -> tuple[bool, str]:
    """What the SKU was before; one that somebody was in charge of was different from every other."""
    return (True, before[sku]) if sku in before else (False, sku)
