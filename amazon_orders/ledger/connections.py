"""Connections: their settings, their one secret, and every change with its time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from ..errors import ConfigError
from ..model import Connection, CropStep, Reason, SettingsChange, plain
from . import schema
from .database import Database
from .records import LOOK_BACK
from .statements import insert_for
from .text import dumps, loads, moment, written
from .transaction import Work
from .vault import Vault

_t = schema.connections
_changes = schema.connection_changes
_cursors = schema.cursors
_leases = schema.leases
_ONE = select(_t).where(_t.c.name == bindparam("who"))
_SET = update(_t).where(_t.c.name == bindparam("who"))
_ALL = select(_t.c.name, _t.c.settings).order_by(_t.c.name)
_HISTORY = select(_changes).where(_changes.c.connection == bindparam("who")).order_by(_changes.c.id)
_NEXT_DUE = select(func.min(_cursors.c.next_due)).where(_cursors.c.connection == bindparam("who"))
_DUE = (
    select(_t.c.name, _t.c.settings, func.min(_cursors.c.next_due).label("due"))
    .select_from(
        _t.outerjoin(_cursors, _cursors.c.connection == _t.c.name).outerjoin(_leases, _leases.c.name == _t.c.name)
    )
    .where(or_(_leases.c.until.is_(None), _leases.c.until <= bindparam("at")))
    .group_by(_t.c.name, _t.c.settings)
    .having(or_(func.min(_cursors.c.next_due).is_(None), func.min(_cursors.c.next_due) <= bindparam("at")))
    .order_by(func.min(_cursors.c.next_due).nulls_first(), _t.c.name)
)

_MASK = "***"
_REFERENCE = "env:"
_UNREFUSED = {"refused_at": None, "refused_key": None}  # a new authorisation is tried
_Changes = list[tuple[str, Any, Any]]  # field, old, new
_History = list[SettingsChange]
_Names = list[str]
_SKIPPED = ("name", "refresh_token", "added_at")
_TIMES = ("sync_from", "added_at")

_HAS_READ = select(_cursors.c.flow).where(_cursors.c.connection == bindparam("who"), _cursors.c.flow == "orders")
_BY_SETTINGS = (
    Reason.BEFORE_START,
    Reason.OTHER_FULFILMENT,
    Reason.OTHER_MARKETPLACE,
    Reason.OTHER_CONNECTION,
    Reason.STOCK_ONLY,
)


class Connections:
    """Connections by name. What is read back never carries the secret; `secret` alone gives it."""

    def __init__(self, database: Database, vault: Vault, now: Callable[[], datetime]) -> None:
        self._database = database
        self._vault = vault
        self._now = now

    def add(self, connection: Connection, at: datetime | None = None) -> Connection:
        """Keep a new, checked connection; what is kept, without its secret. Raises `ConfigError` for a taken name."""
        at = at or self._now()
        connection = replace(connection, added_at=connection.added_at or at, sync_from=connection.sync_from or at)
        values: dict[str, Any] = {"settings": _settings(connection), "added_at": written(at), "changed_at": written(at)}
        values |= self._secret_values(connection, at)
        with self._database.writing() as work:
            added = insert_for(work.connection.dialect)(_t).values(name=connection.name, **values)
            if not work.run(added.on_conflict_do_nothing()):
                what = f"there is already a connection {connection.name}; change it with `connection set`"
                raise ConfigError("The connection was not added.", problems={"name": what}, record=connection.name)
            note(work, connection.name, at, _differences(Connection(name=connection.name), connection))
        return connection.without_secret()

    def update(self, connection: Connection, at: datetime | None = None) -> _History:
        """Keep the settings of a connection that is there; what changed. `refresh_token=None` leaves the secret.

        Held orders are tried again where a rule changed; where more orders belong to the connection now, what was
        skipped is decided anew and Amazon is read from `sync_from` once more.
        """
        at = at or self._now()
        name = connection.name
        with self._database.writing() as work:
            row = work.one(_ONE.with_for_update(), {"who": name})
            if row is None:
                raise _unknown(name)
            before = _connection(name, row.settings)
            connection = replace(connection, added_at=before.added_at)
            changes = _differences(before, connection)
            if not changes:
                return []
            values: dict[str, Any] = {"settings": _settings(connection), "changed_at": written(at)}
            work.run(_SET.values(values | self._secret_values(connection, at)), {"who": name})
            note(work, name, at, changes)
            wake(work, name, at)
            if _is_wider(before, connection):
                look_back(work, name)
        return [SettingsChange(at=at, field=field, old=old, new=new) for field, old, new in changes]

    def get(self, name: str) -> Connection:
        """The connection without its secret. Raises `ConfigError` where there is none of that name."""
        with self._database.reading() as work:
            row = work.one(_ONE, {"who": name})
        if row is None:
            raise _unknown(name)
        return _connection(name, row.settings)

    def list(self) -> list[Connection]:
        """All of them by name, without secrets."""
        with self._database.reading() as work:
            return [_connection(row.name, row.settings) for row in work.all(_ALL)]

    def secret(self, name: str) -> str | None:
        """The refresh token; `None` where there is none yet.

        Raises `LedgerError` where the ledger's key is not the right one, also where the token is not kept in the
        ledger: a run that could not read or keep personal data must not begin.
        """
        self._vault.check()
        with self._database.reading() as work:
            row = work.one(_ONE, {"who": name})
        if row is None:
            raise _unknown(name)
        if row.secret_ref is not None:
            variable = row.secret_ref.removeprefix(_REFERENCE)
            value = os.environ.get(variable, "")
            if not value:
                raise ConfigError(
                    f"The connection {name} takes its refresh token from the environment.",
                    problems={"refresh_token": f"the variable {variable} is not set"},
                    record=name,
                )
            return value
        return None if row.secret is None else self._vault.open(row.secret, f"the connection {name}").decode()

    def secret_at(self, name: str) -> datetime | None:
        """When the secret was given; `None` where there is none."""
        with self._database.reading() as work:
            row = work.one(_ONE, {"who": name})
        return None if row is None else moment(row.secret_at)

    def remove(self, name: str, at: datetime | None = None) -> None:
        """Forget a connection, its secret, its cursors, aliases and listings.

        Its orders and claims stay, so that adding it again places nothing twice. `ConfigError`: there is none.
        """
        with self._database.writing() as work:
            if not work.run(delete(_t).where(_t.c.name == name)):
                raise _unknown(name)
            for table in (_cursors, schema.aliases, schema.listings):
                work.run(delete(table).where(table.c.connection == name))
            note(work, name, at or self._now(), [("connection", name, None)])

    def history(self, name: str) -> _History:
        """Every change, oldest first; secrets show as `***`."""
        with self._database.reading() as work:
            rows = work.all(_HISTORY, {"who": name})
        return [
            SettingsChange(at=moment(row.at), field=row.field, old=loads(row.old), new=loads(row.new)) for row in rows
        ]

    def next_due(self, name: str) -> datetime | None:
        """When the first of its flows has something to do; `None`: at once."""
        with self._database.reading() as work:
            row = work.one(_NEXT_DUE, {"who": name})
        return None if row is None else moment(row[0])

    def due(self, at: datetime | None = None) -> _Names:
        """Active connections that have something to do and that nobody works on, the longest due first."""
        with self._database.reading() as work:
            rows = work.all(_DUE, {"at": written(at or self._now())})
        return [row.name for row in rows if loads(row.settings)["active"]]

    def _secret_values(self, connection: Connection, at: datetime) -> dict[str, Any]:
        token = connection.refresh_token
        if token is None:
            return {}
        if token.startswith(_REFERENCE):
            return {"secret": None, "secret_ref": token, "secret_at": written(at)} | _UNREFUSED
        if not self._vault.has_key:
            what = (
                "without a key the ledger keeps no secret. Give env:NAME, the name of an environment variable, "
                "or set `[ledger] key_file`"
            )
            raise ConfigError("The connection was not saved.", problems={"refresh_token": what}, record=connection.name)
        sealed = self._vault.seal(token.encode())
        return {"secret": sealed, "secret_ref": None, "secret_at": written(at)} | _UNREFUSED


def note(work: Work, connection: str, at: datetime, changes: _Changes) -> None:
    """Add changes to a connection's history."""
    for field, old, new in changes:
        values = {"connection": connection, "at": written(at), "field": field, "old": dumps(old), "new": dumps(new)}
        work.run(insert(_changes).values(values))


def wake(work: Work, connection: str, at: datetime) -> int:
    """Let the held orders of a connection be tried again at the next chance; how many there are."""
    orders = schema.orders
    return work.run(
        update(orders).where(orders.c.connection == connection, orders.c.status == "held").values(next_try=written(at))
    )


def _is_wider(before: Connection, after: Connection) -> bool:
    """Whether orders may belong to the connection now that did not before."""
    return (
        bool(set(after.marketplaces) - set(before.marketplaces))
        or (before.fulfillment not in ("all", after.fulfillment))
        or (before.level == "stock_only" and after.level != before.level)
        or (_start(after.sync_from) < _start(before.sync_from))
    )


def _start(sync_from: datetime | str | None) -> datetime:
    start = datetime.fromisoformat(sync_from) if isinstance(sync_from, str) else sync_from
    return start or datetime.max.replace(tzinfo=UTC)


def look_back(work: Work, connection: str) -> None:
    """Have everything from `sync_from` on read once more, if it was read before, and skipped orders decided anew."""
    orders = schema.orders
    # No record has an empty digest, so the next one that comes by is taken for another.
    skipped = (orders.c.connection == connection, orders.c.status == "skipped", orders.c.reason.in_(_BY_SETTINGS))
    work.run(update(orders).where(*skipped).values(digest=b""))
    if work.one(_HAS_READ, {"who": connection}) is None:
        return
    work.run(delete(_cursors).where(_cursors.c.connection == connection, _cursors.c.flow == LOOK_BACK))
    work.run(insert(_cursors).values(connection=connection, flow=LOOK_BACK, page_token="", counters=dumps({})))


def read_without(work: Work, connection: str) -> None:
    """Have everything read once more that was read without data which Amazon shows by now.

    Records of orders that are not in the store are dropped: nobody could tell later what they lack.
    """
    orders = schema.orders
    mine = orders.c.connection == connection
    work.run(update(orders).where(mine, orders.c.store_ref.is_(None)).values(digest=b"", token=None))
    assumed = orders.c.flags.contains(Reason.TAX_OWNER_ASSUMED.value)
    work.run(update(orders).where(mine, orders.c.store_ref.is_not(None), assumed).values(digest=b""))
    look_back(work, connection)


def _settings(connection: Connection) -> str:
    return dumps({name: plain(getattr(connection, name)) for name in _names(("name", "refresh_token"))})


def _names(without: tuple[str, ...]) -> list[str]:
    return [field.name for field in fields(Connection) if field.name not in without]


def _connection(name: str, settings: str) -> Connection:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in loads(settings).items()
    }
    values["sku_crop"] = tuple(CropStep(**step) if isinstance(step, Mapping) else step for step in values["sku_crop"])
    for key in _TIMES:
        values[key] = moment(values[key])
    return Connection(name=name, **values)


def _differences(before: Connection, after: Connection) -> _Changes:
    found = []
    for name in _names(_SKIPPED):
        old, new = plain(getattr(before, name)), plain(getattr(after, name))
        if old != new:
            found.append((name, old, new))
    if after.refresh_token is not None:
        found.append(("refresh_token", _MASK if before.added_at else None, _MASK))
    return found


def _unknown(name: str) -> ConfigError:
    return ConfigError("There is no such connection.", problems={"name": f"{name} is not known"}, record=name)
