"""What the shell offers at the Tab key: names of connections, orders that have a problem, settings and their values.

Whatever goes wrong is silence: somebody who presses a key has asked for no error. Nothing is made, upgraded or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from .session import session_of

if TYPE_CHECKING:
    from ..ledger import Ledger

MANY = 50
"""Orders that are offered at most; nobody reads more."""
_LOOKED_AT = 2000
"""Orders that are looked through for those that begin as was typed."""

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


class _Bash(BashComplete):
    """Bash as click has it, but without a blank after `key=` and `map.`: what follows belongs to the same word."""

    source_template = BashComplete.source_template.replace(
        "    return 0\n", '    if [[ "${COMPREPLY[0]}" == *[=.] ]]; then compopt -o nospace; fi\n\n    return 0\n'
    )


add_completion_class(_Bash)


def _silent(offer: Callable[[click.Context, str], Iterator[CompletionItem[str]]]) -> Offer:
    """`offer` as click calls it; what it cannot find out is not offered."""

    def found(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        try:
            return [item for item in offer(context, typed) if item.value.startswith(typed)]
        except Exception:  # noqa: BLE001 - no config, no ledger, no key, a fault: all of them are silence here
            return []

    return found


def _ledger(context: click.Context) -> Ledger:
    """The ledger without its key, which nothing here needs; `FileNotFoundError` where there is none yet."""
    from ..app.app import utc_now
    from ..ledger import Ledger
    from ..settings import Config

    url = Config.from_file(session_of(context).config).database_url()
    if not Ledger.is_there(url):
        raise FileNotFoundError(url)
    return Ledger.open(url, key=None, now=utc_now, migrate=False)


@_silent
def connections(context: click.Context, typed: str) -> Iterator[CompletionItem[str]]:
    """Names of connections that were not named yet, with what they are."""
    given = context.params.get("names") or ()
    with closing(_ledger(context)) as ledger:
        for item in ledger.connections.list():
            if item.name not in given and item.name.startswith(typed):
                where = f"{', '.join(item.marketplaces)} into {item.store}"
                yield CompletionItem(item.name, help=where if item.active else f"{where}, not active")


@_silent
def orders(context: click.Context, typed: str) -> Iterator[CompletionItem[str]]:
    """Orders that need a look, newest first: held ones, failed ones, and those in the inbox."""
    return _orders(context, typed, "attention", "failed")


@_silent
def orders_to_ship(context: click.Context, typed: str) -> Iterator[CompletionItem[str]]:
    """Orders that are in the shop and have not left it whole, as far as Amazon knows, newest first."""
    return _orders(context, typed, "placed", left_out="SHIPPED")


def _orders(
    context: click.Context, typed: str, *statuses: str, left_out: str | None = None
) -> Iterator[CompletionItem[str]]:
    with closing(_ledger(context)) as ledger:
        rows = chain(*(islice(ledger.orders.list(status=one), _LOOKED_AT) for one in statuses))
        fitting = {
            row.amazon_order_id: row
            for row in rows
            if row.amazon_order_id.startswith(typed) and row.amazon_status != left_out
        }
        for order_id, row in islice(fitting.items(), MANY):
            yield CompletionItem(order_id, help=f"{row.status} {row.reason or row.amazon_status}")


@_silent
def settings(context: click.Context, typed: str) -> Iterator[CompletionItem[str]]:
    """`key=` for each setting, then its values, as far as they are known.

    Bash hands `key=value` over as three words, the other shells as one.
    """
    from ..settings import SETTINGS, defaults

    given = list(context.params.get("settings") or ())
    known = {setting.name: setting.help for setting in SETTINGS if setting.name not in ("name", "refresh_token")}
    key, equals, value = typed.partition("=")
    if equals and key in known:
        for one in _values(context, key, value):
            yield CompletionItem(f"{key}={one}")
        return
    if given[-1:] == ["="]:
        given.pop()
    if given and given[-1] in known:
        for one in _values(context, given[-1], typed):
            yield CompletionItem(one)
        return
    usual = defaults()
    for name, text in known.items():
        yield CompletionItem(f"{name}{'.' if isinstance(usual[name], dict) else '='}", help=text)


def _values(context: click.Context, key: str, typed: str) -> Iterator[str]:
    """Values of a setting; of a list the next one, behind those that were typed."""
    from ..model import MARKETPLACES
    from ..settings import SETTINGS, Config, defaults

    usual = defaults()[key]
    if isinstance(usual, bool):
        yield from ("true", "false")
    elif key == "store":
        yield from Config.from_file(session_of(context).config).stores
    elif key in ("marketplaces", "stock_marketplaces"):
        before, comma, _ = typed.rpartition(",")
        yield from (f"{before}{comma}{country}" for country in MARKETPLACES if country not in before.split(","))
    else:
        yield from next(setting.choices for setting in SETTINGS if setting.name == key)
