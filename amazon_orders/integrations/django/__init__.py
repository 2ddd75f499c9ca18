"""A Django app: settings `AMAZON_ORDERS`, system checks, `manage.py amazon_orders`, and signals for events.

    INSTALLED_APPS = [..., "amazon_orders.integrations.django"]

Nothing of Django is imported before it is used, since Django imports this package to find the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...app import App


def get_app() -> App:
    """The project's `App`, one for a process. Close nothing: it lives as long as the process."""
    from .building import shared

    return shared()


def build_app(**options: Any) -> App:
    """An `App` of its own from `AMAZON_ORDERS`; `options` as `App` takes them. The caller closes it."""
    from .building import build

    return build(**options)
