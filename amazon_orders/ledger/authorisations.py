"""Authorisations that Amazon took for gone, and sellers who are on their way through Amazon's consent page."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from . import schema
from .database import Database
from .text import moment, written

_t = schema.connections
_s = schema.consents
_REFUSED = select(_t.c.refused_at, _t.c.refused_key).where(_t.c.name == bindparam("who"))
_SET = update(_t).where(_t.c.name == bindparam("who"))
_CONSENT = select(_s.c.connection, _s.c.redirect_uri, _s.c.expires_at).where(_s.c.state == bindparam("hash"))


class Authorisations:
    """What is known of authorisations beside the secrets themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refuse(self, connection: str, key: str, at: datetime) -> None:
        """Amazon says that the authorisation is gone. `key` tells which one, so that another one is tried again."""
        with self._database.writing() as work:
            work.run(_SET.values(refused_at=written(at), refused_key=key), {"who": connection})

    def refused(self, connection: str, key: str | None = None) -> datetime | None:
        """Since when the authorisation is gone; `None`: it is not, or it is another one than `key`."""
        with self._database.reading() as work:
            row = work.one(_REFUSED, {"who": connection})
        if row is None or row.refused_at is None or (key is not None and row.refused_key != key):
            return None
        since: datetime = moment(row.refused_at)
        return since

    def accept(self, connection: str) -> None:
        """It works, or there is another one. Writes only where it was refused."""
        if self.refused(connection) is None:
            return
        with self._database.writing() as work:
            work.run(_SET.values(refused_at=None, refused_key=None), {"who": connection})

    def expect(self, state: str, connection: str, redirect_uri: str, *, now: datetime, until: datetime) -> None:
        """A seller is sent to the consent page with `state`. Only its hash is kept; older ones that lapsed go."""
        with self._database.writing() as work:
            work.run(delete(_s).where(_s.c.expires_at <= written(now)))
            work.run(
                insert(_s).values(
                    state=_hash(state), connection=connection, redirect_uri=redirect_uri, expires_at=written(until)
                )
            )

    def take(self, state: str, connection: str, now: datetime) -> str | None:
        """The address that the seller was to come back to; `None`: unknown, used, lapsed, or of another connection.

        It counts once, whatever becomes of it.
        """
        with self._database.writing() as work:
            row = work.one(_CONSENT, {"hash": _hash(state)})
            if row is None or not work.run(delete(_s).where(_s.c.state == _hash(state))):
                return None
        if row.connection != connection or moment(row.expires_at) <= now:
            return None
        return str(row.redirect_uri)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
