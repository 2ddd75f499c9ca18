"""The nth operation on the database fails, for every n: what was begun is whole afterwards, or not there at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import exc

from amazon_orders.errors import LedgerError
from amazon_orders.ledger import Cursor, Ledger, upgrade
from amazon_orders.ledger.database import Database
from amazon_orders.model import Alias, Connection
from tests.unit.ledger.made import NOON, ORDER, Clock, Open, an_order, held, number


class Fault:
    """Fails the nth statement or commit that reaches the database, as a disk does."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.struck = False

    def before(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def struck_or_done(*values: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.struck = True
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorname = "SQLITE_IOERR_WRITE"
                raise exc.OperationalError("", {}, error)
            return act(*values, **options)

        return struck_or_done


@contextmanager
def failing(database: Database, nth: int) -> Iterator[Fault]:
    """Every statement passes SQLAlchemy's dialect on its way to the driver, also one that is compiled once."""
    fault = Fault(nth)
    dialect = database.engine.dialect
    with pytest.MonkeyPatch.context() as patch:
        for name in ("do_execute", "do_executemany", "do_execute_no_params", "do_commit"):
            patch.setattr(dialect, name, fault.before(getattr(dialect, name)))
        yield fault


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    from amazon_orders.ledger.schema import metadata

    with database.reading() as work:
        return {name: sorted(map(repr, work.all(table.select()))) for name, table in metadata.tables.items()}


def _page(ledger: Ledger) -> None:
    """The end of a page: records, cursor, inbox, token bucket, all in one transaction."""
    with ledger.transaction(ledger.leases.acquire("page")):
        ledger.orders.record([an_order(store_ref="18", digest=b"new"), held(number(1)), an_order(number(2))])
        ledger.cursors.save(Cursor(connection="de", flow="orders", watermark=NOON))
        ledger.inbox.open("de", ORDER, "DOUBLE", "17 and 18")
        ledger.buckets.take("scope", "op", 1.0, 5)


def _claim(ledger: Ledger) -> None:
    ledger.claims.take("shop", "de", {number(count): number(count) for count in range(150)}, 1)


def _change(ledger: Ledger) -> None:
    ledger.connections.update(Connection(name="de", active=True, refresh_token="new", stock_buffer=3))


def _remove(ledger: Ledger) -> None:
    ledger.connections.remove("de")


def _pair(ledger: Ledger) -> None:
    ledger.listings.set_alias("de", Alias(seller_sku="B", product="p2"))


def _token(ledger: Ledger) -> None:
    ledger.tokens.put("de", "newer", NOON + timedelta(hours=1))


def _drain(ledger: Ledger) -> None:
    ledger.buckets.drain("scope", "op", 1.0, 5)


def _learn(ledger: Ledger) -> None:
    ledger.buckets.learn("scope", "op", 3.0)


def _run(ledger: Ledger) -> None:
    ledger.runs.add("de", NOON, NOON, {})


@pytest.mark.parametrize(
    ("act", "commits"),
    [
        pytest.param(_page, 2, id="the end of a page"),
        pytest.param(_claim, 1, id="claims"),
        pytest.param(_change, 1, id="a changed connection"),
        pytest.param(_remove, 1, id="a removed connection"),
        pytest.param(_pair, 1, id="an alias"),
        pytest.param(_token, 1, id="an access token"),
        pytest.param(_drain, 1, id="a drained bucket"),
        pytest.param(_learn, 1, id="a learned rate"),
        pytest.param(_run, 1, id="a run"),
    ],
)
def test_whatever_operation_fails_no_half_of_it_stays(
    open_ledger: Open, act: Callable[[Ledger], None], commits: int
) -> None:
    ledger = open_ledger()
    database = ledger._database
    ledger.connections.add(Connection(name="de", refresh_token="old"))
    ledger.listings.set_alias("de", Alias(seller_sku="A", product="p1"))
    ledger.cursors.save(Cursor(connection="de", flow="orders"))
    ledger.orders.record([held(), held(number(3))])
    ledger.tokens.put("de", "old", NOON)
    ledger.buckets.take("scope", "op", 1.0, 5)
    before = everything(database)

    tried = 0
    for nth in range(1, 200):
        with failing(database, nth) as fault, suppress(LedgerError):
            act(ledger)
        if not fault.struck:
            break
        tried += 1
        now = everything(database)
        if commits == 1:
            assert now == before, f"half of it stayed after operation {nth} failed"
        else:
            # The lease has a transaction of its own; it may be taken, and no row of the page be there.
            del now["ao_leases"]
            assert now == {name: rows for name, rows in before.items() if name != "ao_leases"}
            with ledger._database.writing() as work:
                work.connection.exec_driver_sql("DELETE FROM ao_leases")
                work.wrote = True
    assert tried >= 2, "the fault never struck"
    assert everything(database) != before, "without a fault it is done"


def test_whatever_operation_fails_a_ledger_is_made_whole_or_not_at_all(url: str) -> None:
    # PostgreSQL takes longer to make its tables, and rolls back by itself: every fourth operation will do there.
    for nth in range(1, 400, 1 if url.startswith("sqlite") else 4):
        database = Database(url)
        with failing(database, nth) as fault, suppress(LedgerError):
            upgrade.prepare(database)
        database.close()
        if not fault.struck:
            break
        database = Database(url)
        assert upgrade.version_of(database) is None
        database.close()
    assert nth > 20
    with Ledger.open(url, key=None, now=Clock()) as ledger:
        assert not ledger.key_problem
