"""What Django is told of the shop."""

from django.apps import AppConfig


class StoreConfig(AppConfig):  # type: ignore[misc] # Django is published without types
    """The shop's models, and what listens for orders."""

    name = "store"

    def ready(self) -> None:
        """Receivers are connected by being imported."""
        from . import amazon  # noqa: F401
