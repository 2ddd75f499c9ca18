"""`App.doctor`: looks at everything that has to be right, and says of each thing how it is and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from ..errors import AmazonOrdersError
from ..model.checkup import OK, RED, UNKNOWN, WARNING, Diagnosis, Finding
from .doctor_connection import of_connection
from .doctor_files import config_file, key_file, ledger_file, personal_data, secret_age
from .doctor_stores import of_store, store_names
from .times import span

if TYPE_CHECKING:
    from .app import App

_V0_ENDS = "2027-03-27"
_CLOCK_WARNING = timedelta(minutes=1)
_CLOCK_RED = timedelta(minutes=15)
"""The client allows for a quarter of an hour where it does not know Amazon's clock yet."""


def doctor(app: App) -> Diagnosis:
    """Ask Amazon and the stores, too. A check that cannot be made says so and stops no other."""
    findings: list[Finding] = []

    def look(what: str, check: Callable[..., Iterator[Finding]], *about: object, name: str = "") -> None:
        try:
            findings.extend(check(app, *about))
        except AmazonOrdersError as error:
            detail = " ".join(str(error).split())
            findings.append(Finding(what=what, connection=name, result=RED, detail=detail, fix="see the message"))

    look("config file", config_file)
    look("key", key_file)
    look("ledger", ledger_file)
    look("personal data", personal_data)
    look("client secret", secret_age)
    for store in store_names(app):
        look(f"store {store}", of_store, store)
    try:
        connections = app.connections.list()
    except AmazonOrdersError:
        connections = []  # the ledger's finding says why
    for connection in connections:
        look("connection", of_connection, connection, name=connection.name)
    look("clock", _clock)
    findings.append(
        Finding(
            what="Orders API v0",
            result=OK,
            detail=f"not used: orders are read with version 2026-01-01, and v0's reads may end on {_V0_ENDS}",
        )
    )
    return Diagnosis(at=app.now(), findings=tuple(findings))


def _clock(app: App) -> Iterator[Finding]:
    ahead = app.transport.clock_ahead
    if ahead is None:
        yield Finding(
            what="clock", result=UNKNOWN, detail="Amazon was not reached, so there is nothing to compare with"
        )
        return
    off = abs(ahead)
    detail = f"{span(off)} {'behind' if ahead > timedelta() else 'ahead of'} Amazon's"
    fix = "let the machine take its time from the network (NTP)"
    if off > _CLOCK_RED:
        yield Finding(what="clock", result=RED, detail=detail, fix=fix)
    elif off > _CLOCK_WARNING:
        yield Finding(what="clock", result=WARNING, detail=detail, fix=fix)
    else:
        yield Finding(what="clock", result=OK, detail="agrees with Amazon's")
