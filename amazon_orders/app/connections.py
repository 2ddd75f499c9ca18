"""`App.connections`: add, change, show, test and remove connections. Secrets go in and never come out."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError, NotFound
from ..model import Connection, ConnectionTest, SettingsChange
from ..settings import as_mapping, checked
from .authorisation import ConsentLink, begin, finish
from .connection_test import connection_test, refused_attribute
from .merging import refuse_merging

if TYPE_CHECKING:
    from .app import App


class Connections:
    """The connections of a ledger."""

    def __init__(self, app: App) -> None:
        self._app = app

    def add(self, connection: Connection | Mapping[str, Any]) -> Connection:
        """Save a new connection. `ConfigError` lists every bad key, or names the connection it collides with."""
        new = checked(connection)
        now = self._app.now()
        new = replace(new, added_at=now, sync_from=new.sync_from or self._start(now))
        if any(known.name == new.name for known in self.list()):
            raise ConfigError(
                f"There is a connection {new.name} already.",
                problems={"name": "choose another, or change that one with `connection set`"},
                record=new.name,
            )
        self._fits(new)
        self._stays(new)
        self._app.ledger.connections.add(new, now)
        return self.get(new.name)

    def set(self, name: str, changes: Mapping[str, Any]) -> Connection:
        """Change some settings; each change is kept with its time."""
        before = self.get(name)
        if "name" in changes and changes["name"] != name:
            raise ConfigError(
                f"A connection keeps its name {name}: the ledger knows its orders by it.",
                problems={"name": "cannot be changed"},
                record=name,
            )
        new = checked(as_mapping(before) | dict(changes))
        assert isinstance(before.added_at, datetime)  # noqa: S101 - set when it was saved; this tells the type checker
        new = replace(new, added_at=before.added_at, sync_from=new.sync_from or self._start(before.added_at))
        self._fits(new)
        if new.store != before.store:
            self._stays(new)
        self._app.ledger.connections.update(new, self._app.now())
        return self.get(name)

    def get(self, name: str) -> Connection:
        """One connection, without its secret. `NotFound` naming the known ones."""
        for connection in self.list():
            if connection.name == name:
                return connection
        known = ", ".join(connection.name for connection in self.list()) or "none yet; add one with `connection add`"
        raise NotFound(f"There is no connection {name!r}. Known: {known}.", record=name)

    def list(self) -> builtins.list[Connection]:
        """All connections, by name, without secrets."""
        return [checked(connection) for connection in self._app.ledger.connections.list()]

    def remove(self, name: str) -> None:
        """Forget a connection and its secret. What it placed stays known, so nothing is placed twice."""
        self.get(name)
        self._app.ledger.connections.remove(name)

    def history(self, name: str) -> builtins.list[SettingsChange]:
        """Every change of the connection's settings, oldest first."""
        self.get(name)
        return self._app.ledger.connections.history(name)

    def authorise(self, name: str, redirect_uri: str = "", *, beta: bool = False) -> ConsentLink:
        """The link to Amazon's page on which the seller grants access; good for ten minutes and once.

        `redirect_uri`: where Amazon sends the seller afterwards, as registered; default: `[lwa] redirect_uri`.
        """
        return begin(self._app, self.get(name), redirect_uri, beta=beta)

    def authorised(self, name: str, *, code: str, state: str, seller_id: str = "") -> Connection:
        """Exchange what came back from Amazon's page for the authorisation, and keep that.

        `code` is `spapi_oauth_code`, `seller_id` is `selling_partner_id`: if given, it must be the connection's.
        `ConfigError`: the state is not one that was given out and not used. `AmazonAuthError`: the code is used up.
        """
        return self.set(name, {"refresh_token": finish(self._app, self.get(name), code, state, seller_id)})

    def test(self, name: str) -> ConnectionTest:
        """Ask Amazon and the store whether the connection would work. Writes nothing to either."""
        return connection_test(self._app, self.get(name))

    def _start(self, added_at: datetime) -> datetime:
        """When it was added, by Amazon's clock: where ours is ahead, orders of the first minutes would seem older."""
        return added_at - (self._app.now() - self._app.transport.amazon_now_at_least())

    def _stays(self, new: Connection) -> None:
        """References of one store mean nothing in another, or somebody else's order."""
        if elsewhere := self._app.ledger.orders.other_store(new.name, new.store):
            raise ConfigError(
                f"Connection {new.name} has orders in store {elsewhere}; another store must not be told of them.",
                problems={"store": f"keep {elsewhere}, or add a connection of another name and switch this one off"},
                record=new.name,
            )

    def _fits(self, new: Connection) -> None:
        """What only the other connections and the store can tell."""
        self._app.knows_store(new.store)
        for other in self.list():
            if other.name == new.name or (other.seller_id, other.region) != (new.seller_id, new.region):
                continue
            common = sorted(set(other.marketplaces) & set(new.marketplaces))
            if common and other.store == new.store:
                raise ConfigError(
                    f"Connections {other.name} and {new.name} would import the same orders into store {new.store}.",
                    problems={"marketplaces": f"{', '.join(common)} belongs to connection {other.name} already"},
                    record=new.name,
                )
            if common and other.publish_stock and new.publish_stock and other.active and new.active:
                raise ConfigError(
                    f"Connections {other.name} and {new.name} would both send stock for {', '.join(common)}.",
                    problems={"publish_stock": "may be true on one of the two only"},
                    record=new.name,
                )
        if new.level == "stock_only" and not self._app.hooks(new.store).implemented("store_adjust_stock"):
            raise ConfigError(
                f"Store {new.store} cannot follow stock: its adapter does not answer store_adjust_stock.",
                problems={"level": "use orders_and_stock"},
                record=new.name,
            )
        before = next((known for known in self.list() if known.name == new.name), None)
        if new.product_attribute != (before or Connection(name="")).product_attribute:
            self._searchable(new)
        refuse_merging(self._app, before, new)

    def _searchable(self, new: Connection) -> None:
        """A store that can say that its products have no such attribute says so now, not at the first order."""
        if said := refused_attribute(self._app, new):
            raise ConfigError(
                f"Store {new.store} cannot search its products by {new.product_attribute!r}.",
                problems={"product_attribute": said},
                record=new.name,
            )
