"""Amazon's access tokens: shared by all workers where there is a key, else in this process's memory alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from ..errors import Busy, LedgerError
from . import schema
from .database import Database
from .leases import Leases
from .records import Lease
from .statements import insert_for
from .text import moment, written
from .vault import Vault

_t = schema.tokens
_FIND = select(_t.c.token, _t.c.expires_at).where(_t.c.name == bindparam("who"))
_FORGET = delete(_t).where(_t.c.name == bindparam("who"))

REFRESH_SECONDS = 35.0
"""How long one refresh may take: longer than the client's own deadline, so that a live refresher is never overtaken."""
WAIT_SECONDS = 45.0
_POLL_SECONDS = 0.05


class Tokens:
    """Access tokens by key, which is a text that names the connection."""

    def __init__(self, database: Database, vault: Vault, leases: Leases) -> None:
        self._database = database
        self._vault = vault
        self._leases = leases
        self._memory: dict[str, tuple[str, datetime]] = {}

    def get(self, key: str) -> tuple[str, datetime] | None:
        """The token and when it expires, or `None`."""
        if not self._vault.has_key:
            return self._memory.get(key)
        with self._database.reading() as work:
            row = work.one(_FIND, {"who": key})
        if row is None:
            return None
        return self._vault.open(row.token, "an access token").decode(), moment(row.expires_at)

    def put(self, key: str, token: str, expires_at: datetime) -> None:
        """Keep `token`."""
        if not self._vault.has_key:
            self._memory[key] = (token, expires_at)
            return
        values = {"token": self._vault.seal(token.encode()), "expires_at": written(expires_at)}
        with self._database.writing() as work:
            insert = insert_for(work.connection.dialect)
            added = insert(_t).values(name=key, **values)
            work.run(added.on_conflict_do_update(index_elements=("name",), set_=values))

    def forget(self, key: str) -> None:
        """Drop the token: Amazon refused it, or the connection is gone."""
        self._memory.pop(key, None)
        with self._database.writing() as work:
            work.run(_FORGET, {"who": key})

    @contextmanager
    def refreshing(self, key: str) -> Iterator[None]:
        """One refresher at a time, across processes. Look for a fresh token once inside.

        Raises `Busy` where others keep it for too long. No transaction is open while it waits or while it is held.
        """
        if self._database.current is not None:
            raise LedgerError("A token cannot be refreshed inside a transaction: all other workers would wait for it.")
        lease = self._wait(f"token {key}")
        try:
            yield
        finally:
            self._leases.release(lease)

    def _wait(self, name: str) -> Lease:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return self._leases.acquire(name, seconds=REFRESH_SECONDS)
            except Busy:
                if time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_SECONDS)
