"""The ledger: one database, opened once, with a room for each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from . import schema
from .authorisations import Authorisations
from .buckets import Buckets
from .changes import Changes
from .claims import Claims
from .connections import Connections
from .counts import Counts
from .cursors import Cursors
from .database import Database
from .facts import Facts
from .feeds import Feeds
from .inbox import Inbox
from .leases import Leases
from .listings import Listings
from .orders import Orders
from .outbox import Outbox
from .personal import Personal
from .records import Lease
from .rekey import Rekey
from .reservations import Reservations
from .runs import Runs
from .sales import Sales
from .sold import Sold
from .state import LedgerState, look
from .statements import insert_for
from .stock import Stock
from .tokens import Tokens
from .upgrade import exists, prepare
from .vault import Vault
from .watches import Watches

LEASE_SECONDS = 60.0


class Ledger:
    """The durable memory. `Ledger.open` makes one; every method raises `LedgerError` where the database fails."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime], lease_seconds: float) -> None:
        self._database = database
        self._vault = vault
        self.now = now
        self.leases = Leases(database, now, lease_seconds)
        self.connections = Connections(database, vault, now)
        self.authorisations = Authorisations(database)
        self.cursors = Cursors(database)
        self.changes = Changes(database, now)
        self.claims = Claims(database, now)
        self.reservations = Reservations(database)
        self.orders = Orders(database, vault, now)
        self.personal = Personal(database)
        self.counts = Counts(database)
        self.watches = Watches(database)
        self.keys = Rekey(database, vault)
        self.inbox = Inbox(database, now)
        self.outbox = Outbox(database, vault, now)
        self.feeds = Feeds(database, now)
        self.sales = Sales(database, vault)
        self.sold = Sold(database)
        self.stock = Stock(database, now)
        self.listings = Listings(database, now)
        self.facts = Facts(database, now)
        self.runs = Runs(database)
        self.buckets = Buckets(database, now)
        self.tokens = Tokens(database, vault, self.leases)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        key: bytes | str | None,
        now: Callable[[], datetime],
        lease_seconds: float = LEASE_SECONDS,
        migrate: bool = True,
    ) -> Ledger:
        """The ledger at `url`, `sqlite:///FILE` or `postgresql+psycopg://…`; an empty database becomes one.

        `key` holds one or more Fernet keys, the newest first, apart by commas or lines; `None`: nothing personal and no
        secret is kept. A key that is not the ledger's shows in `key_problem`, and raises where it is needed.
        `migrate`: whether an older ledger is upgraded. Raises `LedgerError` or `ConfigError`.
        """
        vault = Vault(key)
        database = Database(url)
        try:
            prepare(database, migrate=migrate)
            _compare(database, vault)
        except BaseException:
            database.close()
            raise
        return cls(database, vault, now, lease_seconds)

    @classmethod
    def look(cls, url: str) -> LedgerState:
        """What is at `url`; makes and upgrades nothing."""
        return look(url)

    @classmethod
    def is_there(cls, url: str) -> bool:
        """Whether there is a ledger at `url`. Makes none."""
        return exists(url)

    def close(self) -> None:
        """Close every connection to the database."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where the ledger is: a path, or a URL without its password."""
        return self._database.place

    @property
    def commits(self) -> int:
        """Transactions that wrote something, since it was opened by this process."""
        return self._database.commits

    @property
    def can_keep_personal_data(self) -> bool:
        """Whether there is a key, and it is the ledger's."""
        return self._vault.has_key and not self._vault.problem

    @property
    def key_problem(self) -> str:
        """Why what is encrypted cannot be read: one sentence, empty where all is well."""
        return self._vault.problem

    def lock(self, why: str) -> None:
        """Seal and open nothing; `why` is one sentence. For a key that is configured and cannot be had."""
        self._vault.problem = why

    @contextmanager
    def transaction(self, lease: Lease | None = None) -> Iterator[None]:
        """All or nothing, for everything this thread writes inside; calls inside each other join.

        With a `lease`, raises `LeaseLost` unless it is still the newest of its name and has not lapsed, and nobody can
        take it over before the end. Never ask Amazon or a store inside.
        """
        with self._database.writing() as work:
            if lease is not None:
                self.leases.check(work, lease)
            yield

    def pragmas(self) -> dict[str, Any]:
        """SQLite's settings as they are in force, read back; empty for PostgreSQL."""
        if not self._database.sqlite:
            return {}
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "secure_delete")
        with self._database.reading() as work:
            return {name: work.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


def _compare(database: Database, vault: Vault) -> None:
    """Compare the key with the one the ledger was written with first; the first key of all is remembered."""
    table = schema.meta
    find = select(table.c.value).where(table.c.name == "key_check")
    with database.reading() as work:
        row = work.one(find)
    if row is None and vault.has_key:
        with database.writing() as work:
            insert = insert_for(work.connection.dialect)
            work.run(insert(table).values(name="key_check", value=vault.new_check()).on_conflict_do_nothing())
            row = work.one(find)
    vault.compare(row.value if row else None, database.place)
