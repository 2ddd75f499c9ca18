"""What every verb of one command line shares: which config file, how loud, and how to open the `App`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from requests.adapters import BaseAdapter

    from ..app import App


@dataclass
class Session:
    """One command line. `adapter` and `now` stand in for the network and the clock where a test wants it."""

    config: str | None = None
    adapter: BaseAdapter | None = field(default=None, repr=False)
    now: Callable[[], datetime] | None = None
    sleep: Callable[[float], None] = time.sleep
    """How a run waits for a quota, and `sync --watch` for its next run."""
    code: int = 0
    """How the command ends if whoever reads its output goes away before it is printed."""

    @contextmanager
    def app(self) -> Iterator[App]:
        """The configured application, closed at the end."""
        from ..app import App

        options = {"now": self.now} if self.now else {}
        app = App.from_file(self.config, adapter=self.adapter, pause=self.sleep, **options)
        try:
            yield app
        finally:
            app.close()


def session_of(context: click.Context) -> Session:
    """The session of a command line, made when first asked for."""
    return context.ensure_object(Session)


pass_session = click.make_pass_decorator(Session, ensure=True)
