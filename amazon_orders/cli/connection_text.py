"""Connections, their settings, history and tests as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from .output import clean, say, show, wrapped
from .tables import Column, print_table

if TYPE_CHECKING:
    from ..model import Connection, ConnectionTest, SettingsChange

SUMMARY = ("name", "active", "seller_id", "region", "marketplaces", "store", "level", "fulfillment")
"""Keys of a line of `connection list --json`."""


def summary(connection: Connection) -> dict[str, Any]:
    """One line of `connection list --json`."""
    from ..settings import as_mapping

    values = as_mapping(connection)
    return {key: values[key] for key in SUMMARY}


def show_connections(connections: Sequence[Connection]) -> None:
    """A table, one line each."""
    print_table(
        [Column(title) for title in ("Name", "Active", "Seller", "Region", "Marketplaces", "Store", "Orders")],
        [
            (
                item.name,
                "yes" if item.active else "no",
                item.seller_id,
                item.region,
                ", ".join(item.marketplaces),
                item.store,
                item.fulfillment if item.level == "orders_and_stock" else "none",
            )
            for item in connections
        ],
    )


def show_connection(connection: Connection) -> None:
    """Every setting; those that differ from their default first, since they are what was decided here."""
    from ..model import plain
    from ..settings import SETTINGS, as_mapping, defaults

    values = as_mapping(connection)
    usual = {name: plain(value) for name, value in defaults().items()}
    hidden = ("name", "refresh_token")
    mine = [item.name for item in SETTINGS if item.name not in hidden and values[item.name] != usual[item.name]]
    rest = [item.name for item in SETTINGS if item.name not in hidden and item.name not in mine]
    show(f"Connection {connection.name}, added {values['added_at'] or 'just now'}")
    show()
    print_table([Column("Setting"), Column("Value")], [(name, value_text(values[name])) for name in mine])
    show()
    show("  Left at their defaults:")
    print_table([Column("Setting"), Column("Value")], [(name, value_text(values[name])) for name in rest])
    say(f"Change one: amazon-orders connection set {connection.name} key=value   (`key=` restores the default)")


def show_history(changes: Sequence[SettingsChange]) -> None:
    """A table, oldest first."""
    print_table(
        [Column(title) for title in ("When", "Setting", "Before", "After")],
        [
            (change.at.isoformat(" ", "seconds")[:19], change.field, value_text(change.old), value_text(change.new))
            for change in changes
        ],
    )


def show_test(result: ConnectionTest) -> None:
    """Each thing that was looked at, and what to do where it is not well."""
    for check in result.checks:
        word = click.style("ok    ", fg="green") if check.ok else click.style("FAILED", fg="red", bold=True)
        show(f"{word}  {check.what}: {clean(check.detail)}" if check.ok else f"{word}  {check.what}")
        if not check.ok:
            show(wrapped(clean_lines(check.detail), "        "))
            if check.fix:
                show(wrapped(f"To do: {check.fix}", "        "))
    if result.ok:
        say(f"Connection {result.name} works.")


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any], *, secret: bool) -> Iterator[str]:
    """What `connection set` did, a line for each setting."""
    changed = [key for key in after if after[key] != before.get(key)]
    for key in changed:
        yield f"{key}: {value_text(before.get(key))} -> {value_text(after[key])}"
    if secret:
        yield "refresh_token: replaced"
    if not changed and not secret:
        yield "Nothing changed: these values were set already."


def value_text(value: object) -> str:
    """A setting's value on one line, in the notation that `key=value` takes."""
    if value in ("", None):
        return "-"
    if isinstance(value, str):
        return clean(value)
    return clean(json.dumps(value, ensure_ascii=False))


def clean_lines(text: str) -> str:
    """Text from outside with its line breaks and nothing else that a terminal would obey."""
    return "\n".join(clean(line) for line in text.splitlines())
