"""Leases: one worker at a time for a name, across processes and machines, with a fence against those who come late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from ..errors import Busy, LeaseLost
from . import schema
from .database import Database
from .processes import Process, is_gone, this_process
from .records import Lease
from .statements import Statement, insert_for
from .text import moment, written
from .transaction import Work

_t = schema.leases
_LOOK = select(_t).where(_t.c.name == bindparam("who"))
_FIND = _LOOK.with_for_update()
_FENCE = Statement(
    lambda _insert: select(_t.c.fence, _t.c.until).where(_t.c.name == bindparam("who")).with_for_update(), ("who",)
)
_CHANGE = update(_t).where(_t.c.name == bindparam("who"), _t.c.fence == bindparam("held"))


class Leases:
    """Leases by name. A lease that is not renewed lapses; a holder on this host that died is replaced at once."""

    def __init__(self, database: Database, now: Callable[[], datetime], seconds: float) -> None:
        self._database = database
        self._now = now
        self._seconds = seconds

    def acquire(self, name: str, *, seconds: float | None = None) -> Lease:
        """The lease for `name`. Raises `Busy`, saying who has it and until when."""
        seconds = self._seconds if seconds is None else seconds
        with self._database.reading() as work:
            # Readers wait for nobody: who comes too late is told so in the middle of the holder's own writing too.
            _refuse(name, work.one(_LOOK, {"who": name}), self._now())
        with self._database.writing() as work:
            row = work.one(_FIND, {"who": name})
            now = self._now()  # after waiting for the lock
            _refuse(name, row, now)
            me = this_process()
            until = now + timedelta(seconds=seconds)
            fence = 1 if row is None else row.fence + 1
            values = {"host": me.host, "pid": me.pid, "started": me.started, "until": written(until), "fence": fence}
            if row is None:
                insert = insert_for(work.connection.dialect)
                if not work.run(insert(_t).values(name=name, **values).on_conflict_do_nothing()):
                    raise Busy(f"{name} was taken by another process this moment. Try again later.", record=name)
            else:
                work.run(_CHANGE.values(values), {"who": name, "held": row.fence})
        return Lease(name=name, fence=fence, holder=str(me), until=until, seconds=seconds)

    def renew(self, lease: Lease) -> Lease:
        """The same lease for longer. Raises `LeaseLost` where somebody else has taken it, or it was given back."""
        with self._database.writing() as work:
            until = self._now() + timedelta(seconds=lease.seconds)
            kept = work.run(
                _CHANGE.where(_t.c.until.is_not(None)).values(until=written(until)),
                {"who": lease.name, "held": lease.fence},
            )
            if not kept:
                raise _lost(lease)
        return Lease(name=lease.name, fence=lease.fence, holder=lease.holder, until=until, seconds=lease.seconds)

    def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens where it is somebody else's by now."""
        with self._database.writing() as work:
            work.run(_CHANGE.values(until=None), {"who": lease.name, "held": lease.fence})

    def check(self, work: Work, lease: Lease) -> None:
        """Raise `LeaseLost` unless `lease` is the newest of its name and has not lapsed. Locks its row."""
        for fence, until in work.ask(_FENCE, (lease.name,)):
            if fence == lease.fence and until is not None and moment(until) > self._now():
                return
        raise _lost(lease)


def _refuse(name: str, row: Any, now: datetime) -> None:
    """Raise `Busy` where `row` is a lease that holds at `now`, and its holder is not known to be gone."""
    if row is None or row.until is None or moment(row.until) <= now:
        return
    holder = Process(row.host, row.pid, row.started)
    if not is_gone(holder):
        raise Busy(
            f"{name} is being worked on by {holder}, until {row.until[:19]}Z unless that is extended. "
            "Nothing was done; try again later.",
            record=name,
        )


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        f"The lease on {lease.name} has run out or was taken over, so this process wrote nothing more. "
        "Nothing is lost: the next run goes on from there. If it happens often, raise `[ledger] lease_seconds`.",
        record=lease.name,
    )
