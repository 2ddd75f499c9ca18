"""Opens the store: Django with its settings, Oscar's apps, and the adapter's own options."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...errors import ConfigError

if TYPE_CHECKING:
    from .store import OscarStore

SETTINGS = "DJANGO_SETTINGS_MODULE"


def opened(config: Mapping[str, Any]) -> OscarStore:
    """The store of this Django project."""
    settings = config.get("settings")
    _ready(settings if isinstance(settings, str) else "")
    from .options import Options
    from .store import OscarStore

    return OscarStore(Options.read(config))


def _ready(module: str) -> None:
    """Django set up, once a process. A project that runs already, as under `manage.py`, is left as it is."""
    try:
        import django
        from django.apps import apps
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
    except ImportError as error:
        raise _wrong("adapter", f"{error.name} is missing: pip install 'amazon-order-sync[oscar]'") from error
    if not apps.ready:
        if module and not settings.configured:
            os.environ.setdefault(SETTINGS, module)
        try:
            django.setup()
        except ImproperlyConfigured as error:
            raise _wrong("settings", f"Django refuses its settings; name them, as in shop.settings: {error}") from error
        except ImportError as error:
            what = f"{error.name} cannot be imported; run where your project is, or set PYTHONPATH to its folder"
            raise _wrong("settings", what) from error
    if missing := [name for name in ("order", "partner", "catalogue", "address") if not _installed(apps, name)]:
        raise _wrong("settings", f"Oscar's apps {', '.join(missing)} are not in INSTALLED_APPS")
    if not _installed(apps, "amazon_orders_oscar"):
        raise _wrong("settings", "add amazon_orders.adapters.oscar to INSTALLED_APPS and run manage.py migrate")


def _installed(apps: Any, label: str) -> bool:
    return label in apps.app_configs


def _wrong(key: str, what: str) -> ConfigError:
    return ConfigError("The oscar store cannot be opened.", problems={key: what}, record=key)
