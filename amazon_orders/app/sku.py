"""`App.sku`: how seller SKUs find their products, what changed rules would do, and pairs made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import ConfigError, NotFound
from ..model import Alias, AliasImport, SkuPreview, SkuTest
from . import alias_files
from .merging import look, refusal
from .preview import preview
from .resolving import Resolver

if TYPE_CHECKING:
    from .app import App


class Sku:
    """The SKU rules and aliases of the connections. A wrong connection name is `NotFound` in every method."""

    def __init__(self, app: App) -> None:
        self._app = app

    def test(self, connection: str, *seller_skus: str) -> SkuTest:
        """What the rules make of each seller SKU, step by step, as a run would. Writes nothing."""
        if not seller_skus:
            raise ConfigError("Say which seller SKUs to test.", record=connection)
        known = self._app.connections.get(connection)
        resolver = Resolver(self._app, known, self._app.ledger.listings.aliases(connection))
        return SkuTest(
            connection=connection,
            product_attribute=known.product_attribute,
            skus=tuple(resolver.results(seller_skus)),
        )

    def preview(self, connection: str, changes: Mapping[str, Any]) -> SkuPreview:
        """What changed SKU rules would do to the SKUs of stored orders and listings. Writes nothing.

        `changes` is what `connections.set` would get; settings that do not concern SKUs are a `ConfigError`.
        """
        return preview(self._app, self._app.connections.get(connection), changes)

    def aliases(self, connection: str) -> list[Alias]:
        """Every seller SKU that was paired by hand, by SKU."""
        self._app.connections.get(connection)
        return list(self._app.ledger.listings.aliases(connection).values())

    def alias(self, connection: str, seller_sku: str, product: str, units: int = 1) -> Alias:
        """Pair a seller SKU by hand with a product; held orders are tried again by the next sync.

        `product` is the value of the connection's product attribute, `units` how many of it are in one piece sold at
        Amazon. `ConfigError`: bad values, or a product that the store does not have.
        """
        alias = Alias(seller_sku=seller_sku, product=product, units=units)
        known = self._app.connections.get(connection)
        wrong = alias_files.problem(alias) or self._unknown(connection, [alias]).get(product)
        if wrong:
            raise ConfigError(
                f"Seller SKU {seller_sku[:80]!r} was not paired.", problems={"alias": wrong}, record=known.name
            )
        self._app.ledger.listings.set_alias(connection, alias, self._app.now())
        return alias

    def remove_alias(self, connection: str, seller_sku: str) -> Alias:
        """Undo a pair, and say what it was. `NotFound`: there is none.

        `ConfigError`: without it the SKU would be cropped to that of another product.
        """
        known = self._app.connections.get(connection)
        aliases = self._app.ledger.listings.aliases(connection)
        if seller_sku not in aliases:
            raise NotFound(
                f"Connection {connection} has no alias for seller SKU {seller_sku[:80]!r}; "
                f"`sku alias {connection}` lists them.",
                record=connection,
            )
        rest = {sku: alias for sku, alias in aliases.items() if sku != seller_sku}
        merged = look(self._app, known, known, aliases=rest)
        if merged.collisions:
            raise refusal(known, replace(merged, emptied=()), "alias")
        self._app.ledger.listings.remove_alias(connection, seller_sku, self._app.now())
        return aliases[seller_sku]

    def from_csv(self, connection: str, source: str | Path | TextIO) -> AliasImport:
        """Pair every seller SKU of a file, or none: columns `seller_sku`, `product`, and `units` if there are packs.

        Aliases that the file does not name stay. `ConfigError` names each bad line, also one whose product the store
        does not have.
        """
        self._app.connections.get(connection)
        lines = alias_files.read(source)
        unknown = self._unknown(connection, lines.values())
        if problems := {
            f"line {number}": unknown[alias.product] for number, alias in lines.items() if alias.product in unknown
        }:
            raise alias_files.bad_lines(problems)
        added, changed = self._app.ledger.listings.set_aliases(connection, lines.values(), self._app.now())
        return AliasImport(connection=connection, added=added, changed=changed, unchanged=len(lines) - added - changed)

    def to_csv(self, connection: str, target: str | Path | TextIO) -> int:
        """Write every alias to a file that `from_csv` takes; how many there are."""
        return alias_files.write(self.aliases(connection), target)

    def _unknown(self, connection: str, aliases: Iterable[Alias]) -> dict[str, str]:
        """Products of `aliases` that no order could be placed with, and why. The rules decide, as in a run."""
        known = replace(self._app.connections.get(connection), unknown_sku="hold")
        by_sku = {alias.seller_sku: alias for alias in {alias.product: alias for alias in aliases}.values()}
        results = Resolver(self._app, known, by_sku).results(list(by_sku))
        return {by_sku[result.seller_sku].product: result.detail for result in results if result.match is None}
