"""What Django is told of the adapter: one small table that keeps the keys of what was done."""

from __future__ import annotations

from django.apps import AppConfig


class OscarAdapterConfig(AppConfig):  # type: ignore[misc] # Django is published without types
    """`amazon_orders.adapters.oscar` in `INSTALLED_APPS`."""

    name = "amazon_orders.adapters.oscar"
    label = "amazon_orders_oscar"
    verbose_name = "Amazon orders"
    default_auto_field = "django.db.models.BigAutoField"
