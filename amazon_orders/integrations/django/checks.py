"""`manage.py check`: everything about the library that has to be right in a project's settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from ...errors import AmazonOrdersError
from .building import SETTING, build, read

ID = "amazon_orders"


def check_settings(**_: Any) -> list[CheckMessage]:
    """Messages for Django. Opens the stores of this process, asks neither Amazon nor a database."""
    if not hasattr(settings, SETTING):
        return [Warning(f"{SETTING} is not set, so no order is synced.", hint="See the Django page.", id=f"{ID}.W001")]
    try:
        config = read()
    except AmazonOrdersError as error:
        return [Error(str(error), id=f"{ID}.E001")]
    return [
        *_stores([name for name, store in config.stores.items() if store.adapter == "oscar" or "." in store.adapter]),
        *_surroundings(),
    ]


def _stores(here: list[str]) -> Iterator[CheckMessage]:
    try:
        app = build()
    except AmazonOrdersError as error:
        yield Error(str(error), id=f"{ID}.E002")
        return
    with app:
        for name in here:
            try:
                app.hooks(name)
            except AmazonOrdersError as error:
                yield Error(str(error), id=f"{ID}.E002", obj=name)
        try:
            key = app.config.key()
        except AmazonOrdersError as error:
            yield Error(str(error), id=f"{ID}.E003")
        else:
            if key is None:
                yield Warning(
                    "The ledger has no key, so it keeps no buyers' data and no secrets.",
                    hint=f"Set {SETTING}['ledger']['key_file'], or the variable AMAZON_ORDERS_KEY.",
                    id=f"{ID}.W002",
                )


def _surroundings() -> Iterator[CheckMessage]:
    if any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values()):
        yield Warning(
            "ATOMIC_REQUESTS is on: inside a view no order can be durable, so stores that use this database refuse it.",
            hint="Sync by manage.py amazon_orders, or mark the view with transaction.non_atomic_requests.",
            id=f"{ID}.W003",
        )
