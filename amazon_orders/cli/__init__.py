"""The command `amazon-orders`: every verb calls the `App`, prints data on stdout and talks on stderr."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command; ends the process with the exit code of `docs/cli.md`."""
    from .root import root

    root.main(prog_name="amazon-orders")
