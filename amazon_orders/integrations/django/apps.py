"""What Django is told of the integration."""

from __future__ import annotations

from django.apps import AppConfig


class AmazonOrdersConfig(AppConfig):  # type: ignore[misc] # Django is published without types
    """`amazon_orders.integrations.django` in `INSTALLED_APPS`. It has no tables."""

    name = "amazon_orders.integrations.django"
    label = "amazon_orders"
    verbose_name = "Amazon orders"

    def ready(self) -> None:
        """Take part in `manage.py check`."""
        from django.core import checks

        from .checks import check_settings

        checks.register(check_settings)
