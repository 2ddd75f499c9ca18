"""`manage.py amazon_orders VERB …`: the command `amazon-orders`, with the project's settings instead of a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from amazon_orders.cli.root import root
from amazon_orders.cli.session import Session
from amazon_orders.integrations.django.building import build

if TYPE_CHECKING:
    from amazon_orders.app import App


class ProjectSession(Session):
    """One command line. `--config` still names a file, where somebody wants another one."""

    @contextmanager
    def app(self) -> Iterator[App]:
        """The project's application, closed at the end."""
        if self.config is not None:
            with super().app() as app:
                yield app
            return
        clock = {"now": self.now} if self.now else {}
        with build(adapter=self.adapter, pause=self.sleep, **clock) as app:
            yield app


class Command(BaseCommand):  # type: ignore[misc] # Django is published without types
    """Hands every word over to the command line of the library."""

    help = "Amazon orders into the shop: sync, orders, connection, health and all other verbs of amazon-orders."
    requires_system_checks: ClassVar[list[str]] = []  # `doctor` has to work where something is wrong

    stealth_options = ("session",)

    def run_from_argv(self, argv: Sequence[str]) -> None:
        """From a shell: the words are not Django's to understand, and the exit code is the verb's."""
        root.main(list(argv[2:]), prog_name="manage.py amazon_orders", obj=ProjectSession())

    def add_arguments(self, parser: Any) -> None:
        """For `call_command("amazon_orders", "sync", "--json")`."""
        parser.add_argument("words", nargs=argparse.REMAINDER)

    def handle(self, *_: Any, words: Sequence[str] = (), **options: Any) -> None:
        """Run the verb; `CommandError` with its exit code where that is not 0."""
        session = options.get("session") or ProjectSession()
        try:
            root.main(list(words), prog_name="manage.py amazon_orders", obj=session)
        except SystemExit as end:
            if end.code:
                raise CommandError(f"amazon_orders ended with {end.code}", returncode=int(end.code)) from end
