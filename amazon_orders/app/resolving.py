"""Asks a store's catalogue and plugins about seller SKUs outside a run, and lets the rules decide as a run does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ..model import Alias, Answer, Connection, Match, OrderLine, Product, SkuResult, SkuStep
from ..rules import attempts, cuts, resolve, values_to_ask
from ..settings import engine

if TYPE_CHECKING:
    from .app import App

AT_ONCE = 250
"""Seller SKUs in one question to the catalogue."""


class Resolver:
    """What one connection's rules make of seller SKUs. `connection` may have rules that are not saved."""

    def __init__(self, app: App, connection: Connection, aliases: Mapping[str, Alias]) -> None:
        self.connection = connection.without_secret()
        self.aliases = aliases
        self.patterns = engine()
        self._hooks = app.hooks(connection.store)

    def plugin(self, seller_sku: str) -> Answer[str] | None:
        """What a plugin says of the SKU. It is shown a line that has nothing but the SKU."""
        if seller_sku in self.aliases or not self._hooks.implemented("rule_resolve_sku"):
            return None
        return self._hooks.rule_resolve_sku(OrderLine(order_item_id="", seller_sku=seller_sku), self.connection)

    def matches(self, seller_skus: Collection[str]) -> dict[str, Match]:
        """The products of those that have one."""
        found = {}
        for skus, hooks, products in self._looked_up(seller_skus):
            for sku in skus:
                match, _, _ = resolve(
                    sku,
                    self.connection,
                    alias=self.aliases.get(sku),
                    hook=hooks[sku],
                    found=products,
                    patterns=self.patterns,
                )
                if match is not None:
                    found[sku] = match
        return found

    def results(self, seller_skus: Sequence[str]) -> Iterator[SkuResult]:
        """Each SKU with every step of its search."""
        for skus, hooks, products in self._looked_up(seller_skus):
            for sku in skus:
                yield self._result(sku, hooks[sku], products)

    def products(self, values: Collection[str]) -> dict[str, list[Product]]:
        """The catalogue's answer about values of the connection's product attribute."""
        found: dict[str, list[Product]] = {}
        for part in _parts(values):
            for product in self._hooks.store_find_products(self.connection.product_attribute, part):
                found.setdefault(product.value, []).append(product)
        return found

    def _looked_up(
        self, seller_skus: Collection[str]
    ) -> Iterator[tuple[list[str], dict[str, Answer[str] | None], dict[str, list[Product]]]]:
        for skus in _parts(seller_skus):
            hooks = {sku: self.plugin(sku) for sku in skus}
            values = dict.fromkeys(value for sku in skus for value in self._values(sku, hooks[sku]))
            yield skus, hooks, self.products(values)

    def _values(self, sku: str, hook: Answer[str] | None) -> tuple[str, ...]:
        return values_to_ask(sku, self.connection, self.aliases.get(sku), hook, self.patterns)

    def _result(self, sku: str, hook: Answer[str] | None, products: Mapping[str, Sequence[Product]]) -> SkuResult:
        alias = self.aliases.get(sku)
        match, reason, trace = resolve(
            sku, self.connection, alias=alias, hook=hook, found=products, patterns=self.patterns
        )
        steps: list[SkuStep] = []
        for attempt in attempts(sku, self.connection, alias=alias, hook=hook, found=products, patterns=self.patterns):
            step = "cropped" if attempt.how == "crop" else attempt.how
            plugin = hook.plugin if attempt.how == "hook" and hook is not None else ""
            if attempt.products:
                outcome = "found" if match is not None else "ambiguous"
                steps.append(SkuStep(step=step, outcome=outcome, before=attempt.value, plugin=plugin))
                break
            steps.append(SkuStep(step=step, outcome="missing", before=attempt.value, plugin=plugin))
            if attempt.how == "exact":
                steps += self._cut(sku)
        return SkuResult(
            seller_sku=sku,
            match=match,
            reason=reason,
            detail=trace[-1].detail,
            asked=self._values(sku, hook),
            steps=tuple(steps),
        )

    def _cut(self, sku: str) -> Iterator[SkuStep]:
        for cut in cuts(sku, self.connection, self.patterns):
            outcome = "skipped" if cut.skipped else "unchanged" if cut.after == cut.before else "cut"
            detail = f"{cut.step} {cut.skipped}" if cut.skipped else cut.step
            yield SkuStep(step="crop", outcome=outcome, before=cut.before, after=cut.after, detail=detail)


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    source = iter(values)
    while part := list(islice(source, AT_ONCE)):
        yield part
