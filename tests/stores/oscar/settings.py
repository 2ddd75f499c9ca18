"""A django-oscar shop as its documentation sets it up, without web pages."""

from __future__ import annotations

import json
import os
from typing import Any

import oscar
from oscar.defaults import *  # noqa: F403 - as Oscar's documentation has it

SECRET_KEY = "a test"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
SITE_ID = 1
ROOT_URLCONF = "tests.stores.oscar.urls"
INSTALLED_APPS = [*oscar.INSTALLED_APPS, "amazon_orders.adapters.oscar", "amazon_orders.integrations.django"]
MIDDLEWARE: list[str] = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}]
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("OSCAR_TEST_DB", ":memory:"),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous = OFF"},
    }
}
if _postgres := os.environ.get("OSCAR_TEST_POSTGRES"):
    DATABASES["default"] = {"ENGINE": "django.db.backends.postgresql", **json.loads(_postgres)}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("On hold", "Shipped", "Cancelled"),
    "On hold": ("Pending", "Cancelled"),
    "Shipped": (),
    "Cancelled": (),
}
OSCAR_LINE_STATUS_PIPELINE = {"Pending": ("Shipped", "Cancelled"), "Shipped": (), "Cancelled": ()}
OSCAR_ORDER_STATUS_CASCADE = {"Shipped": "Shipped", "Cancelled": "Cancelled"}
AMAZON_ORDERS: dict[str, Any] = {"stores": {"shop": {"adapter": "oscar"}}}


class _Without(dict[str, None]):
    """Tables are made from the models: a second instead of twenty for Oscar's migrations."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _Without()
