"""`amazon-orders keys …`: change the key that encrypts secrets and buyers' data."""

from __future__ import annotations

import sys

import click

from .everywhere import Group
from .output import document, json_option, say
from .session import Session, pass_session


@click.group(cls=Group, short_help="Change the key that encrypts secrets and buyers' data.")
def keys() -> None:
    """The key that encrypts secrets and buyers' data in the ledger."""


@keys.command()
@json_option
@pass_session
def rotate(session: Session, as_json: bool) -> None:
    """Put a new key in front and encrypt everything with it.

    The old key stays behind it, so that a sync that is running can still be read. Stopped half-way it goes on with the
    next call.
    """
    with session.app() as app:
        done = app.keys.rotate()
    if as_json:
        document(done.as_dict())
    if done.resumed:
        say("An earlier rotation had been stopped half-way; it is finished now.")
    say(
        f"Encrypted with the newest key: {done.secrets} authorisations, {done.access_tokens} access tokens, "
        f"{done.orders} orders."
    )
    if done.unreadable:
        say(f"{done.unreadable} entries open with none of the keys and were left alone.")
    say("Next: start long-running syncs again, back up the key file, then: amazon-orders keys drop")


@keys.command()
@json_option
@pass_session
def drop(session: Session, as_json: bool) -> None:
    """Take the old keys out of the key file, once nothing needs them."""
    with session.app() as app:
        done = app.keys.drop()
    if as_json:
        document(done.as_dict())
    say("One key is left. Backups of the ledger from before need the old one.")


@keys.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_session
def restart(session: Session, yes: bool, as_json: bool) -> None:
    """The key is lost for good: begin with a new one.

    Authorisations and buyers' data that only the lost key could open are forgotten. Orders, and what was placed, stay.
    """
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Forgetting what is encrypted needs --yes where nobody can be asked.")
        click.confirm("Forget everything that the lost key had encrypted?", abort=True, err=True)
    with session.app() as app:
        done = app.keys.restart()
        without = [item.name for item in app.connections.list()]
    if as_json:
        document(done.as_dict())
    say(f"Forgotten: {done.secrets} authorisations, {done.access_tokens} access tokens, data of {done.orders} orders.")
    for name in without:
        say(f"Next: amazon-orders connection set {name} --refresh-token-file FILE")
