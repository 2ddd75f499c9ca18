"""Refuses SKU rules under which seller SKUs of different products would become one, or one would become empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..model import Alias, Connection, Match, SkuCollision
from ..rules import collisions, emptied, sku_keys, suspects
from .resolving import Resolver

if TYPE_CHECKING:
    from .app import App

_NAMED = 5
"""Collisions and SKUs that a message names; a preview has them all."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What speaks against a change."""

    collisions: tuple[SkuCollision, ...] = ()
    emptied: tuple[str, ...] = ()


def refuse_merging(app: App, before: Connection | None, new: Connection) -> None:
    """`ConfigError` where the SKUs that the ledger has seen speak against the rules of `new`.

    `before`: the rules in force; `None` for a connection that is being added. The catalogue is asked only about SKUs
    that become one.
    """
    if before is None:
        before = replace(new, sku_crop=(), sku_case_sensitive=True)
    merged = look(app, before, new)
    if merged.collisions or merged.emptied:
        raise refusal(new, merged, "sku_crop" if before.sku_crop != new.sku_crop else "sku_case_sensitive")


def look(
    app: App,
    before: Connection,
    new: Connection,
    *,
    aliases: Mapping[str, Alias] | None = None,
) -> Merged:
    """What would become one under the rules of `new`, and under `aliases` in place of those in force."""
    today = app.ledger.listings.aliases(new.name)
    aliases = today if aliases is None else aliases
    if (before.sku_crop, before.sku_case_sensitive, today) == (new.sku_crop, new.sku_case_sensitive, aliases):
        return Merged()
    seen = sorted(app.ledger.listings.seller_skus(new.name) | today.keys())
    if not seen:
        return Merged()
    old, later = Resolver(app, before, today), Resolver(app, new, aliases)
    keys_before = sku_keys(_undecided(old, seen), old.connection, old.patterns)
    keys_after = sku_keys(_undecided(later, seen), later.connection, later.patterns)
    asked = [sku for group in suspects(keys_before, keys_after) for sku in group]
    found = collisions(keys_before, keys_after, old.matches(asked)) if asked else ()
    return Merged(found, emptied(keys_before, keys_after))


def refusal(connection: Connection, merged: Merged, key: str) -> ConfigError:
    """The error that names the seller SKUs and their products; `key` is what was to be changed."""
    what = []
    for collision in merged.collisions[:_NAMED]:
        one, other = _two(collision.matches)
        what.append(
            f"{one.seller_sku!r} ({_product(one)}) and {other.seller_sku!r} ({_product(other)}) "
            f"would both become {collision.left!r}"
        )
    for sku in merged.emptied[:_NAMED]:
        what.append(f"nothing would be left of {sku!r}")
    if (more := len(merged.collisions) + len(merged.emptied) - len(what)) > 0:
        what.append(f"{more} more")
    why = (
        "seller SKUs of different products would become one"
        if merged.collisions
        else "cropping would leave nothing of a seller SKU"
    )
    way_out = (
        f"Narrow the rule, or pair such a SKU by hand first: `amazon-orders sku alias {connection.name} SKU PRODUCT`"
    )
    return ConfigError(
        f"Nothing was changed in connection {connection.name}: {why}.",
        problems={key: f"{'; '.join(what)}. {way_out}"},
        record=connection.name,
    )


def _undecided(resolver: Resolver, seller_skus: Iterable[str]) -> list[str]:
    """SKUs that the crop rules decide: no alias does, and no plugin."""
    return [sku for sku in seller_skus if sku not in resolver.aliases and resolver.plugin(sku) is None]


def _two(matches: tuple[Match, ...]) -> tuple[Match, Match]:
    one = matches[0]
    return one, next(match for match in matches if match.product != one.product)


def _product(match: Match) -> str:
    return f"product {match.product}" + (f", {match.title}" if match.title else "")
