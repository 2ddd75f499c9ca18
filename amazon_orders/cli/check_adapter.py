"""`amazon-orders check-adapter PATH`: every promise of a store, asked of an adapter that somebody writes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import ConfigError, StoreRejected
from . import outcome
from .everywhere import Command
from .output import clean, document, json_option, say, show, wrapped
from .session import session_of

if TYPE_CHECKING:
    from ..testing import Outcome

_SETTING = re.compile(r"\A(?P<key>[A-Za-z_]\w*)=(?P<value>.*)\Z", re.DOTALL)
_WORDS = {
    "kept": ("kept   ", "green"),
    "broken": ("BROKEN ", "red"),
    "untold": ("untold ", "yellow"),
    "skipped": ("skipped", "cyan"),
}


class _CheckCommand(Command):
    """A verb whose `--config` takes the adapter's settings; the config file plays no part here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [parameter for parameter in self.params if parameter.name != "config"]


def _settings(context: click.Context, _: click.Parameter, words: Sequence[str]) -> dict[str, Any]:
    """`key=value` words: a value is JSON if it parses, else text. A word without `=` is the config file's path."""
    settings = {}
    for word in words:
        if match := _SETTING.match(word):
            try:
                settings[match["key"]] = json.loads(match["value"])
            except ValueError:
                settings[match["key"]] = match["value"]
        else:
            session_of(context).config = word
    return settings


@click.command("check-adapter", cls=_CheckCommand, short_help="Check that an adapter keeps every promise of a store.")
@click.argument("path")
@click.option(
    "--config", "settings", metavar="PATH|KEY=VALUE", multiple=True, callback=_settings,
    help="A setting of the adapter, as its store's table would have it; may be given several times.",
)  # fmt: skip
@click.option("--attribute", default="sku", show_default=True, help="The attribute by which products are found.")
@click.option(
    "--product", metavar="VALUE", default="", help="A product that the shop sells. Default: one that it lists."
)
@json_option
def check_adapter(path: str, settings: dict[str, Any], attribute: str, product: str, as_json: bool) -> int:
    """Check that an adapter keeps every promise of a store. It places and cancels orders: give it a shop to try with.

    PATH is a module's file, package.module:factory, or the name of an installed adapter. A function shop(adapter)
    beside the factory gives the back door; checks that need one are skipped without it. Exit code 1 where a promise
    is broken, 2 where there is no such adapter or its settings are wrong.
    """
    from ..testing import check_store
    from ..testing.loading import open_desk

    try:
        desk = open_desk(path, settings, attribute=attribute, value=product)
    except StoreRejected as refusal:
        raise ConfigError(
            f"The shop cannot be checked: {refusal}", problems={"--attribute": "name another"}
        ) from refusal
    try:
        outcomes = list(check_store(lambda: desk))
    finally:
        desk.hooks.close()
    counts = {result: sum(one.result == result for one in outcomes) for result in _WORDS}
    if as_json:
        document({"adapter": path, **counts, "promises": [one.as_dict() for one in outcomes]})
    else:
        _print(outcomes)
        told = ", ".join(f"{count} {result}" for result, count in counts.items() if count)
        say(f"{len(outcomes)} promises: {told}.")
    return outcome.FAILED if counts["broken"] or counts["untold"] else outcome.DONE


def _print(outcomes: Sequence[Outcome]) -> None:
    subject = ""
    for one in outcomes:
        if one.subject != subject:
            subject = one.subject
            show(click.style(subject, bold=True))
        word, colour = _WORDS[one.result]
        show(f"  {click.style(word, fg=colour, bold=one.result == 'broken')}  {one.promise}")
        if one.detail:
            show(wrapped(clean(one.detail), "           "))
