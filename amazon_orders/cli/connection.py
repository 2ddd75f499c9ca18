"""`amazon-orders connection …`: selling accounts and their rules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO

import click

from ..errors import ConfigError
from . import completion, outcome
from .authorise import authorise
from .everywhere import Group
from .output import document, json_option, lines, say
from .session import Session, pass_session

token_option = click.option(
    "--refresh-token-file",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="Read the seller's refresh token from FILE, or from standard input with -. It never goes on the command line.",
)


@click.group(cls=Group)
def connection() -> None:
    """Selling accounts: add, change, test, list."""


connection.add_command(authorise)


@connection.command()
@click.argument("name")
@click.argument("settings", metavar="[key=value]…", nargs=-1, shell_complete=completion.settings)
@token_option
@click.option(
    "--authorise-later", is_flag=True, help="Save it without a refresh token; then use `connection authorise`."
)
@json_option
@pass_session
def add(
    session: Session, name: str, settings: Sequence[str], refresh_token_file: IO[str] | None, authorise_later: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Add a selling account.

    Needed: seller_id, region, marketplaces, store. Example:

    \b
      amazon-orders connection add de seller_id=A1EXAMPLE region=eu \\
          marketplaces=DE,FR store=shop --refresh-token-file token.txt
    """
    from ..settings import as_mapping, assignments, checked

    values = assignments(settings, {})
    if values.get("name", name) != name:
        raise click.UsageError(f"The connection is called {name} and {values['name']}; leave name= out.")
    values["name"] = name
    with session.app() as app:
        checked(values)  # before anybody is asked for a secret
        if not authorise_later:
            values["refresh_token"] = _token(refresh_token_file)
        saved = app.connections.add(values)
    if as_json:
        document(as_mapping(saved))
    say(f"Connection {name} is saved.")
    say(f"Next: amazon-orders connection {'authorise' if authorise_later else 'test'} {name}")
    if not saved.active:
        say(f"      amazon-orders connection set {name} active=true   (then `sync` without a name includes it)")


@connection.command("set")
@click.argument("name", shell_complete=completion.connections)
@click.argument("settings", metavar="key=value…", nargs=-1, shell_complete=completion.settings)
@token_option
@json_option
@pass_session
def set_(
    session: Session, name: str, settings: Sequence[str], refresh_token_file: IO[str] | None, as_json: bool
) -> None:
    """Change settings of a connection.

    A value is JSON or TOML if it parses, else text. `map.KEY=value` sets one entry of a map, `key=` restores the
    default.

    \b
      amazon-orders connection set de default_shipping_method=dhl
      amazon-orders connection set de shipping_methods.EXPEDITED=express
      amazon-orders connection set de 'sku_crop=[{suffix="-FBA"}]'
    """
    from ..settings import as_mapping, assignments
    from .connection_text import changed_lines

    if not settings and refresh_token_file is None:
        raise click.UsageError("Nothing to change: give key=value, or --refresh-token-file.")
    with session.app() as app:
        before = as_mapping(app.connections.get(name))
        changes = assignments(settings, before)
        if refresh_token_file is not None:
            changes["refresh_token"] = _token(refresh_token_file)
        saved = app.connections.set(name, changes)
        held = next(iter(app.orders.list(status="held", connection=name)), None)
    after = as_mapping(saved)
    if as_json:
        document(after)
    for line in changed_lines(before, after, secret=refresh_token_file is not None):
        say(line)
    if held is not None:
        say("There are held orders. Try them again: amazon-orders orders retry --held")


@connection.command()
@click.argument("name", shell_complete=completion.connections)
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Every setting of a connection; secrets are never shown."""
    from ..settings import as_mapping
    from .connection_text import show_connection

    with session.app() as app:
        found = app.connections.get(name)
    if as_json:
        document(as_mapping(found))
    else:
        show_connection(found)


@connection.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """All connections."""
    from .connection_text import show_connections, summary

    with session.app() as app:
        found = app.connections.list()
    if as_json:
        lines(summary(item) for item in found)
    elif found:
        show_connections(found)
    else:
        say("No connection yet. Add one: amazon-orders connection add --help")


@connection.command()
@click.argument("name", shell_complete=completion.connections)
@json_option
@pass_session
def history(session: Session, name: str, as_json: bool) -> None:
    """Every change of a connection's settings, oldest first."""
    from .connection_text import show_history

    with session.app() as app:
        changes = app.connections.history(name)
    if as_json:
        lines(change.as_dict() for change in changes)
    elif changes:
        show_history(changes)
    else:
        say(f"Connection {name} was never changed.")


@connection.command()
@click.argument("name", shell_complete=completion.connections)
@json_option
@pass_session
def test(session: Session, name: str, as_json: bool) -> int:
    """Ask Amazon and the store whether a connection works. Writes nothing."""
    from .connection_text import show_test

    with session.app() as app:
        result = app.connections.test(name)
    if as_json:
        document(result.as_dict())
    else:
        show_test(result)
    if result.error:
        return outcome.of_error(result.error)
    return outcome.DONE if result.ok else outcome.FAILED


@connection.command()
@click.argument("name", shell_complete=completion.connections)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_session
def remove(session: Session, name: str, yes: bool) -> None:
    """Forget a connection and its authorisation. What it placed stays known, so nothing is placed twice."""
    with session.app() as app:
        app.connections.get(name)
        if not yes:
            if not sys.stdin.isatty():
                raise click.UsageError(f"Removing {name} needs --yes where nobody can be asked.")
            click.confirm(f"Remove connection {name} and forget its authorisation?", abort=True, err=True)
        app.connections.remove(name)
    say(f"Connection {name} is removed. Its orders stay in the ledger.")


def _token(source: IO[str] | None) -> str:
    if source is not None:
        token = source.read().strip()
        if not token or len(token.split()) != 1:
            raise ConfigError(
                "No refresh token could be read.",
                problems={"--refresh-token-file": "must hold the token and nothing else, in one line"},
                record="refresh_token",
            )
        return token
    if sys.stdin.isatty():
        question = "Refresh token (from Seller Central, begins with Atzr|)"
        return str(click.prompt(question, hide_input=True, err=True)).strip()
    raise ConfigError(
        "A connection needs the seller's refresh token.",
        problems={"refresh_token": "use --refresh-token-file FILE, or - for standard input"},
        record="refresh_token",
    )
