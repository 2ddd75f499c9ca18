"""The factory: a store's table of the config file in, an adapter out. Nothing is asked of the shop yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amazon_orders.adapters.http import address_problem
from amazon_orders.errors import ConfigError

from .adapter import KioskAdapter
from .client import Client

SETTINGS = ("url", "api_key", "tax_class", "deadline")


def open_store(config: Mapping[str, Any]) -> KioskAdapter:
    """`ConfigError` names every setting that is wrong, and never repeats the key."""
    problems = {key: f"is no setting of the kiosk; it has {', '.join(SETTINGS)}" for key in config.keys() - {*SETTINGS}}
    url, api_key = config.get("url"), config.get("api_key")
    tax_class, deadline = config.get("tax_class", "standard"), config.get("deadline", 20)
    if problem := address_problem(url):
        problems["url"] = problem
    if not isinstance(api_key, str) or not api_key:
        problems["api_key"] = 'has to be a key made in the shop under Settings > API; write "env:KIOSK_API_KEY"'
    if not isinstance(tax_class, str) or not tax_class:
        problems["tax_class"] = "has to name a tax class of the shop"
    if isinstance(deadline, bool) or not isinstance(deadline, (int, float)) or not 0.1 <= deadline <= 300:
        problems["deadline"] = "has to be a number of seconds, from 0.1 to 300"
    if problems:
        raise ConfigError("The kiosk's settings are wrong.", problems=problems)
    return KioskAdapter(Client(str(url), str(api_key), float(deadline)), str(tax_class))
