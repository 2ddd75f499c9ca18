"""Transactions of the shop's database, what is raised where it fails, and times as Django wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.utils import timezone

from ...errors import StoreUnavailable

PAGE = 500
"""Rows read at a time while a listing is consumed."""


@contextmanager
def reading(alias: str) -> Iterator[None]:
    """Where the database does not answer, the question may be asked again."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if not connections[alias].in_atomic_block:
            connections[alias].close()  # the next question opens it anew
        raise StoreUnavailable(
            f"the shop's database {alias!r} did not do it ({type(error).__name__}): it is not reachable, refuses the "
            "user or password of DATABASES, is locked, lacks a table (run manage.py migrate), or another process wrote "
            "the same order; the library looks and tries again"
        ) from error


@contextmanager
def writing(alias: str) -> Iterator[None]:
    """One transaction, durable at its end. Inside a transaction of the caller nothing could be durable: refused."""
    with reading(alias), transaction.atomic(using=alias, durable=True):
        yield


def after_commit(alias: str, tell: Callable[[], object]) -> None:
    """Tell the shop's own code once the transaction is durable. What fails there is logged and undoes nothing."""

    def told() -> None:  # Django asks a robust function for its name, which a `partial` does not have
        tell()

    transaction.on_commit(told, using=alias, robust=True)


def pages(queryset: Any) -> Iterator[list[Any]]:
    """A queryset's rows by primary key, some at a time: no transaction stays open however slowly they are consumed.

    Rows are model instances, or dicts with `pk`.
    """
    after: Any = None
    while True:
        with reading(queryset.db):
            rows = list((queryset if after is None else queryset.filter(pk__gt=after)).order_by("pk")[:PAGE])
        yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["pk"] if isinstance(rows[-1], dict) else rows[-1].pk


def to_shop(time: datetime) -> datetime:
    """An aware time as the project's settings keep it."""
    return time if settings.USE_TZ else timezone.make_naive(time)


def from_shop(time: datetime) -> datetime:
    """A time of the shop, aware and in UTC."""
    return (time if timezone.is_aware(time) else timezone.make_aware(time)).astimezone(UTC)
