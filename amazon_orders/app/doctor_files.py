"""What `doctor` finds on this machine: config file, key, ledger, and the age of the client secret."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..model.checkup import OK, RED, UNKNOWN, WARNING, Finding
from ..settings import KEY_VARIABLE
from ..settings.key_file import too_open
from .expiry import SECRET_LIFE, countdown

if TYPE_CHECKING:
    from .app import App


def config_file(app: App) -> Iterator[Finding]:
    """Whether it is there, and whether a secret in it can be read by others."""
    source = app.config.source
    if not source:
        yield Finding(what="config file", result=OK, detail="none: a program handed the configuration over")
        return
    path = Path(source)
    secret = app.config.client_secret
    if not secret.startswith("env:") and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            what="config file",
            result=WARNING,
            detail=f"{source} holds the client secret, and others on this machine may read it",
            fix=f'chmod 600 {source}, or write client_secret = "env:LWA_CLIENT_SECRET"',
        )
        return
    try:
        app.credentials()
    except ConfigError as error:
        yield Finding(what="config file", result=RED, detail=" ".join(str(error).split()), fix="set the variable")
        return
    yield Finding(what="config file", result=OK, detail=source)


def key_file(app: App) -> Iterator[Finding]:
    """Whether there is a key, only its owner can read it, and it is the ledger's."""
    given = bool(os.environ.get(KEY_VARIABLE))
    path = Path(app.config.key_file) if app.config.key_file else None
    if not given and path is None:
        yield Finding(
            what="key",
            result=WARNING,
            detail="none: no secret and no personal data is kept; connections take their tokens from the environment",
            fix="set `[ledger] key_file`, if you want them kept",
        )
        return
    is_open = not given and path is not None and path.exists() and too_open(path)
    if is_open:
        yield Finding(what="key", result=RED, detail=f"others on this machine may read {path}", fix=f"chmod 600 {path}")
    problem = app.ledger.key_problem
    if problem:
        fix = "put the key back from your backup; if it is lost for good: amazon-orders keys restart"
        yield Finding(what="key", result=RED, detail=problem, fix=fix)
        return
    if app.ledger.keys.unfinished:
        yield Finding(
            what="key", result=WARNING, detail="its rotation was stopped half-way", fix="amazon-orders keys rotate"
        )
        return
    if not is_open:
        yield Finding(what="key", result=OK, detail=f"from {KEY_VARIABLE}" if given else f"{path}, the ledger's own")


def ledger_file(app: App) -> Iterator[Finding]:
    """Its version, and SQLite's settings as they are in force."""
    from ..ledger import Ledger
    from ..ledger.state import SQLITE_SETTINGS

    pragmas = app.ledger.pragmas()
    state = Ledger.look(app.config.database_url())
    wrong = [name for name, value in SQLITE_SETTINGS.items() if pragmas and pragmas[name] != value]
    if wrong:
        yield Finding(
            what="ledger",
            result=RED,
            detail=f"{state.place}: SQLite did not take {', '.join(wrong)}",
            fix="put it on a local disk: network file systems cannot do this",
        )
        return
    yield Finding(what="ledger", result=OK, detail=f"{state.place}, version {state.version}")


def personal_data(app: App) -> Iterator[Finding]:
    """Whether anything is kept past its time."""
    kept = app.ledger.personal.kept(app.now())
    if kept.overdue:
        yield Finding(
            what="personal data",
            result=RED,
            detail=f"of {kept.overdue} orders it should be erased by now",
            fix="run a sync, or: amazon-orders purge --prove",
        )
        return
    yield Finding(what="personal data", result=OK, detail=f"kept of {kept.orders} orders, none of them past its time")


def secret_age(app: App) -> Iterator[Finding]:
    """How long the client secret lives yet; nobody but the configuration knows when it was made."""
    made = app.config.secret_created_at
    if made is None:
        yield Finding(
            what="client secret",
            result=UNKNOWN,
            detail="Amazon lets it expire after 180 days, and does not say when it was made",
            fix="set `[lwa] secret_created_at` to the day",
        )
        return
    yield countdown(
        "client secret",
        datetime.combine(made, time(), UTC),
        SECRET_LIFE,
        app.now(),
        fix="make a new one in Seller Central, put it into the configuration, and set `[lwa] secret_created_at`",
    )
