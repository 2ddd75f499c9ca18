"""`amazon-orders init`: a folder to work in, asked for on a terminal, made from flags and defaults elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from .everywhere import Command
from .output import say, show
from .session import Session, pass_session


@click.command(cls=Command, short_help="Make a config file, a key and an empty ledger.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--ledger", metavar="URL", help="Where the ledger is. Default: sqlite:///amazon-orders.db")
@click.option("--shop", metavar="FILE", help="The file of the shop to try things with. Default: shop.db")
@click.option("--client-id", metavar="ID", help="Your application's client id. Default: env:LWA_CLIENT_ID")
@click.option(
    "--client-secret-env", metavar="NAME", help="The environment variable of its secret. Default: LWA_CLIENT_SECRET"
)
@click.option("--application-id", metavar="ID", help="Its application id (amzn1.sellerapps.app.…). Default: none")
@click.option("--defaults", is_flag=True, help="Ask nothing, even on a terminal.")
@pass_session
def init(
    session: Session,
    folder: Path,
    ledger: str | None,
    shop: str | None,
    client_id: str | None,
    client_secret_env: str | None,
    application_id: str | None,
    defaults: bool,
) -> None:
    """Make a config file, a key and an empty ledger in DIR (default: here).

    On a terminal it asks for what no flag says; elsewhere it takes the defaults.
    """
    from ..settings import DEFAULT_FILE, FILE_VARIABLE
    from .folder import Answers, make_folder

    config = folder / DEFAULT_FILE
    if session.config is not None:
        if folder != Path():
            raise click.UsageError("Give DIR or --config, not both.")
        config = Path(session.config)
    usual = Answers()
    ask = sys.stdin.isatty() and not defaults and not config.exists()

    def answer(given: str | None, question: str, default: str) -> str:
        if given is not None or not ask:
            return default if given is None else given
        return str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()

    answers = Answers(
        ledger=answer(ledger, "Ledger's database", usual.ledger),
        shop=answer(shop, "File of the shop to try things with", usual.shop),
        client_id=answer(client_id, "Client id of your application at Amazon", usual.client_id),
        client_secret="env:"
        + answer(
            client_secret_env,
            "Environment variable that holds its secret",
            usual.client_secret.removeprefix("env:"),
        ),
        application_id=answer(application_id, "Application id (empty: none)", usual.application_id),
    )
    for path in make_folder(config, answers):
        show(str(path))
    if os.environ.get(FILE_VARIABLE):
        say(f"Mind that {FILE_VARIABLE} is set: it names the file that other commands read.")
    where = "" if folder == Path() else f"cd {folder} && "
    say("Keep the key file: without it secrets and buyers' data in the ledger cannot be read.")
    say(f"Next: {where}amazon-orders connection add --help")
