"""Where the library's log goes on a command line: to stderr, warnings only unless somebody asks for more."""

from __future__ import annotations

import logging
import os
from typing import TextIO

import click

VARIABLE = "AMAZON_ORDERS_LOG"
_LOGGER = logging.getLogger("amazon_orders")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stderr` is at that moment."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The conductor's own warnings are errors of the report, which is printed; saying them twice helps nobody."""
        return record.name != _LOGGER.name or is_loud()

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def begin(context: click.Context) -> None:
    """Log to stderr until the command ends, as loud as `AMAZON_ORDERS_LOG` says (default: warnings)."""
    handler = _Stderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    before = (_LOGGER.level, _LOGGER.propagate)
    wanted = os.environ.get(VARIABLE, "").upper() or "WARNING"
    _LOGGER.setLevel(wanted if wanted in logging.getLevelNamesMapping() else "WARNING")
    _LOGGER.propagate = False  # the root logger belongs to whoever embeds the library
    _LOGGER.addHandler(handler)

    def end() -> None:
        _LOGGER.removeHandler(handler)
        _LOGGER.setLevel(before[0])
        _LOGGER.propagate = before[1]

    context.call_on_close(end)


def louder() -> None:
    """`-v`: everything the library has to say."""
    _LOGGER.setLevel(logging.DEBUG)


def is_loud() -> bool:
    """Whether somebody asked for everything."""
    return _LOGGER.isEnabledFor(logging.DEBUG)
