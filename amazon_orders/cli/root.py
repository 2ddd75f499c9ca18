"""The command `amazon-orders`: its verbs, and how it ends when something goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from .. import __version__
from ..errors import AmazonOrdersError
from . import log, outcome
from .check_adapter import check_adapter
from .checkup import doctor, health, plugins
from .connection import connection
from .demo import demo
from .everywhere import Group
from .init import init
from .keys import keys
from .ledger import ledger
from .new_adapter import new_adapter
from .orders import orders
from .output import say
from .personal import purge
from .sandbox import sandbox
from .session import session_of
from .sku import sku
from .stock import stock
from .sync import sync


class Root(Group):
    """Turns every ending into one clear message on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb. Whoever stops reading the output has seen enough, which is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would complain once more when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return session_of(ctx).code

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override] # it always ends the process, as click's own does in standalone mode
        """Run the command line `args` (default: the process's own) and exit."""
        words = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, ValueError):  # a test's stream need not have it
                stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a wrong locale shall not end a run
        extra.pop("standalone_mode", None)
        try:
            answer = super().main(words, prog_name=prog_name, standalone_mode=False, **extra)
            sys.exit(answer if isinstance(answer, int) else outcome.DONE)
        except AmazonOrdersError as error:
            sys.exit(_told(error.as_dict(), str(error), outcome.of_error(error), words))
        except click.Abort:
            say("Stopped. Whatever was begun is safe: run it again to go on.")
            sys.exit(outcome.INTERRUPTED)
        except click.ClickException as error:
            error.show()
            if "--json" in words:
                _json_error({"code": "usage", "message": error.format_message(), "record": ""})
            sys.exit(outcome.WRONG)
        except Exception as error:  # noqa: BLE001 - the last stop: a bug must not print what it was working on
            sys.exit(_bug(error, words))


def _told(shape: dict[str, Any], message: str, code: int, words: Sequence[str]) -> int:
    say(click.style("Error: ", fg="red", bold=True) + message)
    if "--json" in words:
        _json_error(shape)
    return code


def _json_error(shape: dict[str, Any]) -> None:
    click.echo(json.dumps({"error": shape}))


def _bug(error: Exception, words: Sequence[str]) -> int:
    """A fault of this program. A stray exception's text may hold a buyer's data or a secret, so it is not shown."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
    message = (
        f"{type(error).__name__} at {where}. This is a fault of amazon-orders, please report it. "
        "Nothing is half done: the ledger knows what was finished."
    )
    if log.is_loud() or "-v" in words:
        say("".join(traceback.format_list(frames)).rstrip())
    else:
        message += " Run it again with -v to see where it happened."
    return _told({"code": "bug", "message": message, "record": ""}, message, outcome.FAILED, words)


@click.group(
    "amazon-orders",
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, prog_name="amazon-orders", message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context) -> None:
    """Amazon orders into a shop, each once, to the cent."""
    log.begin(context)


for verb in (demo, init, connection, sync, orders, sku, stock, health, doctor, purge, keys, ledger, plugins, sandbox):
    root.add_command(verb)
root.add_command(check_adapter)
root.add_command(new_adapter)
