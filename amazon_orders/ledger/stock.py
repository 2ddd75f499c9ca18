"""Stock: what the store said last, what Amazon says of each listing, and which quantity it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from sys import intern
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from . import schema
from .database import Database
from .statements import Statement
from .stock_rows import NO_PRODUCT, Level, Offer, Quantity
from .text import amount, clean, digits, dumps, loads, maybe, moment, written

_l = schema.levels
_o = schema.offers
_q = schema.quantities
_feeds = schema.feeds
_listings = schema.listings


def _upsert(table: Any, key: tuple[str, ...]) -> Callable[[Callable[..., Any]], Any]:
    names = tuple(column.name for column in table.columns)

    def build(insert: Callable[..., Any]) -> Any:
        statement = insert(table).values({name: bindparam(name) for name in names})
        return statement.on_conflict_do_update(
            index_elements=key, set_={name: statement.excluded[name] for name in names if name not in key}
        )

    return build


_LEVEL = tuple(column.name for column in _l.columns)
_OFFER = tuple(column.name for column in _o.columns)
_QUANTITY = tuple(column.name for column in _q.columns)
_SAVE_LEVEL = Statement(_upsert(_l, ("store", "value")), _LEVEL)
_SAVE_OFFER = Statement(_upsert(_o, ("connection", "seller_sku")), _OFFER)
_SAVE_QUANTITY = Statement(_upsert(_q, ("connection", "seller_sku")), _QUANTITY)
_LEVELS = Statement(
    lambda _insert: select(*[_l.c[name] for name in _LEVEL]).where(_l.c.store == bindparam("shop")), ("shop",)
)
_OFFERS = Statement(
    lambda _insert: select(*[_o.c[name] for name in _OFFER]).where(_o.c.connection == bindparam("name")), ("name",)
)
_QUANTITIES = Statement(
    lambda _insert: select(*[_q.c[name] for name in _QUANTITY]).where(_q.c.connection == bindparam("name")), ("name",)
)
_PRODUCTS = Statement(
    lambda _insert: select(_listings.c.seller_sku, _listings.c.product, _listings.c.units).where(
        _listings.c.connection == bindparam("name"), _listings.c.matched_by != bindparam("but")
    ),
    ("name", "but"),
)
_GONE = Statement(
    lambda _insert: delete(_l).where(_l.c.store == bindparam("shop"), _l.c.value == bindparam("which")),
    ("shop", "which"),
)
_FORGET = Statement(
    lambda _insert: delete(_o).where(_o.c.connection == bindparam("name"), _o.c.seller_sku == bindparam("sku")),
    ("name", "sku"),
)
_LATELY = select(func.count()).where(
    _feeds.c.connection == bindparam("name"),
    _feeds.c.type == bindparam("type_"),
    or_(_feeds.c.sent_at > bindparam("since"), and_(_feeds.c.next_due.is_not(None), _feeds.c.feed == "")),
)
_IN_FEED = Statement(
    lambda _insert: select(*[_q.c[name] for name in _QUANTITY]).where(
        _q.c.connection == bindparam("name"), _q.c.feed == bindparam("feed_")
    ),
    ("name", "feed_"),
)


class Stock:
    """Levels by store, offers and quantities by connection. Each is read whole: a run compares all of them."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def levels(self, store: str, attribute: str) -> dict[str, Level]:
        """What the store said last, by the value of the attribute that holds the seller SKU."""
        known = _Values()
        with self._database.reading() as work:
            return {
                (value := intern(row[1])): Level(value, intern(row[2]), known.amount(row[3]), known.moment(row[4]))
                for row in work.each(_LEVELS, (_shelf(store, attribute),))
            }

    def save_levels(self, store: str, attribute: str, levels: Iterable[Level], gone: Iterable[str] = ()) -> None:
        """Remember what the store said; `gone` are values that it no longer lists."""
        shelf = _shelf(store, attribute)
        rows = [
            (shelf, clean(each.value), each.product, digits(each.available), written(each.updated_at))
            for each in levels
        ]
        with self._database.writing() as work:
            work.many(_SAVE_LEVEL, rows)
            work.many(_GONE, [(shelf, value) for value in gone])

    def products(self, connection: str) -> dict[str, tuple[str, int]]:
        """What each listing stands for, by seller SKU: the product, and store units in a piece."""
        with self._database.reading() as work:
            return {intern(row[0]): (intern(row[1]), row[2]) for row in work.each(_PRODUCTS, (connection, NO_PRODUCT))}

    def offers(self, connection: str) -> dict[str, Offer]:
        """What Amazon said last of each listing, by seller SKU."""
        known = _Values()
        with self._database.reading() as work:
            return {
                (sku := intern(row[1])): Offer(
                    sku, row[2], intern(row[3]), known.places(row[4]), row[5], known.moment(row[6])
                )
                for row in work.each(_OFFERS, (connection,))
            }

    def save_offers(self, connection: str, offers: Iterable[Offer]) -> None:
        """Remember what Amazon says of listings."""
        rows = [
            (
                connection,
                clean(each.seller_sku),
                each.asin,
                each.channel,
                dumps(list(each.marketplaces)),
                each.quantity,
                written(each.read_at),
            )
            for each in offers
        ]
        with self._database.writing() as work:
            work.many(_SAVE_OFFER, rows)

    def forget_offers(self, connection: str, skus: Iterable[str]) -> None:
        """Amazon does not know these any more: nothing is written to them until they are read again."""
        with self._database.writing() as work:
            work.many(_FORGET, [(connection, sku) for sku in skus])

    def quantities(self, connection: str) -> dict[str, Quantity]:
        """What each listing should have and what Amazon was told, by seller SKU."""
        known = _Values()
        with self._database.reading() as work:
            return {(row := _quantity(each, known)).seller_sku: row for each in work.each(_QUANTITIES, (connection,))}

    def in_feed(self, connection: str, feed: int) -> list[Quantity]:
        """The quantities of one feed."""
        with self._database.reading() as work:
            known = _Values()
            return [_quantity(row, known) for row in work.ask(_IN_FEED, (connection, feed))]

    def save_quantities(self, connection: str, quantities: Iterable[Quantity]) -> None:
        """Write quantities as they are now."""
        at = written(self._now())
        rows = [
            (
                connection,
                clean(each.seller_sku),
                each.wanted,
                each.state,
                each.reason,
                clean(each.detail),
                each.told,
                maybe(each.told_at),
                at,
                each.feed,
                each.message,
                maybe(each.only_down_since),
                digits(each.restock),
            )
            for each in quantities
        ]
        with self._database.writing() as work:
            work.many(_SAVE_QUANTITY, rows)

    def fall_only(self, connection: str, skus: Iterable[str], since: datetime) -> None:
        """Quantities that may only fall until the store has counted: Amazon was told that there are none."""
        with self._database.writing() as work:
            for sku in skus:
                work.run(
                    update(_q)
                    .where(_q.c.connection == connection, _q.c.seller_sku == sku)
                    .values(only_down_since=written(since), restock=None)
                )

    def feeds_lately(self, connection: str, type_: str, since: datetime) -> int:
        """Feeds of a type that were made since then, or wait to be."""
        values = {"name": connection, "type_": type_, "since": written(since)}
        with self._database.reading() as work:
            row: Any = work.one(_LATELY, values)
            return int(row[0])


def _shelf(store: str, attribute: str) -> str:
    """Levels are kept by store and by the attribute that names its products: connections may differ in that."""
    return f"{store}/{attribute}"


class _Values:
    """Values that tens of thousands of rows share: each is made once."""

    def __init__(self) -> None:
        self.moment = cache(moment)
        self.amount = cache(amount)
        self.places = cache(_places)


def _places(text: str) -> tuple[str, ...]:
    return tuple(loads(text))


def _quantity(row: Any, known: _Values) -> Quantity:
    return Quantity(
        seller_sku=intern(row[1]),
        wanted=row[2],
        state=intern(row[3]),
        reason=row[4],
        detail=intern(row[5]),
        told=row[6],
        told_at=known.moment(row[7]),
        changed_at=known.moment(row[8]),
        feed=row[9],
        message=row[10],
        only_down_since=known.moment(row[11]),
        restock=known.amount(row[12]),
    )
