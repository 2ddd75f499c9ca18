"""`amazon-orders connection authorise`: a seller's consent, by a link and the code that comes back."""

from __future__ import annotations

import sys

import click

from . import completion
from .everywhere import Command
from .output import document, json_option, say, show
from .session import Session, pass_session


@click.command(cls=Command, short_help="Get the seller's consent: a link, then the code that comes back.")
@click.argument("name", shell_complete=completion.connections)
@click.option(
    "--redirect-uri", metavar="U", default="", help="Where Amazon sends the seller; default: [lwa] redirect_uri."
)
@click.option("--beta", is_flag=True, help="The application is still a draft at Amazon.")
@click.option(
    "--code", metavar="CODE", help="spapi_oauth_code of the address that Amazon sent the seller to; - reads it."
)
@click.option("--state", metavar="STATE", help="state of the same address.")
@click.option("--seller-id", metavar="ID", default="", help="selling_partner_id of the same address, to be compared.")
@json_option
@pass_session
def authorise(
    session: Session, name: str, redirect_uri: str, beta: bool, code: str | None, state: str | None,
    seller_id: str, as_json: bool,
) -> None:  # fmt: skip
    """Get the seller's consent.

    Without --code: prints the link to Amazon's page. The seller opens it, agrees, and is sent to the redirect address
    with spapi_oauth_code, state and selling_partner_id in it. Within five minutes:

    \b
      amazon-orders connection authorise NAME --code CODE --state STATE
    """
    from ..settings import as_mapping

    if (code is None) != (state is None):
        raise click.UsageError("--code and --state go together: both stand in the address that the seller was sent to.")
    with session.app() as app:
        if code is None:
            link = app.connections.authorise(name, redirect_uri, beta=beta)
            if as_json:
                document(link.as_dict())
            else:
                show(link.url)
            say(f"The seller has until {link.expires_at:%H:%M} UTC to open this link and agree. Then:")
            say(f"  amazon-orders connection authorise {name} --code CODE --state STATE")
            return
        code = sys.stdin.readline().strip() if code == "-" else code
        saved = app.connections.authorised(name, code=code, state=state or "", seller_id=seller_id)
    if as_json:
        document(as_mapping(saved))
    say(f"Connection {name} is authorised. Next: amazon-orders connection test {name}")
