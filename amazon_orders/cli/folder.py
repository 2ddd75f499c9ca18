"""A folder to work in: config file, key file, empty ledger, and what version control must not see."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError
from .writing import as_config_error, undone_on_error

KEY_FILE = "amazon-orders.key"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a config file needs to know. The defaults are those of `init`."""

    ledger: str = "sqlite:///amazon-orders.db"
    shop: str = "shop.db"
    client_id: str = "env:LWA_CLIENT_ID"
    client_secret: str = "env:LWA_CLIENT_SECRET"  # noqa: S105 - where to look, not what to say
    application_id: str = ""


def make_folder(config: Path, answers: Answers) -> list[Path]:
    """Make the config file and what belongs to it; the files made, config first.

    Nothing that is there is touched: where one of the files exists it is a `ConfigError`. If something fails half-way,
    what was made is taken away again.
    """
    folder = config.parent
    ledger = _sqlite_file(folder, answers.ledger)
    key = folder / KEY_FILE
    for path, why in ((config, "is there already"), (key, "is there already; overwriting it would lose a ledger")):
        if path.exists():
            raise ConfigError(
                "Nothing was touched: this folder is in use.",
                problems={str(path): f"{why}. Take another folder, or go on with this one: amazon-orders sync"},
                record=str(path),
            )
    if ledger is not None and ledger.exists():
        raise ConfigError(
            "Nothing was touched: there is a ledger already, and a new key could not read it.",
            problems={str(ledger): "name another file with --ledger, or take another folder"},
            record=str(ledger),
        )
    with undone_on_error() as made, as_config_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        made.append(_write(config, _toml(answers), mode=0o644))
        made.append(_write(key, base64.urlsafe_b64encode(os.urandom(32)).decode() + "\n", mode=0o600))
        ignore = folder / ".gitignore"
        if not ignore.exists():
            made.append(ignore)
        _ignore(ignore, [KEY_FILE, *_database_files(ledger, folder), *_database_files(folder / answers.shop, folder)])
        if ledger is not None:
            made.extend([ledger, *(ledger.with_name(f"{ledger.name}-{part}") for part in ("wal", "shm"))])
        _open_ledger(config)
    return [path for path in made if path.exists()]


def _open_ledger(config: Path) -> None:
    from ..app import App

    with App.from_file(config) as app:
        app.connections.list()


def _toml(answers: Answers) -> str:
    text = json.dumps  # a JSON string is a TOML string
    application = f"application_id = {text(answers.application_id)}\n" if answers.application_id else ""
    return f"""\
# Where things are. A value "env:NAME" comes from the environment; relative paths are taken from this file.
[ledger]
url = {text(answers.ledger)}
key_file = {text(KEY_FILE)}    # encrypts secrets and buyers' data in the ledger: keep it, keep it secret

# Your application at Amazon (Login with Amazon).
[lwa]
client_id = {text(answers.client_id)}
client_secret = {text(answers.client_secret)}
{application}
# The shops, by name. This one is a small shop in one SQLite file, to try things out.
[stores.shop]
adapter = "sqlite"
path = {text(answers.shop)}
"""


def _sqlite_file(folder: Path, url: str) -> Path | None:
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url == "sqlite:///:memory:":
        return None
    return folder / Path(url.removeprefix(prefix)).expanduser()


def _database_files(path: Path | None, folder: Path) -> list[str]:
    """A database as lines of a .gitignore, with the files that SQLite puts beside it; none where it lies elsewhere."""
    if path is None or not path.is_relative_to(folder):
        return []
    name = path.relative_to(folder).as_posix()
    return [name, f"{name}-*"]


def _ignore(file: Path, names: Sequence[str]) -> None:
    """Key and databases hold secrets and buyers' data, so they are kept out of version control."""
    present = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [name for name in names if name not in present.splitlines()]
    if missing:
        gap = "" if not present or present.endswith("\n") else "\n"
        file.write_text(present + gap + "\n".join(missing) + "\n", encoding="utf-8")


def _write(path: Path, text: str, *, mode: int) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
