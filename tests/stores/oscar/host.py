"""An Oscar shop for the story of every host, on the database that the tests run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection

from amazon_orders.testing import SeenOrder
from tests.stores.host import Host, cannot

from .shop import OscarShop

PATIENCE = 0.3
"""Seconds that a statement waits where the story wants a shop that is slow."""


class OscarHost(Host):
    """Its levers are Django's own: the settings of the connection, and other programs on the same database."""

    attribute = "asin"
    shop: OscarShop

    def __init__(self, store: Any, shop: OscarShop) -> None:
        self.store = store
        self.shop = shop

    def add_product(self, sku: str, stock: int | None = 50, *, attribute: str = "", rate: int = 19) -> str:
        return str(self.shop.add_product(sku, stock, asin=attribute).pk)

    def delete(self, product: str) -> None:
        self.shop.delete(product)

    def without_record(self, sku: str) -> None:
        self.shop.add_product(sku, None, tracked=False)

    @contextmanager
    def answer_lost(self) -> Iterator[None]:
        """The connection breaks while the database says that it has committed."""
        commit = connection._commit

        def lost() -> None:
            commit()
            raise OperationalError

        connection._commit = lost
        try:
            yield
        finally:
            connection._commit = commit

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens where the database was."""
        if connection.vendor == "sqlite":
            cannot("its database is a file on the same disk")
        with _set(PORT="1", HOST="127.0.0.1"):
            yield

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Another program has locked what an order is written to, and keeps it longer than a statement waits."""
        if connection.vendor == "sqlite":
            options: dict[str, object] = {"timeout": PATIENCE}
            lock = "BEGIN IMMEDIATE"
        else:
            options = {"options": f"-c statement_timeout={int(PATIENCE * 1000)}"}
            lock = "BEGIN; LOCK TABLE order_order IN ACCESS EXCLUSIVE MODE"
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(lock)
                with _set(OPTIONS={**connection.settings_dict["OPTIONS"], **options}):
                    yield
                cursor.execute("ROLLBACK")
        finally:
            other.close()

    @contextmanager
    def stranger(self) -> Iterator[Any]:
        """The password of the settings is not the database's."""
        if connection.vendor == "sqlite":
            cannot("its database is a file, which asks for no password")
        with _set(PASSWORD="forgotten"):
            yield self.store

    def tax(self, order: SeenOrder) -> Decimal:
        tax: Decimal = self.shop.order(order.ref).total_tax
        return tax


@contextmanager
def _set(**settings: Any) -> Iterator[None]:
    """Other settings of the database, from the next time it is opened."""
    before = {name: connection.settings_dict[name] for name in settings}
    connection.close()
    connection.settings_dict.update(settings)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
