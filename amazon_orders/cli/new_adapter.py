"""`amazon-orders new-adapter NAME`: a package for one more shop, with the questions to write and the kit's tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from .everywhere import Command
from .output import document, json_option, say, show

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@click.command("new-adapter", cls=Command, short_help="Write a package for one more shop, with the questions to fill.")
@click.argument("name")
@click.option(
    "--dir", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into, new or empty. Default: one called NAME.",
)  # fmt: skip
@json_option
def new_adapter(name: str, folder: Path | None, as_json: bool) -> None:
    """Write a package for one more shop: the questions that its adapter answers, the kit's tests, a page for its users.

    NAME is what a config file will say (adapter = "NAME"); the package is called amazon-orders-NAME. Nothing that is
    there is touched. The tests of the new package say which question to write first.
    """
    from .adapter_package import PREFIX, AdapterPackage, write_package

    if name.startswith(PREFIX):
        raise click.UsageError(
            f"The package gets {PREFIX} before its name by itself. Say {name.removeprefix(PREFIX)!r}."
        )
    if not _NAME.fullmatch(name):
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
        instead = f" How about {near!r}?" if near else ""
        raise click.UsageError(f"{name!r} cannot name an adapter: take small letters, digits and hyphens.{instead}")
    package = AdapterPackage(name)
    folder = Path(name) if folder is None else folder
    files = write_package(package, folder)
    if as_json:
        document(
            {
                "name": package.name,
                "package": package.distribution,
                "module": package.module,
                "folder": str(folder),
                "files": [path.relative_to(folder).as_posix() for path in files],
            }
        )
    else:
        for path in files:
            show(str(path))
    where = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    say(f"Next: {where}pip install -e '.[test]' && python -m pytest")
    say(f"It says which question to write first, in {folder / package.module / 'adapter.py'}.")
