"""`amazon-orders ledger …`: the database that remembers everything."""

from __future__ import annotations

from collections.abc import Sequence

import click

from . import completion
from .everywhere import Group
from .output import document, json_option, say, show
from .session import Session, pass_session


@click.group(cls=Group)
def ledger() -> None:
    """The database that remembers everything: its version, its upgrade."""


@ledger.command()
@json_option
@pass_session
def status(session: Session, as_json: bool) -> None:
    """Where the ledger is, its version, and how much is in it. Upgrades nothing."""
    with session.app() as app:
        found = app.ledger_state()
    if as_json:
        document(found.as_dict())
        return
    show(f"Ledger {found.place}")
    if found.version is None:
        show("  There is none yet; the first command that needs it makes it.")
        return
    show(f"  version {found.version}, this library writes {found.newest}")
    if found.bytes is not None:
        show(f"  {found.bytes} bytes")
    for name, count in found.rows.items():
        show(f"  {count} {name}")
    if found.version != found.newest:
        say("Next: amazon-orders ledger upgrade")


@ledger.command()
@json_option
@pass_session
def upgrade(session: Session, as_json: bool) -> None:
    """Bring the ledger to the version of this library, in one transaction; make it if there is none."""
    with session.app() as app:
        before = app.ledger_state().version
        app.ledger  # noqa: B018 - opening it upgrades it
        after = app.ledger_state()
    if as_json:
        document({"before": before, "after": after.version})
    say(f"The ledger is at version {after.version}." if before == after.version else f"Upgraded to {after.version}.")


@ledger.command("reset-quota")
@click.argument("names", metavar="[NAME]…", nargs=-1, shell_complete=completion.connections)
@pass_session
def reset_quota(session: Session, names: Sequence[str]) -> None:
    """Forget what was used of the quotas. Only for connections to a simulated Amazon on this machine."""
    with session.app() as app:
        count = app.reset_quota(*names)
    say(f"{count} buckets are full again.")
