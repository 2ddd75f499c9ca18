"""`amazon-orders purge`: erase buyers' personal data whose time is over, and prove it."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from . import outcome
from .everywhere import Command
from .output import document, json_option, say, show
from .session import Session, pass_session
from .tables import Column, print_table


class Moment(click.ParamType[datetime]):
    """A time with its zone, or a day in UTC."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write 2026-12-31T00:00:00Z or 2026-12-31", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@click.command(cls=Command, short_help="Erase buyers' personal data whose time is over.")
@click.option("--as-of", type=Moment(), metavar="TIME", help="Erase as if it were TIME, to try the retention out.")
@click.option("--prove", is_flag=True, help="Count what is left by age.")
@json_option
@pass_session
def purge(session: Session, as_of: datetime | None, prove: bool, as_json: bool) -> int:
    """Erase buyers' personal data whose time is over: 30 days after delivery.

    Every sync does this by itself. The exit code is 1 where something is left that should be gone.
    """
    with session.app() as app:
        done = app.purge(as_of=as_of, prove=prove)
    if as_json:
        document(done.as_dict())
    else:
        show(
            f"Personal data of {done.erased} orders was erased, of {done.kept} it is kept, {done.overdue} are overdue."
        )
        if done.next_erase is not None:
            show(f"The next is due {done.next_erase:%Y-%m-%d %H:%M} UTC.")
        if done.ages is not None:
            show()
            print_table([Column("Days old"), Column("Orders", right=True)], list(done.ages.items()))
        if done.oldest is not None:
            show(f"  The oldest order was created {done.oldest:%Y-%m-%d %H:%M} UTC.")
    if not done.clean:
        say("Another program is reading the ledger, so its log still holds old pages. The next sync empties it.")
    return outcome.DONE if done.ok else outcome.FAILED
