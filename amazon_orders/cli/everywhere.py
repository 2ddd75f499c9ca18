"""Commands and groups that take the options of the whole command line at any place: `--config`, `-v`."""

from __future__ import annotations

from typing import Any

import click

from . import log
from .session import session_of


def _config(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        session_of(context).config = value


def _louder(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        log.louder()


def _options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--config"],
            metavar="PATH",
            expose_value=False,
            callback=_config,
            help="The config file. Default: $AMAZON_ORDERS_CONFIG, else ./amazon-orders.toml.",
        ),
        click.Option(
            ["-v", "--verbose"], is_flag=True, expose_value=False, callback=_louder, help="Say what happens, on stderr."
        ),
    ]


class Command(click.Command):
    """A verb."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_options())


class Group(click.Group):
    """A group of verbs."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_options())


Group.group_class = Group
