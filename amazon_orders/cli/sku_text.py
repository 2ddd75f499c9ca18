"""Searches for products, previews of rules and aliases as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .output import clean, show, wrapped
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..model import Alias, Match, SkuChange, SkuPreview, SkuResult, SkuStep, SkuTest

SHOWN = 20
"""Rows of each list that a preview prints; `--json` has them all."""
_LONGEST = 60


def show_test(test: SkuTest) -> None:
    """Each SKU, its steps, and what came of it."""
    for number, result in enumerate(test.skus):
        if number:
            show()
        show(_text(result.seller_sku))
        for step in result.steps:
            show(f"  {step.step:<12}{_step(step)}")
        show(f"  {_conclusion(result)}")


def show_preview(preview: SkuPreview) -> None:
    """What would come in, then each list."""
    totals = ", ".join(f"{total} {currency}" for currency, total in preview.as_dict()["orders"]["totals"].items())
    held = f"; {preview.still_held} would stay held" if preview.still_held else ""
    coming = f"{preview.orders} held {'order' if preview.orders == 1 else 'orders'} would come in"
    show(f"{coming}{f': {totals}' if totals else ''}{held}.")
    show(
        f"Of {preview.seller_skus} known seller SKUs, {len(preview.new)} would find a product, "
        f"{len(preview.lost)} would lose it, {len(preview.changed)} would get another."
    )
    for title, changes in (("New", preview.new), ("Lost", preview.lost), ("Changed", preview.changed)):
        if changes:
            show()
            show(title)
            print_table(
                [Column("Seller SKU"), Column("Today"), Column("Then")], [_row(each) for each in changes[:SHOWN]]
            )
            _more(len(changes))
    if preview.collisions:
        show()
        show(click.style("Different products would become one", fg="red"))
        rows = [
            (collision.left if first else "", _text(match.seller_sku), _match(match))
            for collision in preview.collisions[:SHOWN]
            for first, match in ((index == 0, match) for index, match in enumerate(collision.matches[:SHOWN]))
        ]
        print_table([Column("Left"), Column("Seller SKU"), Column("Product today")], rows)
        _more(len(preview.collisions))
    if preview.emptied:
        show()
        names = ", ".join(_text(sku) for sku in preview.emptied[:SHOWN])
        show(click.style("Nothing would be left of ", fg="red") + names)
        _more(len(preview.emptied))
    if preview.refused:
        show()
        show(wrapped("\n".join(clean(line) for line in preview.refused.splitlines())))


def show_aliases(aliases: Sequence[Alias]) -> None:
    """A table, by seller SKU."""
    print_table(
        [Column("Seller SKU"), Column("Product"), Column("Units", right=True)],
        [(each.seller_sku, each.product, each.units) for each in aliases],
    )


def _step(step: SkuStep) -> str:
    if step.step == "crop":
        change = (
            "changes nothing" if step.outcome == "unchanged" else f"{_text(step.before)} -> {_text(step.after) or '-'}"
        )
        return clean(step.detail) if step.outcome == "skipped" else f"{clean(step.detail)}: {change}"
    who = f"plugin {clean(step.plugin)} named " if step.plugin else ""
    return f"{who}{_text(step.before)}: {step.outcome}"


def _conclusion(result: SkuResult) -> str:
    if result.match is None:
        word = click.style(result.reason or "", fg="yellow", bold=True)
        return f"{word}: {clean(result.detail)}"
    return click.style("found", fg="green") + f": {_match(result.match)}"


def _row(change: SkuChange) -> tuple[str, str, str]:
    return (_text(change.seller_sku), _match(change.before), _match(change.after))


def _match(match: Match | None) -> str:
    if match is None:
        return "-"
    title = f", {clean(match.title)}" if match.title else ""
    units = f", {match.units} in each" if match.units != 1 else ""
    return f"product {clean(match.product)} ({clean(match.value)}{title}{units}; {match.matched_by})"


def _more(count: int) -> None:
    if count > SHOWN:
        show(f"  … and {count - SHOWN} more; --json has them all")


def _text(sku: str) -> str:
    return clean(sku if len(sku) <= _LONGEST else f"{sku[:_LONGEST]}…")
