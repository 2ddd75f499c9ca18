"""`App`: everything that the command line, a host platform or an engine calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..errors import AmazonOrdersError, ConfigError
from ..hooks import Hooks
from ..model import Connection, ConnectionReport, FlowReport, Report
from ..model.checkup import Diagnosis, Health, Purged
from ..settings import Config, engine, from_environment
from .connections import Connections
from .doctor import doctor
from .doctor_stores import plugins
from .health import INTERVAL, health
from .keys import Keys
from .opening import open_ledger
from .orders import Orders
from .personal import erase_what_is_due, purge
from .quota import reset
from .runs import Runs
from .shipments import Shipments
from .sku import Sku
from .stock import Stock

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from ..amazon import AmazonClient, LwaCredentials, Transport
    from ..hooks.inventory import Answering
    from ..ledger import Ledger
    from ..ledger.state import LedgerState
    from ..sync import Work


def utc_now() -> datetime:
    """The wall clock, aware."""
    return datetime.now(UTC)


class App:
    """A configured library: `connections`, `orders`, `sku`, `runs`, and `sync`.

    `now` is the clock and `pause` how to wait, for tests; `adapter` a `requests` transport adapter, for a simulated
    Amazon in process; `hooks` ready-made stores by name, for hosts that hand over an object instead of an entry point.
    """

    def __init__(
        self,
        config: Config,
        *,
        now: Callable[[], datetime] = utc_now,
        pause: Callable[[float], None] = time.sleep,
        adapter: BaseAdapter | None = None,
        hooks: Mapping[str, Hooks] | None = None,
    ) -> None:
        self.config = config
        self.now = now
        self.pause = pause
        self._adapter = adapter
        self._hooks: dict[str, Hooks] = {}
        self._given = dict(hooks or {})
        self._ledger: Ledger | None = None
        self._transport: Transport | None = None
        # Threads that each sync another connection share one ledger, one transport, and one of each store.
        self._opening = threading.RLock()
        self.connections = Connections(self)
        self.orders = Orders(self)
        self.runs = Runs(self)
        self.sku = Sku(self)
        self.stock = Stock(self)
        self.shipments = Shipments(self)
        self.keys = Keys(self)

    @classmethod
    def from_file(cls, path: str | Path | None = None, **options: Any) -> App:
        """From a config file: `path`, else `AMAZON_ORDERS_CONFIG`, else `./amazon-orders.toml`."""
        return cls(Config.from_file(path), **options)

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened when first needed; `LedgerError` where it cannot be used."""
        with self._opening:
            if self._ledger is None:
                self._ledger = open_ledger(self.config, self.now)
            return self._ledger

    def hooks(self, store: str) -> Hooks:
        """The plugins of one store, loaded and checked; `ConfigError` where something is missing."""
        with self._opening:
            if store not in self._hooks:
                hooks = self._given.get(store)
                if hooks is None:
                    settings = self.config.store(store)
                    hooks = Hooks(store)
                    hooks.load(settings.adapter, settings.resolved(), plugins=tuple(self.config.plugins))
                hooks.check()
                self._hooks[store] = hooks
            return self._hooks[store]

    @property
    def given_stores(self) -> frozenset[str]:
        """Stores that were handed over ready-made."""
        return frozenset(self._given)

    def knows_store(self, name: str) -> None:
        """`ConfigError` unless the store is configured or was handed over."""
        if name not in self._given:
            self.config.store(name)

    @property
    def transport(self) -> Transport:
        """What speaks to Amazon, for all connections."""
        with self._opening:
            if self._transport is None:
                from ..amazon import Transport

                self._transport = Transport(adapter=self._adapter, now=self.now)
            return self._transport

    def credentials(self) -> LwaCredentials:
        """The application's own credentials, looked up where they are references."""
        from ..amazon import LwaCredentials

        return LwaCredentials(
            client_id=from_environment(self.config.client_id, "lwa.client_id"),
            client_secret=from_environment(self.config.client_secret, "lwa.client_secret"),
            application_id=self.config.application_id,
        )

    def client(self, connection: Connection) -> AmazonClient:
        """A client for one connection. It alone gets the secret."""
        from ..amazon import AmazonClient

        secret = self.ledger.connections.secret(connection.name)
        token = from_environment(secret, f"connections.{connection.name}.refresh_token")
        return AmazonClient(
            replace(connection, refresh_token=token),
            self.credentials(),
            transport=self.transport,
            buckets=self.ledger.buckets,
            tokens=self.ledger.tokens,
            now=self.now,
        )

    def work(self, connection: Connection, siblings: Sequence[Connection] = ()) -> Work:
        """What a run of one connection works with."""
        from ..sync import Work

        return Work(
            connection=connection.without_secret(),
            hooks=self.hooks(connection.store),
            client=self.client(connection),
            ledger=self.ledger,
            now=self.now,
            patterns=engine(),
            pause=self.pause,
            other_connections=frozenset(
                other.name for other in siblings if other.store == connection.store and other.name != connection.name
            ),
        )

    def sync(
        self,
        *names: str,
        only: Sequence[str] | None = None,
        dry_run: bool = False,
        at_once: bool = False,
        confirm_drop: bool = False,
    ) -> Report:
        """Run every flow of the named connections, or of every active one.

        `at_once`: a person waits, so what was sent to Amazon is looked at now instead of later, as far as quotas
        allow. Orders that failed keep their time, since each try counts; `orders.retry` tries one now.
        `confirm_drop`: stock is published although many products ran empty at once. What goes wrong with one
        connection is in its part of the report and stops no other. A wrong name is an error.
        """
        from ..sync import FLOWS, run

        if unknown := set(only or ()) - set(FLOWS):
            raise ConfigError(
                "There is no such flow.", problems={name: f"known: {', '.join(FLOWS)}" for name in sorted(unknown)}
            )
        everyone = self.connections.list()
        chosen = [self.connections.get(name) for name in names] or [item for item in everyone if item.active]
        report = Report(dry_run=dry_run)
        if not dry_run:
            erase_what_is_due(self.ledger, self.now())
        for connection in chosen:
            try:
                work = self.work(connection, everyone)
                work.at_once, work.confirmed_drop = at_once, confirm_drop
            except AmazonOrdersError as error:
                failed = [FlowReport(flow=flow, error=error.as_dict()) for flow in only or FLOWS]
                report.connections.append(ConnectionReport(name=connection.name, flows=failed[:1]))
                continue
            report.connections.append(
                run(work, flows=only or tuple(FLOWS), lease_seconds=self.config.lease_seconds, dry_run=dry_run)
            )
            report.plan.extend(work.plan or ())
        return report

    def purge(self, *, as_of: datetime | None = None, prove: bool = False) -> Purged:
        """Erase the personal data whose time is over, as every sync does; `as_of` pretends that it is another time.

        `prove` counts what is left by age.
        """
        return purge(self.ledger, as_of or self.now(), prove=prove)

    def health(self, *, interval: timedelta = INTERVAL) -> Health:
        """How every connection is, told from the ledger alone. `interval`: how often a sync is meant to run."""
        return health(self, interval)

    def doctor(self) -> Diagnosis:
        """Look at everything that has to be right. Asks Amazon and the stores, and writes nothing to either."""
        return doctor(self)

    def plugins(self, store: str | None = None) -> list[Answering]:
        """Which plugin answers which hook, in which order; of one store or of all."""
        return plugins(self, store)

    def ledger_state(self) -> LedgerState:
        """Where the ledger is, its version and its size. Makes and upgrades nothing."""
        from ..ledger import Ledger

        return Ledger.look(self.config.database_url())

    def reset_quota(self, *names: str) -> int:
        """Forget what was used of the quotas of connections to a simulated Amazon; how many buckets that were."""
        return reset(self, names)

    def close(self) -> None:
        """Close stores, the ledger and Amazon's connections. The app may be used again afterwards."""
        for name in list(self._hooks):
            if name not in self._given:  # what the host handed over is the host's to close
                self._hooks.pop(name).close()
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
