"""`amazon-orders sku …`: how seller SKUs find their products, what changed rules would do, and pairs made by hand."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

import click

from . import completion
from .everywhere import Group
from .output import clean, document, json_option, lines, say
from .session import Session, pass_session


@click.group(cls=Group)
def sku() -> None:
    """How seller SKUs find the store's products."""


@sku.command()
@click.argument("name", shell_complete=completion.connections)
@click.argument("skus", metavar="SKU…", nargs=-1, required=True)
@json_option
@pass_session
def test(session: Session, name: str, skus: Sequence[str], as_json: bool) -> None:
    """Show step by step which product each SKU finds under the connection's rules. Writes nothing."""
    from .sku_text import show_test

    with session.app() as app:
        result = app.sku.test(name, *skus)
    if as_json:
        document(result.as_dict())
    else:
        show_test(result)


@sku.command()
@click.argument("name", shell_complete=completion.connections)
@click.argument("settings", metavar="key=value…", nargs=-1, required=True, shell_complete=completion.settings)
@json_option
@pass_session
def preview(session: Session, name: str, settings: Sequence[str], as_json: bool) -> None:
    """Show what changed SKU rules would do to known SKUs and held orders. Writes nothing.

    The settings are written as for `connection set`.

    \b
      amazon-orders sku preview de 'sku_crop=[{suffix="-FBA"}]'
    """
    from ..settings import as_mapping, assignments
    from .sku_text import show_preview

    with session.app() as app:
        changes = assignments(settings, as_mapping(app.connections.get(name)))
        result = app.sku.preview(name, changes)
    if as_json:
        document(result.as_dict())
        return
    show_preview(result)
    if result.refused is None:
        say(f"Nothing was changed. Save it: amazon-orders connection set {name} {clean(shlex.join(settings))}")
    else:
        say("Nothing was changed, and `connection set` would refuse this.")


@sku.command()
@click.argument("name", shell_complete=completion.connections)
@click.argument("seller_sku", metavar="[SKU", required=False)
@click.argument("product", metavar="PRODUCT]", required=False)
@click.option("--units", type=int, help="Units of the product in one piece sold at Amazon. Default: 1.")
@click.option("--remove", metavar="SKU", help="Undo the pair of a seller SKU.")
@click.option("--from", "source", metavar="FILE", help="Pair every seller SKU of a CSV file, or none; - is stdin.")
@click.option("--to", "target", metavar="FILE", help="Write every alias to a CSV file; - is stdout.")
@json_option
@pass_session
def alias(
    session: Session,
    name: str,
    seller_sku: str | None,
    product: str | None,
    units: int | None,
    remove: str | None,
    source: str | None,
    target: str | None,
    as_json: bool,
) -> None:
    """Pair seller SKUs by hand with products; with NAME alone, list the pairs.

    PRODUCT is the value of the connection's product attribute. Held orders are tried again by the next sync.

    \b
      amazon-orders sku alias de OLD-NAME MUG-WHITE
      amazon-orders sku alias de MUG-3PACK MUG-WHITE --units 3
      amazon-orders sku alias de --remove OLD-NAME
      amazon-orders sku alias de --from aliases.csv
    """
    from .sku_text import show_aliases

    asked = [seller_sku is not None, remove is not None, source is not None, target is not None]
    if sum(asked) > 1:
        raise click.UsageError("Give one of SKU PRODUCT, --remove, --from and --to.")
    if (seller_sku is None) != (product is None):
        raise click.UsageError("Give the SKU and its PRODUCT.")
    if units is not None and seller_sku is None:
        raise click.UsageError("--units goes with SKU PRODUCT; a file has a column for it.")
    with session.app() as app:
        if seller_sku is not None and product is not None:
            pair = app.sku.alias(name, seller_sku, product, 1 if units is None else units)
            if as_json:
                document(pair.as_dict())
            say(f"Paired. {_TRY_AGAIN}")
        elif remove is not None:
            gone = app.sku.remove_alias(name, remove)
            if as_json:
                document({**gone.as_dict(), "removed": True})
            say(f"The alias of {clean(remove)} is removed.")
        elif source is not None:
            done = app.sku.from_csv(name, sys.stdin if source == "-" else source)
            if as_json:
                document(done.as_dict())
            say(f"{done.added} added, {done.changed} changed, {done.unchanged} as they were. {_TRY_AGAIN}")
        elif target is not None:
            if as_json and target == "-":
                raise click.UsageError("--to - writes CSV to stdout; leave --json out.")
            count = app.sku.to_csv(name, sys.stdout if target == "-" else target)
            if as_json:
                document({"connection": name, "written": count})
            say(f"{count} written.")
        else:
            known = app.sku.aliases(name)
            if as_json:
                lines(each.as_dict() for each in known)
            elif known:
                show_aliases(known)
            else:
                say(f"Connection {name} has no alias.")


_TRY_AGAIN = "Held orders are tried again by the next sync."
